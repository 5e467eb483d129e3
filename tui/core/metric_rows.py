"""One number of a definition set as data: how it is named, computed, explained and anchored; and the usual kinds.

Rows are made once, at import; `metric_of` applies one to the facts of a run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tui.core.gap_series import ArrivalSeries
from tui.core.run_facts import Anchor, Metric, RunFacts

Value = Callable[[RunFacts], float | None]
Anchors = Callable[[RunFacts], tuple[Anchor, ...]]
Words = Callable[[RunFacts], str]
SeriesOf = Callable[[RunFacts], ArrivalSeries]

SECONDS: Final = "s"
RATE: Final = "tok/s"
LINEAR: Final = "linear between neighbours"


@dataclass(frozen=True, slots=True)
class Row:
    """How to make one `Metric`. `rests_on_tokens` marks a value that is an estimate where tokens are chunks."""

    key: str
    name: str
    unit: str
    formula: str
    value: Value
    anchors: Anchors
    source: Words
    rests_on_tokens: bool = False


def metric_of(row: Row, facts: RunFacts) -> Metric:
    """The number of a row for a run; without a value it has no anchors either."""
    value = row.value(facts)
    return Metric(
        key=row.key,
        name=row.name,
        value=value,
        unit=row.unit,
        formula=row.formula,
        anchors=() if value is None else row.anchors(facts),
        source=row.source(facts),
        is_estimate=value is not None and row.rests_on_tokens and not facts.has_usage,
    )


def moments(*names: str) -> Anchors:
    """Those of the named moments that are known."""
    return lambda facts: tuple(anchor for name in names if (anchor := facts.anchor(name)) is not None)


def words(text: str) -> Words:
    """The same words for every run."""
    return lambda _: text


def span(key: str, name: str, earlier: str, later: str, formula: str, *, source: str = "") -> Row:
    """The time between two moments."""
    return Row(key, name, SECONDS, formula, lambda f: f.between(earlier, later), moments(earlier, later), words(source))


def texts(facts: RunFacts) -> ArrivalSeries:
    """The gaps between pieces of generated text."""
    return facts.texts


def choices(facts: RunFacts) -> ArrivalSeries:
    """The gaps between events with a choice, empty ones too."""
    return facts.choices


def events(facts: RunFacts) -> ArrivalSeries:
    """The gaps between all events but the end mark."""
    return facts.events


def gap_mean(key: str, name: str, series: SeriesOf, formula: str, *, source: str = "") -> Row:
    """The mean of the gaps of a series."""
    return Row(key, name, SECONDS, formula, _timed(lambda f: series(f).mean_s), _ends(series), words(source))


def gap_quantile(key: str, name: str, series: SeriesOf, share: float, formula: str, *, source: str = "") -> Row:
    """A percentile of the gaps of a series."""
    value = _timed(lambda f: series(f).gaps.quantile(share))
    return Row(key, name, SECONDS, formula, value, _ends(series), words(source))


def gap_longest(key: str, name: str, series: SeriesOf, formula: str, *, source: str = "") -> Row:
    """The longest gap of a series, anchored to both of its sides."""
    value = _timed(lambda f: series(f).gaps.quantile(1.0))
    return Row(key, name, SECONDS, formula, value, _sides(series), words(source))


def gap_deviation(key: str, name: str, series: SeriesOf, formula: str, *, source: str = "") -> Row:
    """The population standard deviation of the gaps of a series."""
    return Row(key, name, SECONDS, formula, _timed(lambda f: series(f).gaps.deviation()), _ends(series), words(source))


def output_tokens(source: Words) -> Row:
    """N, the tokens of the answer."""
    formula = "Output tokens as the server's usage says, else the number of pieces of generated text (~)."
    return Row(
        "tokens", "output tokens", "tokens", formula, lambda f: f.output_tokens, moments(), source, rests_on_tokens=True
    )


def input_tokens(source: Words) -> Row:
    """The tokens of the prompt; never counted in chunks."""
    formula = "Prompt tokens as the server's usage says."
    return Row("input_tokens", "input tokens", "tokens", formula, lambda f: f.input_tokens, moments(), source)


def prefill_rate(name: str, formula: str, source: Words) -> Row:
    """Prompt tokens by the time to the first generated text; None without either."""

    def value(facts: RunFacts) -> float | None:
        elapsed = facts.between("t0", "t1")
        return facts.input_tokens / elapsed if elapsed and facts.input_tokens else None

    return Row("prefill_tokens_per_s", name, RATE, formula, value, moments("t0", "t1"), source)


def time_per_token(key: str, name: str, earlier: str, later: str, formula: str, *, skipped: int, source: str) -> Row:
    """A span shared out among the tokens but the first `skipped`; None without usage, since chunks are no tokens."""

    def value(facts: RunFacts) -> float | None:
        elapsed, tokens = facts.between(earlier, later), facts.output_tokens
        if elapsed is None or tokens is None or not facts.has_usage or tokens - skipped < 1:
            return None
        return elapsed / (tokens - skipped)

    return Row(key, name, SECONDS, formula, value, moments(earlier, later), token_source(source))


def token_rate(key: str, name: str, earlier: str, later: str, formula: str, *, skipped: int, source: str) -> Row:
    """The tokens but the first `skipped` a second; None without elapsed time."""

    def value(facts: RunFacts) -> float | None:
        elapsed, tokens = facts.between(earlier, later), facts.output_tokens
        if not elapsed or tokens is None or tokens - skipped < 1:
            return None
        return (tokens - skipped) / elapsed

    return Row(key, name, RATE, formula, value, moments(earlier, later), token_source(source), rests_on_tokens=True)


def token_source(whose: str) -> Words:
    """Whose definition, then where the tokens come from."""

    def say(facts: RunFacts) -> str:
        if not facts.has_usage:
            counted = "no usage on the wire, tokens counted in chunks (~)"
        elif facts.hidden_reasoning:
            counted = f"tokens from usage, {facts.hidden_reasoning} of them reasoning that was never streamed"
        else:
            counted = "tokens from usage"
        return f"{whose}; {counted}" if whose else counted

    return say


def _timed(value: Value) -> Value:
    """None for a capture without times."""
    return lambda facts: value(facts) if facts.has_times else None


def _ends(series: SeriesOf) -> Anchors:
    def anchors(facts: RunFacts) -> tuple[Anchor, ...]:
        found = series(facts)
        first, last = found.first, found.last
        return (Anchor("first of the series", *first), Anchor("last of the series", *last)) if first and last else ()

    return anchors


def _sides(series: SeriesOf) -> Anchors:
    def anchors(facts: RunFacts) -> tuple[Anchor, ...]:
        longest = series(facts).longest
        return (Anchor("before the gap", *longest[0]), Anchor("after the gap", *longest[1])) if longest else ()

    return anchors
