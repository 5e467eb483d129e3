"""Settings: flags before environment before `config.toml`, each with where it was said. A mistake is told by place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui.config_file import KeyChoice, SettingsFile, config_path, read_settings_file
from tui.errors import UsageError
from tui.setting_table import BY_NAME, SETTING_TABLE, TRANSPORTS, SettingRow, number_fault

DEFAULT = "default"
DEFAULT_THEME = "streamscope-dark"
_NO = ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to stream from and how it looks. `url` None means the embedded demo.

    `headers` maps header names to names of environment variables, `hosts` transports to addresses of their own. `keys`
    are the user's choices for the keymap, not yet checked. Of a number that is None the default holds. `profiles` are
    the names of all that there are. `origins` says for each setting that was made where it was made; `file` is the
    settings file, which need not be there, and None where nothing is to be saved.
    """

    transport: str | None = None
    url: str | None = None
    model: str | None = None
    dialect: str = "auto"
    theme: str = DEFAULT_THEME
    profile: str | None = None
    is_gateway: bool = False
    token_file: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    hosts: tuple[tuple[str, str], ...] = ()
    resume: bool = False
    insecure_http: bool = False
    connect_timeout: float | None = None
    first_token_timeout: float | None = None
    idle_timeout: float | None = None
    retries: int = 0
    memory_limit: int | None = None
    plain: bool = False
    ca_file: str | None = None
    keys: tuple[KeyChoice, ...] = ()
    profiles: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    file: Path | None = field(default=None, compare=False)

    @property
    def chosen_transport(self) -> str:
        """The transport to begin with: what was asked for, else direct for a URL that ends in /v1, else sse."""
        if self.transport is not None:
            return self.transport
        return "direct" if self.url is not None and self.url.rstrip("/").endswith("/v1") else "sse"

    def of_transport(self, transport: str) -> Settings:
        """The settings for a transport: at the host that is named for it, if one is.

        Keys that were said beside a gateway's address never go to a provider's host, nor the other way round.
        """
        host = dict(self.hosts).get(transport)
        if host is None or self.url is None:
            return replace(self, transport=transport)
        own = self if (transport == "direct") is (self.chosen_transport == "direct") else Settings()
        return replace(
            self,
            transport=transport,
            url=host,
            headers=own.headers,
            token_file=own.token_file,
            is_gateway=own.is_gateway,
        )

    def origin(self, name: str) -> str:
        """Where a setting was made: a flag, a variable, or file, line and key; else `default`."""
        return self.origins.get(name, DEFAULT)


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one source says: values by the names of `Settings`, and where each stands."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]


def load_settings(flags: Mapping[str, Any], environ: Mapping[str, str], path: Path | None = None) -> Settings:
    """The settings of this start. `flags` holds only what was given.

    Raises ConfigError on a file that cannot be used, UsageError on an unknown transport or profile.
    """
    return settings_from(read_settings_file(path or config_path()), flags, environ)


def settings_from(file: SettingsFile, flags: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """The settings of a file that was read, under environment and flags."""
    of_flags, of_environ = _flag_layer(flags), _environ_layer(environ)
    of_file = _file_layer(file, file.values)
    of_profile = _profile_layer(file, *_profile_name(of_flags, of_environ, of_file))
    if "profile" in of_flags.values:  # a profile named on the command line goes before the environment, as all flags do
        merged = _merged(of_file, of_environ, of_profile, of_flags)
    else:
        merged = _merged(of_file, of_profile, of_environ, of_flags)
    return _checked(
        Settings(**merged.values, keys=file.keys, profiles=tuple(file.profiles), origins=merged.origins, file=file.path)
    )


def _flag_layer(flags: Mapping[str, Any]) -> _Layer:
    values = {name: value for name, value in flags.items() if value is not None}
    return _Layer(values, {name: BY_NAME[name].flag or DEFAULT for name in values})


def _environ_layer(environ: Mapping[str, str]) -> _Layer:
    rows = [row for row in SETTING_TABLE if row.variable is not None and environ.get(row.variable)]
    values: dict[str, Any] = {row.name: _value_of(row, environ[str(row.variable)]) for row in rows}
    origins = {row.name: str(row.variable) for row in rows}
    if environ.get("OPENAI_BASE_URL") and "url" not in values:
        values = {"transport": "direct", **values, "url": environ["OPENAI_BASE_URL"]}
        origins = {"transport": "OPENAI_BASE_URL", **origins, "url": "OPENAI_BASE_URL"}
    return _Layer(values, origins)


def _value_of(row: SettingRow, text: str) -> Any:
    """What a variable says; a switch is on unless it says no. Raises UsageError on a number that is none."""
    if row.kind is bool:
        return text.strip().lower() not in _NO
    if row.kind not in (int, float):
        return text
    try:
        value = row.kind(text)
    except ValueError:
        value = math.nan
    if fault := number_fault(row, value):
        raise UsageError(f"{row.variable}: {fault}")
    return value


def _file_layer(file: SettingsFile, values: Mapping[str, Any], *section: str) -> _Layer:
    return _Layer(values, {name: file.where(*section, BY_NAME[name].key or name) for name in values})


def _profile_name(*layers: _Layer) -> tuple[str | None, str]:
    """The profile that the first of the layers names, and where it does."""
    layer = next((layer for layer in layers if layer.values.get("profile")), None)
    return (None, DEFAULT) if layer is None else (layer.values["profile"], layer.origins["profile"])


def _profile_layer(file: SettingsFile, name: str | None, origin: str) -> _Layer:
    if name is None:
        return _Layer({}, {})
    if name not in file.profiles:
        there = ", ".join(sorted(file.profiles)) or "none yet"
        raise UsageError(f"{origin}: no profile {name!r} in {file.path}: there are {there}")
    return _file_layer(file, file.profiles[name], "profiles", name)


def _merged(*layers: _Layer) -> _Layer:
    """The layers over one another, the last on top.

    What a layer says about an endpoint of its own (its keys above all) does not go to an endpoint that a higher
    layer names.
    """
    url = next((layer.values["url"] for layer in reversed(layers) if layer.values.get("url") is not None), None)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        is_elsewhere = layer.values.get("url") not in (None, url)
        for name, value in layer.values.items():
            if not (is_elsewhere and BY_NAME[name].is_of_endpoint):
                values[name], origins[name] = value, layer.origins[name]
    return _Layer(values, origins)


def _checked(settings: Settings) -> Settings:
    if settings.transport is not None and settings.transport not in TRANSPORTS:
        where = settings.origin("transport")
        raise UsageError(f"{where}: unknown transport {settings.transport!r}: choose {', '.join(TRANSPORTS)}")
    return settings
