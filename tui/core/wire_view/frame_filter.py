r"""Filter words over the rows of the wire: `kind:tool gap>500ms "weather" /\d+/`, all of which must hold.

Parsing and judging only; who walks over the rows is `filtered_rows`. Numbers are judged before any text is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt
from typing import Final

from tui.core.wire_view.row_facts import PROBLEM, TRAP, RowFacts, facts_of
from tui.core.wire_view.wire_log import Entry, WireLog
from tui.errors import UsageError

HELP: Final = (
    'kind:tool  event:chunk  gap>500ms  size>1k  read:3  frame:7-9  trap  problem  text  "two words"  /regex/  -not'
)
_WORD: Final = re.compile(r'(-?)(?:"([^"]*)("?)|/((?:\\.|[^/\\])*)(/?)([a-z]*)|(\S+))', re.DOTALL)
_COMPARISON: Final = re.compile(r"(gap|size|at|read|frame)(>=|<=|>|<|=|:)(.*)", re.DOTALL)
_OPERATORS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": ge,
    "<=": le,
    ">": gt,
    "<": lt,
    "=": eq,
}
_SECONDS: Final = {"us": 1e-6, "ms": 1e-3, "": 1e-3, "s": 1.0}
_SECONDS_AT: Final = {**_SECONDS, "": 1.0}
_BYTES: Final = {"": 1.0, "b": 1.0, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6}
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)([a-z]*)")


class WireRow:
    """A row as a filter sees it; what costs something is made when it is asked for."""

    def __init__(self, log: WireLog, index: int) -> None:
        self.entry: Entry = log.entry(index)
        self._log = log
        self._facts: RowFacts | None = None

    @property
    def facts(self) -> RowFacts:
        """Kind, preview and marks."""
        if self._facts is None:
            self._facts = facts_of(self._log, self.entry)
        return self._facts

    @property
    def event(self) -> str:
        """The name of its event, empty without one."""
        decoder = self._log.run.decoder
        if self.entry.frame is None or decoder is None:
            return ""
        return decoder.frames[self.entry.frame].event or ""

    @property
    def text(self) -> str:
        """The bytes of the row as text."""
        return self._log.run.capture.bytes_between(self.entry.start, self.entry.end).decode("utf-8", "replace")

    @property
    def kinds_of_traps(self) -> list[str]:
        """The traps in it."""
        decoder = self._log.run.decoder
        return [] if self.entry.frame is None or decoder is None else decoder.traps_in(self.entry.frame)


Test = Callable[[WireRow], bool]


@dataclass(frozen=True, slots=True)
class FrameFilter:
    """The words of a filter as tests; no words let every row pass. `text` is what was typed."""

    text: str = ""
    tests: tuple[Test, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, text: str) -> FrameFilter:
        """The filter of a line of words. Raises UsageError with what was expected and what came."""
        found: list[tuple[int, Test]] = []
        at = 0
        stripped = text.strip()
        while at < len(stripped):
            match = _WORD.match(stripped, at)
            if match is None:  # a blank
                at += 1
                continue
            at = match.end()
            found.append(_test_of(match))
        found.sort(key=lambda pair: pair[0])
        return cls(stripped, tuple(test for _, test in found))

    @property
    def is_empty(self) -> bool:
        """Whether every row passes."""
        return not self.tests

    def matches(self, row: WireRow) -> bool:
        """Whether all words hold of a row."""
        return all(test(row) for test in self.tests)


def _test_of(match: re.Match[str]) -> tuple[int, Test]:
    """The test of one word, and how dear it is: 0 numbers, 1 facts, 2 texts."""
    minus, quoted, quote_end, pattern, slash, flags, word = match.groups()
    if quoted is not None:
        if not quote_end:
            raise UsageError(f'a quoted text ends with ", but this one does not: {match[0]}')
        cost, test = _text_test(quoted)
    elif pattern is not None:
        cost, test = _pattern_test(pattern, flags, has_end=bool(slash))
    else:
        cost, test = _word_test(word)
    return cost, (lambda row: not test(row)) if minus else test


def _word_test(word: str) -> tuple[int, Test]:
    if word == TRAP:
        return 1, lambda row: bool(row.kinds_of_traps)
    if word == PROBLEM:
        return 1, lambda row: row.facts.mark == PROBLEM
    if comparison := _COMPARISON.fullmatch(word):
        return 0, _comparison_test(*comparison.groups(), word=word)
    name, colon, value = word.partition(":")
    if colon and name in ("event", "kind"):
        return 1, _name_test(name, value)
    return _text_test(word)


def _name_test(name: str, value: str) -> Test:
    if not value:
        example = "event:chunk" if name == "event" else "kind:tool"
        raise UsageError(f"{name}: needs a name behind it, as {example}")
    wanted = value.lower().removesuffix("*")
    is_prefix = name == "kind" or value.endswith("*")

    def test(row: WireRow) -> bool:
        has = (row.event if name == "event" else row.facts.kind).lower()
        return has.startswith(wanted) if is_prefix else has == wanted

    return test


def _comparison_test(name: str, sign: str, value: str, *, word: str) -> Test:
    get = _VALUES[name]
    if sign in (":", "=") and "-" in value and name in ("read", "frame"):
        low, _, high = value.partition("-")
        first, last = _number(name, low, word), _number(name, high, word)
        return lambda row: (has := get(row)) is not None and first <= has <= last
    if sign == ":" and name not in ("read", "frame"):
        raise UsageError(f"{name} is compared with >, >=, <, <= or =, as {_EXAMPLES[name]}; this is {word}")
    limit = _number(name, value, word)
    compare: Callable[[float, float], bool] = _OPERATORS.get(sign, eq)
    return lambda row: (has := get(row)) is not None and compare(has, limit)


def _number(name: str, value: str, word: str) -> float:
    match = _NUMBER.fullmatch(value.lower())
    units = _UNITS.get(name, {"": 1.0})
    if match is None or match[2] not in units:
        raise UsageError(f"{name} needs a number, as {_EXAMPLES[name]}; this is {word}")
    return float(match[1]) * units[match[2]]


def _text_test(text: str) -> tuple[int, Test]:
    wanted = text.lower()
    return 2, lambda row: wanted in row.text.lower() or wanted in row.facts.preview.lower()


def _pattern_test(pattern: str, flags: str, *, has_end: bool) -> tuple[int, Test]:
    if not has_end:
        raise UsageError(f"a pattern ends with a slash, as /get_.*/, but this one does not: /{pattern}")
    if flags not in ("", "i"):
        raise UsageError(f"behind a pattern only i (any case) is known, not {flags}")
    from tui.core.text.guarded_pattern import TIME_OUT_S, GuardedPattern  # noqa: PLC0415  only a pattern loads regex

    guarded = GuardedPattern(pattern.replace("\\/", "/"), ignores_case=bool(flags))

    def test(row: WireRow) -> bool:
        try:
            return guarded.is_in(row.text)
        except TimeoutError:
            words = (
                f"the pattern took longer than {TIME_OUT_S * 1000:.0f} ms on row {row.entry.index}: write it simpler"
            )
            raise UsageError(words) from None

    return 2, test


_VALUES: Final[dict[str, Callable[[WireRow], float | None]]] = {
    "gap": lambda row: row.entry.gap_s,
    "size": lambda row: float(row.entry.size),
    "at": lambda row: row.entry.at,
    "read": lambda row: float(row.entry.read + 1),  # as the table counts them
    "frame": lambda row: None if row.entry.frame is None else float(row.entry.frame),
}
_UNITS: Final = {"gap": _SECONDS, "size": _BYTES, "at": _SECONDS_AT}
_EXAMPLES: Final = {"gap": "gap>500ms", "size": "size>1k", "at": "at>1.5s", "read": "read:3", "frame": "frame:7-9"}
