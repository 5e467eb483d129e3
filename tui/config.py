"""Settings: flags before environment before `config.toml`; a wrong file is named with its line and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from tui.errors import ConfigError, UsageError

TRANSPORTS = ("direct", "sse", "ws")
_ENVIRONMENT = {
    "STREAMSCOPE_TRANSPORT": "transport",
    "STREAMSCOPE_URL": "url",
    "STREAMSCOPE_MODEL": "model",
    "STREAMSCOPE_DIALECT": "dialect",
    "STREAMSCOPE_THEME": "theme",
    "STREAMSCOPE_PROFILE": "profile",
}
_KEYS = ("transport", "url", "model", "dialect", "theme", "profile", "is_gateway", "token_file", "headers")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to stream from and how it looks. `url` None means the embedded demo.

    `headers` maps header names to names of environment variables.
    """

    transport: str | None = None
    url: str | None = None
    model: str | None = None
    dialect: str = "auto"
    theme: str = "streamscope-dark"
    profile: str | None = None
    is_gateway: bool = False
    token_file: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    insecure_http: bool = False
    ca_file: str | None = None

    @property
    def chosen_transport(self) -> str:
        """The transport to begin with: what was asked for, else direct for a URL that ends in /v1, else sse."""
        if self.transport is not None:
            return self.transport
        return "direct" if self.url is not None and self.url.rstrip("/").endswith("/v1") else "sse"


def config_path() -> Path:
    """Where the settings file is looked for, on this platform."""
    return user_config_path("streamscope") / "config.toml"


def load_settings(flags: Mapping[str, Any], environ: Mapping[str, str], path: Path | None = None) -> Settings:
    """The settings of this start. `flags` holds only what was given.

    Raises ConfigError on a file that cannot be used, UsageError on an unknown transport or profile.
    """
    file = _read_file(path or config_path())
    profiles = file.pop("profiles", {})
    values = dict(file)
    from_environ = {name: environ[key] for key, name in _ENVIRONMENT.items() if environ.get(key)}
    profile = flags.get("profile") or from_environ.get("profile") or values.get("profile")
    if profile is not None:
        values |= _profile(profiles, profile)
    if environ.get("OPENAI_BASE_URL") and not from_environ.get("url"):
        from_environ |= {"url": environ["OPENAI_BASE_URL"], "transport": from_environ.get("transport", "direct")}
    values |= from_environ
    if flags.get("url") and not flags.get("transport"):
        values.pop("transport", None)  # the transport of another endpoint says nothing about this one
    values |= {name: value for name, value in flags.items() if value is not None}
    return _checked(values)


def _checked(values: Mapping[str, Any]) -> Settings:
    known = {field.name for field in fields(Settings)}
    settings = replace(Settings(), **{name: value for name, value in values.items() if name in known})
    if settings.transport is not None and settings.transport not in TRANSPORTS:
        raise UsageError(f"unknown transport {settings.transport!r}: choose {', '.join(TRANSPORTS)}")
    return settings


def _profile(profiles: Mapping[str, Any], name: str) -> dict[str, Any]:
    if name not in profiles:
        there = ", ".join(sorted(profiles)) or "none yet"
        raise UsageError(f"no profile {name!r} in {config_path()}: there are {there}")
    return dict(profiles[name])


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}): mend it or move it away") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}; mend that line or move the file away") from error
    _check_section(path, text, values, extra=("profiles",))
    for name, profile in values.get("profiles", {}).items():
        _check_section(path, text, profile, section=f"profiles.{name}")
        values["profiles"][name] = _normal(profile)
    return _normal(values)


def _normal(section: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(section)
    if "headers" in values:
        values["headers"] = tuple(sorted(values["headers"].items()))
    if "gateway" in values:
        values["is_gateway"] = values.pop("gateway")
    return values


def _check_section(path: Path, text: str, values: Any, *, section: str = "", extra: tuple[str, ...] = ()) -> None:
    """Raises ConfigError on an unknown key or a value of the wrong type, with line and key."""
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: {section or 'the file'} must be a table")
    allowed = {*_KEYS, "gateway", *extra} - {"is_gateway"}
    for key, value in values.items():
        where = f"{path}, line {_line_of(text, key, section)}, key {section + '.' if section else ''}{key}"
        if key not in allowed:
            raise ConfigError(f"{where}: unknown; known are {', '.join(sorted(allowed))}")
        expected = {"gateway": bool, "headers": dict, "profiles": dict}.get(key, str)
        if not isinstance(value, expected):
            raise ConfigError(f"{where}: expected {expected.__name__}, found {type(value).__name__}")
        if key == "transport" and value not in TRANSPORTS:
            raise ConfigError(f"{where}: {value!r} is none of {', '.join(TRANSPORTS)}")


def _line_of(text: str, key: str, section: str) -> int:
    """The line on which a key stands; the first that fits, which is right for files that people write."""
    in_section = not section
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            in_section = stripped.strip("[] ") == section
        elif in_section and stripped.split("=")[0].strip().strip("\"'") == key:
            return number
    return 1
