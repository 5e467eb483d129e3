"""A user's own pattern with a time-out: one that runs away is stopped, not waited for.

The only module that loads the `regex` library, for its time-out; it is imported where a pattern is asked for.
"""

from __future__ import annotations

import regex

from tui.errors import UsageError

TIME_OUT_S = 0.05
"""How long a pattern may take on one line, or one row."""
_PATTERN_LIMIT = 1000


class GuardedPattern:
    """A compiled pattern. Raises UsageError for a wrong one, with its position."""

    def __init__(self, pattern: str, *, ignores_case: bool = False) -> None:
        if len(pattern) > _PATTERN_LIMIT:
            raise UsageError(f"the pattern has {len(pattern)} characters; the limit is {_PATTERN_LIMIT}")
        try:
            self._compiled: regex.Pattern[str] = regex.compile(pattern, regex.IGNORECASE if ignores_case else 0)
        except regex.error as error:
            place = "" if error.pos is None else f" at position {error.pos}"
            raise UsageError(f"the pattern is wrong{place}: {error.msg}") from error
        except (RecursionError, OverflowError, MemoryError) as error:
            raise UsageError("the pattern is too deep or too large to compile") from error

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it matches, matches of zero length too. Raises TimeoutError when it runs away."""
        return [match.span() for match in self._compiled.finditer(text, timeout=TIME_OUT_S)]

    def is_in(self, text: str) -> bool:
        """Whether it matches anywhere. Raises TimeoutError when it runs away."""
        return self._compiled.search(text, timeout=TIME_OUT_S) is not None
