"""Saves one extract: shows where it will be written, lets the name be changed, and writes on enter.

A file is never overwritten, the name never leaves the folder, and only its owner can read what was written.
"""

from __future__ import annotations

import os
import re
from itertools import count as counting
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.captures.new_files import current_folder, write_new
from tui.core.sanitize import count_unsafe, sanitize_line
from tui.panes.cursor_view import encodable
from tui.screens.base_screen import BaseModal

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_NUMBERED = re.compile(r"extract-([0-9]{1,9})(?:\.|\Z)")
_SIGN = re.compile("[\u2400-\u2421\ufffd]")  # what a control character became when it was typed
_NO_NAME = ("", ".", "..")


class NameInput(Input):
    """A field whose text is safe to draw: a control character that was pasted becomes a sign."""

    def validate_value(self, value: str) -> str:
        """The value with its unsafe characters replaced, one for one."""
        return sanitize_line(value)

    def action_copy(self) -> None:
        """ctrl+c copies a selection; without one it means what it means on every screen."""
        if self.selected_text:
            super().action_copy()
        elif isinstance(self.screen, BaseModal):
            self.screen.action_copy_text()


class SaveExtract(BaseModal):
    """Gives the path that was written, or None when it was closed. `folder` is the current one by default."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close", id="save.close")]
    DEFAULT_CSS = """
    SaveExtract { align: center middle; }
    SaveExtract > Vertical {
        width: 90%; max-width: 96; height: auto; border: round $accent; background: $surface; padding: 0 1;
    }
    SaveExtract Input, SaveExtract Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    SaveExtract #save-problem { color: $text-error; }
    SaveExtract Static { height: auto; }
    """

    def __init__(self, text: str, suffix: str, folder: Path | None = None) -> None:
        super().__init__()
        self._text = encodable(text)
        self._suffix = suffix
        self._folder = folder if folder is not None else current_folder()

    def compose(self) -> ComposeResult:
        """What is saved, the name, the whole path, and why not."""
        with Vertical() as frame:
            frame.border_title = "save"
            frame.border_subtitle = "enter saves, esc closes"
            yield Static(Content(f"{_sizes(self._text)} The name:"), id="save-size")
            yield NameInput(free_name(self._folder, self._suffix), id="save-name", select_on_focus=False)
            yield Static(id="save-path")
            yield Static(id="save-problem")

    @on(Input.Changed)
    def _name_changed(self, message: Input.Changed) -> None:
        """Shows where the file will be, or why it cannot be there."""
        problem = name_problem(message.value)
        self._show_path("" if problem else message.value.strip())
        self._say(problem)

    @on(Input.Submitted)
    def _save(self, message: Input.Submitted) -> None:
        name = message.value.strip()
        problem = name_problem(name)
        if problem:
            self._say(problem)
            return
        try:
            write_new(self._folder / name, self._text.encode("utf-8"))
        except FileExistsError:
            other = other_name(self._folder, name)
            with self.prevent(Input.Changed):
                message.input.value = other
            self._show_path(other)
            self._say(f"{name} exists; nothing is overwritten. enter saves as {other}.")
        except (OSError, ValueError) as error:
            self._say(f"Not saved: {getattr(error, 'strerror', None) or error}.")
        else:
            self.dismiss(self._folder / name)
            app: StreamscopeApp = self.app  # type: ignore[assignment]
            app.toast(f"Saved {self._folder / name}, {_sizes(self._text)}")

    def _show_path(self, name: str) -> None:
        path = f"will be written: {sanitize_line(str(self._folder / name))}" if name else ""
        self.query_one("#save-path", Static).update(Content(path))

    def _say(self, problem: str) -> None:
        self.query_one("#save-problem", Static).update(Content(sanitize_line(problem)))


def name_problem(name: str) -> str:
    """Why a name cannot be that of a file in this very folder, as a sentence; empty when it can."""
    name = name.strip()
    if name in _NO_NAME:
        return "A file needs a name."
    if PurePosixPath(name).name != name or PureWindowsPath(name).name != name:
        return r"The file stays in this folder: a name holds no / and no \ and no drive."
    if count_unsafe(name) or _SIGN.search(name):
        return "The name holds a control character."
    return ""


def free_name(folder: Path, suffix: str) -> str:
    """The name after the highest `extract-N` in the folder, with a suffix."""
    try:
        names = os.listdir(folder)  # noqa: PTH208  names alone are needed
    except OSError:
        names = []
    used = [int(match[1]) for match in map(_NUMBERED.match, names) if match]
    return f"extract-{max(used, default=0) + 1}{suffix}"


def other_name(folder: Path, name: str) -> str:
    """A name like this one that no file in the folder has."""
    path = PurePosixPath(name)
    if _NUMBERED.match(name):
        return free_name(folder, path.suffix)
    names = (f"{path.stem}-{number}{path.suffix}" for number in counting(2))
    return next(other for other in names if not os.path.lexists(folder / other))


def _sizes(text: str) -> str:
    unsafe = count_unsafe(text)
    note = f" It holds {_counted(unsafe, 'control character')}." if unsafe else ""
    return f"{_counted(len(text), 'character')}.{note}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
