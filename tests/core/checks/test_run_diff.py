"""Two runs side by side: the same text at other times, texts that part, a run that falls behind."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tests.core.readers.test_log_readers import BODY, records_of
from tui.core.checks.run_diff import diff_lines, diff_members, diff_runs
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

WORDS = [f"word{index} " for index in range(20)]


def made(
    words: list[str], *, late_from: int = 99, late_ms: float = 0, outcome: Outcome = Outcome.COMPLETED
) -> DerivedRun:
    pieces = [
        (300.0 + 20 * index + (late_ms if index >= late_from else 0), delta(content=word))
        for index, word in enumerate(words)
    ]
    return run_of([*pieces, (5000, FINISH), (5001, DONE)], outcome=outcome)


def test_a_run_is_the_same_as_itself() -> None:
    run = made(WORDS)
    diff = diff_runs(run, run)
    assert diff.is_same
    assert (diff.parting, diff.places, diff.lag_s, diff.common_length) == (None, (), 0.0, len("".join(WORDS)))
    assert diff_lines(diff)[-2:] == [
        f"Same text, {len(''.join(WORDS))} characters.",
        "Both are there at the same time at the end of the common text.",
    ]


@pytest.mark.parametrize("is_swapped", [False, True])
def test_the_run_that_falls_behind_is_named_with_place_and_frame(is_swapped: bool) -> None:
    runs = made(WORDS), made(WORDS, late_from=10, late_ms=900)
    diff = diff_runs(*(reversed(runs) if is_swapped else runs))
    loser = "A" if is_swapped else "B"
    (place,) = diff.places
    assert ("AB"[place.loser], place.offset, place.frame) == (loser, 60, 10)
    assert place.seconds == pytest.approx(0.9)
    assert diff.is_same
    lines = diff_lines(diff)
    assert lines[-2] == f'{loser} falls behind at char 60 by 0.90 s (frame 10, after "word6 word7 word8 word9").'
    assert lines[-1] == f"{loser} is 0.90 s later at the end of the common text."


def test_texts_that_part_name_char_and_frames() -> None:
    diff = diff_runs(made(WORDS), made([*WORDS[:5], "other "]))
    assert not diff.is_same
    assert diff.parting is not None
    assert (diff.parting.offset, diff.parting.frames) == (30, (5, 5))
    assert 'char 30: A has "word5 word6 word7 word8 " (frame 5), B has "other " (frame 5).' in "\n".join(
        diff_lines(diff)
    )


def test_a_text_that_ends_sooner_is_said_to_end() -> None:
    diff = diff_runs(made(WORDS), made(WORDS[:5], outcome=Outcome.INCOMPLETE))
    assert "B ends there" in "\n".join(diff_lines(diff))
    assert ("outcome", "completed", "incomplete") in diff.words


def test_a_log_without_times_is_compared_by_its_text_alone() -> None:
    log = DerivedRun.of_records(records_of(BODY)[0])
    diff = diff_runs(log, log)
    assert diff.is_same
    assert diff.lag_s is None
    assert "Times cannot be compared" in diff_lines(diff)[-1]
    told = {name: first for name, first, _, _ in diff.numbers}
    assert {told[name] for name in ("TTFT", "stalls", "frames a read", "ICL max")} == {"n/a"}


@given(
    st.lists(st.text("ab", min_size=1, max_size=4), max_size=9),
    st.lists(st.text("ab", min_size=1, max_size=4), max_size=9),
)
def test_the_common_text_is_the_longest_common_beginning(one: list[str], other: list[str]) -> None:
    diff = diff_runs(made(one), made(other))
    texts = "".join(one), "".join(other)
    assert texts[0][: diff.common_length] == texts[1][: diff.common_length]
    assert texts[0][diff.common_length : diff.common_length + 1] != texts[1][
        diff.common_length : diff.common_length + 1
    ] or (texts[0] == texts[1])
    assert (diff.parting is None) == (texts[0] == texts[1])
    json.dumps(diff_members(diff))
