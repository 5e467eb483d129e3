"""What a cancel did, in words: when it was asked for, when the socket closed, what the far end said. Pure.

What is not known is said to be unknown, never guessed.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from tui.core.capture import Marker
from tui.core.chunks import Outcome
from tui.panes.note_rows import Note

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.screens.run_controller import ActiveRun

_NO_ANSWER = "SSE has no answer, the closed socket is the cancel"
_STATES = {
    "cancelled": "yes, says the gateway",
    "cancelling": "not yet, says the gateway",
    "done": "no need, the gateway had the whole answer",
    "error": "it had failed before, says the gateway",
}


def cancel_receipt(run: ActiveRun, saved_by: str = "") -> list[Note]:
    """The receipt of a cancelled run, a line a note; empty for any other. `saved_by` is the key that saves."""
    derived = run.derived
    if derived is None or derived.result is None or derived.result.outcome is not Outcome.CANCELLED:
        return []
    at = derived.capture.end.at if derived.capture.end else 0.0
    if run.recording is None and _marked(derived, "sent") is None:
        return [Note(f"Cancelled at {at:.2f} s. Nothing was sent.")]
    frames = len(derived.decoder.frames) if derived.decoder else 0
    kept = f"{_counted(len(derived.result.content), 'character')}, {_counted(frames, 'frame')} kept"
    saves = f"; {saved_by} saves them." if saved_by else "."
    cancelled = Note(f"Cancelled at {at:.2f} s. {kept}{saves if run.recording is None else '.'}")
    if run.recording is not None:  # of a cancel by somebody else nothing more is known
        return [cancelled]
    return [
        cancelled,
        *_key_notes(run, derived, at),
        Note(_answer(run, derived), label="server answered"),
        Note(_upstream(run, derived), label="upstream stopped"),
        Note(_billed(derived), label="tokens billed"),
    ]


def upstream_words(answer: dict[str, Any]) -> str:
    """What a gateway's answer to `DELETE /v1/stream/{gen}` says of the upstream."""
    body = answer.get("body")
    state = body.get("state") if isinstance(body, dict) and answer.get("status") == 200 else None
    if isinstance(state, str) and state in _STATES:
        return _STATES[state]
    return (
        "unknown, the gateway no longer has it" if answer.get("status") == 410 else "unknown, the gateway did not say"
    )


def _key_notes(run: ActiveRun, derived: DerivedRun, at: float) -> list[Note]:
    """The times from the key on; none for a run that no key of this app cancelled."""
    if run.cancel_key_at is None:
        return []
    key_at = run.seconds(run.cancel_key_at)
    asked = _marked(derived, "cancelling")
    is_ws = derived.capture.header.transport == "ws"
    how = "ws: cancel sent" if is_ws else "closes the socket"
    requested = f"{_milliseconds(asked.at - key_at):>7}   {how}" if asked else "unknown, the probe did not say"
    size, frames = _after(derived, key_at)
    closed = (
        f"{_milliseconds(at - key_at):>7}   {_counted(size, 'byte')}, {_counted(frames, 'frame')} came after the key"
    )
    return [Note(requested, label="key to request"), Note(closed, label="key to socket closed")]


def _after(derived: DerivedRun, key_at: float) -> tuple[int, int]:
    """How many bytes and frames came after the key, the answer to the cancel left out."""
    answers = int(_said_at(derived) is not None)
    reads = itertools.takewhile(
        lambda read: read.at > key_at,
        (derived.capture.read(index) for index in reversed(range(derived.capture.read_count - answers))),
    )
    size = sum(len(_bytes(read.data)) for read in reads)
    store = derived.decoder.frames if derived.decoder else ()
    frames = itertools.takewhile(
        lambda frame: frame.at > key_at, (store[index] for index in reversed(range(len(store) - answers)))
    )
    return size, sum(1 for _ in frames)


def _bytes(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")


def _answer(run: ActiveRun, derived: DerivedRun) -> str:
    """What the far end said to the cancel: only a WebSocket can say something."""
    if derived.capture.header.transport != "ws":
        return _NO_ANSWER
    said_at = _said_at(derived)
    if said_at is None:
        return "none within 1 s"
    since = "" if run.cancel_key_at is None else f" after {_milliseconds(said_at - run.seconds(run.cancel_key_at))}"
    return f'yes, "cancelled"{since}'


def _said_at(derived: DerivedRun) -> float | None:
    """When a WebSocket's far end said `cancelled`; None when it did not."""
    capture = derived.capture
    if capture.header.transport != "ws" or not capture.read_count:
        return None
    last = capture.read(capture.read_count - 1)
    return last.at if isinstance(last.data, str) and '"cancelled"' in last.data else None


def _upstream(run: ActiveRun, derived: DerivedRun) -> str:
    if _said_at(derived) is not None:
        return _STATES["cancelled"]  # a gateway says so once its upstream is closed
    if run.upstream_answer is not None:
        return run.upstream_answer
    is_asked = derived.generation and run.cancel_key_at is not None
    return "the gateway is being asked" if is_asked else "unknown, this endpoint cannot be asked"


def _billed(derived: DerivedRun) -> str:
    usage = derived.result.usage if derived.result else None
    return "unknown, no usage was sent" if usage is None or usage.output is None else f"{usage.output}, from usage"


def _marked(derived: DerivedRun, name: str) -> Marker | None:
    return next((marker for marker in reversed(derived.capture.markers) if marker.name == name), None)


def _milliseconds(seconds: float) -> str:
    return f"{max(0.0, seconds) * 1000:.0f} ms"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
