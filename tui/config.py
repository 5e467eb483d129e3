"""Settings: flags before environment before `config.toml`; a wrong file is named with its line and key."""

from __future__ import annotations

import re
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
_PROFILE_KEYS = ("transport", "url", "model", "dialect", "theme", "gateway", "token_file", "headers", "ca_file")
_OF_ENDPOINT = ("transport", "dialect", "is_gateway", "token_file", "headers", "ca_file")
_TYPE_WORDS = {str: "text", bool: "true or false", dict: "a table", int: "a number", float: "a number", list: "a list"}
_VARIABLE = re.compile(r"(?:ENV:)?[A-Za-z_][A-Za-z0-9_]*")
_QUOTED_OR_BARE = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_PATH = rf"{_QUOTED_OR_BARE}(?:\s*\.\s*{_QUOTED_OR_BARE})*"
_PART = re.compile(_QUOTED_OR_BARE)
_HEADER = re.compile(rf"\s*\[+\s*({_PATH})\s*\]+")
_ASSIGNED = re.compile(rf"\s*({_PATH})\s*=")


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
    path = path or config_path()
    file = _read_file(path)
    profiles = file.pop("profiles", {})
    given = {name: value for name, value in flags.items() if value is not None}
    from_environ = {name: environ[key] for key, name in _ENVIRONMENT.items() if environ.get(key)}
    if environ.get("OPENAI_BASE_URL") and "url" not in from_environ:
        from_environ = {"transport": "direct", **from_environ, "url": environ["OPENAI_BASE_URL"]}
    profile = given.get("profile") or from_environ.get("profile") or file.get("profile")
    of_profile = _profile(path, profiles, profile) if profile is not None else {}
    if given.get("profile"):  # a profile named on the command line goes before the environment, as all flags do
        return _checked(_merged(file, from_environ, of_profile, given))
    return _checked(_merged(file, of_profile, from_environ, given))


def _merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The layers over one another, the last on top.

    What a layer says about an endpoint of its own (its keys above all) does not go to an endpoint that a higher
    layer names.
    """
    url = next((layer["url"] for layer in reversed(layers) if layer.get("url") is not None), None)
    values: dict[str, Any] = {}
    for layer in layers:
        is_elsewhere = layer.get("url") not in (None, url)
        values |= {name: value for name, value in layer.items() if not (is_elsewhere and name in _OF_ENDPOINT)}
    return values


def _checked(values: Mapping[str, Any]) -> Settings:
    known = {field.name for field in fields(Settings)}
    settings = replace(Settings(), **{name: value for name, value in values.items() if name in known})
    if settings.transport is not None and settings.transport not in TRANSPORTS:
        raise UsageError(f"unknown transport {settings.transport!r}: choose {', '.join(TRANSPORTS)}")
    return settings


def _profile(path: Path, profiles: Mapping[str, Any], name: str) -> dict[str, Any]:
    if name not in profiles:
        there = ", ".join(sorted(profiles)) or "none yet"
        raise UsageError(f"no profile {name!r} in {path}: there are {there}")
    return dict(profiles[name])


def _read_file(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): mend it or move it away") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8; mend that line or move the file away") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not TOML: {_with_line(error, text)}; mend it or move the file away") from error
    _check_section(path, text, values, ())
    profiles = {}
    for name, profile in values.get("profiles", {}).items():
        if not isinstance(profile, dict):
            raise ConfigError(f"{_where(path, text, ('profiles', name))}: expected a table, found {_word(profile)}")
        _check_section(path, text, profile, ("profiles", name))
        profiles[name] = _normal(profile)
    return _normal(values) | {"profiles": profiles}


def _normal(section: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(section)
    if "headers" in values:
        headers = values["headers"].items()
        values["headers"] = tuple(sorted((name, variable.removeprefix("ENV:")) for name, variable in headers))
    if "gateway" in values:
        values["is_gateway"] = values.pop("gateway")
    return values


def _check_section(path: Path, text: str, values: Mapping[str, Any], section: tuple[str, ...]) -> None:
    """Raises ConfigError on an unknown key or a value of the wrong type, with line and key."""
    known = _PROFILE_KEYS if section else (*_PROFILE_KEYS, "profile", "profiles")
    for key, value in values.items():
        where = _where(path, text, (*section, key))
        if key not in known:
            raise ConfigError(f"{where}: unknown; known are {', '.join(sorted(known))}")
        expected = {"gateway": bool, "headers": dict, "profiles": dict}.get(key, str)
        if not isinstance(value, expected):
            raise ConfigError(f"{where}: expected {_TYPE_WORDS[expected]}, found {_word(value)}")
        if key == "transport" and value not in TRANSPORTS:
            raise ConfigError(f"{where}: {value!r} is none of {', '.join(TRANSPORTS)}")
        if isinstance(value, dict) and key == "headers":
            _check_headers(path, text, value, (*section, key))


def _check_headers(path: Path, text: str, headers: Mapping[str, Any], section: tuple[str, ...]) -> None:
    """The value is not quoted: who puts a key there by mistake should not see it on the screen."""
    for name, variable in headers.items():
        if not isinstance(variable, str) or _VARIABLE.fullmatch(variable) is None:
            where = _where(path, text, (*section, name))
            raise ConfigError(f"{where}: expected the name of an environment variable, never the key itself")


def _with_line(error: Exception, text: str) -> str:
    """The parser's words, which name a line unless the text ended too early."""
    return str(error).replace("at end of document", f"at line {text.count(chr(10)) + 1}, the end")


def _word(value: object) -> str:
    return _TYPE_WORDS.get(type(value), type(value).__name__)


def _where(path: Path, text: str, key: tuple[str, ...]) -> str:
    return f"{path}, line {line_of(text, key)}, key {'.'.join(key)}"


def line_of(text: str, key: tuple[str, ...]) -> int:
    """The line (from 1) on which a key of a TOML text stands, or the header of its table; 1 where none is found."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is not None:
            table = found = _dotted(header[1])
        else:
            assigned = _ASSIGNED.match(line)
            found = (*table, *_dotted(assigned[1])) if assigned is not None else ()
        if found[: len(key)] == key:
            return number
    return 1


def _dotted(text: str) -> tuple[str, ...]:
    """The parts of a dotted key, quotes taken off."""
    return tuple(part.strip().strip("\"'") for part in _PART.findall(text))
