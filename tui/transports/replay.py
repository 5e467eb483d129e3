"""A capture as a transport: its heads and reads again, with their own timing, as if they came from a network.

No network here. What a run makes of it (outcome, chunks, a new capture) follows from the same code as live.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator

from tui.core.capture import Capture, Marker, Read, ResponseHead
from tui.core.chunks import Outcome, StreamProblem
from tui.core.request import RunPlan
from tui.transports.base import Now, ResumePoint, Room, SourceItem, Take


class RecordedBreakError(Exception):
    """The capture ended with a problem; `problem` is what was recorded."""

    def __init__(self, problem: StreamProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class ReplayTransport:
    """Plays a capture. `speed` 2.0 is twice as fast; infinity gives everything at once.

    Gaps of the capture count on the run's clocks like those of a server, so a plan for a slow capture wants
    clocks to match. Raises ValueError for a speed that is not positive.
    """

    def __init__(self, capture: Capture, speed: float = 1.0, room: Room | None = None) -> None:
        if not speed > 0:
            raise ValueError(f"a replay needs a speed above 0, not {speed}")
        self._capture = capture
        self._speed = speed
        self._room = room

    async def exchange(self, plan: RunPlan, take: Take, now: Now, resume_after: ResumePoint | None = None) -> None:  # noqa: ARG002  a capture answers no prompt
        """All connections of the capture in one. Raises RecordedBreakError if the capture ended with a problem."""
        begin = now()
        for record in self._items():
            await self._until(begin, record.at, now)
            if not take(_again(record, now())):
                return
            if self._room is not None:
                await self._room()
        end = self._capture.end
        if end is not None:
            await self._until(begin, end.at, now)
            if end.problem is not None and end.outcome is not Outcome.CANCELLED:
                raise RecordedBreakError(end.problem)

    def _items(self) -> Iterator[SourceItem]:
        """What a transport would give of the capture's records."""
        for record in self._capture.records():
            if isinstance(record, Read | ResponseHead) or (isinstance(record, Marker) and record.name == "sent"):
                yield record

    async def _until(self, begin: float, at: float, now: Now) -> None:
        """Waits for a moment of the capture; lets other tasks run even when there is nothing to wait for."""
        due = begin if math.isinf(self._speed) else begin + at / self._speed
        await asyncio.sleep(max(0.0, due - now()))


def _again(record: SourceItem, at: float) -> SourceItem:
    match record:
        case Read():
            return Read(at, record.data, record.wire_bytes)
        case ResponseHead():
            return ResponseHead(record.status, record.headers, at)
        case Marker():
            return Marker(record.name, at, record.text, record.attempt)
