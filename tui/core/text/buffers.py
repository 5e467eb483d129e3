"""Text buffers: what arrives in pieces leaves in words, sentences, lines, paragraphs, Markdown blocks or as it came.

The rules of words and lines are here; those of blocks are in `markdown_blocks`, of sentences in `sentence_scanner`,
of a user's pattern in `regex_buffer`. No clocks and no chunk numbers: `segment_log` adds them.

Laws of every unit buffer: the segments joined are the text (LOSSLESS), no chunking changes them (INVARIANT, all but
RawBuffer), each leaves as soon as it is certain (EAGER), a chunk costs the same however much text came before and
only the unfinished segment is kept (LINEAR), and no text raises (TOTAL). A segment that reaches the cap is cut there,
counted from its own start, so that the laws hold for endless lines as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from tui.core.text.markdown_blocks import MarkdownLines, ParagraphLines
from tui.core.text.sentence_scanner import SentenceScanner
from tui.errors import UsageError

SEGMENT_CAP = 65536
"""Code points after which a segment is cut, finished or not."""

# Unicode White_Space without the no-break spaces; neither str.split() nor \s is this rule.
_SEPARATORS = (
    "\t\n\v\f\r \x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
)
_split_words = re.compile(f"[{_SEPARATORS}]*[^{_SEPARATORS}]+|[{_SEPARATORS}]+").findall
_split_lines = re.compile(r"[^\r\n]*+(?:\n|\r\n?)|[^\r\n]+").findall
# Parts of one segment before they are joined: bounds what many tiny chunks cost in memory.
_PARTS_LIMIT = 256
# Code points at the start of a line that tell what it begins: a longer line is judged by these.
_LINE_HEAD = 4096


class StreamBuffer:
    """Collects the text of a stream and its end; the base of the unit buffers.

    `append` keeps all text: `content` and `chunk_count` tell of it. `add` and `flush` are the other way in: `add`
    gives the segments that a text completes, `flush` what is left at the end of the text, and a unit buffer then
    keeps the unfinished segment only. This class has no unit, so its one segment is the whole text, at the flush.
    `remarks` are sentences about something odd, for people.
    """

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self.chunk_count = 0
        self.is_complete = False
        self.error: str | None = None
        self._kept: list[str] = []
        self._parts: list[str] = []

    def append(self, chunk_text: str) -> None:
        """Keeps a chunk of the content, an empty one too."""
        self._kept.append(chunk_text)
        self.chunk_count += 1

    def mark_complete(self) -> None:
        """States that the stream ended as it should."""
        self.is_complete = True

    def mark_error(self, error: str) -> None:
        """States why the stream ended early; the content stays."""
        self.error = error

    @property
    def content(self) -> str:
        """All text that was appended; joining costs its length once after each change."""
        if len(self._kept) > 1:
            self._kept = ["".join(self._kept)]
        return self._kept[0] if self._kept else ""

    def add(self, text: str) -> list[str]:
        """The segments that this text completes, in order, none of them empty."""
        if text:
            self._parts.append(text)
        return []

    def flush(self) -> list[str]:
        """What is left, as the last segments; the buffer is then as new."""
        rest = "".join(self._parts)
        self._parts.clear()
        return [rest] if rest else []


def _checked(cap: int) -> int:
    if cap < 1:
        raise UsageError(f"the cap of a segment must be at least 1 code point, not {cap}")
    return cap


class _CappedBuffer(StreamBuffer):
    """Base of the buffers with a cap: feeds `_take` so that the held text passes the cap at no moment.

    A subclass counts the code points it holds in `_held`, cuts text in `_take`, and gives all it holds in `_cut`.
    """

    def __init__(self, cap: int = SEGMENT_CAP) -> None:
        super().__init__()
        self._cap = _checked(cap)
        self._held = 0

    def add(self, text: str) -> list[str]:
        """The segments that this text completes, in order, none of them empty."""
        if self._held + len(text) < self._cap:
            return self._take(text)
        released: list[str] = []
        start = 0
        while start < len(text):
            # A portion ends where the cap would be: the cut is made there or, thanks to a boundary, not needed.
            portion = text[start : start + self._cap - self._held]
            start += len(portion)
            released += self._take(portion)
            if self._held >= self._cap:
                released += self._cut()
        return released

    def flush(self) -> list[str]:
        """The unfinished segment, if any; the buffer is then as new."""
        return self._cut()

    def _take(self, text: str) -> list[str]:
        raise NotImplementedError

    def _cut(self) -> list[str]:
        rest = "".join(self._parts)
        self._parts.clear()
        self._held = 0
        return [rest] if rest else []

    def _hold(self, text: str) -> None:
        self._held += len(text)
        self._parts.append(text)
        if len(self._parts) > _PARTS_LIMIT:
            self._parts = ["".join(self._parts)]


class WordBuffer(_CappedBuffer):
    """Words with the white space before them; a word is out at the first separator after it.

    White space at the end of the text is a last segment of its own.
    """

    def __init__(self, cap: int = SEGMENT_CAP) -> None:
        super().__init__(cap)
        self._is_in_word = False

    def _take(self, text: str) -> list[str]:
        pieces: list[str] = _split_words(text)
        if not pieces:
            return pieces
        released: list[str] = []
        if self._is_in_word and pieces[0][0] in _SEPARATORS:
            released = super()._cut()
        last = pieces.pop()
        if pieces:
            self._parts.append(pieces[0])
            pieces[0] = "".join(self._parts)
            self._parts.clear()
            self._held = 0
            released += pieces
        self._hold(last)
        self._is_in_word = last[-1] not in _SEPARATORS
        return released

    def _cut(self) -> list[str]:
        self._is_in_word = False
        return super()._cut()


class LineBuffer(_CappedBuffer):
    r"""Lines with their break: `\n`, `\r\n` or a lone `\r`, and nothing else.

    A `\r` waits for one code point more, or for the flush. The last line may have no break.
    """

    def __init__(self, cap: int = SEGMENT_CAP) -> None:
        super().__init__(cap)
        # The text ended with a carriage return: it is counted as held but is in no part.
        self._has_return = False

    def _take(self, text: str) -> list[str]:
        if not self._has_return and "\n" not in text and "\r" not in text:
            if text:
                self._hold(text)
            return []
        return self._take_lines(self._with_return(text)) if text else []

    def _with_return(self, text: str) -> str:
        """The text with the waiting return before it and without the one that must wait now."""
        if self._has_return:
            text = "\r" + text
            self._held -= 1
        self._has_return = text[-1] == "\r"
        if self._has_return:
            self._held += 1
            return text[:-1]
        return text

    def _take_lines(self, text: str) -> list[str]:
        lines: list[str] = _split_lines(text)
        rest = lines.pop() if lines and lines[-1][-1] not in "\r\n" else ""
        if lines:
            self._parts.append(lines[0])
            lines[0] = "".join(self._parts)
            self._parts.clear()
            self._held = int(self._has_return)
        if rest:
            self._hold(rest)
        return lines

    def _cut(self) -> list[str]:
        if self._has_return:
            self._parts.append("\r")
            self._has_return = False
        return super()._cut()


class LineRules(Protocol):
    """Tells where blocks of lines begin."""

    @property
    def awaits_text(self) -> bool:
        """Whether the next line that is not blank begins a block, whatever it is."""

    def take(self, line: str) -> int:
        """How many lines, this one included, are in a block that begins: 0 for none, 2 if the line before began it."""


class _BlockBuffer(LineBuffer):
    """Base of the buffers whose segments are blocks of lines, each up to and with its blank lines.

    A block is out when the line after it is known to begin another: at that line's end, or at its first character
    that is not blank where any line would do.
    """

    def __init__(self, rules: Callable[[], LineRules], cap: int = SEGMENT_CAP) -> None:
        super().__init__(cap)
        self._make_rules = rules
        self._rules = rules()
        # `_parts` is the unfinished line, `_block` the lines before it, `_head` what the cap took of this line.
        self._block: list[str] = []
        self._head = ""
        self._awaits_text = False

    def _take(self, text: str) -> list[str]:
        if self._awaits_text or self._has_return or "\n" in text or "\r" in text:
            return self._take_lines(self._with_return(text)) if text else []
        if text:
            self._hold(text)
        return []

    def _take_lines(self, text: str) -> list[str]:
        released: list[str] = []
        for line in _split_lines(text):
            self._hold(line)
            if line[-1] in "\r\n":
                self._end_line(released)
            elif self._awaits_text and line.strip(" \t"):
                self._release(len(self._block), released)
                self._awaits_text = False
        return released

    def _end_line(self, released: list[str]) -> None:
        line = "".join(self._parts)
        self._parts.clear()
        begun = self._rules.take((self._head + line)[:_LINE_HEAD])
        if begun:
            self._release(len(self._block) + 1 - begun, released)
        self._block.append(line)
        self._head = ""
        self._awaits_text = self._rules.awaits_text

    def _release(self, line_count: int, released: list[str]) -> None:
        """Gives the first lines of the block; none are left where the cap was faster."""
        if line_count > 0:
            segment = "".join(self._block[:line_count])
            del self._block[:line_count]
            self._held -= len(segment)
            released.append(segment)

    def _cut(self) -> list[str]:
        if len(self._head) < _LINE_HEAD:
            self._head = (self._head + "".join(self._parts) + "\r" * self._has_return)[:_LINE_HEAD]
        self._parts = [*self._block, *self._parts]
        self._block.clear()
        return super()._cut()

    def flush(self) -> list[str]:
        """The blocks that are left: two if the last line, now complete, begins one; the buffer is then as new."""
        released: list[str] = []
        if self._has_return:
            self._parts.append("\r")
            self._has_return = False
        if self._parts:
            self._end_line(released)
        released += self._cut()
        self._rules = self._make_rules()
        self._head = ""
        self._awaits_text = False
        return released


class ParagraphBuffer(_BlockBuffer):
    """Paragraphs up to and with the run of blank lines after them; blank lines in fenced code end none."""

    def __init__(self, cap: int = SEGMENT_CAP) -> None:
        super().__init__(ParagraphLines, cap)


class MarkdownBuffer(_BlockBuffer):
    """Top-level Markdown blocks (CommonMark 0.31 and tables, no HTML blocks), each with the blank lines after it.

    Lists, quotes, fenced code and tables are whole. A table's first line is known only at the line below it.
    """

    def __init__(self, cap: int = SEGMENT_CAP) -> None:
        super().__init__(MarkdownLines, cap)


class SentenceBuffer(StreamBuffer):
    """Sentences by the rules of `sentence_scanner`, with the white space before them."""

    def __init__(self, cap: int = SEGMENT_CAP) -> None:
        super().__init__()
        self._scanner = SentenceScanner(cap=_checked(cap))

    def add(self, text: str) -> list[str]:
        """The sentences that this text makes certain, in order."""
        return self._scanner.add(text) if text else []

    def flush(self) -> list[str]:
        """The sentences that are left."""
        return self._scanner.flush()


class RawBuffer(StreamBuffer):
    """Each chunk as it came, at once; an empty chunk gives nothing. Holds no text."""

    def add(self, text: str) -> list[str]:
        """The chunk itself."""
        return [text] if text else []


_UNIT_BUFFERS: dict[str, Callable[[int], StreamBuffer]] = {
    "word": WordBuffer,
    "sentence": SentenceBuffer,
    "line": LineBuffer,
    "paragraph": ParagraphBuffer,
    "markdown": MarkdownBuffer,
}
BUFFER_MODES: tuple[str, ...] = ("raw", *_UNIT_BUFFERS, "regex")


def make_buffer(mode: str, *, pattern: str | None = None, cap: int = SEGMENT_CAP) -> StreamBuffer:
    """A buffer of one of `BUFFER_MODES`; `cap` is in code points and means nothing to "raw".

    Raises UsageError for another mode, for "regex" without a `pattern` or with one that is wrong (names the
    position), and for a cap under 1.
    """
    if mode in _UNIT_BUFFERS:
        return _UNIT_BUFFERS[mode](cap)
    if mode == "raw":
        return RawBuffer()
    if mode != "regex":
        raise UsageError(f"no buffer mode {mode!r}; there are {', '.join(BUFFER_MODES)}")
    if not pattern:
        raise UsageError("the buffer mode regex needs a pattern, which finds what separates two segments")
    from tui.core.text.regex_buffer import RegexBuffer  # noqa: PLC0415  only this mode may load the regex library

    return RegexBuffer(pattern, cap)
