"""The Compare screen: buffer modes over one capture on one clock, and the price of each. Layout and keys.

What is compared is the model in `tui.core.comparison`; the run is the controller's, live or over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import DescendantFocus

from tui.core.comparison import MOST_LANES, READER, VOICE, Comparison
from tui.core.lane_view import Lane, Reader
from tui.core.text.buffers import BUFFER_MODES
from tui.panes.lane_pane import LANE_STYLES, LanePane
from tui.panes.lanes_raster import LanesRaster
from tui.panes.note_lines import NoteLines
from tui.panes.price_table import PriceTable
from tui.panes.status_line import StatusLine
from tui.screens import compare_words
from tui.screens.ask_screen import AskScreen
from tui.screens.compare_drawing import CompareDrawing
from tui.screens.lanes_screen import LanesScreen
from tui.screens.pattern_question import pattern_question
from tui.screens.pick_screen import PickScreen
from tui.screens.screen_commands import compare_commands
from tui.screens.screen_sizes import Fit

_PARTS = ("bars", "price")
_OWN_SPEED = "own number"
_SLOWEST, _FASTEST = 1.0, 10_000.0


class CompareScreen(LanesScreen):
    """Draws the controller's run in two to four lanes on one ticker; keeps its lanes and runs in `comparison`."""

    CSS = """
    CompareScreen {
        overflow: hidden;
        & #compare-lanes { height: 1fr; }
        & #bars, & #price, & #notes { height: 0; }
        & #nothing { display: none; height: 1fr; padding: 1 2; }
        &.-empty #nothing { display: block; }
        &.-empty #compare-lanes, &.-empty #bars, &.-empty #price, &.-empty #notes { display: none; }
        &.-single #compare-lanes.-closed { display: none; }
        &.-single.-solo #bars, &.-single.-solo #price, &.-single.-solo #notes { display: none; }
        &.-at-text #bars, &.-at-text #price, &.-at-text #notes, &.-at-bars #price, &.-at-price #bars { display: none; }
        &.-small LanePane, &.-small LanePane:focus { border: none; border-top: solid $border; }
        &.-tiny #compare-lanes, &.-tiny #bars, &.-tiny #price, &.-tiny #notes, &.-tiny #nothing { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "choose_mode", "mode", id="set.buffer"),
        Binding("plus", "add_lane", "lane more", id="lane.add"),
        Binding("minus", "remove_lane", "lane less", id="lane.remove"),
        Binding("V", "choose_reader", "reader", id="lane.reader"),
        Binding("e", "export", "export", id="file.export"),
    ]

    def __init__(self, comparison: Comparison | None = None) -> None:
        super().__init__()
        self.comparison = comparison or Comparison()
        self._lane = 0
        self.is_text_open = False
        self.is_split = False
        self._part = 0
        self._drawing = CompareDrawing(self)

    @property
    def drawing(self) -> CompareDrawing:
        """Who draws it."""
        return self._drawing

    @property
    def is_streaming(self) -> bool:
        """Whether the run goes on."""
        return self.scope.controller.is_streaming

    @property
    def is_wide(self) -> bool:
        """Whether there is room for all lanes beside each other."""
        return self.fit.is_wide and not self.fit.is_small

    def compose(self) -> ComposeResult:
        """Header, lanes, bars, price, verdict, footer."""
        yield StatusLine(id="header")
        yield NoteLines(id="nothing")
        with Horizontal(id="compare-lanes"):
            for index in range(MOST_LANES):
                yield LanePane(index)
        yield LanesRaster(id="bars")
        yield PriceTable(id="price")
        yield NoteLines(id="notes")
        yield StatusLine(id="last")
        yield StatusLine(id="footer")

    def on_mount(self) -> None:
        """The first lane has the focus."""
        self._focus_lane(0)

    def commands(self) -> Iterable[SystemCommand]:
        """What it adds to the palette."""
        return compare_commands(self)

    # Keys.

    def action_leave(self) -> None:
        """Esc cancels an open run and does nothing else: q goes back."""
        if self.scope.controller.is_streaming:
            self.scope.action_cancel_run()

    def action_back(self) -> None:
        """To the screen before."""
        self.app.pop_screen()

    def action_wire(self) -> None:
        """The Wire screen in place of this one."""
        from tui.screens.wire_screen import WireScreen  # noqa: PLC0415  it knows this screen too

        self.app.switch_screen(WireScreen())

    def action_next_stop(self, step: int) -> None:
        """The focus goes to the next lane; on a narrow screen its text opens, and closes after the last one.

        Where bars and price do not fit together either, each of them is a stop before the lanes.
        """
        count = len(self.comparison.lanes)
        if self.is_wide:
            self._focus_lane((self._lane + step) % count)
            return
        parts = len(_PARTS) if self.is_split else 1
        stop = (self._lane + parts if self.is_text_open else min(self._part, parts - 1)) + step
        stop %= parts + count
        self.is_text_open = stop >= parts
        self._part = 0 if self.is_text_open else stop
        self._focus_lane(stop - parts if self.is_text_open else 0)

    def action_choose_mode(self) -> None:
        """A list of all modes for the focused lane; for a pattern one more question."""
        lane, index = self.comparison.lanes[self._lane], self._lane

        def choose(mode: Any) -> None:
            if mode == "regex":
                self._ask_pattern(index, lane.pattern or "")
            elif mode is not None:
                self._set_lane(index, Lane(str(mode)))

        options = [(mode, compare_words.MODES[mode]) for mode in BUFFER_MODES]
        self.app.push_screen(PickScreen(f"mode of lane {LANE_STYLES[index].upper()}", options, lane.mode), choose)

    def action_add_lane(self) -> None:
        """One lane more, which gets the focus."""
        if not self.comparison.add_lane():
            self.scope.toast("Four lanes are the most.")
            return
        self.draw_slow()
        self._focus_lane(len(self.comparison.lanes) - 1)

    def action_remove_lane(self) -> None:
        """The focused lane goes."""
        if not self.comparison.remove_lane(self._lane):
            self.scope.toast("Two lanes are the least.")
            return
        self.draw_slow()
        self._focus_lane(min(self._lane, len(self.comparison.lanes) - 1))

    def action_zoom(self) -> None:
        """The focused lane has the whole width (on a narrow screen: the whole height), or no more."""
        self.toggle_class("-solo")
        self.is_text_open = self.is_text_open or self.has_class("-solo")
        self._focus_lane(self._lane)

    def action_choose_reader(self) -> None:
        """A list of readers; for an own number one more question."""

        def choose(name: Any) -> None:
            if name == _OWN_SPEED:
                self._ask_speed()
            elif name is not None:
                self._set_reader(next(reader for reader in (VOICE, READER) if reader.name == name))

        options = [(reader.name, f"{reader.chars_per_s:g} char/s") for reader in (VOICE, READER)]
        reader = self.comparison.reader
        chosen = reader.name if reader in (VOICE, READER) else _OWN_SPEED
        self.app.push_screen(PickScreen("reader", [*options, (_OWN_SPEED, "char/s")], chosen), choose)

    def action_export(self) -> None:
        """The price table as Markdown, to the clipboard."""
        if self.comparison.run is None:
            self.scope.toast("Nothing to export yet.")
        else:
            plan = self.scope.controller.run.plan if self.scope.controller.run is not None else None
            heading = self.scope.endpoint.described(plan, is_wide=True)
            self.scope.copy_text(compare_words.markdown_table(self.comparison, heading))

    def _ask_pattern(self, index: int, pattern: str) -> None:
        def take(text: Any) -> None:
            if text is not None:
                self._set_lane(index, Lane("regex", str(text)))

        self.app.push_screen(pattern_question(pattern), take)

    def _ask_speed(self) -> None:
        def take(text: Any) -> None:
            if text is not None:
                self._set_reader(Reader("reader", float(text)))

        speed = f"{self.comparison.reader.chars_per_s:g}"
        self.app.push_screen(AskScreen("char/s", "How many characters a second", speed, _speed_complaint), take)

    def _set_lane(self, index: int, lane: Lane) -> None:
        self.comparison.set_lane(index, lane)
        self.draw_slow()

    def _set_reader(self, reader: Reader) -> None:
        self.comparison.set_reader(reader)
        self.draw_slow()

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        if isinstance(event.widget, LanePane) and event.widget.id is not None:
            self._lane = int(event.widget.id.removeprefix("lane-"))
            self.mark_front()

    def _focus_lane(self, index: int) -> None:
        self._lane = index
        self.mark_front()
        if self.is_wide or self.is_text_open:
            self.query_one(f"#lane-{index}", LanePane).focus()
        else:
            self.set_focus(None)
        self.call_after_refresh(self.draw_slow)

    def fit_changed(self, before: Fit) -> None:
        """Where lanes were hidden nothing has the focus; it returns when there is room for them again."""
        if self.focused is None and (self.is_wide or (self.is_text_open and before.is_tiny)):
            self._focus_lane(self._lane)

    def mark_front(self) -> None:
        """Says in the classes of the panes which is focused and which are in use."""
        self.query_one("#compare-lanes").set_class(not self.is_text_open, "-closed")
        seen = ("text" if self.is_text_open else _PARTS[self._part]) if self.is_split else ""
        self.update_classes({f"-at-{name}": name == seen for name in ("text", *_PARTS)})
        self.set_class(not self.is_wide, "-single")
        self.mark_lanes(self._lane, len(self.comparison.lanes))


def _speed_complaint(text: str) -> str | None:
    try:
        speed = float(text)
    except ValueError:
        return "A number of characters a second is needed, for example 30."
    if not _SLOWEST <= speed <= _FASTEST:
        return f"Between {_SLOWEST:g} and {_FASTEST:g} characters a second."
    return None
