"""When a run may try again, and how long it waits: pure functions of the problem and the attempt.

Nothing here sends anything; `run_stream` owns the attempts.
"""

from __future__ import annotations

import random

from tui.core.chunks import StreamProblem

RETRY_AFTER_CAP_S = 30.0
RECONNECTIONS = 3
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 8.0
_FIRST_RECONNECT_S = 0.2
_LINK_KINDS = frozenset({"connect", "reset", "disconnected"})
_BROKEN_KINDS = _LINK_KINDS | {
    "truncated",
    "no_terminal",
    "unterminated_event",
    "idle_timeout",
    "timeout",
    "protocol",
    "server_going_away",
    "try_again_later",
}
_RETRIED_STATUSES = frozenset({408, 409, 429})


def may_retry(problem: StreamProblem, *, is_accepted: bool, is_connecting: bool) -> bool:
    """Whether a run without a token may ask anew.

    A link that failed counts only before the response (`is_accepted` False); a time-out only while the
    connection was made, because a slow model would be asked, and billed, twice. A Retry-After above the cap is
    a no.
    """
    if problem.retry_after is not None and problem.retry_after > RETRY_AFTER_CAP_S:
        return False
    status = status_of(problem)
    if status is not None:
        return status in _RETRIED_STATUSES or status >= 500
    return not is_accepted and (problem.kind in _LINK_KINDS or (problem.kind == "timeout" and is_connecting))


def may_resume(problem: StreamProblem) -> bool:
    """Whether a break is one that a resumed connection can mend, and soon enough."""
    if problem.retry_after is not None and problem.retry_after > RETRY_AFTER_CAP_S:
        return False
    status = status_of(problem)
    if status is not None:
        return status in _RETRIED_STATUSES or status >= 500
    return problem.kind in _BROKEN_KINDS or problem.kind.startswith("ws_")


def status_of(problem: StreamProblem) -> int | None:
    """The HTTP status behind a problem, from the problem itself or from its kind."""
    if problem.status is not None:
        return problem.status if problem.status >= 400 else None
    family, _, code = problem.kind.partition("_")
    return int(code) if family == "http" and code.isdigit() else None


def retry_delay_s(problem: StreamProblem, attempt: int) -> float:
    """Seconds before the attempt after `attempt` (from 1): what the server asked, else doubling with jitter."""
    if problem.retry_after is not None:
        return max(0.0, problem.retry_after)
    return _jittered(min(_FIRST_DELAY_S * 2 ** (attempt - 1), _LONGEST_DELAY_S))


def reconnect_delay_s(asked_ms: int | None, reconnection: int, retry_after: float | None = None) -> float:
    """Seconds before a reconnection (from 1): doubling, unless the far end asked for another wait.

    `retry_after` is that of a refused reconnection, `asked_ms` the stream's `retry:` (WHATWG HTML 9.2.6), capped.
    """
    if retry_after is not None:
        return min(max(0.0, retry_after), RETRY_AFTER_CAP_S)
    if asked_ms is not None:
        return min(asked_ms / 1000, RETRY_AFTER_CAP_S)
    return _jittered(_FIRST_RECONNECT_S * 2 ** (reconnection - 1))


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311  spreads clients, keeps no secret
