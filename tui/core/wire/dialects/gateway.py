"""The gateway's own wire, over SSE and WebSocket alike (DESIGN.md, section 7).

Events are numbered densely from 0: one that a new connection sends again is dropped, a gap is a problem. Complete
means `done` or `cancelled`. The routes raw, buffered and json have neither names nor numbers.
"""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from tui.core.chunks import Outcome, StreamProblem, ToolCallDelta
from tui.core.wire.dialects.base import (
    Dialect,
    count_of,
    json_text,
    object_of,
    objects_of,
    text_of,
    usage_of,
)
from tui.core.wire.reported_errors import problem_of
from tui.core.wire.stream_assembly import StreamAssembly

_TYPES = frozenset({"start", "chunk", "done", "error", "cancelled"})
_PLAIN = frozenset({"content", "item", "finish_reason", "index", "model", "seq"})
_MAX_DIGITS = 18
FAULT_HEADER = "x-streamscope-fault"
"""Asks the gateway to disturb the answer: `NAME` or `NAME:after=N`."""
GENERATION_HEADER = "x-streamscope-generation"
"""Names the generation in the head of a response, before its first event."""


def seam_sentence(last_seq: int) -> str:
    """What is said of a new connection that goes on exactly behind event `last_seq` (-1: none had come)."""
    return f"reconnected after seq {last_seq}, 0 lost" if last_seq >= 0 else "reconnected before seq 0, 0 lost"


