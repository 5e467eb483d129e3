"""The run lamp: one sign, one word and its numbers for what the network does now. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from tui.core.capture import Marker
from tui.core.chunks import Outcome, StreamResult

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.screens.run_controller import RunController

_WAIT = re.compile(r" in (\d+(?:\.\d+)?) s ")


class Lamp(NamedTuple):
    """What stands at the top right; `tone` is idle, waiting, thinking, good, warn or bad."""

    text: str
    tone: str


def lamp_of(run: DerivedRun | None, now: float, host: str, *, is_cancelling: bool = False) -> Lamp:
    """The lamp of a run at `now` (seconds on the run's clock); `host` is shown while connecting."""
    if run is None:
        return Lamp("○ IDLE", "idle")
    if run.result is not None:
        return _ended(run, run.result)
    if is_cancelling:
        return Lamp("◌ CANCELLING", "warn")
    if run.chunks and run.stats.last_token_at is not None:
        return _streaming(run, now, run.stats.last_token_at)
    return _before_tokens(run, now, host)


def current_lamp(controller: RunController) -> Lamp:
    """The lamp of the run on the screen, now."""
    run = controller.run
    host = (urlsplit(run.plan.url).netloc or "demo gateway") if run is not None else ""
    if run is not None and run.derived is None:
        return connecting_lamp(controller.seconds(), host)
    is_cancelling = run is not None and run.cancel_key_at is not None
    return lamp_of(controller.derived, controller.seconds(), host, is_cancelling=is_cancelling)


def connecting_lamp(elapsed_s: float, host: str) -> Lamp:
    """The lamp while nothing was sent yet. Of the host a name or password before an `@` is left out."""
    return Lamp(f"◌ CONNECTING {max(0.0, elapsed_s):.2f} s  {host.rpartition('@')[2]}", "waiting")


def rate_of(run: DerivedRun | None) -> str:
    """The speed beside the lamp: `39 tok/s~`, the tilde where tokens are counted in chunks; empty without one."""
    if run is None or run.stats.tokens_per_s is None:
        return ""
    rough = "" if run.stats.token_source == "usage" else "~"
    return f"{run.stats.tokens_per_s:.0f} tok/s{rough}"


def _before_tokens(run: DerivedRun, now: float, host: str) -> Lamp:
    marker = _latest_step(run)
    if marker is not None and marker.name == "retrying":
        return _retrying(marker, now)
    if marker is not None and marker.name == "sent":
        return Lamp(f"◌ WAITING {max(0.0, now - marker.at):.2f} s  for the first token", "waiting")
    return connecting_lamp(now, host)


def _latest_step(run: DerivedRun) -> Marker | None:
    return next((m for m in reversed(run.capture.markers) if m.name in ("connecting", "sent", "retrying")), None)


def _streaming(run: DerivedRun, now: float, last_text_at: float) -> Lamp:
    step = _latest_step(run)
    if step is not None and step.at > last_text_at:  # a connection after the first: the one before broke
        return _reconnecting(run, step, now)
    stats, silent = run.stats, now - last_text_at
    limit = stats.stall_threshold_s
    if limit is not None and silent > limit:
        if run.capture.last_at > last_text_at + limit:
            return Lamp(f"◌ KEEP-ALIVE ONLY {silent:.1f} s", "warn")
        return Lamp(f"● STALLED {silent:.2f} s  last text at {last_text_at:.2f} s", "warn")
    if stats.first_visible_at is None and not run.pipeline.tool_calls:
        started = stats.first_token_at or 0.0
        return Lamp(f"● THINKING {now - started:.1f} s  {stats.reasoning_char_count} char", "thinking")
    return Lamp(f"● STREAMING {now:.2f} s  {rate_of(run)}".rstrip(), "good")


def _retrying(marker: Marker, now: float) -> Lamp:
    """`2 of 3 in 4.0 s (429)`, the seconds counted down."""
    left = _WAIT.sub(lambda wait: f" in {_seconds_left(float(wait[1]), now - marker.at):.1f} s ", marker.text)
    return Lamp(f"◌ RETRYING {left}", "warn")


def _seconds_left(wait_s: float, waited_s: float) -> float:
    return min(wait_s, max(0.0, wait_s - waited_s))


def _reconnecting(run: DerivedRun, step: Marker, now: float) -> Lamp:
    if step.name == "retrying":
        return _retrying(step, now)
    seq = run.decoder.last_seq if run.decoder is not None else None
    return Lamp("◌ RESUMING" + ("" if seq is None else f" after seq {seq}"), "warn")


def _ended(run: DerivedRun, result: StreamResult) -> Lamp:
    at = f" {run.capture.end.at:.2f} s" if run.capture.end and run.capture.header.has_times else ""
    kept = f"text kept: {len(result.content)} char"
    match result.outcome:
        case Outcome.COMPLETED:
            return _completed(result, at)
        case Outcome.INCOMPLETE:
            return Lamp(f"◐ INCOMPLETE  {kept}", "warn")
        case Outcome.CANCELLED:
            return Lamp(f"■ CANCELLED{' at' if at else ''}{at}  {kept}", "warn")
        case Outcome.FAILED:
            return Lamp(f"✗ FAILED  {result.problem.kind if result.problem else ''}".rstrip(), "bad")


def _completed(result: StreamResult, at: str) -> Lamp:
    reason = result.finish_reason
    if reason in ("length", "content_filter"):
        return Lamp(f"✓ COMPLETED{at}  stopped: {reason}", "good")
    if result.remarks:
        count = f"{len(result.remarks)} remark" + ("s" if len(result.remarks) > 1 else "")
        return Lamp(f"✓ COMPLETED  {count}: {result.remarks[0]}", "good")
    return Lamp(f"✓ COMPLETED{at}  {reason or ''}".rstrip(), "good")
