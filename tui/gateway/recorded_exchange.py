"""A capture as an HTTP or WebSocket exchange that can be played to any client: its own bytes, reads and times.

Plain values; who asks for it and how it is sent is recorded_routes' matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tui.core.capture import Marker, Read, ResponseHead
from tui.core.derived_run import DerivedRun

WS_PATH: Final = "/v1/ws/stream"
_PATHS: Final = {
    "openai-chat": ("/v1/chat/completions",),
    "openai-responses": ("/v1/responses",),
    "anthropic": ("/v1/messages",),
    "ollama": ("/api/chat", "/api/generate"),
    "gateway": ("/v1/stream",),
}
_ROOTS: Final = ("", "/", "/v1", "/v1/")
_OF_THE_CONNECTION: Final = frozenset(
    {"transfer-encoding", "content-length", "connection", "keep-alive", "content-encoding", "date", "server"}
)
_CUTS: Final = frozenset({"reset", "disconnected", "timeout", "idle_timeout", "ws_1006", "protocol"})


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """One response: its head, when that came, and each read with its time; all since the request was sent.

    `is_cut`: the connection breaks after the last read.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    head_at: float
    reads: tuple[tuple[float, bytes | str], ...]
    is_cut: bool


class RecordedExchange:
    """The responses of a run that ended, in their order; after the last the first comes again.

    `paths` are those at which they are given. `speed` 2.0 is twice as fast, infinity sends at once.
    """

    def __init__(self, run: DerivedRun, speed: float = 1.0) -> None:
        self.speed = speed
        self.is_ws = run.capture.header.transport == "ws"
        self.paths = _paths_of(run)
        self._responses = _responses_of(run)
        self._next = 0

    def take(self) -> RecordedResponse:
        """The response to the next request."""
        response = self._responses[self._next % len(self._responses)]
        self._next += 1
        return response


def _paths_of(run: DerivedRun) -> frozenset[str]:
    """Where clients look for it: the path that was recorded, and those of its dialect."""
    if run.capture.header.transport == "ws":
        return frozenset({WS_PATH})
    path = urlsplit(run.capture.header.url).path
    dialect = run.decoder.dialect_name if run.decoder is not None else ""
    return frozenset({*_PATHS.get(dialect, ()), *(() if path in _ROOTS else (path,))}) or frozenset({"/v1/stream"})


def _responses_of(run: DerivedRun) -> list[RecordedResponse]:
    parts: list[tuple[ResponseHead, float, list[Read]]] = []
    sent = 0.0
    for record in run.capture.records():
        match record:
            case Marker(name="sent"):
                sent = record.at
            case ResponseHead():
                parts.append((record, min(sent, record.at), []))
            case Read():
                if not parts:  # a body alone
                    parts.append((ResponseHead(200, (("content-type", "text/event-stream"),), sent), sent, []))
                parts[-1][2].append(record)
    if not parts:
        parts.append((ResponseHead(200, (), 0.0), 0.0, []))
    last = len(parts) - 1
    return [
        _response(head, begin, reads, is_cut=index == last and _is_cut(run))
        for index, (head, begin, reads) in enumerate(parts)
    ]


def _response(head: ResponseHead, begin: float, reads: list[Read], *, is_cut: bool) -> RecordedResponse:
    headers = tuple((name, value) for name, value in head.headers if name not in _OF_THE_CONNECTION)
    pieces = tuple((max(0.0, read.at - begin), read.data) for read in reads)
    return RecordedResponse(head.status, headers, max(0.0, head.at - begin), pieces, is_cut)


def _is_cut(run: DerivedRun) -> bool:
    problem = run.result.problem if run.result is not None else None
    return problem is not None and problem.kind in _CUTS
