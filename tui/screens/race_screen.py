"""The race: the same prompt over several ways at once, on one clock, and who holds it back. Layout and keys.

What is shown is a `Race`; its runs are the controller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import DescendantFocus
from textual.message import Message

from tui.core.exports.card_text import card_lines
from tui.core.race_cells import origin_of
from tui.core.race_verdict import Evidence
from tui.panes.lane_pane import LanePane
from tui.panes.note_lines import NoteLines
from tui.panes.race_raster import RaceRaster
from tui.panes.status_line import StatusLine
from tui.screens.lanes_screen import LanesScreen
from tui.screens.pick_screen import PickScreen
from tui.screens.race_drawing import RaceDrawing
from tui.screens.race_lanes import MOST_LANES
from tui.screens.race_runs import Race, RaceCursor, RacingLane
from tui.screens.run_evidence import list_evidence
from tui.screens.screen_commands import race_commands
from tui.screens.wire_screen import WireScreen
from tui.version import __version__

if TYPE_CHECKING:
    from tui.screens.run_controller import ActiveRun

_OPEN = "The race is still open. {run.cancel} cancels its lanes; then other screens are there again."
_NOT_YET = "The lanes are still open: verdict, evidence and card come at their end."
_ROOMY_ROWS = 30
_CARD, _CARD_HOSTS, _VERDICT, _TEXT = "card", "card with addresses", "verdict", "text"


class SourceAsked(Message):
    """Where does this come from?"""


class RacerPane(LanePane):
    """The text of one lane of a race; enter asks for its frame."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask_source", "its frame on Wire", id="item.source", show=False)
    ]

    def __init__(self, place: int) -> None:
        super().__init__(place, name="racer")

    def action_ask_source(self) -> None:
        """The frame of what is seen."""
        self.post_message(SourceAsked())


class Judgement(NoteLines, can_focus=True):
    """Wire bytes, verdict and receipts; enter asks for the evidence."""

    DEFAULT_CSS = "Judgement { overflow-y: auto; &:focus { background: $boost; } }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "ask_source", "evidence", id="item.source", show=False)]

    def action_ask_source(self) -> None:
        """The evidence."""
        self.post_message(SourceAsked())


