"""The incremental sentence splitter: text in any chunks in, whole sentences out as soon as they are certain.

`SentenceScanner` only walks: it skips to the next sign that can matter, keeps the state of line, quotes,
code span and fence, and asks `sentence_boundaries` and `sentence_blocks`. `SentenceBuffer` hands it the text.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from tui.core.text import sentence_rules as rules
from tui.core.text.segment_window import KEPT_CHARACTERS, SegmentWindow
from tui.core.text.sentence_blocks import (
    Fence,
    FenceLine,
    LineKind,
    LineStart,
    following_marker,
    read_fence_line,
    read_line_start,
    read_marker,
)
from tui.core.text.sentence_boundaries import (
    PASS,
    WAIT,
    Place,
    judge,
    judge_plain,
    nesting_past,
    nesting_through,
    run_end,
)

_SIGNS = re.escape(rules.TERMINATORS + "".join(rules.QUOTE_PAIRS) + rules.NESTING_OPENERS + rules.BULLETS) + '\\r\\n`"'
_IN_TEXT = re.compile(f"[{_SIGNS}]")
_IN_NUMBERED_TEXT = re.compile(f"[{_SIGNS})]")
_IN_CODE_SPAN = re.compile(r"[`\r\n]")
_IN_WHOLE_LINE = re.compile(r"[\r\n]")
_BACKTICKS = re.compile("`+")
_BLANKS = re.compile(r"[^\S\r\n]*")
_FIRST_MARKER = re.compile(r"[:;—–-]\s+\(?1\Z")

_DEEPEST_NESTING = 32


class _Phase(Enum):
    """What the scanner does at its position."""

    LINE_START = auto()
    SEGMENT_START = auto()
    TEXT = auto()
    WHOLE_LINE = auto()


# Looked up once: a member of an enumeration costs as much as a whole step in Python 3.11.
_LINE_START, _SEGMENT_START, _TEXT, _WHOLE_LINE = _Phase


class SentenceScanner(SegmentWindow):
    """Splits a stream into sentences; every segment begins with the white space before its sentence.

    The segments joined are the text, code point for code point, and do not depend on how it was cut
    into chunks. A sentence is out at the latest when two words after it are complete. `cap` is the
    longest segment in code points: a longer one is cut at exactly that many from its start.
    """

    def __init__(self, cap: int = 65536) -> None:
        super().__init__(cap)
        self._begin()

    def add(self, text: str) -> list[str]:
        """The segments that became certain with this chunk, in order. Any text, never raises."""
        if self._is_idle and self._signs.search(text) is None:
            window = self._window + text
            self._window = window
            if len(window) <= self._roof:
                self._position = len(window)
                return []
        else:
            self._window += text
        return self._advance(final=False)

    def flush(self) -> list[str]:
        """The segments still held, the last one perhaps unfinished; the scanner is as new after it."""
        self._advance(final=True)
        segments = self._take_rest()
        self._begin()
        return segments

    def _begin(self) -> None:
        self._phase = _LINE_START
        self._signs = _IN_TEXT
        self._is_idle = False
        self._roof = 0
        self._quotes = 0
        self._fence: Fence | None = None
        self._forget_inline()
        self._double_quote_open = False

    def _forget_inline(self) -> None:
        self._nesting = ""
        self._code_span = 0
        self._expected_marker = ""

    def _advance(self, *, final: bool) -> list[str]:
        self._segments = []
        self._is_idle = False
        while self._step(final=final):
            pass
        if len(self._window) > KEPT_CHARACTERS:
            self._settle()
        self._roof = min(KEPT_CHARACTERS, self._cap - self._parts_length + self._start)
        return self._segments

    def _step(self, *, final: bool) -> bool:
        """One step onward; False when the text so far allows none."""
        if self._phase is _TEXT:
            return self._read_text(final=final)
        if self._position - self._start + self._parts_length > self._cap:
            self._cut_at_cap_and_forget()
        if self._phase is _LINE_START:
            return self._read_line_start(final=final)
        if self._phase is _SEGMENT_START:
            return self._read_segment_start(final=final)
        return self._read_whole_line()

    # Text: from sign to sign.

    def _read_text(self, *, final: bool) -> bool:  # noqa: PLR0911  one return for each kind of sign
        if not self._find_sign():
            return False
        at = self._position
        sign = self._window[at]
        if sign in rules.TERMINATORS:
            return self._read_terminator(at, sign, final=final)
        if sign in "\r\n":
            self._read_line_end(at)
            return True
        if sign == "`":
            return self._read_backticks(at, final=final)
        if sign == ")" or sign in rules.BULLETS:
            return self._read_list_sign(at, sign, final=final)
        if sign == '"':
            self._double_quote_open = not self._double_quote_open
            self._position = at + 1
            return True
        return self._read_nesting(at, sign, final=final)

    def _find_sign(self) -> bool:
        """Go to the next sign, cutting at the cap on the way; False at the end of the text so far."""
        while True:
            if self._phase is _WHOLE_LINE:
                self._signs = _IN_WHOLE_LINE
            elif self._code_span:
                self._signs = _IN_CODE_SPAN
            else:
                self._signs = _IN_NUMBERED_TEXT if self._expected_marker[-1:] == ")" else _IN_TEXT
            found = self._signs.search(self._window, self._position)
            self._position = found.start() if found else len(self._window)
            if self._position - self._start + self._parts_length <= self._cap:
                break
            self._cut_at_cap_and_forget()
        self._is_idle = found is None
        return found is not None

    def _read_terminator(self, at: int, sign: str, *, final: bool) -> bool:
        window = self._window
        after = window[at + 1 : at + 2]
        if not final and at + 2 >= len(window) and (not after or (after.isspace() and sign in ".!?")):
            return False  # the next word decides; the long way says the same
        if sign == "." and after.isalnum():
            self._position = at + 1
            return True
        if sign == "." and self._expected_marker:
            is_marker = self._stands_expected(at, final=final)
            if is_marker is not False:
                return bool(is_marker)
        plain = None if self._nesting else judge_plain(window, self._start, at)
        if plain is not None:
            self._follow(plain, at, at + 1, "")
            return True
        end = run_end(window, at, self._nesting, final=final)
        if end == WAIT:
            return False
        return self._decide(at, end, nesting_through(self._nesting, window[at + 1 : end]), final=final)

    def _decide(self, at: int, end: int, nesting: str, *, final: bool) -> bool:
        """Cut, pass or wait at the terminators `at` with their closing signs up to `end`."""
        verdict = PASS
        if not nesting and not self._begins_list(at):
            place = Place(self._window, self._start, self._quotes, final)
            verdict = judge(place, at, end, double_quote_open=self._double_quote_open)
        if verdict == WAIT:
            return False
        self._follow(verdict, at, end, nesting)
        return True

    def _follow(self, verdict: int, at: int, end: int, nesting: str) -> None:
        """Go on behind the closing signs, or cut where the verdict says."""
        self._position = end if verdict == PASS else verdict
        self._nesting = nesting
        if self._window.count('"', at, self._position) % 2:
            self._double_quote_open = not self._double_quote_open
        if verdict != PASS:
            self._cut(verdict)
            self._expected_marker = ""
            self._phase = _SEGMENT_START

    def _begins_list(self, at: int) -> bool:
        """Whether the dot belongs to the first number of a list in the line: "Steps: 1. Install it."."""
        if self._window[at - 1 : at] != "1" or self._window[at] != ".":
            return False
        if _FIRST_MARKER.search(self._window, max(self._start, at - rules.LOOKBEHIND), at) is None:
            return False
        self._expected_marker = "2."
        return True

    def _read_nesting(self, at: int, sign: str, *, final: bool) -> bool:
        before = self._window[max(self._start, at - rules.LOOKBEHIND) : at]
        nesting = nesting_past(self._nesting, sign, before)
        # French closes after a space: « Bonjour. »
        text_before = before.rstrip(" \u00a0\u202f")
        if sign == "»" and self._nesting and not nesting and text_before[-1:] in set(rules.TERMINATORS):
            terminator = at - len(before) + len(text_before) - 1
            end = run_end(self._window, at, "", final=final)
            return end != WAIT and self._decide(terminator, end, "", final=final)
        self._nesting = nesting[:_DEEPEST_NESTING]
        self._position = at + 1
        return True

    def _read_backticks(self, at: int, *, final: bool) -> bool:
        window = self._window
        stop = min(len(window), at + rules.LOOKAHEAD)
        run = _BACKTICKS.match(window, at, stop)
        end = run.end() if run else at + 1
        if end == len(window) and not final and end < at + rules.LOOKAHEAD:
            return False
        if not self._code_span:
            is_lone = end == at + 1 and window[end : end + 1].isspace()
            self._code_span = 0 if is_lone else end - at
        elif self._code_span == end - at:
            return self._close_code_span(at, end, final=final)
        self._position = end
        return True

    def _close_code_span(self, at: int, end: int, *, final: bool) -> bool:
        """A terminator of prose just before the closing backticks ends the sentence after them."""
        window = self._window
        if window[at - 1] in rules.TERMINATORS and window[at - 2 : at - 1].isalnum() and at - 2 >= self._start:
            tail = run_end(window, end - 1, self._nesting, final=final)
            if tail == WAIT or not self._decide(
                at - 1, tail, nesting_through(self._nesting, window[end:tail]), final=final
            ):
                return False
        else:
            self._position = end
        self._code_span = 0
        return True

    def _cut_at_cap_and_forget(self) -> None:
        limit = self._cut_at_cap()
        if self._phase is _TEXT:
            self._position = limit  # the cut forgets quotes and code spans, so the signs are read anew
        self._forget_inline()

    # Lists inside a line.

    def _stands_expected(self, at: int, *, final: bool) -> bool | None:
        """Cut before the expected marker whose last sign is near `at`; None if more text is needed."""
        marker, window = self._expected_marker, self._window
        begin = at - len(marker.rstrip(".)"))
        if begin <= self._start or not window[begin - 1].isspace() or not window.startswith(marker[:-1], begin):
            return False
        end = begin + len(marker)
        if end >= len(window) and not final:
            return None
        if not window.startswith(marker, begin) or not (window[end : end + 1] or " ").isspace() or self._nesting:
            return False
        self._cut_before(begin)
        return True

    def _read_list_sign(self, at: int, sign: str, *, final: bool) -> bool:
        if sign == ")":
            is_marker = self._stands_expected(at, final=final)
            if is_marker is None:
                return False
            self._position = self._position if is_marker else at + 1
            return True
        before = self._window[max(self._start, at - rules.LOOKBEHIND) : at]
        if sign == self._expected_marker and before[-1:].isspace() and not self._nesting:
            self._cut_before(at)
            return True
        if before.rstrip()[-1:] == ":":
            self._expected_marker = sign
        self._position = at + 1
        return True

    def _cut_before(self, marker_at: int) -> None:
        end = self._text_end_before(marker_at)
        self._cut(end)
        self._expected_marker = ""
        self._position = end
        self._phase = _SEGMENT_START

    def _read_segment_start(self, *, final: bool) -> bool:
        found = read_marker(self._window, self._position, final=final)
        if found is None:
            return False
        self._position, marker = found
        self._expected_marker = following_marker(marker)
        self._phase = _TEXT
        return True

    # Lines.

    def _read_line_end(self, at: int) -> None:
        self._line_end = self._text_end_before(at)
        self._position = at + 1
        self._phase = _LINE_START

    def _read_whole_line(self) -> bool:
        if not self._find_sign():
            return False
        at = self._position
        self._cut(at)
        self._position = at + 1
        self._phase = _LINE_START
        return True

    def _read_line_start(self, *, final: bool) -> bool:
        at = self._position
        window = self._window
        if at and window[at - 1] == "\r" and window[at : at + 1] in {"", "\n"}:
            if at == len(window):
                return False
            at += 1
        if self._fence is not None:
            return self._read_fence_line(at, self._fence, final=final)
        if at >= len(window):
            return False
        line = read_line_start(window, at, self._quotes, final=final)
        if line is None:
            return False
        if line.is_block or line.kind is LineKind.BLANK:
            self._end_paragraph()
        if line.kind is LineKind.PENDING:
            return False
        self._begin_line(line)
        return True

    def _end_paragraph(self) -> None:
        if self._line_end is not None:
            self._cut(self._line_end)
            self._line_end = None
        self._forget_inline()
        self._double_quote_open = False

    def _begin_line(self, line: LineStart) -> None:
        is_soft_wrap = self._line_end is not None
        self._line_end = None
        self._quotes = line.quotes
        self._position = line.content
        if line.kind is LineKind.BLANK:
            self._begin_next_line()
        elif line.kind is LineKind.ITEM:
            self._expected_marker = following_marker(line.marker)
            self._phase = _TEXT
        elif line.kind is LineKind.TEXT:
            self._phase = _TEXT if is_soft_wrap else _SEGMENT_START
        else:
            self._fence = line.fence
            self._phase = _WHOLE_LINE

    def _begin_next_line(self) -> None:
        found = _IN_WHOLE_LINE.search(self._window, self._position)
        self._position = found.end() if found else len(self._window)
        self._phase = _LINE_START

    def _read_fence_line(self, at: int, fence: Fence, *, final: bool) -> bool:
        if at == len(self._window):
            return False
        kind = read_fence_line(self._window, at, fence, final=final)
        if kind is None:
            return False
        self._position = at
        if kind is FenceLine.BLANK:
            self._begin_next_line()
            return True
        if kind in (FenceLine.CLOSE, FenceLine.LEFT):
            self._fence = None
        self._phase = _LINE_START if kind is FenceLine.LEFT else _WHOLE_LINE
        return True
