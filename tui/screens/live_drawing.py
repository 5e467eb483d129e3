"""What the Live screen shows of the controller's run: texts, lamps, titles, hints. Draws; decides nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tui.core.sanitize import sanitize_line
from tui.panes.extracts_pane import ExtractsPane
from tui.panes.line_view import LineView, Span
from tui.panes.raster_pane import RasterPane
from tui.panes.segments_pane import SegmentsPane
from tui.panes.stats_pane import StatsPane
from tui.panes.status_line import StatusLine, key_spans
from tui.panes.text_pane import TextPane
from tui.screens import live_words, recording_words, small_lines
from tui.screens.arrivals_view import arrivals_of, held_arrivals
from tui.screens.endpoint_choice import TRANSPORT_WORDS
from tui.screens.live_panes import SIDE_PANES
from tui.screens.run_lamp import current_lamp, rate_of
from tui.screens.shown_run import ShownRun

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.core.pipeline import StreamPipeline
    from tui.core.run_view import PipelinePrefix
    from tui.panes.note_rows import Note
    from tui.panes.raster_pane import ArrivalsView
    from tui.screens.live_screen import LiveScreen
    from tui.screens.run_controller import ActiveRun

MODE_TITLES = {
    "word": "words",
    "sentence": "sentences",
    "line": "lines",
    "paragraph": "paragraphs",
    "markdown": "blocks",
    "raw": "raw",
}
_CHUNKS_PER_FRAME = 4000
_MODEL_CHARS = 30  # beside the prompt, which needs the room; the header has all of it


class LiveDrawing:
    """Draws a Live screen; remembers what is on it already."""

    def __init__(self, screen: LiveScreen) -> None:
        self._screen = screen
        self._run: ActiveRun | None = None
        self._chunks_shown = 0
        self._shown = ShownRun()
        self.is_end_shown = False

    @property
    def _derived(self) -> DerivedRun | None:
        return self._screen.scope.controller.derived

    @property
    def _is_wide(self) -> bool:
        return self._screen.fit.is_wide

    @property
    def waiting_chunks(self) -> int:
        """How many chunks came that are not drawn."""
        derived = self._derived
        return 0 if derived is None else len(derived.chunks) - self._chunks_shown

    @property
    def is_settled(self) -> bool:
        """Whether the screen shows all there is of the run, and the run is over or there is none."""
        run = self._screen.scope.controller.run
        playback = self._screen.playback
        if playback.is_playing or not self._shown.is_settled or not self._shown.is_at(playback.position):
            return False
        return run is self._run and (run is None or (self.is_end_shown and self.waiting_chunks == 0))

    def draw_text(self) -> None:
        """The next chunks of pane 1, a bounded number a frame."""
        run = self._screen.scope.controller.run
        if run is not self._run:
            self._run, self.is_end_shown = run, False
            self.restart_text()
        derived = self._derived
        if derived is not None and self.waiting_chunks > 0:
            upto = self._chunks_shown + _CHUNKS_PER_FRAME
            new = derived.chunks[self._chunks_shown : upto]
            self._chunks_shown += len(new)
            self._screen.query_one(TextPane).add_chunks(new)
        self._draw_position()

    def _draw_position(self) -> None:
        """Goes to where the playback stands; pane 1 shows that much."""
        playback = self._screen.playback
        playback.show(self._derived)
        self._shown.update(playback)
        view = self._shown.view
        waiting = live_words.waiting_line(self._derived, view) if view is not None else ""
        self._screen.query_one(TextPane).show_first(None if view is None else view.chunk_count, waiting)

    @property
    def _pipeline(self) -> StreamPipeline | PipelinePrefix | None:
        """Segments, code and JSON at the position."""
        if self._shown.view is not None:
            return self._shown.view.pipeline
        return self._derived.pipeline if self._derived is not None else None

    @property
    def _frame_count(self) -> int:
        """How many frames had come at the position."""
        if self._shown.view is not None:
            return self._shown.view.frames
        return self._derived.frame_count if self._derived is not None else 0

    def restart_text(self) -> None:
        """Draws pane 1 anew from the first chunk."""
        self._chunks_shown = 0
        self._screen.show_plain()
        self._screen.query_one(TextPane).clear()

    def draw_rest(self) -> None:
        """Lamp, titles, units, extracts, numbers, raster, verdict, hints."""
        self.draw_text()
        scope, run, derived = self._screen.scope, self._run, self._derived
        now = scope.controller.seconds()
        at = derived.capture.end.at if derived is not None and derived.capture.end is not None else now
        pipeline, view = self._pipeline, self._shown.view
        shown_at = at if view is None else view.at
        query, said, is_demo = self._screen.query_one, scope.keys.said, bool(scope.endpoint.demo_of(None))
        query(TextPane).set_hint(said(live_words.text_hint(run, now, is_demo=is_demo)))
        query(TextPane).set_waiting(derived.stats.open_stall(now) if derived is not None else None)
        log = pipeline.segments if pipeline is not None else None
        has_times = derived is None or derived.capture.header.has_times
        hint = live_words.segments_hint(run, scope.controller.mode)
        query(SegmentsPane).show(log, shown_at, hint, has_times=has_times)
        query(ExtractsPane).show_run(pipeline, said(live_words.extracts_hint(run, is_demo=is_demo)), shown_at)
        self._draw_stats(shown_at)
        query(RasterPane).show(self._with_cursor(arrivals_of(derived, at)))
        self._draw_header(now)
        self._draw_verdict(at)
        self._draw_titles()
        self._draw_bottom()
        if run is not None and run.is_over and not self.is_end_shown and self.waiting_chunks == 0:
            self.is_end_shown = True
            self._note_end(run)

    def _draw_stats(self, at: float) -> None:
        run, derived = self._run, self._derived
        pane = self._screen.query_one(StatsPane)
        has_probe = run is not None and run.stream is not None
        pane.show_stats(
            derived.stats if derived is not None and self._shown.view is None else self._shown.stats,
            self._notes() if self._shown.view is None else [],
            self._screen.scope.keys.said(live_words.NO_NUMBERS),
            arrivals=self._shown.view.arrivals if self._shown.view else derived.arrivals if derived else None,
            now_s=at,
            stamp_error_s=self._screen.scope.controller.probe.stamp_error_s if has_probe else None,
        )

    def _note_end(self, run: ActiveRun) -> None:
        """Under the text that came stands why no more will."""
        result = run.derived.result if run.derived is not None else None
        if result is None:
            return
        if run.derived is not None:
            self._screen.scope.comparison.show(run.derived)
        from tui.screens.run_notes import ending_lines  # noqa: PLC0415  nothing has ended at the first paint

        lines = ending_lines(run, self._screen.scope.keys.said, os.environ)
        if lines:
            self._screen.query_one(TextPane).add_note(lines)

    def _notes(self) -> list[Note]:
        """Problem, cancel receipt and remarks of an ended run."""
        run = self._run
        if run is None or run.derived is None or run.derived.result is None:
            return []
        from tui.screens.run_notes import run_notes  # noqa: PLC0415  as above

        return run_notes(run, self._screen.scope.keys.said, os.environ, is_wide=self._is_wide)

    def _with_cursor(self, view: ArrivalsView | None) -> ArrivalsView | None:
        """The arrivals with the place at which the view is held."""
        shown = self._shown.view
        if shown is None or view is None:
            return view
        words = live_words.position_words(shown, view.span_s, view.frames, self._screen.playback, is_wide=self._is_wide)
        return held_arrivals(view, shown.frames, shown.at, words)

    def _draw_verdict(self, at: float) -> None:
        derived = self._derived
        line = self._screen.query_one("#verdict", StatusLine)
        if derived is None:
            line.show([])
            return
        verdict = derived.verdict(at)
        numbers = [] if self._screen.fit.shows_numbers else live_words.short_numbers(derived.stats, at)
        sign = Span(" ► " if verdict.sentence else " ", f"status--{verdict.tone}")
        before = [*(Span(f" {text} ", "status--strong") for text in numbers), sign]
        room = self._screen.fit.width - sum(len(span.text) for span in before)
        race = " {run.race} finds out where." if derived.is_over and verdict.word in ("lump", "batches") else ""
        sentence = verdict.sentence + self._screen.scope.keys.said(race)
        line.show([*before, Span(small_lines.whole_sentences(sentence, room))])

    def _draw_header(self, now: float) -> None:
        scope, controller = self._screen.scope, self._screen.scope.controller
        plan = controller.run.plan if controller.run is not None else None
        run, label = self._run, scope.endpoint.labelled(plan, is_wide=self._is_wide)
        is_opened = run is not None and run.recording is not None
        lamp = recording_words.opening_lamp(run, now) or current_lamp(controller)
        has_room = self._is_wide and (is_opened or not label)  # a demo's label goes before what pane 4 has too
        rate = rate_of(controller.derived) if has_room and not controller.is_streaming else ""
        left = [Span(" streamscope", "status--strong")] if self._is_wide else []
        left.append(Span("  Live" if self._is_wide else " Live"))
        if run is not None and is_opened:
            left += [Span(f"  {word}") for word in recording_words.described(run, is_wide=self._is_wide)]
        else:
            left.append(Span("  " + scope.endpoint.described(plan, is_wide=self._is_wide)))
        if label and not is_opened:
            left.append(Span(f"  {label}", "status--dim"))
        width = self._screen.fit.width
        lamp_span = Span(small_lines.short_lamp(lamp.text, width), f"status--{lamp.tone}")
        right = [lamp_span, Span(f"  {rate} " if rate else " ")]
        if view_lamp := live_words.view_lamp(self._screen.playback, is_streaming=controller.is_streaming):
            right.append(Span(f" {view_lamp} ", "status--thinking"))
        is_tiny = self._screen.fit.is_tiny  # what does not fit is cut at the end of the right part
        self._screen.query_one("#header", StatusLine).show([] if is_tiny else left, right)
        last = small_lines.last_line(controller.derived, width) if is_tiny else ""
        self._screen.query_one("#last", StatusLine).show([Span(last)])

    def _draw_titles(self) -> None:
        mode = self._screen.scope.controller.mode
        frames, pipeline = self._frame_count, self._pipeline
        chars = pipeline.content.length if pipeline is not None else 0
        code, values, tools = self._extract_counts()
        units = f"2 {MODE_TITLES.get(mode, mode)}"
        length = f"{chars} char  {frames} frames"
        self._title("text", "1 text", length)
        mode_key = self._screen.scope.keys.said("{set.buffer} mode")
        self._title("segments", units, mode_key)
        self._title("extracts", "3 extracts", f"code {code}  json {values}  tools {tools}")
        info = self._screen.query_one(StatsPane).title_info
        held = self._shown.view
        self._title("stats", "4 stats" if held is None else live_words.stats_title(held), info)
        labels = (units, f"3 extracts {code + values + tools}", "4 stats")
        tabs = [self._tab(name, label) for name, label in zip(SIDE_PANES, labels, strict=True)]
        infos = {
            "text": length,
            "segments": mode_key,
            "extracts": mode_key,
            "stats": info,
            "raster": f"{frames} frames",
        }
        panes = self._screen.panes
        self._screen.query_one("#tabs", StatusLine).show(tabs, [Span(f"{infos[panes.side]} ", "status--dim")])
        bar = small_lines.pane_bar(
            ("1 text", *labels, "5 arrivals"), panes.alone, infos[panes.alone], self._screen.fit.width
        )
        self._screen.query_one("#panes", StatusLine).show(*bar)

    def _tab(self, name: str, label: str) -> Span:
        is_front = name == self._screen.panes.side
        return Span("  " + (label.upper() if is_front else label), "status--strong" if is_front else "status--dim")

    def _extract_counts(self) -> tuple[int, int, int]:
        """Code blocks, JSON values and tool calls, those that still grow counted in."""
        pipeline = self._pipeline
        if pipeline is None:
            return 0, 0, 0
        is_over, partial = pipeline.finished_at is not None, pipeline.json_parser.partial
        open_code = pipeline.code_parser.open_block is not None and not is_over
        open_value = partial is not None and (is_over or bool(partial.value))
        code, values = len(pipeline.code_blocks) + open_code, len(pipeline.json_values) + open_value
        return code, values, len(pipeline.tool_calls)

    def _title(self, pane: str, name: str, info: str) -> None:
        """A title at the left and its numbers at the right of a pane's upper edge."""
        widget = self._screen.query_one(f"#{pane}", LineView)
        line = "─" * max(1, widget.size.width - len(name) - len(info) - 6)
        title = Content.assemble((name, "bold"), " ", (line, "$border"), " ", sanitize_line(info))
        if getattr(widget, "shown_title", None) != title.plain:
            widget.set_title(title)
            widget.shown_title = title.plain  # type: ignore[attr-defined]

    def _odd_count(self) -> int:
        """How many rows the list of problems, remarks, stalls and traps has."""
        if self._derived is None:
            return 0
        from tui.core.wire_view.oddity_list import oddity_count  # noqa: PLC0415  it comes with the first run

        return oddity_count(self._derived)

    def _draw_bottom(self) -> None:
        scope = self._screen.scope
        in_prompt = self._screen.focused_pane == "prompt"
        hints = live_words.footer_hints(
            self._screen.playback,
            is_streaming=scope.controller.is_streaming,
            in_prompt=in_prompt,
            fit=self._screen.fit,
            odd=self._odd_count(),
        )
        place = self._screen.focused_pane
        cancel = live_words.cancel_hint(is_streaming=scope.controller.is_streaming, in_prompt=in_prompt)
        cancel = scope.keys.hint(cancel, place)
        urgent = [Span(f" {cancel}  ", "status--warn")] if cancel else []
        self._screen.query_one("#footer", StatusLine).show([*urgent, *key_spans(scope.keys.hints(hints, place))])
        word = TRANSPORT_WORDS[scope.endpoint.transport]
        verb = "{prompt.send} plays it" if scope.endpoint.demo_of(None) else "{prompt.send} sends"
        verb = scope.keys.said(verb if in_prompt or not self._is_wide else "{prompt.focus} edit  " + verb)
        if self._screen.fit.width < small_lines.SHORT_COLUMNS:
            verb = ""
        name = sanitize_line(scope.endpoint.model) if self._is_wide else ""
        model = "  " + (name if len(name) <= _MODEL_CHARS else name[: _MODEL_CHARS - 1] + "…") if name else ""
        params = "".join(f"  {part}" for part in scope.endpoint.params.parts(is_short=not self._is_wide))
        fault = _fault_part(scope.endpoint.fault)
        text = f"next: {word}{model}{params}{fault}   {verb}".rstrip() + " "
        line = self._screen.query_one("#next", StatusLine)
        line.styles.width = cell_len(text) + 1
        line.show([], [Span(text, "status--dim")])
        self._draw_coach(text if self._is_wide else f"next: {word}{fault} ", in_prompt=in_prompt)

    def _draw_coach(self, right: str, *, in_prompt: bool) -> None:
        """The coach line, in place of the prompt while that has not the focus."""
        coach, line = self._screen.scope.coach, self._screen.query_one("#coach", StatusLine)
        step = coach.next_step if not (in_prompt or self._screen.fit.is_tiny) else None
        line.set_class(step is not None, "-coached")
        self._screen.query_one("#prompt-row").set_class(step is not None, "-coached")
        if step is not None:
            is_streaming = self._screen.scope.controller.is_streaming
            keys, _, words = self._screen.scope.keys.said(step.words(is_streaming=is_streaming)).partition(":")
            left = [Span(f" coach {coach.progress}  ", "status--dim"), Span(keys, "status--key"), Span(words)]
            line.show(left, [Span(right, "status--dim")])


def _fault_part(fault: str | None) -> str:
    """The fault of the next run, of most none."""
    if not fault:
        return ""
    from tui.screens.fault_words import fault_words  # noqa: PLC0415  as most that is not drawn at first

    return f"  fault: {fault_words(fault)}"
