"""What a search is for, and how its places are marked in rows. Pure: no Textual."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from tui.panes.line_view import Span

MATCH, NOW = "find--match", "find--now"
MOST_MATCHES = 10_000


class FindPlace(NamedTuple):
    """Where a search stands: the place that is shown (from 1; 0 for none), how many were found, whether that is all.

    It is not all while it still looks, and when there are more than it counts.
    """

    shown: int
    found: int
    is_all: bool

    @property
    def words(self) -> str:
        """`3 of 17`; a `+` where there are more."""
        return f"{self.shown} of {self.found}{'' if self.is_all else '+'}"


class Findable(Protocol):
    """A pane in which can be searched."""

    def find(self, needle: str) -> None:
        """Begins a search; an empty needle ends it and takes its marks away."""

    def find_more(self) -> FindPlace | None:
        """Looks on for a moment, and tells where the search stands; None without one."""

    def find_step(self, step: int) -> None:
        """Shows the next place (1), the one before (-1), or the first from where the reader is (0)."""


def needle_pattern(needle: str) -> re.Pattern[str]:
    """Finds a text as it is; without a capital letter in it, in whichever case."""
    return re.compile(re.escape(needle), 0 if needle != needle.lower() else re.IGNORECASE)


def marked_spans(spans: list[Span], ranges: list[tuple[int, int, str]]) -> list[Span]:
    """The spans with a style laid over each range (from, to, style) of their joined text; ranges are in order."""
    marked: list[Span] = []
    offset = 0
    for span in spans:
        at, end = offset, offset + len(span.text)
        for low, high, style in ranges:
            if high <= at or low >= end:
                continue
            if low > at:
                marked.append(Span(span.text[at - offset : low - offset], span.style))
                at = low
            upto = min(high, end)
            marked.append(Span(span.text[at - offset : upto - offset], style))
            at = upto
        if at < end:
            marked.append(Span(span.text[at - offset :], span.style))
        offset = end
    return marked


def found_ranges(spans: list[Span], pattern: re.Pattern[str], style: str) -> list[tuple[int, int, str]]:
    """Where a pattern stands in the joined text of spans, each with a style."""
    text = "".join(span.text for span in spans)
    return [(*match.span(), style) for match in pattern.finditer(text) if match.end() > match.start()]
