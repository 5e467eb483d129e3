"""The Live screen: text, units, extracts, numbers, prompt. Layout and keys; the run itself is the controller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus, Resize
from textual.widgets import Static

from tui.core.chunks import Outcome
from tui.panes.extracts_pane import ExtractsPane
from tui.panes.line_view import LineView, Span
from tui.panes.prompt_bar import PromptArea
from tui.panes.rows_pane import Row
from tui.panes.segments_pane import SegmentsPane
from tui.panes.stats_pane import StatsPane
from tui.panes.status_line import StatusLine, key_spans
from tui.panes.text_pane import TextPane
from tui.screens import live_words
from tui.screens.base_screen import BaseScreen
from tui.screens.endpoint_choice import TRANSPORT_WORDS
from tui.screens.run_lamp import connecting_lamp, lamp_of, rate_of

if TYPE_CHECKING:
    from tui.app import StreamscopeApp
    from tui.screens.run_controller import ActiveRun

_FRAMES_PER_S = 30
_SLOW_EVERY = 6  # numbers, lamp and units are drawn on every sixth frame: five times a second
_SIDE = ("segments", "extracts", "stats")
BUFFER_MODES = ("word", "sentence", "line")
_TITLES = {"word": "words", "sentence": "sentences", "line": "lines"}


class LiveScreen(BaseScreen):
    """Draws the controller's run on one ticker."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  the type is Textual's
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "app.cancel_run", "cancel", id="run.cancel"),
        Binding("escape", "leave", "cancel, leave the prompt", show=False),
        Binding("i", "focus_prompt", "edit", id="prompt.focus"),
        Binding("b", "next_mode", "buffer", id="set.buffer"),
        Binding("t", "app.next_transport", "transport", id="set.transport"),
        Binding("m", "app.choose_model", "model", id="set.model"),
        Binding("question_mark", "app.pane_help", "help", id="app.help"),
        Binding("1", "focus_pane('text')", "text", id="pane.1"),
        Binding("2", "focus_pane('segments')", "units", id="pane.2"),
        Binding("3", "focus_pane('extracts')", "extracts", id="pane.3"),
        Binding("4", "focus_pane('stats')", "stats", id="pane.4"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown_run: ActiveRun | None = None
        self._chunks_shown = 0
        self._frame = 0
        self._side = "segments"
        self._end_shown = False

    @property
    def scope(self) -> StreamscopeApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Header, panes, prompt, footer."""
        yield StatusLine(id="header")
        with Vertical(id="body"):
            yield TextPane(id="text")
            with Vertical(id="side"):
                yield StatusLine(id="tabs")
                yield SegmentsPane(id="segments")
                yield ExtractsPane(id="extracts")
                yield StatsPane(id="stats")
        with Horizontal(id="prompt-row"):
            yield Static(" > ", id="prompt-sign", markup=False)
            yield PromptArea(id="prompt")
            yield StatusLine(id="next")
        yield StatusLine(id="footer")

    def on_mount(self) -> None:
        """Starts the ticker; the prompt has the focus."""
        self._show_side("segments")
        self.query_one(PromptArea).focus()
        self.set_interval(1 / _FRAMES_PER_S, self._tick)
        self.draw_slow()

    def model_changed(self) -> None:
        """Another demo brings the prompt that was recorded, unless the user has typed one."""
        prompt, recorded = self.query_one(PromptArea), self.scope.endpoint.demo_prompts
        text = recorded.get(self.scope.endpoint.model)
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
            self.query_one(TextPane).focus()

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self.draw_slow)

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        if self.focused_pane in _SIDE:
            self._show_side(self.focused_pane)
        self.draw_slow()

    def action_leave(self) -> None:
        """Esc does one thing: cancels an open run, else leaves the prompt."""
        if self.scope.controller.is_streaming:
            self.scope.action_cancel_run()
        elif self.focused_pane == "prompt":
            self.query_one(TextPane).focus()

    def action_focus_prompt(self) -> None:
        """Goes to the prompt."""
        self.query_one(PromptArea).focus()

    def action_focus_pane(self, pane: str) -> None:
        """Focuses a pane, bringing it to the front where panes are tabs."""
        if pane in _SIDE:
            self._show_side(pane)
        self.query_one(f"#{pane}", LineView).focus()

    def action_next_mode(self) -> None:
        """The next buffer mode, for this run at once and for the next ones."""
        controller = self.scope.controller
        mode = BUFFER_MODES[(BUFFER_MODES.index(controller.mode) + 1) % len(BUFFER_MODES)]
        controller.set_mode(mode)
        self.draw_slow()

    def _show_side(self, pane: str) -> None:
        self._side = pane
        for name in _SIDE:
            self.query_one(f"#{name}").set_class(name == pane, "-front")

    def _tick(self) -> None:
        """One frame: the text at once, the rest on the slow beat; nothing at all while nothing changes."""
        self._frame += 1
        run = self.scope.controller.run
        if run is not self._shown_run:
            self.draw_slow()
        self._draw_text()
        if run is not None and (not self._end_shown) and (self._frame % _SLOW_EVERY == 0 or run.is_over):
            self.draw_slow()

    def _draw_text(self) -> None:
        derived = self.scope.controller.derived
        if derived is not None and len(derived.chunks) > self._chunks_shown:
            new, self._chunks_shown = derived.chunks[self._chunks_shown :], len(derived.chunks)
            self.query_one(TextPane).add_chunks(new)

    def _begin(self, run: ActiveRun | None) -> None:
        self._shown_run, self._chunks_shown, self._end_shown = run, 0, False
        self.query_one(TextPane).clear()

    def draw_slow(self) -> None:
        """Lamp, titles, units, extracts, numbers, hints."""
        controller, run = self.scope.controller, self.scope.controller.run
        if run is not self._shown_run:
            self._begin(run)
        self._draw_text()
        now = controller.seconds()
        derived = controller.derived
        at = derived.capture.end.at if derived is not None and derived.capture.end is not None else now
        pipeline = derived.pipeline if derived is not None else None
        self.query_one(TextPane).set_hint(live_words.text_hint(run, now, is_demo=self.scope.endpoint.is_demo))
        log = pipeline.segments if pipeline is not None else None
        self.query_one(SegmentsPane).show(log, at, live_words.segments_hint(run, controller.mode))
        self.query_one(ExtractsPane).show_run(pipeline, live_words.extracts_hint(run))
        stats = self.query_one(StatsPane)
        stats.show_stats(derived.stats if derived is not None else None, self._notes(stats, run), live_words.NO_NUMBERS)
        self._draw_header(now)
        self._draw_titles()
        self._draw_bottom()
        if run is not None and run.is_over and not self._end_shown and derived is not None:
            self._end_shown = True
            self._note_problem(run)

    def _note_problem(self, run: ActiveRun) -> None:
        """Under the text that came stands why no more will."""
        result = run.derived.result if run.derived is not None else None
        if result is not None:
            pane = self.query_one(TextPane)
            if result.problem is not None:
                pane.add_note(StatsPane.problem_lines(result.problem))
            elif result.outcome is Outcome.CANCELLED:
                pane.add_note(live_words.cancel_receipt(run)[:1])

    def _notes(self, pane: StatsPane, run: ActiveRun | None) -> list[Row]:
        """Problem, cancel receipt and remarks of an ended run, as rows."""
        result = run.derived.result if run is not None and run.derived is not None else None
        if run is None or result is None:
            return []
        rows = pane.problem_rows(result.problem) if result.problem is not None else []
        for line in live_words.cancel_receipt(run):
            rows += pane.wrap(line)
        for remark in result.remarks:
            rows += pane.wrap(f"remark: {remark}", "stats--hint")
        return rows

    def _draw_header(self, now: float) -> None:
        scope, controller = self.scope, self.scope.controller
        is_wide = self.size.width >= 100
        plan = controller.run.plan if controller.run is not None else None
        is_cancelling = controller.run is not None and controller.run.cancel_key_at is not None
        host = (urlsplit(plan.url).netloc or "demo gateway") if plan is not None else ""
        if plan is not None and controller.derived is None:
            lamp = connecting_lamp(now, host)
        else:
            lamp = lamp_of(controller.derived, now, host, is_cancelling=is_cancelling)
        rate = rate_of(controller.derived) if is_wide and not controller.is_streaming else ""
        left = [Span(" streamscope", "status--strong")] if is_wide else []
        left += [Span("  Live" if is_wide else " Live"), Span("  " + scope.endpoint.described(plan, is_wide=is_wide))]
        if scope.endpoint.is_demo:
            demo = (plan.request.model if plan is not None else None) or scope.endpoint.model
            shown = f"  RECORDED  {demo}" + (": your prompt is not read" if is_wide else "")
            left.append(Span(shown, "status--dim"))
        right = [Span(lamp.text, f"status--{lamp.tone}"), Span(f"  {rate} " if rate else " ")]
        self.query_one("#header", StatusLine).show(left, right)

    def _draw_titles(self) -> None:
        derived, mode = self.scope.controller.derived, self.scope.controller.mode
        frames = len(derived.decoder.frames) if derived is not None and derived.decoder is not None else 0
        chars = derived.pipeline.content.length if derived is not None else 0
        code, values, tools = self._extract_counts()
        self._title("text", "1 text", f"{chars} char  {frames} frames")
        self._title("segments", f"2 {_TITLES.get(mode, mode)}", "b mode")
        self._title("extracts", "3 extracts", f"code {code}  json {values}  tools {tools}")
        self._title("stats", "4 stats", "streamscope")
        tabs = []
        for name, label in zip(
            _SIDE, (f"2 {_TITLES[mode]}", f"3 extracts {code + values + tools}", "4 stats"), strict=True
        ):
            is_front = name == self._side
            tabs.append(
                Span("  " + (label.upper() if is_front else label), "status--strong" if is_front else "status--dim")
            )
        self.query_one("#tabs", StatusLine).show(tabs, [Span("b mode ", "status--dim")])

    def _extract_counts(self) -> tuple[int, int, int]:
        derived = self.scope.controller.derived
        if derived is None:
            return 0, 0, 0
        pipeline = derived.pipeline
        return len(pipeline.code_blocks), len(pipeline.json_values), len(pipeline.tool_calls)

    def _title(self, pane: str, name: str, info: str) -> None:
        """A title at the left and its numbers at the right of a pane's upper edge."""
        widget = self.query_one(f"#{pane}")
        line = "─" * max(1, widget.size.width - len(name) - len(info) - 6)
        title = Content.assemble((name, "bold"), " ", (line, "$border"), " ", info)
        if getattr(widget, "shown_title", None) != title.plain:
            widget.border_title = title
            widget.shown_title = title.plain  # type: ignore[attr-defined]

    def _draw_bottom(self) -> None:
        in_prompt = self.focused_pane == "prompt"
        is_wide = self.size.width >= 100
        hints = live_words.footer_hints(
            is_streaming=self.scope.controller.is_streaming, in_prompt=in_prompt, is_narrow=not is_wide
        )
        self.query_one("#footer", StatusLine).show(key_spans(hints))
        word = TRANSPORT_WORDS[self.scope.endpoint.transport]
        verb = "enter plays it" if self.scope.endpoint.is_demo else "enter sends"
        model = f"  {self.scope.endpoint.model}" if self.scope.endpoint.model and is_wide else ""
        text = f"next: {word}{model}   {verb} "
        line = self.query_one("#next", StatusLine)
        line.styles.width = len(text) + 1
        line.show([], [Span(text, "status--dim")])
