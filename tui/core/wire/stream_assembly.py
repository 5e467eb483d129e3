"""What a response has given so far: chunks, text of every channel, usage, finish reasons, proof or problem.

The dialects write into it, one frame at a time; the response decoder reads it. No bytes and no JSON here.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

from tui.core.chunks import ChoiceResult, Outcome, StreamChunk, StreamProblem, ToolCall, ToolCallDelta, Usage
from tui.core.wire.call_oddities import CallOddities, JSONPieces
from tui.core.wire.chunk_columns import ChunkColumns, ChunkTexts
from tui.core.wire.frames import FrameCount, FrameStore
from tui.core.wire.packed_texts import PackedTexts
from tui.core.wire.stream_oddities import StreamOddities
from tui.core.wire.tool_call_book import ToolCallBook

_FIRST_SURROGATE = "\ud800"


class StreamAssembly:
    """One response while it grows.

    `frame` and `at` are those of the frame being read; `fresh` collects the chunks since it was last emptied.
    `problem` is set by an error that the peer reported or that makes reading on impossible; `outcome` and
    `problem_frame`, the frame that was being read, go with it. `proof` says by which words the end is proved.
    `is_over` means that nothing after it counts. `keeps_course` False: frames are counted and not kept, and of the
    chunks their text alone. `read_times` as in `FrameStore`.
    """

    def __init__(self, *, keeps_course: bool = True, read_times: array[float] | None = None) -> None:
        self.keeps_course = keeps_course
        self.frames = FrameStore(read_times) if keeps_course else FrameCount()
        self.chunks = ChunkColumns(self.frames) if keeps_course else ChunkTexts(self.frames)
        self.oddities = StreamOddities(lambda: self.frame)
        self.fresh: list[StreamChunk] = []
        self.frame = 0
        self.at = 0.0
        self.model: str | None = None
        self.usage: Usage | None = None
        self.finish_reasons: dict[int, str | None] = {}
        self.problem: StreamProblem | None = None
        self.problem_frame: int | None = None
        self.outcome: Outcome | None = None
        self.proof: str | None = None
        self.is_over = False
        self.has_progress = False
        self.empty_arguments = ""
        self._has_lone_high = False
        self._calls = CallOddities(self.oddities)
        self._json_content: JSONPieces | None = JSONPieces(
            self.oddities, watches_end=False
        )  # None once the answer is known to be prose
        self._books: dict[int, ToolCallBook] = {}
        self._refusal = PackedTexts()
        self._choice_texts: dict[int, PackedTexts] = {}

    # One frame's worth of news.

    def add_text(self, content: str) -> None:
        """A chunk that is nothing but text of choice 0, the common case."""
        frame = self.frame
        index = self.chunks.add_text(content, frame)
        self.fresh.append(StreamChunk(content, None, index, self.model, "", (), 0, None, self.at, frame))
        self.has_progress = True
        if self._json_content is not None:
            self._watch_json(content)
        if self._has_lone_high or content[-1] >= _FIRST_SURROGATE:
            self._check_surrogates(content)

    def add(
        self,
        content: str = "",
        *,
        reasoning: str = "",
        tool_calls: tuple[ToolCallDelta, ...] = (),
        refusal: str = "",
        finish_reason: str | None = None,
        usage: Usage | None = None,
        choice: int = 0,
        model: str | None = None,
        logprobs: Any = None,
    ) -> None:
        """A chunk of whatever is not empty; nothing at all makes none, and only a new model is news."""
        has_new_model = self._take_model(model)
        if usage is not None:
            self.usage = usage
        if finish_reason:
            self.finish_reasons[choice] = finish_reason
        has_text = bool(content or reasoning or tool_calls or refusal)
        if not (has_text or finish_reason or usage is not None or has_new_model or logprobs):
            return
        self.has_progress = self.has_progress or has_text
        chunk = StreamChunk(
            content,
            finish_reason,
            len(self.chunks),
            self.model,
            reasoning,
            tool_calls,
            choice,
            usage,
            self.at,
            self.frame,
            refusal,
            logprobs,
        )
        self._keep_text(chunk)
        self.fresh.append(chunk)
        self.chunks.add(chunk)

    def calls_of(self, choice: int = 0) -> ToolCallBook:
        """The tool calls of one choice."""
        if choice not in self._books:
            self._books[choice] = ToolCallBook()
        return self._books[choice]

    def complete(self, proof: str, *, is_over: bool = True) -> None:
        """The end is proved; the first proof stays."""
        self.proof = self.proof or proof
        self.is_over = self.is_over or is_over

    def cancel(self) -> None:
        """The peer confirms that the run was cancelled."""
        self.add(finish_reason="cancelled")
        self.outcome = Outcome.CANCELLED
        self.complete("cancelled")

    def fail(self, problem: StreamProblem, outcome: Outcome = Outcome.FAILED, *, is_of_frame: bool = True) -> None:
        """An error: the first one stays, and nothing after it counts. `is_of_frame`: the present frame is to blame."""
        if self.problem is None and not self.is_over:
            self.problem, self.outcome = problem, outcome
            self.problem_frame = self.frame if is_of_frame and len(self.frames) else None
            self.is_over = True

    def end(self) -> None:
        """Nothing more comes: what is only known then becomes a remark."""
        self._calls.end()

    def reopen(self) -> None:
        """A new connection of the same run: an earlier error is superseded."""
        self.problem = self.problem_frame = self.outcome = None
        self.is_over = self.proof is not None

    # What it comes to.

    @property
    def content(self) -> str:
        """The text of choice 0, surrogate pairs joined."""
        return join_surrogates(self.chunks.content())

    @property
    def reasoning(self) -> str:
        """The thinking of choice 0."""
        return join_surrogates(self.chunks.reasoning())

    @property
    def refusal(self) -> str:
        """The refusal of choice 0."""
        return join_surrogates(self._refusal.joined())

    def tool_calls(self) -> list[ToolCall]:
        """The calls of choice 0 in order of first appearance."""
        calls = self._books[0].calls(self.empty_arguments) if 0 in self._books else []
        return [replace(call, arguments=join_surrogates(call.arguments)) for call in calls]

    def choices(self) -> list[ChoiceResult]:
        """All answers by index when there are several, else none."""
        indices = sorted({*self.finish_reasons, *self._choice_texts})
        if len(indices) < 2:
            return []
        return [ChoiceResult(i, self._choice_text(i), self.finish_reasons.get(i)) for i in indices]

    def _choice_text(self, choice: int) -> str:
        if choice == 0:
            return self.content
        return join_surrogates(self._choice_texts[choice].joined()) if choice in self._choice_texts else ""

    def _take_model(self, model: str | None) -> bool:
        if not model or model == self.model:
            return False
        self.model = model
        self.chunks.begin_model(model)
        return True

    def _watch_json(self, content: str) -> None:
        """An answer that begins with a bracket may be JSON, which others parse while it grows."""
        if self._json_content is not None:
            self._json_content.take(content, self.frame)
            if self._json_content.is_json is False:
                self._json_content = None

    def _keep_text(self, chunk: StreamChunk) -> None:
        if chunk.tool_calls:
            self._calls.take(chunk.tool_calls, chunk.choice, chunk.frame)
        if chunk.choice != 0:
            self._keep_choice(chunk.choice, chunk.content)
            return
        if chunk.content:
            self._watch_json(chunk.content)
        if chunk.refusal:
            self._refusal.append(chunk.refusal)
        for text in (chunk.content, chunk.reasoning, *(delta.arguments for delta in chunk.tool_calls)):
            if text and (self._has_lone_high or text[-1] >= _FIRST_SURROGATE):
                self._check_surrogates(text)

    def _keep_choice(self, choice: int, text: str) -> None:
        if choice not in self._choice_texts:
            self._choice_texts[choice] = PackedTexts()
        self._choice_texts[choice].append(text)

    def _check_surrogates(self, text: str) -> None:
        if self._has_lone_high and "\udc00" <= text[0] <= "\udfff":
            self.oddities.trap("split_surrogates", self.frame)
        self._has_lone_high = "\ud800" <= text[-1] <= "\udbff"


def join_surrogates(text: str) -> str:
    """The text with each pair of surrogates made the character it stands for; a lone half stays as it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text
