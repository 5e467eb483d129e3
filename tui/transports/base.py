"""What a transport is: it connects, authenticates, stamps reads and closes. Nothing else.

Decoding, clocks, retries and outcomes belong to `run_stream`. A transport never swallows an exception: what its
library raises passes through, for `classify` to name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from tui.core.capture import Marker, Read, Record, ResponseHead
from tui.core.request import RunPlan
from tui.core.wire.dialects.gateway import FAULT_HEADER

Emit = Callable[[Record], None]
"""Takes a record at once and returns; never blocks, never raises."""

Now = Callable[[], float]
"""Seconds on the run's monotonic clock, 0 at its beginning."""

SourceItem = ResponseHead | Read | Marker

Take = Callable[[SourceItem], bool]
"""Takes what a connection brought, at once; False when the run needs nothing more of this connection."""

Room = Callable[[], Awaitable[None]]
"""Awaited before the next read is taken: while it does not return, no more is read than a bounded amount, and so the
far end must wait."""

ResumePoint = tuple[str, int]
"""Generation (empty where the far end names none) and the last sequence number that was seen."""


Headers = list[tuple[str, str]]
"""Pairs of name and value, to send."""


def fault_headers(plan: RunPlan) -> Headers:
    """What asks a gateway for the plan's fault; nothing without one. For the first connection of a run only."""
    return [] if plan.fault is None else [(FAULT_HEADER, plan.fault)]


class Transport(Protocol):
    """One connection's worth of bytes."""

    async def exchange(self, plan: RunPlan, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:
        """Makes one connection and gives everything it brings to `take`, in order, as it happens.

        `Marker("sent")` when the request begins to be written, one ResponseHead (for any status, and with its
        body as reads), then a Read for each socket read. For HTTP the marker comes first; a WebSocket sends its
        request only when the handshake is done, so there the head does. Returns when the body ends cleanly, and
        closes the socket and returns as soon as `take` says False; raises what the library raises when the link
        breaks; when cancelled it tells the far end if the protocol can (at most 1 s), closes the socket and
        re-raises. It sets no time limits of its own: the run cancels it. `resume_after`: ask the gateway for
        what comes after that point instead of sending the prompt.
        """
        ...
