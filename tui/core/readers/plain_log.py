"""A response as it was printed: the body alone (`curl -N`), or heads and body (`curl -i -N`); SSE, NDJSON or JSON.

A file of it has neither times nor network reads: each frame stands for one read, and every time is 0. A live pipe
has both: a read of the pipe is a read, stamped when it came.
"""

from __future__ import annotations

from tui.core.capture import CaptureHeader, Read, Record, ResponseHead
from tui.core.readers.base import unrecorded_end
from tui.core.readers.frame_cutter import FrameCutter
from tui.core.readers.response_heads import HeadParser
from tui.errors import CaptureError

PLAIN_LOG = "plain log"
LIVE_PIPE = "live pipe"
NO_TIMES = "It has no times: frames are counted, numbers of time are not defined."
OWN_TIMES = "The times are those of arrival here; when the request was sent is not known."


class PlainLog:
    """Reads a printed response. `is_live` says that the pieces come as the network brought them."""

    def __init__(self, *, is_live: bool = False) -> None:
        self.name = LIVE_PIPE if is_live else PLAIN_LOG
        self.notes = [OWN_TIMES if is_live else NO_TIMES]
        self._is_live = is_live
        self._heads = HeadParser()
        self._given_heads = 0
        self._cutter = FrameCutter()
        self._has_begun = False
        self._is_empty = True

    def feed(self, data: bytes, at: float = 0.0) -> list[Record]:
        """The records that `data` completes; `at` counts only in a live pipe."""
        at = at if self._is_live else 0.0
        body = self._heads.feed(data, at)
        return [*self._begin(), *self._new_heads(), *self._reads(body, at)]

    def finish(self, at: float = 0.0) -> list[Record]:
        """What was left, and an end that was not recorded. Raises CaptureError when nothing came at all."""
        at = at if self._is_live else 0.0
        records = [*self._begin(), *self._reads(self._heads.finish(), at)]
        if not self._is_live:
            records += [Read(0.0, frame) for frame in self._cutter.finish()]
        if self._is_empty and not self._heads.heads and not records[1:]:
            raise CaptureError("It is empty.")
        return [*records, unrecorded_end(at)]

    def _begin(self) -> list[Record]:
        if self._has_begun:
            return []
        self._has_begun = True
        has = self._is_live
        return [CaptureHeader("sse", "", {}, clock=None, has_times=has, has_reads=has)]

    def _new_heads(self) -> list[ResponseHead]:
        new = self._heads.heads[self._given_heads :]
        self._given_heads += len(new)
        return new

    def _reads(self, body: bytes, at: float) -> list[Record]:
        if not body:
            return []
        self._is_empty = False
        pieces = [body] if self._is_live else self._cutter.feed(body)
        return [Read(at, piece) for piece in pieces]