class Gateway(Dialect):
    """Reads gateway events: `{"type", "data"}` messages, named SSE events, or the bare objects of the other routes."""

    name: ClassVar[str] = "gateway"
    event_names: ClassVar[frozenset[str]] = _TYPES

    def __init__(self, assembly: StreamAssembly) -> None:
        super().__init__(assembly)
        self._sticky_id: str | None = None
        self._is_reconnected = self._is_at_seam = False
        self._replayed_until = -1
        self._chunk_count = 0

    def read(self, value: Any, event: str | None, event_id: str | None) -> None:
        """One event; those that a new connection sends again are dropped."""
        if not isinstance(value, dict):
            self.skip(value)
            return
        kind, data = _kind_and_data(value, event)
        if kind not in _TYPES:
            self.skip(value, kind or event)
            return
        number = self._number_of_id(event_id) if event_id and event_id != self._sticky_id else None
        if self._is_new(data.get("seq", number), kind):
            self._read_event(kind, data)

    def begin_connection(self) -> None:
        """The ids of a new connection may repeat the last one of the connection before."""
        self._sticky_id = None
        self._is_reconnected = self._is_at_seam = True
        self._replayed_until = -1 if self.last_seq is None else self.last_seq

    def _read_event(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "chunk":
            self._read_chunk(data)
        elif kind == "done":
            self._read_done(data)
        elif kind == "cancelled":
            self.assembly.cancel()
        elif kind == "error":
            self._read_error(data)
        else:
            self._begin_generation(text_of(data.get("gen")) or None)

    def _read_chunk(self, data: dict[str, Any]) -> None:
        self._chunk_count += 1
        content = data.get("content", data.get("item"))
        if self._is_plain(data) and isinstance(content, str) and content:
            self.assembly.add_text(content)
            return
        if content is None and "object" in data:
            content = json_text(data["object"])
        if not data or (content is not None and not isinstance(content, str)):
            self.assembly.oddities.remark("wrong_shape", detail="a chunk without text")
        self.assembly.add(
            text_of(content),
            reasoning=text_of(data.get("reasoning")),
            tool_calls=self._read_calls(data),
            finish_reason=text_of(data.get("finish_reason")) or None,
            usage=usage_of(data.get("usage")),
            model=text_of(data.get("model")),
        )

    def _is_plain(self, data: dict[str, Any]) -> bool:
        """Whether a chunk has nothing but text: the common case."""
        model = self.assembly.model
        return data.keys() <= _PLAIN and not data.get("finish_reason") and data.get("model", model) == model

    def _read_calls(self, data: dict[str, Any]) -> tuple[ToolCallDelta, ...]:
        book = self.assembly.calls_of()
        found = []
        for piece in objects_of(data.get("tool_calls")):
            index = count_of(piece.get("index"))
            key = index if index is not None else text_of(piece.get("id")) or book.last_key
            delta = book.add(
                key, text_of(piece.get("name")), text_of(piece.get("id")), json_text(piece.get("arguments"))
            )
            found += [delta] if delta else []
        return tuple(found)

    def _read_done(self, data: dict[str, Any]) -> None:
        self.assembly.add(finish_reason=text_of(data.get("finish_reason")) or None, usage=usage_of(data.get("usage")))
        count, digest = count_of(data.get("count")), text_of(data.get("sha256"))
        if count is not None and count != self._chunk_count:
            self.assembly.oddities.remark("count_differs", detail=f"{count} against {self._chunk_count}")
        if len(digest) == 64 and digest != self._digest():
            problem = StreamProblem.of("sequence", "the text that came is not what the gateway sent: checksums differ")
            self.assembly.fail(problem, Outcome.INCOMPLETE)
        self.assembly.complete("done")

    def _digest(self) -> str:
        return hashlib.sha256(self.assembly.chunks.content().encode("utf-8", "surrogatepass")).hexdigest()

    def _read_error(self, data: dict[str, Any]) -> None:
        """An error ends the stream, but for a complaint about one of our messages, whose outcome is null."""
        if data.get("kind") == "protocol" and data.get("outcome", "") is None:
            self.assembly.oddities.remark("client_complaint", detail=text_of(data.get("message"))[:200])
        else:
            outcome = Outcome.INCOMPLETE if data.get("outcome") == Outcome.INCOMPLETE else Outcome.FAILED
            self.assembly.fail(problem_of(data, is_gateway=True), outcome)

    # Numbers.

    def _number_of_id(self, event_id: str) -> int | None:
        """The number in an id `<generation>:<number>`, None when there is none; takes note of the generation.

        An event without an id of its own has that of the event before, which is no number of its own.
        """
        self._sticky_id = event_id
        generation, _, number = event_id.rpartition(":")
        if not (number.isascii() and number.isdigit()) or len(number) > _MAX_DIGITS:
            return None
        if generation and generation != self.generation:
            self._begin_generation(generation)
        return int(number)

    def _is_new(self, seq: Any, kind: str) -> bool:
        """Whether an event is the next one; an event without a number of its own always is."""
        if self.assembly.is_over:
            return False
        number = count_of(seq)
        return number is None or self._follows(number, kind)

    def _follows(self, seq: int, kind: str) -> bool:
        expected = 0 if self.last_seq is None else self.last_seq + 1
        if seq == expected:
            if self._is_at_seam:
                self._is_at_seam = False
                self.assembly.oddities.proven_seam(seam_sentence(expected - 1), self.assembly.frame)
            self.last_seq = seq
            return True
        if seq <= self._replayed_until:
            self.assembly.oddities.remark("repeated_event")
            return False
        if seq < expected:  # within one connection nothing is sent again: no text is thrown away for an odd number
            self.assembly.oddities.remark("number_back", detail=f"{seq} after {expected - 1}")
        elif self.last_seq is None and not self._is_reconnected:
            self.assembly.oddities.remark("late_start", detail=f"the first is {seq}")
        elif kind != "error":
            missing = (
                f"event {expected} is missing" if seq == expected + 1 else f"events {expected} to {seq - 1} are missing"
            )
            self.assembly.fail(StreamProblem.of("sequence", f"{missing}: event {seq} came instead"), Outcome.INCOMPLETE)
            return False
        self.last_seq = seq
        return True

    def _begin_generation(self, generation: str | None) -> None:
        if generation is None or generation == self.generation:
            return
        if self.generation is not None and self.assembly.has_progress:
            problem = StreamProblem.of("sequence", "another generation answered: its text does not continue this one")
            self.assembly.fail(problem, Outcome.INCOMPLETE)
        elif self.generation is not None:
            self.last_seq, self._replayed_until = None, -1
        self.generation = generation


def _kind_and_data(value: dict[str, Any], event: str | None) -> tuple[str, dict[str, Any]]:
    """The type and the data of an event in any of the three shapes; an empty type when it has none."""
    if event in _TYPES:
        return event or "", value
    kind = value.get("type")
    if isinstance(kind, str) and "data" in value:
        return kind, object_of(value["data"])
    if value.get("error"):
        return "error", value
    if value.get("done") is True:
        return "done", value
    return ("chunk", value) if {"content", "item", "object"} & value.keys() else ("", value)
