"""What `Y` copies on Live: the frames of what is under the cursor, the text that is shown, the request, the card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.core.derived_run import DerivedRun
from tui.core.wire_view.wire_copies import curl_of, data_of, json_lines_of
from tui.core.wire_view.wire_log import WireLog
from tui.panes.cursor_view import CursorView
from tui.panes.text_pane import TextPane
from tui.screens.pick_screen import PickScreen
from tui.screens.progress_note import progress
from tui.screens.run_exports import copy_card
from tui.screens.wire_words import of_rows
from tui.screens.work_turns import WorkTurns

if TYPE_CHECKING:
    from tui.app import StreamscopeApp
    from tui.screens.live_screen import LiveScreen

_NOTHING = "There is nothing to copy yet."


def choose_copy(live: LiveScreen) -> None:
    """A menu of what can be copied of the focused pane and of its run."""
    app, run, position = live.scope, live.scope.controller.derived, live.playback.position
    shown = range(0 if run is None else run.frame_count if position is None else position.frames)
    if run is None or not shown:
        app.toast(_NOTHING)
        return
    frame, frames = _frames_here(live, run, shown)
    named = f"frames {frames[0]}-{frames[-1]}" if len(frames) > 1 else f"frame {frames[0]}"
    options = [
        ("frame", f"the data of frame {frame}"),
        ("range", f"the data of {named}"),
        ("text", "the whole text that is shown"),
        ("jsonl", f"{named}, one JSON object each"),
        ("curl", "the request as a command; keys stand as names of variables"),
        ("card", "the whole run in 12 lines of text for a chat"),
    ]

    def copy(form: Any) -> None:
        chosen = {"frame": range(frame, frame + 1), "range": frames, "jsonl": frames}.get(str(form))
        if chosen is not None:
            work = _copy_frames(app, run, chosen, is_json=form == "jsonl")
            app.run_worker(work, group="copy", exclusive=True)
        elif form is not None:
            _copy_of_run(app, run, str(form), shown)

    app.push_screen(PickScreen("copy as", options), copy)


def _frames_here(live: LiveScreen, run: DerivedRun, shown: range) -> tuple[int, range]:
    """The frame of what is under the cursor, and all frames that it came with; else the last one, and all."""
    pane, content = live.focused, run.pipeline.content
    if isinstance(pane, TextPane) and (asked := pane.frame_asked()) is not None:
        known = asked.frame
        if known is None and content.count:
            known = content.frame_of(content.chunk_at(asked.content_offset))
        return (shown[-1] if known is None else known), shown
    source = pane.source() if isinstance(pane, CursorView) else None
    if source is None:
        return shown[-1], shown
    if source.tool is not None:
        call = run.pipeline.tool_calls[source.tool]
        first, last = call.first_frame, call.last_frame
    else:
        end = content.count - 1 if source.last_chunk is None else source.last_chunk
        first, last = content.frame_of(source.first_chunk), content.frame_of(end)
    return first, range(first, min(last, shown[-1]) + 1)


def _copy_of_run(app: StreamscopeApp, run: DerivedRun, form: str, shown: range) -> None:
    if form == "curl":
        app.copy_text(curl_of(run.capture.header), of=" of the request")
    elif form == "card":
        copy_card(app)
    else:
        content = run.pipeline.content
        count = content.count_before_frame(len(shown))
        if text := content.text_between(0, content.end_of(count - 1)) if count else "":
            app.copy_text(text, of=f" (frame 1-{len(shown)})")
        else:
            app.toast(_NOTHING)


async def _copy_frames(app: StreamscopeApp, run: DerivedRun, frames: range, *, is_json: bool) -> None:
    """The rows of a long run are found in turns, so that keys do not wait."""
    log, turns = WireLog(run), WorkTurns()
    async with progress(app, "copying"):
        while not log.advance():
            if turns.is_due:
                await turns.rest()
    rows = [log.row_of_frame(frame) for frame in frames]
    app.copy_text(json_lines_of(log, rows) if is_json else data_of(log, rows), of=of_rows(list(frames)))
