"""Searches a growing styled text: its own characters only, not the marks that are drawn in it. Pure: no Textual."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

from tui.panes.search_marks import MATCH, MOST_MATCHES, NOW, FindPlace, needle_pattern
from tui.panes.styled_text import StyledText

_AT_ONCE = 65536  # drawn characters a step; a million tokens take some sixty steps


class TextSearch:
    """All places of a needle, as offsets of what is drawn; a place may have marks within it."""

    def __init__(self, text: StyledText, needle: str) -> None:
        self._text = text
        self.needle = needle
        self._pattern = needle_pattern(needle)
        self._starts = array("Q")
        self._ends = array("Q")
        self._upto = 0
        self._carry = ""  # the end of what was searched, in which a place may begin
        self._carry_places: list[tuple[int, int]] = []  # (offset in it, offset drawn) where drawn offsets jump
        self.shown = -1

    @property
    def place(self) -> FindPlace:
        """Where the search stands."""
        return FindPlace(self.shown + 1, len(self._starts), not self._has_more)

    def look_on(self) -> int | None:
        """Searches the next part; gives the drawn offset of the first place that it found."""
        if not self._has_more or self._is_full:
            return None
        end = min(self._text.wrapped.length, self._upto + _AT_ONCE)
        plain, places = self._carry, self._carry_places
        for offset, piece in self._text.unmarked(self._upto, end):
            places.append((len(plain), offset))
            plain += piece
        self._upto = end
        known = len(self._starts)
        searched = self._take(plain, places)
        self._keep(plain, places, searched)
        return self._starts[known] if len(self._starts) > known else None

    def step(self, step: int, offset: int) -> int | None:
        """Goes on to a place, round the end; gives where it begins. `offset` is where the reader is."""
        count = len(self._starts)
        if not count:
            return None
        if self.shown < 0 or not step:
            after = bisect_left(self._starts, offset)
            self.shown = (after if step >= 0 else after - 1) % count
        else:
            self.shown = (self.shown + step) % count
        return self._starts[self.shown]

    def ranges(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """(from, to, style) of the places that touch a stretch of what is drawn."""
        index = bisect_right(self._ends, start)
        found: list[tuple[int, int, str]] = []
        while index < len(self._starts) and self._starts[index] < end:
            found.append((self._starts[index], self._ends[index], NOW if index == self.shown else MATCH))
            index += 1
        return found

    @property
    def _is_full(self) -> bool:
        return len(self._starts) >= MOST_MATCHES

    @property
    def _has_more(self) -> bool:
        return self._upto < self._text.wrapped.length

    def _take(self, plain: str, places: list[tuple[int, int]]) -> int:
        """Notes the places in a text; gives up to where no further one can begin."""
        searched = max(0, len(plain) - len(self.needle) + 1)
        for match in self._pattern.finditer(plain):
            if self._is_full:
                break
            self._starts.append(_drawn(places, match.start()))
            self._ends.append(_drawn(places, match.end() - 1) + 1)
            searched = max(searched, match.end())
        return searched

    def _keep(self, plain: str, places: list[tuple[int, int]], searched: int) -> None:
        """Keeps the rest of a text for the next look."""
        if searched >= len(plain):
            self._carry, self._carry_places = "", []
            return
        first = bisect_right(places, searched, key=lambda place: place[0]) - 1
        begun = (0, places[first][1] + searched - places[first][0])
        self._carry = plain[searched:]
        self._carry_places = [begun, *((at - searched, drawn) for at, drawn in places[first + 1 :])]


def _drawn(places: list[tuple[int, int]], at: int) -> int:
    """Where a character of the searched text is drawn."""
    begun, drawn = places[bisect_right(places, at, key=lambda place: place[0]) - 1]
    return drawn + at - begun
