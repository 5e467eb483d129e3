"""What a run knows for taking up a broken answer of a gateway: whether it may, from where, and the seam.

Pure bookkeeping: `run_stream` makes the connections. The prompt is never sent again from here: an answer that
nothing names cannot be taken up.
"""

from __future__ import annotations

from tui.core.capture import ResponseHead
from tui.core.chunks import Outcome, StreamProblem, StreamResult
from tui.core.wire.dialects.gateway import GENERATION_HEADER, seam_sentence
from tui.core.wire.http_problems import http_problem
from tui.core.wire.response_decoder import ResponseDecoder
from tui.transports.base import ResumePoint
from tui.transports.retry_rules import RECONNECTIONS, may_resume, reconnect_delay_s


class Resumption:
    """The reconnections of one run. `count` is how many were made so far."""

    def __init__(self) -> None:
        self.count = 0
        self._announced_generation = ""
        self._resumed_from: int | None = None

    def note_head(self, head: ResponseHead) -> None:
        """The head of a connection that was accepted: it may name the generation before the first event does."""
        self._announced_generation = head.header(GENERATION_HEADER) or self._announced_generation

    def may_begin(self, decoder: ResponseDecoder | None, problem: StreamProblem) -> bool:
        """Whether there is a place to go on from, and the break is one that a new connection can mend."""
        return self.count < RECONNECTIONS and self._point(decoder) is not None and may_resume(problem)

    def begin(self, decoder: ResponseDecoder | None, refusal: StreamProblem | None) -> tuple[ResumePoint | None, float]:
        """Counts a reconnection; gives where the answer goes on, and the seconds to wait before."""
        self.count += 1
        point = self._point(decoder)
        self._resumed_from = point[1] if point else None
        asked_ms = decoder.retry_ms if decoder else None
        return point, reconnect_delay_s(asked_ms, self.count, refusal.retry_after if refusal else None)

    def seam(self, decoder: ResponseDecoder) -> str | None:
        """The sentence on the seam, once: as soon as the next event proves that none is missing."""
        begun, seq = self._resumed_from, decoder.last_seq
        if begun is None or seq is None or seq <= begun:
            return None
        self._resumed_from = None
        return seam_sentence(begun)

    def judge(self, result: StreamResult, refusal: StreamProblem | None, *, is_link: bool) -> None:
        """The answer was accepted once, so a reconnection that failed or was refused leaves it incomplete."""
        if self.count == 0 or result.problem is None:
            return
        if refusal is not None and refusal.kind == "resume_expired":
            result.problem = refusal
        if is_link or refusal is not None or result.problem.kind == "resume_expired":
            result.outcome = Outcome.INCOMPLETE

    def refusal_of(self, head: ResponseHead, label: str) -> StreamProblem:
        """The head of a connection that was not accepted, as a problem."""
        if head.status == 410 and self.count:
            return StreamProblem.of("resume_expired", f"{label} no longer has the answer (410)", status=410)
        return http_problem(head.status, dict(head.headers), b"")

    def generation_of(self, decoder: ResponseDecoder | None) -> str:
        """The gateway's name for the answer, by its events or by its head; empty where there is none."""
        return (decoder.generation if decoder else None) or self._announced_generation

    def _point(self, decoder: ResponseDecoder | None) -> ResumePoint | None:
        """The generation and the last event seen, -1 before the first; None where nothing names the answer."""
        generation = self.generation_of(decoder)
        seq = decoder.last_seq if decoder else None
        if seq is not None:
            return (generation, seq)
        has_chunks = decoder is not None and decoder.chunk_count > 0
        return (generation, -1) if generation and not has_chunks else None
