"""The words of the Live screen that depend on the run: hints of empty panes, footer, receipt. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.core.capture import Marker
from tui.core.chunks import Outcome
from tui.screens.screen_sizes import Fit

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.core.stats import StreamStats
    from tui.screens.run_controller import ActiveRun

NOTHING_YET = "Nothing has run yet. enter plays the recorded demo, streamscope --url URL points it at your own server."
NOTHING_YET_OWN = "Nothing has run yet. Type a prompt and press enter."
NO_EXTRACTS = "No code block, JSON value or tool call yet."
NO_EXTRACTS_EVER = "This answer has none."
NO_EXTRACTS_EVER_DEMO = f"{NO_EXTRACTS_EVER} m demo/json shows one."
NO_NUMBERS = "Numbers appear with the first token. enter on one shows its formula."


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
    held = len(run.derived.pipeline.segments.held_text)
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


def cancel_receipt(run: ActiveRun) -> list[str]:
    """What a cancel did, line by line; what is not known is said to be unknown."""
    derived = run.derived
    if derived is None or derived.result is None or derived.result.outcome is not Outcome.CANCELLED:
        return []
    end = derived.capture.end
    at = end.at if end else 0.0
    text, frames = len(derived.result.content), len(derived.decoder.frames) if derived.decoder else 0
    lines = [f"Cancelled at {at:.2f} s. {text} characters, {frames} frames kept."]
    if run.recording is not None:
        return lines
    if run.cancel_key_at is not None:
        closed = max(0.0, at - run.seconds(run.cancel_key_at))
        lines.append(f"key to socket closed   {closed * 1000:.0f} ms")
    lines.append(f"server answered        {_answer_to_cancel(run, derived)}")
    asked = "the gateway was not asked" if run.plan.is_gateway else "this endpoint cannot be asked"
    lines.append(f"upstream stopped       unknown, {asked}")
    usage = derived.result.usage
    billed = "unknown, no usage was sent" if usage is None or usage.output is None else f"{usage.output}, from usage"
    lines.append(f"tokens billed          {billed}")
    return lines


def _answer_to_cancel(run: ActiveRun, derived: DerivedRun) -> str:
    """What the far end said to the cancel: only a WebSocket can say something."""
    capture = derived.capture
    if capture.header.transport != "ws":
        return "SSE has no answer, the closed socket is the cancel"
    last = capture.read(capture.read_count - 1) if capture.read_count else None
    if last is None or not isinstance(last.data, str) or '"cancelled"' not in last.data:
        return "none within 1 s"
    after = (
        ""
        if run.cancel_key_at is None
        else f" after {max(0.0, last.at - run.seconds(run.cancel_key_at)) * 1000:.0f} ms"
    )
    return f'yes, "cancelled"{after}'


def short_numbers(stats: StreamStats) -> list[str]:
    """The two numbers that matter most, for narrow screens."""
    ttft = "n/a" if stats.ttft_s is None else f"{stats.ttft_s:.2f} s"
    return [f"TTFT {ttft}", f"stalls {len(stats.stalls)}"]


def cancel_hint(*, is_streaming: bool, in_prompt: bool) -> str:
    """The key that cancels the open run, which leads the footer; empty without a run. In the prompt x is a letter."""
    if not is_streaming:
        return ""
    return "ctrl+c cancel" if in_prompt else "x cancel"


def footer_hints(*, is_streaming: bool, in_prompt: bool, fit: Fit) -> list[tuple[str, str]]:
    """The keys of the footer after the one that cancels, the most useful first."""
    if fit.is_tiny:
        return [("ctrl+q", "quit")]
    if in_prompt:
        new_line = [] if fit.is_small else [("ctrl+j", "new line")]
        return [("enter", "send"), *new_line, ("esc", "leave"), ("F1", "help"), ("ctrl+q", "quit")]
    if fit.is_small:
        return [("tab", "pane"), ("?", "help"), ("i", "edit"), ("b", "buffer"), ("c", "compare"), ("ctrl+p", "palette")]
    hints = [("b", "buffer"), ("c", "compare"), ("t", "transport"), ("m", "model"), ("i", "edit")]
    if not fit.is_wide:
        return [*hints, ("?", "help")]
    again = [] if is_streaming else [("ctrl+r", "again")]
    return [*hints, ("M", "numbers"), ("y", "copy"), *again, ("ctrl+p", "palette"), ("?", "help")]
