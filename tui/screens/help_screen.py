"""The help of the focused pane: what it is, what its numbers mean, and every key that acts there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from tui.core.metric_definitions import formulas_of
from tui.core.run_facts import MOMENT_LABELS
from tui.core.sanitize import sanitize
from tui.panes.line_view import Span
from tui.panes.metric_cells import label_of
from tui.panes.rows_pane import Row, RowsPane
from tui.panes.stats_pane import StatsPane
from tui.panes.wrapped_text import WrappedText
from tui.screens.base_screen import BaseModal
from tui.screens.bound_keys import BoundKey, bound_keys
from tui.screens.help_texts import PANES, SCREENS, Help, pane_name
from tui.screens.problem_help import problem_help
from tui.screens.run_controller import RunController

_SCOPES = ("keys here", "keys of the screen", "keys everywhere")
_KEY_CELLS = 20
_SHOW_PROBLEM = ("text", "preview", "stats", "frames", "detail", "oddities")


class HelpRows(RowsPane):
    """The text of the help."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--title", "help--key", "help--id"}
    DEFAULT_CSS = """
    HelpRows {
        & .help--title { text-style: bold; color: $accent; }
        & .help--key { text-style: bold; }
        & .help--id { text-style: dim; }
    }
    """


class HelpScreen(BaseModal):
    """A modal over what it explains; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "close", id="help.close"),
        Binding("question_mark,f1", "dismiss", "close", id="app.help"),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > Vertical {
        width: 90%; max-width: 96; height: 90%; max-height: 36;
        border: round $accent; background: $surface; padding: 0 1;
    }
    HelpScreen HelpRows { background: $surface; }
    """

    def __init__(self, told: Help, keys: Sequence[BoundKey], problem: Help | None = None) -> None:
        super().__init__()
        self._help, self._keys, self._problem = told, keys, problem

    @classmethod
    def over(cls, screen: Screen[Any]) -> Self:
        """The help for a screen, and there for what has the focus; where a problem stands, that comes first."""
        keys = bound_keys(screen, focused_pane(screen))
        return cls(help_of(screen), keys, problem_of(screen))

    def compose(self) -> ComposeResult:
        """One view in a frame."""
        with Vertical() as frame:
            frame.border_title = "help"
            frame.border_subtitle = "arrows scroll, esc closes"
            yield HelpRows(id="help")

    def on_resize(self) -> None:
        """Wraps for the width there is."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        for view in self.query(HelpRows):  # none once the help was closed
            view.is_following = False
            view.reset()
            width = (
                view.content_region.width - view.styles.scrollbar_size_vertical
            )  # a bar that comes later takes its column
            rows = help_rows(self._help, self._keys, max(20, width))
            problem = told_rows(self._problem, max(20, width)) if self._problem is not None else []
            view.show([*problem, *([[]] if problem else []), *rows], [])
            view.scroll_home(animate=False)


def focused_pane(screen: Screen[Any]) -> str:
    """The name of the help of what has the focus; empty where that has none of its own."""
    nodes = screen.focused.ancestors_with_self if screen.focused is not None else []
    names = (pane_name(node.id or "") for node in nodes)
    return next((name for name in names if name in PANES), "")


def help_of(screen: Screen[Any]) -> Help:
    """The help for what has the focus, else for the screen. Raises KeyError for a screen that has none."""
    pane = focused_pane(screen)
    known = PANES[pane] if pane else SCREENS[type(screen).__name__]
    if isinstance(screen.focused, StatsPane):
        return known._replace(terms=_number_terms(screen.focused.definition))
    return known


def problem_of(screen: Screen[Any]) -> Help | None:
    """The problem of the run, where it stands: in the text, beside the numbers, on the wire and in the list of all."""
    app: Any = screen.app
    if focused_pane(screen) not in _SHOW_PROBLEM or not isinstance(getattr(app, "controller", None), RunController):
        return None
    told = problem_help(app.controller.run, app.keys.said, os.environ)
    if told is None:
        return None
    return Help(sanitize(told.title), sanitize(told.text), tuple((term, sanitize(said)) for term, said in told.terms))


def help_rows(known: Help, keys: Sequence[BoundKey], width: int) -> list[Row]:
    """The rows of the help: the pane's own text, its words, then the keys."""
    rows = told_rows(known, width)
    for scope, told in groupby(keys, key=lambda bound: bound.scope):
        rows += [[], [Span(_SCOPES[scope], "help--title")]]
        for bound in told:
            rows += _pair(bound.keys, bound.words, f"  ({bound.id})", _KEY_CELLS, width)
    return rows


def told_rows(known: Help, width: int) -> list[Row]:
    """Title, text and words."""
    rows: list[Row] = [[Span(known.title, "help--title")], *_wrapped(known.text, width)]
    if known.terms:
        cells = min(_KEY_CELLS, max(len(term) for term, _ in known.terms) + 2)
        rows += [[], *(row for term, meaning in known.terms for row in _pair(term, meaning, "", cells, width))]
    return rows


def _number_terms(definition: str) -> tuple[tuple[str, str], ...]:
    """What each number of a definition set is, then the moments that the formulas name."""
    formulas = [(label_of(key), formula) for key, formula in formulas_of(definition)]
    return (*formulas, *MOMENT_LABELS.items(), ("N", "output tokens"))


def _pair(term: str, meaning: str, note: str, cells: int, width: int) -> list[Row]:
    """A word and what it means beside it; a note follows where it fits."""
    room = max(10, width - cells)
    texts = _rows_of(meaning, room)
    rows: list[Row] = [[Span(f"{term:<{cells}}" if len(term) < cells else f"{term}  ", "help--key"), Span(texts[0])]]
    rows += [[Span(" " * cells), Span(text)] for text in texts[1:]]
    if len(texts[-1]) + len(note) <= room:
        rows[-1].append(Span(note, "help--id"))
    elif note:
        rows.append([Span(" " * cells), Span(note.strip(), "help--id")])
    return rows


def _wrapped(text: str, width: int) -> list[Row]:
    return [[Span(row)] for row in _rows_of(text, width)]


def _rows_of(text: str, width: int) -> list[str]:
    wrapped = WrappedText(width)
    wrapped.append(text)
    return [wrapped.row_text(row).rstrip() for row in range(wrapped.row_count)]
