"""Where in a frame the thing is that a trap or a problem means: the bytes under the caret, with a sentence.

One finder a kind of trap; a kind that has no place of its own in the frame is said without a caret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tui.core.wire.body_spans import SpanKind
from tui.core.wire.json_text import parse_json
from tui.core.wire.stream_oddities import trap_sentence
from tui.core.wire_view.frame_text import FrameText
from tui.core.wire_view.json_layout import Member
from tui.core.wire_view.row_facts import PROBLEM, TRAP
from tui.core.wire_view.wire_log import WireLog

REMARK: Final = "remark"
_TEXT_KEYS: Final = (
    "arguments",
    "partial_json",
    "content",
    "reasoning_content",
    "reasoning",
    "text",
    "thinking",
    "delta",
)
_HALF: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u....)\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_MOST_REPLACEMENTS: Final = 3

Span = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class FrameMark:
    """`word` is trap, problem or remark; `span` are characters of the raw text, None where nothing is pointed at."""

    word: str
    sentence: str
    span: Span = None


def marks_of(log: WireLog, text: FrameText) -> list[FrameMark]:
    """All marks of a row: problems first, then traps, then what could not be decoded."""
    found = _problem_marks(log, text)
    frame, decoder = text.entry.frame, log.run.decoder
    if frame is not None and decoder is not None:
        members = text.members()
        for kind in decoder.traps_in(frame):
            find = _FINDERS.get(kind)
            found.append(FrameMark(TRAP, trap_sentence(kind), find(text, members) if find is not None else None))
    return found + _replacement_marks(text)


def _problem_marks(log: WireLog, text: FrameText) -> list[FrameMark]:
    kind, frame, decoder = text.entry.kind, text.entry.frame, log.run.decoder
    end = len(text.raw.text)
    if kind is SpanKind.CUT:
        sentence = "the bytes end here, in the middle of a frame: what came of it is not counted"
        return [FrameMark(PROBLEM, sentence, (max(0, end - 1), end))]
    if kind is SpanKind.UNREAD:
        return [FrameMark(PROBLEM, "reading had ended before this, for an event that was over the limit")]
    if frame is None or decoder is None:
        return []
    is_problem = frame == decoder.problem_frame
    is_json = text.json.lstrip()[:1] in ("{", "[") or is_problem
    if is_json and not text.left_out and (broken := _broken_json(text)):
        return [broken]
    if not is_problem:
        return []
    problem = log.run.result.problem if log.run.result is not None else None
    words = f"{problem.kind}: {problem.message}" if problem is not None else "the server reports an error"
    return [FrameMark(PROBLEM, words, _find_error(text, text.members()))]


def _broken_json(text: FrameText) -> FrameMark | None:
    """Where a frame that should be JSON stops being it."""
    if text.json.strip() in ("", "[DONE]"):
        return None
    try:
        parse_json(text.json)
    except json.JSONDecodeError as error:
        at = text.raw_place(error.pos + len(text.json) - len(text.json.lstrip(" \t\r\n")))
        return FrameMark(PROBLEM, f"this is no JSON: {error.msg} at char {error.pos}", (at, at + 1))
    except ValueError as error:
        word = str(error).partition(" ")[0]
        at = text.json.find(word)
        place = text.raw_place(at) if at >= 0 else None
        return FrameMark(PROBLEM, f"this is no JSON: {error}", None if place is None else (place, place + len(word)))
    return None


def _replacement_marks(text: FrameText) -> list[FrameMark]:
    """Bytes that are no UTF-8; not what was sent as U+FFFD itself."""
    found = []
    for match in re.finditer("\ufffd", text.raw.text):
        if (data := text.raw.bytes_of(match.start())) != b"\xef\xbf\xbd":
            sentence = f"these bytes are no UTF-8 and are shown as U+FFFD: {data.hex(' ')}"
            found.append(FrameMark(REMARK, sentence, match.span()))
            if len(found) == _MOST_REPLACEMENTS:
                break
    return found


def _member(*keys: str) -> Callable[[FrameText, list[Member]], Span]:
    """The value of the first member with the first of these keys that there is."""

    def find(text: FrameText, members: list[Member]) -> Span:
        del text
        found = [(start, end) for wanted in keys for key, start, end in members if key == wanted]
        return found[0] if found else None

    return find


def _texts(text: FrameText, members: list[Member]) -> list[tuple[int, int]]:
    """The generated texts of the frame, without their quotes, the dearest to look at first."""
    strings = [(key, start + 1, end - 1) for key, start, end in members if text.raw.text[start : start + 1] == '"']
    ordered = [(start, end) for wanted in _TEXT_KEYS for key, start, end in strings if key == wanted]
    return [span for span in ordered if span[1] > span[0]]


def _find_role(text: FrameText, members: list[Member]) -> Span:
    nulls = [(start, end) for key, start, end in members if key == "content" and text.raw.text[start:end] == "null"]
    return nulls[0] if nulls else _member("role")(text, members)


def _find_half(text: FrameText, members: list[Member]) -> Span:
    """A half of an escaped pair that stands alone."""
    for start, end in _texts(text, members):
        if half := _HALF.search(text.raw.text, start, end):
            return half.span()
    return _find_begin(text, members)


def _find_begin(text: FrameText, members: list[Member]) -> Span:
    """The first character of the text: it goes on with what the frame before began."""
    return next(((start, start + 1) for start, _ in _texts(text, members)), None)


def _find_end(text: FrameText, members: list[Member]) -> Span:
    """The last character of the text."""
    return next(((end - 1, end) for _, end in _texts(text, members)), None)


def _find_text(text: FrameText, members: list[Member]) -> Span:
    return next(iter(_texts(text, members)), text.values[0] if text.values else None)


def _find_error(text: FrameText, members: list[Member]) -> Span:
    return _member("message", "error", "detail")(text, members)


def _find_split(text: FrameText, members: list[Member]) -> Span:
    """The character in whose middle a read ended."""
    del members
    for offset, char in text.joints:
        if text.raw.byte_of(char) < offset:
            return char, char + 1
    return None


def _find_pattern(pattern: str) -> Callable[[FrameText, list[Member]], Span]:
    search = re.compile(pattern).search

    def find(text: FrameText, members: list[Member]) -> Span:
        del members
        match = search(text.raw.text)
        return None if match is None else match.span(1)

    return find


def _find_second_line(text: FrameText, members: list[Member]) -> Span:
    del members
    starts = [start for start, _, _ in text.lines if text.raw.text.startswith("data", start)]
    return (starts[1], starts[1] + len("data")) if len(starts) > 1 else None


_FINDERS: Final[Mapping[str, Callable[[FrameText, list[Member]], Span]]] = {
    "empty_choices": _member("choices"),
    "role_only": _find_role,
    "multi_line_data": _find_second_line,
    "no_space": _find_pattern(r"(?:\A|[\r\n])(?:data|event|id|retry)(:)[^ \r\n]"),
    "crlf": _find_pattern(r"(\r\n)"),
    "cr": _find_pattern(r"(\r)(?!\n)"),
    "comment_inside": _find_pattern(r"(?:\A|[\r\n])(:[^\r\n]*)"),
    "split_code_point": _find_split,
    "split_surrogates": _find_half,
    "split_escape": _find_begin,
    "split_number": _find_begin,
    "late_arguments": _find_end,
    "interleaved_calls": _member("index"),
    "call_without_index": _member("tool_calls"),
    "text_after_finish": _find_text,
    "text_after_end": _find_text,
}
