"""Two runs side by side: do they say the same, where do they part, which falls behind where. Pure.

Times are compared at equal offsets of the text, each on its own clock from its own request on (from its first text
where the request is not known), so that answers over different transports or models can be laid over one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tui.core.checks.lag_walk import NOTICED_S, QUOTED, FallingBehind, LagWalk, origin_of
from tui.core.derived_run import DerivedRun
from tui.core.metric_text import NOT_DEFINED, exact
from tui.core.run_facts import Metric

COMPARED_KEYS: Final = (
    "ttfb_s",
    "ttft_s",
    "ttfo_s",
    "e2e_s",
    "tokens_per_s",
    "gap_p50_s",
    "gap_p99_s",
    "gap_max_s",
    "stalls",
    "tokens",
    "frames_per_read",
)
_NOTICED_SHARE: Final = 0.005
_PIECES: Final = 4096


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two texts stop being the same: an offset in code points, and in each run a frame and what comes there."""

    offset: int
    frames: tuple[int | None, int | None]
    texts: tuple[str, str]


@dataclass(frozen=True, slots=True)
class RunDiff:
    """What two runs have in common and what not.

    `words` are (name, first, second) of what is said in words; `numbers` (name, first, second, change) as written.
    `lag_s` is how much later the second run is at the end of the common text, None where there are no times.
    """

    words: tuple[tuple[str, str, str], ...]
    numbers: tuple[tuple[str, str, str, str], ...]
    parting: Parting | None
    common_length: int
    places: tuple[FallingBehind, ...]
    lag_s: float | None

    @property
    def is_same(self) -> bool:
        """Whether both say the same in the same way; times do not count."""
        return self.parting is None and all(first == second for _, first, second in self.words)


def diff_runs(first: DerivedRun, second: DerivedRun) -> RunDiff:
    """The differences of two runs that ended."""
    parting, common = parting_of(first, second)
    walk = LagWalk(first, second, common)
    while not walk.advance(_PIECES):
        pass
    return RunDiff(
        words=tuple(_words(first, second)),
        numbers=tuple(_numbers(first, second)),
        parting=parting,
        common_length=common,
        places=walk.places,
        lag_s=walk.lag_s,
    )


def _words(first: DerivedRun, second: DerivedRun) -> Iterator[tuple[str, str, str]]:
    told = [_told(first), _told(second)]
    for name in told[0]:
        yield name, told[0][name], told[1][name]


def _told(run: DerivedRun) -> dict[str, str]:
    result = run.result
    if result is None:
        return {}
    calls = [f"{call.name}({call.arguments})" for call in result.tool_calls]
    return {
        "outcome": str(result.outcome),
        "problem": result.problem.kind if result.problem else "none",
        "finish reason": result.finish_reason or "none",
        "tool calls": ", ".join(calls) or "none",
        "reasoning": f"{len(result.reasoning)} characters" if result.reasoning else "none",
    }


def _numbers(first: DerivedRun, second: DerivedRun) -> Iterator[tuple[str, str, str, str]]:
    told = [{metric.key: metric for metric in run.stats.metrics()} for run in (first, second)]
    for key in COMPARED_KEYS:
        one, other = told[0][key], told[1][key]
        yield one.name, exact(one), exact(other), _change(one, other)


def _change(one: Metric, other: Metric) -> str:
    if one.value is None or other.value is None:
        return ""
    step = other.value - one.value
    share = f" ({step / one.value * 100:+.0f} %)" if one.value and abs(step / one.value) >= _NOTICED_SHARE else ""
    text = exact(replace(one, value=abs(step), is_estimate=False))
    return "" if step == 0 or text == NOT_DEFINED else f"{'+' if step > 0 else '-'}{text}{share}"


def _common_length(one: str, other: str) -> int:
    shortest = min(len(one), len(other))
    if one[:shortest] == other[:shortest]:
        return shortest
    low, high = 0, shortest  # the texts agree up to low and not up to high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def parting_of(first: DerivedRun, second: DerivedRun) -> tuple[Parting | None, int]:
    """Where two texts part, None for texts that are the same; and how many characters they begin with alike."""
    one, other = first.pipeline.content.text(), second.pipeline.content.text()
    common = _common_length(one, other)
    if one == other:
        return None, common
    quoted = one[common : common + QUOTED], other[common : common + QUOTED]
    return Parting(common, (_frame_at(first, common), _frame_at(second, common)), quoted), common


def _frame_at(run: DerivedRun, offset: int) -> int | None:
    content = run.pipeline.content
    return content.frame_of(content.chunk_at(offset)) if offset < content.length else None


def time_at(run: DerivedRun, offset: int) -> float:
    """When the character at an offset had come, since the request was sent or else since the first text."""
    content = run.pipeline.content
    return content.piece(content.chunk_at(offset))[1] - origin_of(run)


def diff_lines(diff: RunDiff, names: tuple[str, str] = ("A", "B")) -> list[str]:
    """The report: words that differ, numbers in columns, where the texts part, who falls behind where."""
    rows = [("", *names, "change"), *((*row, "") for row in diff.words if row[1] != row[2]), *diff.numbers]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [*lines, "", text_line(diff.parting, diff.common_length, names), *lag_lines(diff, names)]


def text_line(parting: Parting | None, common_length: int, names: tuple[str, str]) -> str:
    """Where the texts part, as a sentence."""
    if parting is None:
        return f"Same text, {common_length} characters."
    sides = zip(names, parting.texts, parting.frames, strict=True)
    said = [f'{name} has "{text}" (frame {frame})' if text else f"{name} ends there" for name, text, frame in sides]
    return f"The texts part at char {parting.offset}: {', '.join(said)}."


def lag_lines(diff: RunDiff, names: tuple[str, str]) -> list[str]:
    """Who falls behind where, and who is later at the end of the common text, as sentences."""
    if diff.lag_s is None:
        return ["Times cannot be compared: one of the two has none, or they have no text in common."]
    lines = place_lines(diff.places, names)
    later, behind = names[int(diff.lag_s > 0)], abs(diff.lag_s)
    end = f"{later} is {behind:.2f} s later" if behind > NOTICED_S else "Both are there at the same time"
    return [*lines, f"{end} at the end of the common text."]


def place_lines(places: Sequence[FallingBehind], names: tuple[str, str]) -> list[str]:
    """Who falls behind where, a sentence each."""
    return [
        f"{names[place.loser]} falls behind at char {place.offset} by {place.seconds:.2f} s "
        f'(frame {place.frame}, after "{place.after.strip()}").'
        for place in places
    ]


def diff_members(diff: RunDiff) -> dict[str, Any]:
    """The diff as JSON."""
    parting = diff.parting
    return {
        "same": diff.is_same,
        "words": {name: [first, second] for name, first, second in diff.words},
        "numbers": {name: [first, second, change] for name, first, second, change in diff.numbers},
        "common_length": diff.common_length,
        "parting": None
        if parting is None
        else {"char": parting.offset, "frames": parting.frames, "texts": parting.texts},
        "falling_behind": [
            {"run": "AB"[place.loser], "char": place.offset, "seconds": round(place.seconds, 6), "frame": place.frame}
            for place in diff.places
        ],
        "lag_s": diff.lag_s,
    }
