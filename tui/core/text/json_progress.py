"""Whether a growing text is exactly one JSON value yet, and where and why it no longer can be.

For the arguments of tool calls: fed with each frame, it tells at which frame they became valid. No value is built.
"""

from __future__ import annotations

from tui.core.text.json_automaton import COMPLETE, OPEN, JSONAutomaton

_WHITESPACE = " \t\n\r"


class JSONProgress:
    """Judges the whole text fed so far; unlike in running text, the value may be a scalar (RFC 8259 section 2).

    Attributes: `length` is how many code points came; `error` is None, or a sentence once nothing can make the text
    valid any more, and `error_at` then the offset of the code point that cannot be. No text raises; cost is linear.
    """

    def __init__(self) -> None:
        self.length = 0
        self.error: str | None = None
        self.error_at: int | None = None
        self._automaton = JSONAutomaton()

    @property
    def is_valid(self) -> bool:
        """Whether the text so far is exactly one value; more text can end that (`12` and then `3 4`)."""
        return self.error is None and self._automaton.is_complete_so_far

    @property
    def is_inside_number(self) -> bool:
        """Whether the text so far ends in a number, which more digits would change."""
        return self.error is None and self._automaton.is_in_number

    @property
    def is_inside_escape(self) -> bool:
        """Whether the text so far ends within an escape of a string."""
        return self.error is None and self._automaton.is_in_escape

    def add(self, text: str) -> None:
        """Takes the next piece; after an error it only counts."""
        if self.error is None:
            self._read(text)
        self.length += len(text)

    def describe(self) -> str:
        """Where the text stands, as "ended inside a string at char 57"; chars are offsets in code points."""
        if self.error is not None:
            return f"{self.error} at char {self.error_at}"
        if self.is_valid:
            return "one complete JSON value"
        if self._automaton.is_untouched:
            return f"no value by char {self.length}" if self.length else "no text yet"
        return f"ended {self._automaton.expectation[0]} at char {self.length}"

    def _read(self, text: str) -> None:
        automaton = self._automaton
        after = 0
        if automaton.verdict is OPEN:
            reached = automaton.feed(text, 0, self.length)
            automaton.closed.clear()  # nobody asks where a container ended
            if reached >= 0:
                return
            after = ~reached
        if automaton.verdict is COMPLETE:
            after = len(text) - len(text[after:].lstrip(_WHITESPACE))
        if after < len(text):
            self._fail(text[after], self.length + after)

    def _fail(self, char: str, at: int) -> None:
        place, expected = self._automaton.expectation
        self.error = f"unexpected {char!a} {place}, expected {expected}"
        self.error_at = at
