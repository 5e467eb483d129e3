"""Puts single values into `config.toml` and leaves all else as it stands: comments, order, quotes, line ends.

A new key is put where a reader looks for it, an old one is replaced in place. What is to be written is read first:
where it would say anything else than before plus the new value, nothing is written.
"""

from __future__ import annotations

import contextlib
import copy
import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tui.config import Settings
from tui.config_file import line_of, read_settings_file, tables_of, text_of
from tui.errors import ConfigError
from tui.setting_table import BY_NAME

KeyPath = tuple[str, ...]


def save_values(path: Path, values: Mapping[KeyPath, Any]) -> None:
    """Sets values by their keys, such as `("theme",)` or `("profiles", "lab", "url")`, in a file that may not be there.

    A value is text, true or false, a number, a list or a table. Raises ConfigError, and changes nothing, where the file
    cannot be read or written, or where it is written in a way that this cannot follow.
    """
    old = text_of(path) or ""
    text = old
    for key, value in values.items():
        try:
            text = with_value(text, key, value)
        except ValueError as error:
            where = f"{path}, line {line_of(text, key)}, key {'.'.join(key)}"
            raise ConfigError(f"{where}: not saved, because {error}; please change it by hand") from error
    if text != old:
        _replace(path, text)


def save_setting(settings: Settings, name: str, value: Any) -> str:
    """Saves a setting for the next starts: in the profile that is on where that names it, else above all profiles.

    Gives a sentence on where it is, and on what goes before it. Raises ConfigError where it cannot be saved.
    """
    if settings.file is None:
        raise ConfigError("there is no settings file to save in")
    row, file = BY_NAME[name], read_settings_file(settings.file)
    is_of_profile = settings.profile is not None and name in file.profiles.get(settings.profile, {})
    key = ("profiles", str(settings.profile), str(row.key)) if is_of_profile else (str(row.key),)
    save_values(settings.file, {key: value})
    stronger = settings.origin(name)
    but = f", but {stronger} goes before it" if stronger in (row.flag, row.variable) else ""
    return f"saved in {settings.file}{but}"


def with_value(text: str, key: KeyPath, value: Any) -> str:
    """A TOML text with one value set. Raises ValueError where it is no TOML or where nothing else may stay as it is."""
    before = tomllib.loads(text)
    wanted = _set(before, key, value)
    if wanted == before:
        return text
    for attempt in _attempts(text, key, value):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(attempt) == wanted:
                return attempt
    raise ValueError("of the way in which the file is written")


def _set(values: dict[str, Any], key: KeyPath, value: Any) -> dict[str, Any]:
    """The values with one set. Raises ValueError where a table is wanted and something else stands."""
    result = copy.deepcopy(values)
    table = result
    for name in key[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise ValueError(f"{name} is no table")  # noqa: TRY004  the caller catches one kind
    table[key[-1]] = value
    return result


def _attempts(text: str, key: KeyPath, value: Any) -> Iterator[str]:
    """The text with the value where a reader looks for it; which of them are right is for the caller to see."""
    import tomlkit  # noqa: PLC0415  needed by a save alone

    new: Any = tomlkit.inline_table() if isinstance(value, Mapping) else tomlkit.item(value)
    if isinstance(value, Mapping):
        new.update(value)
    with contextlib.suppress(Exception):  # it has many exceptions for files that it cannot follow
        yield _replaced(tomlkit.parse(text), key, new)
    end = "\r\n" if "\r\n" in text else "\n"
    line = f"{tomlkit.key(key[-1]).as_string()} = {new.as_string()}{end}"
    lines = text.splitlines(keepends=True)
    for place in _places(lines, key):
        before = "".join(lines[:place])
        yield before + (end if before and not before.endswith("\n") else "") + line + "".join(lines[place:])
    if key[:-1]:
        header = ".".join(tomlkit.key(name).as_string() for name in key[:-1])
        gap = "" if not text else end if text.endswith("\n") else end * 2
        yield f"{text}{gap}[{header}]{end}{line}"


def _replaced(document: Any, key: KeyPath, new: Any) -> str:
    """The text of a document with another value for a key that it has. Raises KeyError where it has not."""
    table = document
    for name in key[:-1]:
        table = table[name]
    if key[-1] not in table:
        raise KeyError(key[-1])
    table[key[-1]] = new
    return str(document.as_string())


def _places(lines: list[str], key: KeyPath) -> Iterator[int]:
    """Before which lines a new key may go: after its commented example, after the last key of its table, on its top."""
    of_table = [number for number, owner in enumerate(tables_of("".join(lines))) if owner == key[:-1]]
    example = re.compile(rf"\s*#\s?{re.escape(key[-1])}\s*=")
    yield from (number + 1 for number in of_table if example.match(lines[number]))
    yield from (number + 1 for number in reversed(of_table) if re.match(r"\s*[^\s#\[]", lines[number]))
    if not key[:-1]:
        comments = next((number for number in of_table if not lines[number].startswith("#")), len(of_table))
        yield 0 if comments == len(of_table) < len(lines) else comments  # a comment right above a table is about that
    elif of_table:
        yield of_table[0] + 1


def create_file(path: Path, text: str) -> None:
    """A new settings file, for its owner alone. Raises FileExistsError where there is one, and other OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _replace(path: Path, text: str) -> None:
    """The file with a new text, in one step; a link stays a link, and its owner's permissions stay."""
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".config-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).chmod(mode)
            Path(name).replace(target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}): nothing was saved") from error
