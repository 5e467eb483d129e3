"""What a transport is: it connects, authenticates, stamps reads and closes. Nothing else.

Decoding, clocks, retries and outcomes belong to `run_stream`. A transport never swallows an exception: what its
library raises passes through, for `classify` to name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tui.core.capture import Marker, Read, Record, ResponseHead
from tui.core.request import RunPlan

Emit = Callable[[Record], None]
"""Takes a record at once and returns; never blocks, never raises."""

Now = Callable[[], float]
"""Seconds on the run's monotonic clock, 0 at its beginning."""

SourceItem = ResponseHead | Read | Marker


class Transport(Protocol):
    """One connection's worth of bytes."""

    async def exchange(self, plan: RunPlan, emit: Emit, now: Now, resume_after: tuple[str, int] | None = None) -> None:
        """Makes one connection and gives everything it brings to `emit`, in order, as it happens.

        First `Marker("sent")` when the request begins to be written, then one ResponseHead (for any status, and
        with its body as reads, up to the caller's patience), then a Read for each socket read. Returns when the
        body ends cleanly; raises what the library raises when it does not; when cancelled it tells the far end
        if the protocol can (at most 1 s), closes the socket and re-raises. `resume_after` is (generation, seq):
        ask the gateway for what comes after it instead of sending the prompt.
        """
        ...
