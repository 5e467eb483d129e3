"""The form for the lanes of a race: a row each, whose way is chosen with left and right; enter sends all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.core.sanitize import sanitize_line
from tui.errors import UsageError
from tui.panes.choice_line import ChoiceLine
from tui.panes.line_view import Span
from tui.screens.ask_screen import AskScreen
from tui.screens.form_screen import FormScreen
from tui.screens.race_lanes import LETTERS, MOST_LANES, WAYS, LaneEntry, another_way, with_lane

NewLane = Callable[[str], LaneEntry]
"""A lane from what was typed: a URL, a profile or a model. Raises UsageError."""
_HOP = "the hop behind it: + asks for its URL (or a profile, a model, a capture)"
_LEAST = 2


class LaneLine(ChoiceLine):
    """The way of one lane; without a lane it says what could stand there."""

    def show_entry(self, entry: LaneEntry | None) -> None:
        """Shows the way of a lane."""
        self.has_lane = entry is not None and entry.capture is None
        if entry is None:
            self.show([Span(f" {_HOP}", "status--dim")])
        elif entry.capture is not None:
            self.show([Span(f" {entry.name}", "status--key")])
        else:
            self.choose(entry.way)

    def _step(self, step: int) -> None:
        if self.has_lane:
            super()._step(step)

    def on_mount(self) -> None:
        """The form says what is drawn."""


class RaceForm(FormScreen):
    """Gives (letter, lane) pairs once they are to be sent, or None when it was left."""

    HEADING: ClassVar[str] = "race: the same prompt over several ways at once"
    VERB: ClassVar[str] = "sends"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "add_lane", "lane more", id="lane.add", show=False),
        Binding("minus", "remove_lane", "lane less", id="lane.remove", show=False),
    ]
    DEFAULT_CSS = "RaceForm .form--label { width: 3; } RaceForm .form--note { margin-left: 4; }"

    def __init__(self, entries: Sequence[LaneEntry | None], prompt: str, new_lane: NewLane, hint: str) -> None:
        super().__init__()
        self.entries = list(entries)
        self._prompt = prompt
        self._new_lane = new_lane
        self._hint = hint

    def fields(self) -> Iterable[tuple[str, Widget, str]]:
        """A row for each lane that there can be."""
        for letter in LETTERS:
            yield letter, LaneLine(WAYS, "sse", id=f"lane-{letter}"), "-"

    def on_mount(self) -> None:
        """The lanes."""
        self._show()

    def submit(self) -> None:
        """Sends, unless a lane cannot go its way."""
        chosen = list(zip(LETTERS, filter(None, self.entries), strict=False))
        for letter, entry in chosen:
            try:
                _ = entry.route
            except UsageError as error:
                self.say(f"Lane {letter}: {error}.", is_bad=True)
                return
        self.dismiss(chosen)

    @on(ChoiceLine.Changed)
    def _way_changed(self, message: ChoiceLine.Changed) -> None:
        place = LETTERS.index(str(message.line.id).removeprefix("lane-"))
        entry = self.entries[place]
        if entry is not None:
            self.entries[place] = another_way(entry, message.line.value)
            self._show()

    def action_add_lane(self) -> None:
        """Asks what a further lane is."""
        if len(self.entries) == MOST_LANES and None not in self.entries:
            self.say("Four lanes are the most.", is_bad=True)
            return
        self.app.push_screen(AskScreen("lane", self._hint, "", self._complaint), self._take)

    def action_remove_lane(self) -> None:
        """The focused lane goes."""
        if len(self.entries) <= _LEAST:
            self.say("Two lanes are the least.", is_bad=True)
            return
        place = LETTERS.index(str(self.focused.id).removeprefix("lane-")) if self.focused is not None else 0
        del self.entries[place]
        self.query_one(f"#lane-{LETTERS[min(place, len(self.entries) - 1)]}").focus()
        self._show()

    def _complaint(self, text: str) -> str | None:
        try:
            self._new_lane(text.strip())
        except UsageError as error:
            return str(error)
        return None

    def _take(self, text: Any) -> None:
        if text is not None:
            self.entries = with_lane(self.entries, self._new_lane(str(text).strip()))
            self._show()

    def _show(self) -> None:
        """The rows, and how many requests they are."""
        for place, letter in enumerate(LETTERS):
            line = self.query_one(f"#lane-{letter}", LaneLine)
            is_used = place < len(self.entries)
            line.parent.display = is_used  # type: ignore[union-attr]  # it stands in a row
            entry = self.entries[place] if is_used else None
            line.show_entry(entry)
            self.note(f"lane-{letter}", [_where(entry)] if entry is not None else [])
        count = sum(entry is not None and entry.capture is None for entry in self.entries)
        prompt = f' of "{_short(self._prompt)}"' if self._prompt.strip() else ""
        requests = f"{count} request" + ("" if count == 1 else "s")
        self.say(f"sends {requests}{prompt}; + a lane more, - one less, left and right choose the way")


def _where(entry: LaneEntry) -> str:
    """Whose a lane is, and the address that it asks; why not, where it cannot."""
    model = f"  {entry.model}" if entry.model else ""
    try:
        return f"{entry.role}  {entry.route}{model}"
    except UsageError as error:
        return f"{entry.role}  {error}"


def _short(prompt: str) -> str:
    line = sanitize_line(prompt)
    return line if len(line) <= 40 else line[:39] + "…"