class RaceScreen(LanesScreen):
    """Draws a race on one ticker."""

    AUTO_FOCUS = "#judgement"
    CSS = """
    RaceScreen {
        overflow: hidden;
        & #racers { height: 1fr; }
        & RaceRaster, & #judgement { height: 0; }
        &.-single #racers { display: none; }
        &.-single.-open #racers { display: block; }
        &.-small.-open RaceRaster, &.-small.-open #judgement { display: none; }
        &.-small RacerPane, &.-small RacerPane:focus { border: none; border-top: solid $border; }
        &.-tiny #racers, &.-tiny RaceRaster, &.-tiny #judgement { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "next_view", "by text", id="view.next"),
        Binding("Y", "copy_as", "card", id="item.copyas"),
    ]

    def __init__(self, race: Race) -> None:
        super().__init__()
        self.race = race
        self.is_aligned = False
        self._stop = 0  # the judgement, then the lanes
        self._drawing = RaceDrawing(self)

    @property
    def drawing(self) -> RaceDrawing:
        """Who draws it."""
        return self._drawing

    @property
    def playback(self) -> RaceCursor:
        """The cursor over all lanes."""
        return self.race.cursor

    def seconds_shown(self) -> float:
        """Now, on the clock of the race."""
        return self.race.seconds()

    @property
    def is_streaming(self) -> bool:
        """Whether a lane is open that was sent."""
        return self.race.is_streaming

    @property
    def is_single(self) -> bool:
        """Whether there is room for one text at a time only, and for that beside the rows if at all."""
        return not self.fit.is_wide or self.fit.is_small

    @property
    def is_alone(self) -> bool:
        """Whether the judgement has all the room that the rows leave."""
        return self.is_single and not self._stop

    @property
    def is_roomy(self) -> bool:
        """Whether lanes can stand apart."""
        return not self.fit.is_small and (self.is_alone or self.fit.height >= _ROOMY_ROWS)

    def compose(self) -> ComposeResult:
        """Header, texts, rows on one clock, judgement, footer."""
        yield StatusLine(id="header")
        with Horizontal(id="racers"):
            for place in range(MOST_LANES):
                yield RacerPane(place)
        yield RaceRaster(id="rows")
        yield Judgement(id="judgement")
        yield StatusLine(id="last")
        yield StatusLine(id="footer")

    def on_mount(self) -> None:
        """Marks what has the focus, and draws."""
        self.mark_front()
        self.call_after_refresh(self.draw_slow)

    def racers(self) -> Iterator[tuple[LanePane, RacingLane]]:
        """Each lane with its pane."""
        for place, lane in enumerate(self.race.lanes):
            yield self.query_one(f"#racer-{place}", LanePane), lane

    def show_race(self, race: Race) -> None:
        """Another race in place of this one."""
        self.race = race
        self._restart()

    def run_again(self) -> bool:
        """The same lanes once more."""
        if not self.race.is_over:
            self.scope.toast(self.scope.keys.said(_OPEN))
        elif not self.race.can_run_again:
            self.scope.toast("These lanes were captured before: there is nothing to send.")
        else:
            self.race.run_again()
            self._restart()
        return True

    def runs_shown(self) -> list[ActiveRun]:
        """The lanes that are here, the focused one first."""
        focused = self.race.lanes[max(0, self._stop - 1)].run
        return [focused, *(lane.run for lane in self.race.lanes if lane.run is not focused)]

    def copy_card(self) -> bool:
        """The card of all lanes."""
        if self.race.is_over:
            self.copy_as(_CARD)
        else:
            self.scope.toast(_NOT_YET)
        return True

    def commands(self) -> Iterable[SystemCommand]:
        """What it adds to the palette."""
        return race_commands(self)

    # Keys.

    def action_leave(self) -> None:
        """Esc cancels open lanes and does nothing else: q goes back."""
        if not self.race.is_over:
            self.scope.action_cancel_run()

    def action_back(self) -> None:
        """To the screen before, once no lane is open."""
        if self.race.is_over:
            self.app.pop_screen()
        else:
            self.scope.toast(self.scope.keys.said(_OPEN))

    def action_next_stop(self, step: int) -> None:
        """The next lane, or the judgement between the last and the first."""
        self._focus_stop((self._stop + step) % (len(self.race.lanes) + 1))

    def action_zoom(self) -> None:
        """The text of the focused lane has the whole width, or no more."""
        self.toggle_class("-solo")
        if self.has_class("-solo") and not self._stop:
            self._focus_stop(1)
        self.call_after_refresh(self.draw_slow)

    def action_next_view(self) -> None:
        """The rows on one clock, or laid over one another by their text."""
        if not self.race.is_over:
            self.scope.toast(_NOT_YET)
            return
        self.is_aligned = not self.is_aligned
        self.draw_slow()

    def action_wire(self) -> None:
        """The frames of the focused lane, of the first one where none has the focus."""
        self._show_wire(self.race.lanes[max(0, self._stop - 1)])

    @on(SourceAsked)
    def _source_asked(self) -> None:
        if self._stop:
            lane = self.race.lanes[self._stop - 1]
            position = self.race.cursor.position
            if position is None or lane.derived is None:
                self._show_wire(lane)
            else:
                self._show_wire(lane, max(0, lane.derived.frames_until(position.at + origin_of(lane.derived)) - 1))
        else:
            self.action_evidence()

    def action_evidence(self) -> None:
        """What the verdict rests on, each with its frame on Wire."""
        verdict = self.race.verdict()
        if verdict is None:
            self.scope.toast(_NOT_YET)
            return

        def show(row: Evidence) -> None:
            self._show_wire(next(lane for lane in self.race.lanes if lane.letter == row.letter), row.frame)

        list_evidence(self.scope, verdict, show)

    def action_copy_as(self) -> None:
        """A menu of what can be handed on."""
        if not self.race.is_over:
            self.scope.toast(_NOT_YET)
            return
        options = [
            (_CARD, "12 lines of plain text, names in place of hosts"),
            (_CARD_HOSTS, "the same with the addresses"),
            (_VERDICT, "the sentence and its evidence"),
            (_TEXT, "the text of the focused lane"),
        ]
        self.app.push_screen(PickScreen("copy", options), lambda name: None if name is None else self.copy_as(name))

    def copy_as(self, what: str) -> None:
        """Copies one of the things of the menu."""
        lane = self.race.lanes[max(0, self._stop - 1)].derived
        if what == _TEXT:
            text = lane.pipeline.content.text() if lane is not None else ""
        elif what == _VERDICT:
            verdict = self.race.verdict()
            rows = (
                [] if verdict is None else [f"{row.letter} {row.text} (frame {row.frame})" for row in verdict.evidence]
            )
            text = "\n".join(["" if verdict is None else verdict.sentence, *rows])
        else:
            runs = [(each.name, each.derived) for each in self.race.lanes if each.derived is not None]
            text = "\n".join(card_lines(runs, version=__version__, with_hosts=what == _CARD_HOSTS)) + "\n"
        self.scope.copy_text(text)

    def _show_wire(self, lane: RacingLane, frame: int | None = None) -> None:
        """The Wire screen on a lane, which becomes the run that is shown, once no lane is open."""
        if not self.race.is_over:
            self.scope.toast(self.scope.keys.said(_OPEN))
            return
        self.scope.controller.run = lane.run
        self.app.push_screen(WireScreen(frame))

    # Drawing.

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        name = event.widget.id or ""
        self._stop = int(name.removeprefix("racer-")) + 1 if name.startswith("racer-") else 0
        self.mark_front()

    def _focus_stop(self, stop: int) -> None:
        self._stop = stop
        self.mark_front()
        self.query_one(f"#racer-{stop - 1}" if stop else "#judgement").focus()
        self.call_after_refresh(self.draw_slow)

    def mark_front(self) -> None:
        """Says in the classes of the panes which is focused and which are in use."""
        self.set_class(self.is_single, "-single")
        self.set_class(bool(self._stop), "-open")
        self.mark_lanes(max(0, self._stop - 1), len(self.race.lanes))

    def _restart(self) -> None:
        self.is_aligned = False
        self._drawing.restart()
        self._focus_stop(0)
