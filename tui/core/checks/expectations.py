"""Expectations about a run as people write them: `ttft<2s`, `outcome==completed`, `json.valid`.

    EXPECTATION = NAME OPERATOR VALUE | NAME
    OPERATOR    = < <= > >= == != ~ !~        (= is ==; ~ finds a pattern in a text)
    VALUE       = a number with a unit (s ms us min, % , k M, B kB MB), or a word

Names are those of `run_questions`. A number that the run does not define (no times, too short) meets nothing.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from tui.core.checks.run_questions import ALIASES, QUESTIONS, Question, find_question
from tui.core.derived_run import DerivedRun
from tui.errors import UsageError

_TIMES_ARE_FINER_S: Final = 5e-7  # than a capture keeps them, so numbers closer than that are equal


def _is_equal(found: Any, value: Any) -> bool:
    if isinstance(found, float) and isinstance(value, float):
        return math.isclose(found, value, rel_tol=1e-9, abs_tol=_TIMES_ARE_FINER_S)
    return bool(found == value)


_SHAPE: Final = re.compile(r"\s*([A-Za-z][\w./]*)\s*(?:(<=|>=|==|!=|!~|<|>|=|~)\s*(.*?))?\s*", re.DOTALL)
_NUMBER: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(\S*)")
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": _is_equal,
    "!=": lambda found, value: not _is_equal(found, value),
    "~": lambda text, pattern: pattern.search(text) is not None,
    "!~": lambda text, pattern: pattern.search(text) is None,
}
_UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "s": {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0, "": 1.0},
    "bytes": {"B": 1.0, "kB": 1e3, "MB": 1e6, "": 1.0},
    "": {"": 1.0, "k": 1e3, "M": 1e6, "%": 0.01},
}
_ORDERED: Final = ("<", "<=", ">", ">=")
_PATTERNS: Final = ("~", "!~")
_EXAMPLES: Final = "ttft<2s, max_gap<1s, outcome==completed, json.valid"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run meets an expectation; `found` is what it has instead, `where` the frame that shows it."""

    expectation: str
    holds: bool
    found: str
    where: str

    @property
    def line(self) -> str:
        """`FAIL  max_gap<1s  found 1.3040 s: frame 63 came ...`; what holds is said without its place."""
        where = f": {self.where}" if self.where and not self.holds else ""
        return f"{'ok  ' if self.holds else 'FAIL'}  {self.expectation}  found {self.found}{where}"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation, read from its text."""

    text: str
    question: Question
    comparison: str
    value: Any

    def judge(self, run: DerivedRun) -> Verdict:
        """Whether a run that ended meets it."""
        answer = self.question.ask(run)
        if answer.value is None:
            return Verdict(self.text, holds=False, found=answer.text, where=answer.where)
        found = answer.value.lower() if isinstance(answer.value, str) and self._is_word else answer.value
        return Verdict(self.text, _COMPARE[self.comparison](found, self.value), answer.text, answer.where)

    @property
    def _is_word(self) -> bool:
        """Words compare without regard to case; the text of the answer does not."""
        return self.question.name != "content" and self.comparison not in _PATTERNS


def parse_expectation(text: str) -> Expectation:
    """The expectation that a text states. Raises UsageError with what was expected instead."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise UsageError(f"no expectation: {text!r}; expected NAME OPERATOR VALUE, as {_EXAMPLES}")
    name, comparison, value = match.groups()
    question = find_question(name)
    if question is None:
        raise UsageError(f"{text!r}: there is no {name!r} to expect something of; {_near(name)}")
    if comparison is None:
        if question.kind is not bool:
            raise UsageError(f"{text!r}: {name} needs a comparison, such as {_example(question)}")
        return Expectation(text.strip(), question, "==", value=True)
    comparison = {"=": "=="}.get(comparison, comparison)
    return Expectation(text.strip(), question, comparison, _value(text, question, comparison, value))


def _value(text: str, question: Question, comparison: str, value: str) -> Any:
    if not value:
        raise UsageError(f"{text!r}: a value is missing behind {comparison}")
    if question.kind is float:
        if comparison in _PATTERNS:
            raise UsageError(f"{text!r}: {question.name} is a number, which {comparison} cannot look into")
        return _number(text, question, value)
    if comparison in _ORDERED:
        raise UsageError(f"{text!r}: {question.name} is no number; it can be == or != something")
    if question.kind is bool:
        if comparison in _PATTERNS or value.lower() not in ("true", "false", "yes", "no"):
            raise UsageError(f"{text!r}: {question.name} holds or not: {question.name} alone, or ==no")
        return value.lower() in ("true", "yes")
    return _word(text, question, comparison, value)


def _number(text: str, question: Question, value: str) -> float:
    match, units = _NUMBER.fullmatch(value), _UNITS[question.unit]
    if match is None:
        raise UsageError(f"{text!r}: expected a number behind the comparison, found {value!r}")
    factor = units.get(match[2])
    if factor is None:
        known = ", ".join(unit for unit in units if unit)
        raise UsageError(f"{text!r}: {match[2]!r} is no unit of {question.name}; there are {known}")
    return float(match[1]) * factor


def _word(text: str, question: Question, comparison: str, value: str) -> Any:
    value = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    if comparison in _PATTERNS:
        try:
            return re.compile(value)
        except re.error as error:
            raise UsageError(f"{text!r}: {value!r} is no pattern ({error})") from error
    return value if question.name == "content" else value.lower()


def _near(name: str) -> str:
    known = [*QUESTIONS, *ALIASES]
    close = get_close_matches(name, known, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(known)}"


def _example(question: Question) -> str:
    if question.kind is str:
        return f"{question.name}==completed" if question.name == "outcome" else f"{question.name}==WORD"
    return f"{question.name}<2{question.unit if question.unit == 's' else ''}"
