"""One response from its reads: frames, chunks, the proof of its end, and a name for every problem.

Sans-IO: bytes (or WebSocket messages) and times come in; what a frame means is the dialect's affair. Whatever
comes, nothing is raised.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tui.core.chunks import Outcome, Remark, StreamChunk, StreamProblem, StreamResult, Trap
from tui.core.request import DEFAULT_EVENT_LIMIT_BYTES
from tui.core.wire.body_reader import SSE_FRAMING, BodyReader, Framing
from tui.core.wire.chunk_columns import ChunkColumns
from tui.core.wire.dialects.base import Dialect
from tui.core.wire.dialects.catalogue import dialect_of
from tui.core.wire.dialects.detection import detect
from tui.core.wire.frames import FrameStore
from tui.core.wire.http_problems import quote
from tui.core.wire.json_text import parse_json
from tui.core.wire.reported_errors import looks_like_error, problem_of
from tui.core.wire.sse_codec import SSEEvent
from tui.core.wire.stream_assembly import StreamAssembly
from tui.core.wire.stream_verdict import no_stream_problem, verdict

Headers = Mapping[str, str] | Iterable[tuple[str, str]]

_QUOTED_BYTES: Final = 512  # so much of a body that is no stream is awaited before it is refused


class ResponseDecoder:
    """Decodes one run. `feed` it each read, then `finish` it.

    `dialect` is `auto`, a name of `dialects.catalogue.DIALECT_NAMES`, or a path rule such as
    `$.choices[0].delta.content`; another word raises UsageError. `status` and `headers` are those of the response
    (101 for a WebSocket). `event_limit_bytes` bounds one event, line or message. `keeps_course` False: there are
    the result and what `feed` gave, but neither `frames` nor `chunks` to look into. `read_times` as in `FrameStore`.
    """

    def __init__(
        self,
        dialect: str = "auto",
        status: int = 200,
        headers: Headers = (),
        event_limit_bytes: int = DEFAULT_EVENT_LIMIT_BYTES,
        *,
        keeps_course: bool = True,
        read_times: array[float] | None = None,
    ) -> None:
        self._assembly = StreamAssembly(keeps_course=keeps_course, read_times=read_times)
        self._limit = event_limit_bytes
        self._named = dialect
        self._dialect: Dialect | None = None if dialect == "auto" else dialect_of(dialect, self._assembly)
        self._evidence = "" if dialect == "auto" else "named by the caller"
        self._read_count = self._connection_count = 0
        self._has_messages = False
        self._result: StreamResult | None = None
        self._begin(status, headers)

    # In.

    def feed(self, data: bytes | str, at: float = 0.0) -> list[StreamChunk]:
        """The chunks that one read completes, in order.

        `data` is what one socket read brought of a body (bytes), or one WebSocket text message (str); `at` is its
        time in seconds. Every call is a read; after `finish` nothing is taken any more.
        """
        if self._result is not None:
            return []
        assembly = self._assembly
        assembly.at = at
        if isinstance(data, str):
            self._feed_message(data)
        elif self._body.status == 101:
            self._refuse_binary(data)
        elif data:
            self._feed_bytes(data)
        self._read_count += 1
        fresh, assembly.fresh = assembly.fresh, []
        return fresh

    def finish(self, at: float = 0.0, end: StreamProblem | None = None) -> StreamResult:
        """The result, made once; later calls give the same one.

        `end` says how the link broke, None that it ended cleanly; a proof that was seen before wins over it.
        A last NDJSON line without its line end is decoded now: its chunk is in the result alone.
        """
        if self._result is None:
            self._assembly.at = at
            self._end_body()
            outcome, problem = verdict(self._assembly, self._body, end, is_later=self._connection_count > 1)
            self._result = self._result_of(outcome, problem)
        return self._result

    def reconnect(self, status: int, headers: Headers = (), at: float = 0.0) -> None:
        """Another connection of the same run begins: what was unfinished is dropped, an earlier error superseded.

        The seam is a remark. Gateway events whose number came before will be dropped, a gap is a problem.
        """
        if self._result is not None:
            return
        self._note_body()
        dropped = len(self._body.pending)
        self._assembly.oddities.seam(
            f"connection {self._connection_count + 1} began at frame {len(self.frames)}, {at:.3f} s"
            + (f"; {dropped} bytes of an unfinished frame were dropped" if dropped else ""),
            len(self.frames),
        )
        self._assembly.reopen()
        if self._dialect:
            self._dialect.begin_connection()
        retry_ms = self.retry_ms
        self._begin(status, headers)
        self._body.sse.retry = retry_ms

    # Out.

    @property
    def frames(self) -> FrameStore:
        """All frames so far; a Frame is made when it is asked for."""
        return self._assembly.frames

    @property
    def chunks(self) -> ChunkColumns:
        """All chunks so far; a StreamChunk is made when it is asked for."""
        return self._assembly.chunks

    @property
    def is_over(self) -> bool:
        """Whether nothing that comes can change the result: the transport may close now."""
        return self._assembly.is_over or self._body.is_full or self._body.status == 204

    @property
    def proof(self) -> str | None:
        """By which words the end is proved ("[DONE]", "message_stop", "every choice finished"), or None."""
        if self._assembly.proof or self._assembly.problem or self._dialect is None:
            return self._assembly.proof
        return self._dialect.late_proof

    @property
    def has_progress(self) -> bool:
        """Whether any generated text, thinking, tool call or refusal has come."""
        return self._assembly.has_progress

    @property
    def unfinished_size(self) -> int:
        """How many bytes of the line or value that has no end yet have come."""
        return self._body.unfinished_size

    @property
    def chunk_count(self) -> int:
        """How many chunks were made."""
        return len(self._assembly.chunks)

    @property
    def dialect_name(self) -> str:
        """The dialect that is read; `auto` while nothing has told it."""
        if self._named != "auto":
            return self._named
        return self._dialect.name if self._dialect else "auto"

    @property
    def dialect_evidence(self) -> str:
        """On what evidence `auto` decided; empty before it has."""
        return self._evidence

    @property
    def read_as(self) -> str:
        """A sentence on how the stream is read and why; empty while nothing has told it."""
        if self.dialect_name == "auto":
            return ""
        return f"read as {self.dialect_name}: {self._evidence}"

    @property
    def last_seq(self) -> int | None:
        """The number of the last gateway event that was taken."""
        return self._dialect.last_seq if self._dialect else None

    @property
    def generation(self) -> str | None:
        """The gateway's name for this generation."""
        return self._dialect.generation if self._dialect else None

    @property
    def retry_ms(self) -> int | None:
        """The reconnection time that an SSE stream asked for, in ms."""
        return self._body.sse.retry

    @property
    def remarks(self) -> list[Remark]:
        """What is odd so far."""
        extra = {} if self._result else self._body.remarks()
        return self._assembly.oddities.remarks(extra)

    @property
    def traps(self) -> list[Trap]:
        """What is legal so far but breaks other parsers, by frame; one trap a kind."""
        extra = {} if self._result else self._body_traps()
        return self._assembly.oddities.traps(extra, len(self.frames))

    def traps_in(self, frame: int) -> list[str]:
        """The kinds of the traps in a frame; those of lines and line ends are in the first frame alone."""
        extra = {} if self._result else self._body_traps()
        return self._assembly.oddities.traps_in(frame, extra)

    def trap_beside(self, frame: int, step: int) -> int | None:
        """The next frame with a trap behind one (`step` 1) or before it (-1)."""
        extra = {} if self._result else self._body_traps()
        return self._assembly.oddities.trap_beside(frame, step, extra)

    @property
    def problem_frame(self) -> int | None:
        """The frame that reported an error or could not be read on from; None when no frame did."""
        return self._assembly.problem_frame

    def chunks_of(self, frame: int) -> Sequence[StreamChunk]:
        """The chunks that a frame gave, mostly one or none."""
        return self._assembly.chunks.of_frame(frame)

    # Reads.

    def _begin(self, status: int, headers: Headers) -> None:
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        first: dict[str, str] = {}
        for name, value in pairs:
            first.setdefault(name.lower(), value)
        self._body = BodyReader(status, first, self._named, self._limit)
        self._first_frame = len(self.frames)
        self._connection_count += 1
        self._is_cut_high = False

    def _feed_bytes(self, data: bytes) -> None:
        if self._is_cut_high and 0x80 <= data[0] < 0xC0:
            self._assembly.oddities.trap("split_code_point", len(self.frames))
        self._is_cut_high = data[-1] >= 0x80
        body, sse = self._body, self._body.sse
        events = sse.feed(data) if body.framing is SSE_FRAMING else body.feed(data)
        if sse.error_fields and not self._assembly.is_over:
            self._read_with_error(events)
        elif events:
            self._read_events(events)
        if body.framing is not SSE_FRAMING or sse.is_over_limit:
            self._refuse_body()

    def _feed_message(self, message: str) -> None:
        if len(message) > self._limit:
            problem = StreamProblem.of("too_large", f"a message of {len(message)} characters")
            self._assembly.fail(problem, is_of_frame=False)
            return
        self._has_messages = True
        self._read_events([SSEEvent(message)])

    def _refuse_binary(self, data: bytes) -> None:
        self._add_frame(data.decode("utf-8", "replace"))
        words = f"message {len(self.frames) - 1} is binary where text is due: {quote(data) or 'empty'}"
        self._assembly.fail(StreamProblem.of("protocol", words), Outcome.INCOMPLETE)

    def _refuse_body(self) -> None:
        if self._body.is_over_limit:
            words = f"one event is larger than the limit of {self._limit} bytes"
            self._assembly.fail(StreamProblem.of("too_large", words), is_of_frame=False)
        elif self._body.is_other and len(self._body.body) >= _QUOTED_BYTES:
            self._assembly.fail(no_stream_problem(self._body), is_of_frame=False)

    def _add_frame(self, text: str, event: str | None = None) -> None:
        frames = self._assembly.frames
        frames.begin_read(self._read_count, self._assembly.at)
        self._assembly.frame = frames.add(text, event)

    def _read_with_error(self, events: list[SSEEvent]) -> None:
        """Reads the events with the first `error: {json}` line in its place among them."""
        index, text = self._body.sse.error_fields[0]
        before = index - (self._body.sse.event_count - len(events))
        if before:
            self._read_events(events[:before])
        self._add_frame(text, "error")
        try:
            value = parse_json(text)
        except ValueError:
            value = text
        self._assembly.fail(problem_of(value))
        if rest := events[before:]:
            self._read_events(rest)

    # Frames.

    def _read_events(self, events: list[SSEEvent]) -> None:
        """Reads events of the present read, at least one."""
        assembly, dialect = self._assembly, self._dialect
        frames = assembly.frames
        frames.begin_read(self._read_count, assembly.at)
        framing = self._body.framing
        is_whole = framing is not SSE_FRAMING and framing is Framing.VALUES
        for event in events:
            text, name = event.data, event.event
            assembly.frame = frames.add(text, name)
            if assembly.is_over:
                self._note_late(text)
                continue
            if dialect is not None and dialect.read_text(text):
                continue
            try:
                value = parse_json(text)
            except ValueError as error:
                self._read_other(text, name, error)
                dialect = self._dialect
                continue
            if dialect is None:
                dialect = self._detect(value, name)
            if dialect is None:
                self._read_unknown(value, name)
            elif is_whole and dialect.read_whole(value):
                assembly.oddities.remark("not_streamed")
                assembly.complete("a whole JSON response")
            else:
                dialect.read(value, name, event.id)

    def _detect(self, value: Any, event: str | None) -> Dialect | None:
        if found := detect(value, event, is_message=self._has_messages):
            name, evidence = found
            self._dialect = dialect_of(name, self._assembly)
            self._evidence = f"{evidence}, frame {self._assembly.frame}"
        return self._dialect

    def _read_unknown(self, value: Any, event: str | None) -> None:
        if isinstance(value, dict) and looks_like_error(value, event):
            self._assembly.fail(problem_of(value))
        else:
            kind = "unknown_event" if isinstance(value, dict) else "wrong_shape"
            self._assembly.oddities.remark(kind, detail="no known dialect")

    def _read_other(self, text: str, event: str | None, error: ValueError) -> None:
        """A frame that is no JSON: empty, the end mark, an event of a name that nobody knows, or a problem."""
        stripped = text.strip()
        if not stripped:
            return
        if stripped == "[DONE]":
            self._read_end_mark()
        elif event and event != "message" and not (self._dialect and event in self._dialect.event_names):
            self._assembly.oddities.remark("unknown_event", detail=event[:80])
        else:
            where = f"frame {self._assembly.frame} is not JSON"
            self._assembly.fail(StreamProblem.of("bad_json", f"{where}: {str(error)[:200]}"))

    def _read_end_mark(self) -> None:
        if self._dialect is None:
            self._dialect = dialect_of("openai-chat", self._assembly)
            self._evidence = f"the end mark [DONE], frame {self._assembly.frame}"
        self._dialect.read_end_mark()

    def _note_late(self, text: str) -> None:
        if self._assembly.proof and text.strip() not in ("", "[DONE]"):
            self._assembly.oddities.trap("text_after_end", self._assembly.frame)
            self._assembly.oddities.remark("after_end")

    # The end.

    def _end_body(self) -> None:
        if events := self._body.finish():
            self._read_events(events)
        if self._body.body and not self._body.is_stream:
            self._add_frame(self._body.body.decode("utf-8", "replace"))
        if self._assembly.proof is None and (proof := self.proof):
            self._assembly.complete(proof)
            self._assembly.oddities.remark("no_done")
        self._note_body()

    def _note_body(self) -> None:
        """Keeps the counts of a body that ends."""
        oddities = self._assembly.oddities
        for kind, count in self._body.remarks().items():
            oddities.remark(kind, count)
        for kind, frame in self._body_traps().items():
            oddities.trap(kind, frame)

    def _body_traps(self) -> dict[str, int]:
        return {kind: self._first_frame + index for kind, index in self._body.traps().items()}

    def _result_of(self, outcome: Outcome, problem: StreamProblem | None) -> StreamResult:
        assembly = self._assembly
        if self._body.has_cut_event and not (problem and problem.kind == "unterminated_event"):
            assembly.oddities.remark("discarded_block")
        assembly.end()
        return StreamResult(
            content=assembly.content,
            chunks=assembly.chunks if assembly.keeps_course else (),
            finish_reason=assembly.finish_reasons.get(0),
            total_tokens=assembly.usage.total if assembly.usage else None,
            outcome=outcome,
            problem=problem,
            usage=assembly.usage,
            reasoning=assembly.reasoning,
            tool_calls=assembly.tool_calls(),
            refusal=assembly.refusal,
            choices=assembly.choices(),
            remarks=[remark.sentence for remark in assembly.oddities.remarks({})],
            traps=assembly.oddities.traps({}, len(self.frames)),
        )
