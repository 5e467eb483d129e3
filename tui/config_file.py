"""`config.toml` as data: read, checked, and each value with the line it stands on. Nothing is merged here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from tui.errors import ConfigError
from tui.setting_table import BY_KEY, TRANSPORTS, SettingRow, number_fault

_TYPE_WORDS = {
    str: "text",
    bool: "true or false",
    dict: "a table",
    int: "a whole number",
    float: "a number",
    list: "a list",
}
_TABLES = ("keys", "profiles")
_VARIABLE = re.compile(r"(?:ENV:)?[A-Za-z_][A-Za-z0-9_]*")
_QUOTED_OR_BARE = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_PATH = rf"{_QUOTED_OR_BARE}(?:\s*\.\s*{_QUOTED_OR_BARE})*"
_PART = re.compile(_QUOTED_OR_BARE)
_HEADER = re.compile(rf"\s*\[+\s*({_PATH})\s*\]+")
_ASSIGNED = re.compile(rf"\s*({_PATH})\s*=")


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """What the user wants for one id of the keymap: words for keys, not yet checked; `where` they stand."""

    id: str
    keys: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a settings file says, by the names of `Settings`. A file that is not there says nothing."""

    path: Path
    text: str = ""
    is_there: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: tuple[KeyChoice, ...] = ()

    def where(self, *key: str) -> str:
        """File, line and key, for a message."""
        return f"{self.path}, line {line_of(self.text, key)}, key {'.'.join(key)}"


def config_path() -> Path:
    """Where the settings file is looked for, on this platform."""
    return user_config_path("streamscope") / "config.toml"


def read_settings_file(path: Path) -> SettingsFile:
    """The settings file. Raises ConfigError with file, line and key where it cannot be used."""
    text = text_of(path)
    if text is None:
        return SettingsFile(path)
    bare = SettingsFile(path, text, is_there=True)
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not TOML: {_with_line(error, text)}; mend it or move the file away") from error
    for name in _TABLES:
        _check_type(bare, (name,), values.get(name, {}), dict)
    profiles = {name: _section(bare, ("profiles", name), table) for name, table in values.pop("profiles", {}).items()}
    keys = tuple(_key_choices(bare, values.pop("keys", {}), ("keys",)))
    return SettingsFile(path, text, is_there=True, values=_section(bare, (), values), profiles=profiles, keys=keys)


def text_of(path: Path) -> str | None:
    """The text of a settings file, None where there is none. Raises ConfigError where it cannot be read."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): mend it or move it away") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8; mend that line or move the file away") from error


def _section(file: SettingsFile, section: tuple[str, ...], table: Any) -> dict[str, Any]:
    """The values of the top of the file or of a profile, by the names of `Settings`."""
    _check_type(file, section, table, dict)
    rows = {key: row for key, row in BY_KEY.items() if row.is_for_profiles or not section}
    for key in table:
        if key not in rows:
            known = ", ".join(sorted([*rows, *(() if section else _TABLES)]))
            raise ConfigError(f"{file.where(*section, key)}: unknown; known are {known}")
    return {rows[key].name: _checked(file, (*section, key), value, rows[key]) for key, value in table.items()}


def _checked(file: SettingsFile, key: tuple[str, ...], value: Any, row: SettingRow) -> Any:
    if row.kind in (int, float):
        return _number(file, key, value, row)
    _check_type(file, key, value, row.kind)
    if row.name == "transport" and value not in TRANSPORTS:
        raise ConfigError(f"{file.where(*key)}: {value!r} is none of {', '.join(TRANSPORTS)}")
    if row.name == "headers":
        return _headers(file, key, value)
    if row.name == "hosts":
        return _hosts(file, key, value)
    return str(file.path.parent / Path(value).expanduser()) if row.is_path else value


def _number(file: SettingsFile, key: tuple[str, ...], value: Any, row: SettingRow) -> float:
    """A number; true and false are none, and a whole one may stand for seconds."""
    is_fit = isinstance(value, int | row.kind) and not isinstance(value, bool)
    fault = number_fault(row, value) if is_fit else f"expected {_TYPE_WORDS[row.kind]}, found {_word(value)}"
    if fault:
        raise ConfigError(f"{file.where(*key)}: {fault}")
    number: float = row.kind(value)
    return number


def _headers(file: SettingsFile, key: tuple[str, ...], headers: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The value is not quoted: who puts a key there by mistake should not see it on the screen."""
    for name, variable in headers.items():
        if not isinstance(variable, str) or _VARIABLE.fullmatch(variable) is None:
            where = file.where(*key, name)
            raise ConfigError(f"{where}: expected the name of an environment variable, never the key itself")
    return tuple(sorted((name, variable.removeprefix("ENV:")) for name, variable in headers.items()))


def _hosts(file: SettingsFile, key: tuple[str, ...], hosts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    for transport, address in hosts.items():
        if transport not in TRANSPORTS:
            raise ConfigError(f"{file.where(*key, transport)}: {transport!r} is none of {', '.join(TRANSPORTS)}")
        _check_type(file, (*key, transport), address, str)
    return tuple(sorted(hosts.items()))


def _key_choices(file: SettingsFile, table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[KeyChoice]:
    """The choices of `[keys]`: an id may be written in quotes or as a dotted key, its keys as text or as a list."""
    for name, value in table.items():
        here = (*path, name)
        if isinstance(value, dict):
            yield from _key_choices(file, value, here)
            continue
        words = _key_words(value)
        if words is None:
            raise ConfigError(
                f"{file.where(*here)}: expected a key such as 'n', or a list of keys, found {_word(value)}"
            )
        yield KeyChoice(".".join(here[1:]), words, file.where(*here))


def _key_words(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    if not isinstance(value, str):
        return None
    # A comma parts two keys; alone it is the key itself.
    return tuple(word.strip() for word in value.split(",")) if value.strip() != "," else (",",)


def _check_type(file: SettingsFile, key: tuple[str, ...], value: Any, expected: type) -> None:
    if not isinstance(value, expected):
        raise ConfigError(f"{file.where(*key)}: expected {_TYPE_WORDS[expected]}, found {_word(value)}")


def _with_line(error: Exception, text: str) -> str:
    """The parser's words, which name a line unless the text ended too early."""
    return str(error).replace("at end of document", f"at line {text.count(chr(10)) + 1}, the end")


def _word(value: object) -> str:
    return _TYPE_WORDS.get(type(value), type(value).__name__)


def line_of(text: str, key: tuple[str, ...]) -> int:
    """The line (from 1) of a key of a TOML text, or of the table that holds it; 1 where there is neither."""
    found = _exact_line_of(text, key)
    return found or (line_of(text, key[:-1]) if len(key) > 1 else 1)


def _exact_line_of(text: str, key: tuple[str, ...]) -> int | None:
    for number, (line, table) in enumerate(zip(text.splitlines(), tables_of(text), strict=True), start=1):
        assigned = _ASSIGNED.match(line)
        found = (*table, *_dotted(assigned[1])) if assigned is not None else table if _HEADER.match(line) else ()
        if found[: len(key)] == key:
            return number
    return None


def tables_of(text: str) -> list[tuple[str, ...]]:
    """For each line of a TOML text the table that it stands in, its header included; () above the first header."""
    tables: list[tuple[str, ...]] = []
    for line in text.splitlines():
        header = _HEADER.match(line)
        tables.append(_dotted(header[1]) if header is not None else tables[-1] if tables else ())
    return tables


def _dotted(text: str) -> tuple[str, ...]:
    """The parts of a dotted key, quotes taken off."""
    return tuple(part.strip().strip("\"'") for part in _PART.findall(text))
