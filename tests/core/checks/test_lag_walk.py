"""Two runs along their texts: in portions of any size the same, and the same as asking at the end of every piece."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tui.core.checks.lag_walk import NOTICED_S, LagWalk
from tui.core.checks.run_diff import time_at
from tui.core.derived_run import DerivedRun

PIECES = st.lists(st.tuples(st.sampled_from(["a", "bc", "def"]), st.sampled_from([1, 20, 90, 300])), max_size=25)


def made(pieces: list[tuple[str, int]]) -> DerivedRun:
    at, reads = 100.0, []
    for text, gap in pieces:
        at += gap
        reads.append((at, delta(content=text)))
    return run_of([*reads, (at + 1, FINISH + DONE)])


@given(PIECES, PIECES, st.integers(1, 9))
def test_losses_are_those_that_asking_everywhere_finds(
    first: list[tuple[str, int]], second: list[tuple[str, int]], limit: int
) -> None:
    runs = made(first), made(second)
    common = min(run.pipeline.content.length for run in runs)
    walk = LagWalk(*runs, common)
    while not walk.advance(limit):
        pass
    contents = [run.pipeline.content for run in runs]
    ends = sorted({content.end_of(index) - 1 for content in contents for index in range(content.count)})
    lags = [time_at(runs[1], end) - time_at(runs[0], end) for end in ends if end < common]
    assert (walk.lag_s is None) == (not lags)
    if walk.lag_s is not None:
        assert abs(walk.lag_s - lags[-1]) < 1e-9
    steps = sorted((abs(now - before) for before, now in pairwise(lags)), reverse=True)
    noticed = [step for step in steps if step > NOTICED_S + 1e-9][:3]
    found = sorted((place.seconds for place in walk.places), reverse=True)
    assert len(found) >= len(noticed)
    assert all(abs(one - other) < 1e-9 for one, other in zip(found, noticed, strict=False))
    assert [place.offset for place in walk.places] == sorted(place.offset for place in walk.places)
