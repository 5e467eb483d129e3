"""The Live screen: text, units, extracts, numbers, arrivals, prompt. Layout and keys; the run is the controller's."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Click, DescendantFocus, Resize
from textual.timer import Timer
from textual.widgets import Static

from tui.panes.cursor_view import SourceAsked
from tui.panes.extracts_pane import ExtractsPane, SaveAsked
from tui.panes.line_view import LineView
from tui.panes.prompt_bar import PromptArea
from tui.panes.raster_pane import RasterPane
from tui.panes.segments_pane import SegmentsPane
from tui.panes.stats_pane import StatsPane
from tui.panes.status_line import StatusLine
from tui.panes.text_pane import TextPane
from tui.screens.base_screen import BaseScreen, JumpTarget
from tui.screens.find_keys import FIND_KEYS, FindKeys
from tui.screens.frame_places import frame_at, frame_of_tool, place_of
from tui.screens.frame_ticker import FRAMES_PER_S, FrameTicker
from tui.screens.live_drawing import LiveDrawing
from tui.screens.live_panes import PANES, LivePanes
from tui.screens.playback_keys import PLAYBACK_BINDINGS, PlaybackKeys
from tui.screens.screen_sizes import Fit

if TYPE_CHECKING:
    from tui.app import StreamscopeApp
    from tui.core.derived_run import DerivedRun

BUFFER_MODES = ("word", "sentence", "line")
_REST_S = 0.2  # how often a screen at rest looks whether something began


class LiveScreen(PlaybackKeys, FindKeys, BaseScreen):
    """Shows the controller's run on one ticker."""

    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = "#prompt"
    FIND_BEFORE = "#prompt-row"
    IS_FIRST = True  # its first paint is waited for
    BINDINGS: ClassVar[list[BindingType]] = [
        *PLAYBACK_BINDINGS,
        Binding("x", "app.cancel_run", "cancel", id="run.cancel"),
        Binding("escape", "leave", "cancel, leave the prompt", id="run.leave", show=False),
        Binding("i", "focus_prompt", "edit", id="prompt.focus"),
        Binding("b", "next_mode", "buffer", id="set.buffer"),
        Binding("t", "app.next_transport", "transport", id="set.transport"),
        Binding("u", "app.edit_endpoint", "endpoint", id="set.endpoint"),
        Binding("p", "app.edit_params", "for the model", id="set.params"),
        Binding("m", "app.choose_model", "model", id="set.model"),
        Binding("vertical_line", "joints", "joints", id="view.joints"),
        Binding("M", "next_definition", "definitions", id="set.definitions"),
        Binding("c,f3", "compare", "compare", id="screen.compare"),
        Binding("w,f4", "wire", "wire", id="screen.wire"),
        Binding("exclamation_mark", "problems", "problems", id="list.problems"),
        Binding("v", "next_view", "view", id="view.next"),
        Binding("Y", "copy_as", "copy as", id="item.copyas"),
        Binding("z", "zoom", "zoom", id="view.zoom"),
        Binding("l", "follow", "follow", id="screen.live"),
        Binding("tab", "next_pane(1)", "next pane", id="pane.next", show=False),
        Binding("shift+tab", "next_pane(-1)", "pane before", id="pane.previous", show=False),
        *FIND_KEYS,
        Binding("1", "focus_pane('text')", "text", id="pane.1"),
        Binding("2", "focus_pane('segments')", "units", id="pane.2"),
        Binding("3", "focus_pane('extracts')", "extracts", id="pane.3"),
        Binding("4", "focus_pane('stats')", "stats", id="pane.4"),
        Binding("5", "focus_pane('raster')", "arrivals", id="pane.5"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.panes = LivePanes(self)
        self._drawing = LiveDrawing(self)
        self._ticker = FrameTicker(time.monotonic, self.frames_must_wait)
        self._frames: Timer | None = None
        self._kept_focus = "prompt"
        self.is_ticking = True

    @property
    def scope(self) -> StreamscopeApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Header, panes, prompt, footer."""
        yield StatusLine(id="header")
        yield StatusLine(id="panes")
        with Vertical(id="body", classes="-alone"):
            yield TextPane(id="text").add_class("-alone", update=False)
            with Vertical(id="side"):
                yield StatusLine(id="tabs")
                yield SegmentsPane(id="segments").add_class("-front", update=False)
                yield ExtractsPane(id="extracts")
                yield StatsPane(id="stats")
        yield RasterPane(id="raster")
        yield StatusLine(id="verdict")
        with Horizontal(id="prompt-row"):
            yield Static(" > ", id="prompt-sign", markup=False)
            yield PromptArea(history=lambda: self.scope.history, id="prompt")
            yield StatusLine(id="next")
        yield StatusLine(id="coach")
        yield StatusLine(id="last")
        yield StatusLine(id="footer")

    @on(RasterPane.SeekAsked)
    def _seek_asked(self, message: RasterPane.SeekAsked) -> None:
        self.playback.seek_share(message.share)
        self.draw_slow()

    def on_mount(self) -> None:
        """Starts the ticker."""
        self._frames = self.set_interval(1 / FRAMES_PER_S, self._tick)
        self.set_interval(_REST_S, self._wake)
        self.draw_slow()

    def commands(self) -> Iterable[SystemCommand]:
        """What it adds to the palette."""
        from tui.screens.screen_commands import live_commands

        return live_commands(self)

    def jump_targets(self) -> list[JumpTarget]:
        """The panes and the prompt; those that are hidden too, in the bar that names them."""
        coach = self.query_one("#coach", StatusLine)  # it stands where the prompt is while that is not in use
        prompt = [JumpTarget(coach.region.offset, self.action_focus_prompt)] if coach.region.area else []
        return [*super().jump_targets(), *self.panes.hidden(), *prompt]

    def on_click(self, event: Click) -> None:
        """A click on the coach line is one on the prompt that it stands for."""
        if event.widget is not None and event.widget.id == "coach":
            self.action_focus_prompt()

    def begin_in(self, pane: str) -> None:
        """Gives the focus to a pane, now or as soon as there is one to give it to."""
        self.AUTO_FOCUS = f"#{pane}"  # type: ignore[misc]  # Textual reads it from the screen itself
        if self.focused is not None:
            self.action_focus_pane(pane)

    def model_changed(self) -> None:
        """Another demo brings the prompt that was recorded, unless the user has typed one."""
        prompt, recorded = self.query_one(PromptArea), self.scope.endpoint.demo_prompts
        text = recorded.get(self.scope.endpoint.demo_of(None))
        if text is not None and (not prompt.text or prompt.text in recorded.values()):
            prompt.load_text(text)
            prompt.move_cursor(prompt.document.end)
        self.draw_slow()

    @property
    def focused_pane(self) -> str:
        """The id of the focused pane, for its help."""
        return (self.focused.id if self.focused is not None else None) or "text"

    @on(PromptArea.Sent)
    def _send(self, message: PromptArea.Sent) -> None:
        if self.scope.send_prompt(message.text):
            self.action_focus_pane("text")

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self.draw_slow)

    def fit_changed(self, before: Fit) -> None:
        """Where nothing fits nothing has the focus; it returns when there is room again."""
        if before.is_tiny and not self.fit.is_tiny and self.focused is None:
            self.call_after_refresh(self.action_focus_pane, self._kept_focus)

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self._kept_focus = self.focused_pane
        if self.focused_pane in PANES:
            self.panes.bring(self.focused_pane)
        self.draw_slow()

    def find_default(self) -> TextPane:
        """The text, as plain text and where it can be seen."""
        self.show_plain()
        self.panes.bring("text")
        return self.query_one(TextPane)

    def action_leave(self) -> None:
        """Esc does one thing: closes the find bar, else cancels an open run, else leaves the prompt."""
        if self.close_find():
            return
        if self.scope.controller.is_streaming:
            self.scope.action_cancel_run()
        elif self.focused_pane == "prompt":
            self.action_focus_pane(self.panes.alone if self.fit.is_small else "text")

    def action_focus_prompt(self) -> None:
        """Goes to the prompt."""
        self.set_focus(self.query_one(PromptArea))

    def action_focus_pane(self, pane: str) -> None:
        """Focuses a pane (or the prompt), bringing it to the front where others hide it."""
        if pane in PANES:
            self.panes.bring(pane)
        self.set_focus(self.query_one(f"#{pane}"))

    def action_next_pane(self, step: int) -> None:
        """The next pane, or the one before; the prompt is between the last and the first."""
        self.action_focus_pane(self.panes.after(self.focused_pane, step))

    def action_next_mode(self) -> None:
        """The next buffer mode, for this run at once and for the next ones."""
        mode = self.scope.controller.mode
        index = BUFFER_MODES.index(mode) if mode in BUFFER_MODES else -1  # the palette knows more modes than the key
        self.set_mode(BUFFER_MODES[(index + 1) % len(BUFFER_MODES)])

    def set_mode(self, mode: str, pattern: str | None = None) -> None:
        """Another buffer mode, for this run at once and for the next ones."""
        self.scope.controller.set_mode(mode, pattern)
        self.draw_slow()

    def action_joints(self) -> None:
        """Shows or hides where frames and reads join in the text."""
        pane = self.query_one(TextPane)
        pane.shows_joints = not pane.shows_joints
        self._drawing.restart_text()
        self.draw_slow()

    async def action_next_view(self) -> None:
        """Pane 1: the plain text, or, once the run has ended, the text drawn as Markdown."""
        derived = self.scope.controller.derived
        if self.has_class("-preview"):
            self.show_plain()
            self.set_focus(self.query_one(TextPane))
        elif derived is None or self.scope.controller.is_streaming:
            self.scope.toast("Markdown is drawn once the run has ended.")
        else:
            from tui.panes.markdown_preview import MarkdownPreview

            preview = MarkdownPreview(derived.pipeline.content.text(), id="preview")
            await self.query_one("#body").mount(preview, after="#text")
            self.add_class("-preview")
            self.panes.bring("text")
            preview.focus()

    def show_plain(self) -> None:
        """Back from the Markdown preview."""
        if self.has_class("-preview"):
            self.remove_class("-preview")
            self.query("#preview").remove()

    @on(TextPane.CopyAsked)
    def _copy_text(self) -> None:
        derived = self.scope.controller.derived
        text = derived.pipeline.content.text() if derived is not None else ""
        if derived is not None and text:
            self.scope.copy_text(text, of=f" (frame 1-{derived.frame_count})")
        else:
            self.scope.toast("There is no text to copy yet.")

    def action_copy_as(self) -> None:
        """A menu of what can be copied: frames, text, request, card."""
        from tui.screens.live_copying import choose_copy

        choose_copy(self)

    def action_next_definition(self) -> None:
        """The next definition set; pane 4 shows what it changes."""
        self.panes.bring("stats")
        self.query_one(StatsPane).next_definition()
        self.draw_slow()

    def action_compare(self) -> None:
        """The same text under several buffer modes, side by side."""
        from tui.screens.compare_screen import CompareScreen

        self.app.push_screen(CompareScreen(self.scope.comparison))

    def action_wire(self) -> None:
        """Every frame on the wire."""
        self.show_wire()

    def show_wire(self, frame: int | None = None) -> None:
        """The Wire screen, its cursor on a frame."""
        from tui.screens.wire_screen import WireScreen

        self.app.push_screen(WireScreen(frame))

    def action_problems(self) -> None:
        """Problems, remarks, stalls and traps in one list; enter goes to the frame."""
        from tui.screens.oddities_screen import OdditiesScreen

        def show(oddity: Any) -> None:
            if oddity is not None:
                self.show_wire(oddity.frame)

        self.app.push_screen(OdditiesScreen(self.scope.controller), show)

    @on(TextPane.FrameAsked)
    def _frame_asked(self, message: TextPane.FrameAsked) -> None:
        known = message.frame
        frame = frame_at(self.scope.controller.derived, message.content_offset) if known is None else known
        if frame is not None:
            self.show_wire(frame)

    def show_place(self, frame: int) -> None:
        """Marks in pane 1 what a frame brought."""
        derived = self.scope.controller.derived
        place = place_of(derived, frame) if derived is not None else None
        is_content = place is not None and place.tool is None
        if not is_content and self.query_one(TextPane).reveal_frame(frame):
            self.show_plain()
            self.set_focus(self.query_one(TextPane))
        elif derived is not None and place is not None:
            self._reveal(derived, place)

    @on(StatsPane.MetricAsked)
    def _metric_asked(self, message: StatsPane.MetricAsked) -> None:
        from tui.screens.metric_screen import MetricScreen

        self.app.push_screen(MetricScreen(message.question))

    @on(SaveAsked)
    def _save_asked(self, message: SaveAsked) -> None:
        from tui.screens.save_extract import SaveExtract

        self.app.push_screen(SaveExtract(message.text, message.suffix))

    @on(SourceAsked)
    def _source_asked(self, message: SourceAsked) -> None:
        """Shows in pane 1 where a unit or an extract came from; of a tool call its frame on Wire."""
        derived = self.scope.controller.derived
        if derived is not None and message.tool is not None:
            self.show_wire(frame_of_tool(derived, message.tool))
        elif derived is not None:
            self._reveal(derived, message)

    def _reveal(self, derived: DerivedRun, message: SourceAsked) -> None:
        pane, content = self.query_one(TextPane), derived.pipeline.content
        self.show_plain()
        if message.tool is not None:
            pane.reveal_tool(message.tool)
        elif content.count:
            last = content.count - 1 if message.last_chunk is None else message.last_chunk
            pane.reveal(content.start_of(message.first_chunk), content.end_of(last))
        self.action_focus_pane("text")

    def action_zoom(self) -> None:
        """Gives the focused pane the whole body, or gives it back."""
        focused = self.focused
        if self.has_class("-zoomed") or not isinstance(focused, LineView):
            self.remove_class("-zoomed")
        else:
            self.add_class("-zoomed")
            self.panes.zoom(focused.id or "")
        self.call_after_refresh(self.draw_slow)

    def action_follow(self) -> None:
        """Goes to the end of the focused pane and stays there while more comes."""
        self.playback.follow()
        pane = self.focused if isinstance(self.focused, LineView) else self.query_one(TextPane)
        pane.follow()
        self.draw_slow()

    def draw_slow(self) -> None:
        """Draws everything now."""
        self._drawing.draw_rest()
        self._wake()

    def draw_anew(self) -> None:
        """Another way of drawing was chosen."""
        self.draw_slow()

    def _wake(self) -> None:
        """Lets the frames begin again once there is something to draw: thirty looks a second cost as much as that."""
        if self._frames is not None and self.is_seen and not self._drawing.is_settled:
            self._frames.resume()
            self.is_ticking = True

    def _rest(self) -> None:
        if self._frames is not None:
            self._frames.pause()
            self.is_ticking = False

    def _tick(self) -> None:
        """One frame: the text at once, the rest on the slow beat; nothing at all while nothing changes."""
        if not self.is_seen or self._drawing.is_settled:
            self._rest()
            return
        has_moved = self.playback.tick()
        if not self._ticker.begin(self._drawing.waiting_chunks) and not has_moved:
            return
        started = time.monotonic()
        self._drawing.draw_text()
        is_ending = self.scope.controller.run is not None and not self.scope.controller.is_streaming
        if self._ticker.slow_is_due() or is_ending:
            self._drawing.draw_rest()
        self._ticker.drew(started)
