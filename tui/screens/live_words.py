"""The words of the Live screen that depend on the run: hints of empty panes, footer, receipt. Pure.

An id in braces stands for its key, which the user may have changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.core.capture import Marker
from tui.screens.screen_sizes import Fit

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.core.run_view import RunView
    from tui.core.stats import StreamStats
    from tui.playback import TimeCursor
    from tui.screens.run_controller import ActiveRun

NOTHING_YET = (
    "Nothing has run yet. {prompt.send} plays the recorded demo, {set.endpoint} points it at your own server, "
    "{file.open} opens a capture or a curl log."
)
NOTHING_YET_OWN = (
    "Nothing has run yet. Type a prompt, {prompt.send} sends it. {set.endpoint} points it at another server, "
    "{file.open} opens a capture or a curl log."
)
NO_EXTRACTS = "No code block, JSON value or tool call yet."
NO_EXTRACTS_EVER = "This answer has none."
NO_EXTRACTS_EVER_DEMO = f"{NO_EXTRACTS_EVER} {{set.model}} demo/json shows one."
NO_NUMBERS = "Numbers appear with the first token. {item.source} on one shows its formula."


def text_hint(run: ActiveRun | None, now: float, *, is_demo: bool) -> str:
    """What stands in the empty text pane."""
    if run is None:
        return NOTHING_YET if is_demo else NOTHING_YET_OWN
    derived = run.derived
    if derived is None:
        return "Connecting."
    if derived.is_over:
        return ""
    if derived.capture.heads:
        head = derived.capture.heads[-1]
        return f"Headers at {head.at:.2f} s ({head.status}). No token yet."
    sent = last_marker(derived, "sent")
    return f"Request sent {max(0.0, now - sent.at):.2f} s ago. No byte yet." if sent else "Connecting."


def segments_hint(run: ActiveRun | None, mode: str) -> str:
    """What stands in the empty pane of units."""
    if run is None or run.derived is None:
        return f"No {mode} is complete yet."
    held = run.derived.pipeline.segments.held_length
    if not held:
        return "This answer has no text." if run.is_over else f"No {mode} is complete yet."
    return f"No {mode} is complete yet. {held} characters are held; raw would have shown them."


def extracts_hint(run: ActiveRun | None, *, is_demo: bool) -> str:
    """What stands in the empty pane of extracts; only the demo gateway has a demo/json to choose."""
    if run is None or not run.is_over:
        return NO_EXTRACTS
    return NO_EXTRACTS_EVER_DEMO if is_demo else NO_EXTRACTS_EVER


def last_marker(derived: DerivedRun, name: str) -> Marker | None:
    """The latest marker of a name."""
    return next((marker for marker in reversed(derived.capture.markers) if marker.name == name), None)


def short_numbers(stats: StreamStats, now: float) -> list[str]:
    """The two numbers that matter most, for narrow screens; a stall that goes on is counted in and named."""
    ttft = "n/a" if stats.ttft_s is None else f"{stats.ttft_s:.2f} s"
    is_open = stats.open_stall(now) is not None
    return [f"TTFT {ttft}", f"stalls {len(stats.stalls) + is_open}" + (", open" if is_open else "")]


def cancel_hint(*, is_streaming: bool, in_prompt: bool) -> str:
    """The key that cancels the open run, which leads the footer; empty without a run. In the prompt x is a letter."""
    if not is_streaming:
        return ""
    return "ctrl+c cancel" if in_prompt else "x cancel"


def playback_hints(playback: TimeCursor[Any], *, is_streaming: bool) -> list[tuple[str, str]]:
    """The keys of playback for the footer; none before there is something to hold."""
    if playback.run is None or not playback.run.frame_count:
        return []
    if is_streaming:
        word = "hold" if playback.position is None else "go on"
    else:
        word = "stop" if playback.is_playing else "play"
    return [("space", word), (", .", "step"), ("[ ]", "marks")]


def footer_hints(
    playback: TimeCursor[Any], *, is_streaming: bool, in_prompt: bool, fit: Fit, odd: int
) -> list[tuple[str, str]]:
    """The keys of the footer after the one that cancels, the most useful first; `odd` is the length of the `!` list."""
    if fit.is_tiny:
        return [("ctrl+q", "quit")]
    if in_prompt:
        new_line = [] if fit.is_small else [("ctrl+j", "new line")]
        return [("enter", "send"), *new_line, ("esc", "leave"), ("F1", "help"), ("ctrl+q", "quit")]
    if fit.is_small:
        return [("tab", "pane"), ("?", "help"), ("i", "edit"), ("b", "buffer"), ("w", "wire")]
    playing = playback_hints(playback, is_streaming=is_streaming)
    hints = [*playing, ("b", "buffer"), ("c", "compare"), ("w", "wire"), ("!", f"problems {odd}")]
    if not fit.is_wide:
        return [*playing[:2], *hints[len(playing) :], ("?", "help")]
    if playing:  # with the room that its keys leave
        return [*hints, ("y", "copy"), ("?", "help")]
    again = [] if is_streaming else [("ctrl+r", "again")]
    return [*hints, ("t", "transport"), ("m", "model"), ("i", "edit"), ("y", "copy"), *again, ("?", "help")]


def view_lamp(playback: TimeCursor[Any], *, is_streaming: bool) -> str:
    """The lamp of the view, apart from that of the run; empty while the view follows."""
    if playback.position is None:
        return ""
    if playback.is_playing:
        return f"VIEW PLAYING {playback.speed_words}"
    place = f"{playback.position.at:.2f} s" if playback.has_times else f"frame {playback.position.frames}"
    return f"VIEW HELD at {place}" if is_streaming else f"VIEW at {place}"


def waiting_line(run: DerivedRun | None, view: RunView) -> str:
    """What has come and is not shown because the view is held; empty where nothing waits."""
    if run is None:
        return ""
    frames, chars = run.frame_count - view.frames, run.pipeline.content.length - view.pipeline.content.length
    if frames <= 0:
        return ""
    if run.is_over:
        return f"▒ {frames} frames, {chars} char follow (space plays them)"
    return f"▒ {frames} frames, {chars} char are waiting (space shows them)"


def position_words(view: RunView, span_s: float, frames: int, playback: TimeCursor[Any], *, is_wide: bool) -> str:
    """Where the view stands, at the right of the raster."""
    if not playback.has_times:
        return f"frame {view.frames}/{frames}"
    if not is_wide:
        return f"{view.at:.2f} s {view.frames}/{frames}"
    return f"{view.at:.2f} / {span_s:.2f} s  frame {view.frames}/{frames}  {playback.speed_words}"


def stats_title(view: RunView) -> str:
    """The title of the numbers while the view is held."""
    return f"4 stats at {view.at:.2f} s" if view.run.capture.header.has_times else f"4 stats at frame {view.frames}"
