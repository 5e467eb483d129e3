"""Lanes, prices and medians against rules written anew: a loop over units, a reader who reads letter by letter."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.made_runs import DONE, FINISH, delta, run_of
from tui.core.chunks import Outcome
from tui.core.comparison import DEFAULT_LANES, MOST_RUNS, READER, VOICE, Comparison
from tui.core.content_log import ContentLog
from tui.core.derived_run import DerivedRun
from tui.core.lane_view import Lane, LaneView, Price, Reader
from tui.core.price_cells import PriceRow, price_rows, range_cells
from tui.core.text.buffers import BUFFER_MODES, make_buffer
from tui.errors import UsageError

PIECES = st.lists(
    st.tuples(
        st.text(alphabet="ab. \n#-", min_size=1, max_size=7),
        st.integers(min_value=0, max_value=400).map(lambda ms: ms / 1000),
    ),
    min_size=1,
    max_size=40,
)
LANES = st.sampled_from([Lane(mode, r"[.\n]" if mode == "regex" else None) for mode in BUFFER_MODES])


class Unit(NamedTuple):
    text: str
    first_at: float
    emitted_at: float


def timed(pieces: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Pieces with gaps as pieces with times."""
    at, found = 0.1, []
    for text, gap in pieces:
        at += gap
        found.append((text, at))
    return found


def log_of(pieces: list[tuple[str, float]]) -> ContentLog:
    log = ContentLog()
    for frame, (text, at) in enumerate(pieces):
        log.add(text, at, frame)
    return log


def units_of(lane: Lane, pieces: list[tuple[str, float]], end: float | None) -> tuple[list[Unit], list[float]]:
    """The units by the buffer alone, each letter with its own arrival; and the arrivals of the letters left over."""
    buffer = make_buffer(lane.mode, pattern=lane.pattern)
    arrivals: list[float] = []
    units: list[Unit] = []
    released: list[tuple[str, float]] = []
    for piece, at in pieces:
        arrivals += [at] * len(piece)
        released += [(text, at) for text in buffer.add(piece)]
    if end is not None:
        released += [(text, end) for text in buffer.flush()]
    for text, at in released:  # a unit's letters are the first that are left, whenever it came out
        units.append(Unit(text, arrivals[0], at))
        del arrivals[: len(text)]
    return units, arrivals


def waits_of(units: list[Unit], reader: Reader, *, counts_blank: bool) -> float:
    """A reader who reads letter by letter, each for its share of a second, and waits for letters that are not out."""
    first = next(index for index, unit in enumerate(units) if counts_blank or unit.text.strip())
    now, waited = units[first].emitted_at, 0.0
    for unit in units[first:]:
        for _ in unit.text:
            waited += max(0.0, unit.emitted_at - now)
            now = max(now, unit.emitted_at) + 1 / reader.chars_per_s
    return waited


def whole(view: LaneView, end: float | None, limit: int = 1000) -> LaneView:
    while not view.advance(limit, end):
        pass
    return view


@settings(max_examples=80, deadline=None)
@given(
    pieces=PIECES.map(timed),
    lane=LANES,
    limit=st.integers(1, 50),
    tail=st.floats(0, 2),
    reader=st.sampled_from([VOICE, READER]),
)
def test_a_price_is_what_its_definitions_say(
    pieces: list[tuple[str, float]], lane: Lane, limit: int, tail: float, reader: Reader
) -> None:
    end, origin = pieces[-1][1] + tail, 0.05
    units, _ = units_of(lane, pieces, end)
    price = whole(LaneView(lane, log_of(pieces), reader), end, limit).price(origin)
    shown = [unit for unit in units if lane.mode == "raw" or unit.text.strip()]
    holds = [unit.emitted_at - unit.first_at for unit in units]
    assert price.unit_count == len(units)
    assert price.hold_p50_s == pytest.approx(median(holds))
    assert price.hold_max_s == max(holds)
    if shown:
        assert price.first_unit_s == pytest.approx(shown[0].emitted_at - origin)
        assert price.waits_s == pytest.approx(waits_of(units, reader, counts_blank=lane.mode == "raw"), abs=1e-9)
        after = price.after_raw_s
        assert after is None if lane.mode == "raw" else after == pytest.approx(shown[0].emitted_at - pieces[0][1])
    else:
        assert (price.first_unit_s, price.after_raw_s, price.waits_s) == (None, None, None)
    gaps = [after.emitted_at - before.emitted_at for before, after in pairwise(units)]
    assert price.longest_silence_s == (max(gaps) if gaps else None)


@settings(max_examples=60, deadline=None)
@given(pieces=PIECES.map(timed), lane=LANES, steps=st.lists(st.integers(1, 9), min_size=1, max_size=10))
def test_the_text_given_while_it_comes_is_the_released_text_and_the_rest_is_held(
    pieces: list[tuple[str, float]], lane: Lane, steps: list[int]
) -> None:
    log, text = ContentLog(), "".join(text for text, _ in pieces)
    view, given_text, at = LaneView(lane, log, READER), "", 0
    for step in [*steps, len(pieces)]:
        for frame, (piece, moment) in enumerate(pieces[at : at + step], start=at):
            log.add(piece, moment, frame)
        at = min(len(pieces), at + step)
        whole(view, None, limit=3)
        given_text += view.take_released()
        units, left = units_of(lane, pieces[:at], None)
        assert given_text == "".join(unit.text for unit in units)
        assert view.held_length == len(left)
        assert view.present.held_s(left[0] + 1.5 if left else 9.0) == (pytest.approx(1.5) if left else None)
    whole(view, pieces[-1][1])
    assert given_text + view.take_released() == text
    assert view.held_length == 0
    view.give_again()
    assert view.take_released() == text


@settings(max_examples=60, deadline=None)
@given(pieces=PIECES.map(timed), lane=LANES, width=st.integers(1, 60), is_over=st.booleans())
def test_the_cells_of_a_lane_count_each_release_once_and_hold_what_is_held(
    pieces: list[tuple[str, float]], lane: Lane, width: int, *, is_over: bool
) -> None:
    end = pieces[-1][1] + 0.3
    units, left = units_of(lane, pieces, end if is_over else None)
    view = whole(LaneView(lane, log_of(pieces), READER), end if is_over else None)
    cells = view.releases(width, 0.0, end, now=end)
    assert sum(cell.released for cell in cells) == len(units)
    for place, cell in enumerate(cells):
        low, high = end / width * place, end / width * (place + 1)
        count = sum(low <= unit.emitted_at < high or (place == width - 1 and unit.emitted_at == end) for unit in units)
        held = [unit.first_at for unit in units if unit.emitted_at >= high] + left[:1]
        assert cell.released == count
        assert cell.is_held == (not count and any(first_at < high for first_at in held))
    assert not any(cell.is_held for cell in view.releases(width, 0.0, end, now=-1.0))


def test_another_reader_reads_from_the_beginning() -> None:
    pieces = timed([("One two three. ", 0.0), ("Four.", 2.0), (" Five.", 0.1)])
    view = whole(LaneView(Lane("raw"), log_of(pieces), READER), 5.0)
    view.set_reader(VOICE)
    assert whole(view, 5.0).price().waits_s == pytest.approx(
        waits_of(units_of(Lane("raw"), pieces, 5.0)[0], VOICE, counts_blank=True)
    )


def test_without_a_clock_only_units_are_told() -> None:
    records = [(0.0, delta(content=text)) for text in ("One. ", "Two ", "three. ", "Four.")]
    comparison = shown(run_of([*records, (0.0, FINISH), (0.0, DONE)], sent_ms=None, head_ms=0))
    assert not comparison.has_clock
    for lane, price in zip(comparison.lanes, comparison.prices(), strict=True):
        units, _ = units_of(lane, [("One. ", 0), ("Two ", 0), ("three. ", 0), ("Four.", 0)], 0)
        assert price == Price(None, None, None, None, len(units), None, None)
    # Bars count chunks: the first sentence is known to be whole at the second of four.
    assert [cell.released for cell in comparison.views[2].releases(4, 0, 4)] == [0, 1, 0, 2]
    rows = price_rows(comparison.lanes, comparison.prices(), READER, has_clock=False)
    assert rows[0].cells[0].text == "n/a: no times"


# Comparison: lanes, runs, medians.


def shown(run: DerivedRun, comparison: Comparison | None = None) -> Comparison:
    comparison = comparison or Comparison()
    comparison.show(run)
    while not comparison.advance(7):
        pass
    return comparison


def talk(first_ms: float = 300, outcome: Outcome | None = Outcome.COMPLETED) -> DerivedRun:
    reads = [
        (first_ms + 100 * n, delta(content=text)) for n, text in enumerate(("A b", " c. D", " e.\n", "F", " g. H"))
    ]
    end = reads[-1][0]
    return run_of([*reads, (end + 50, FINISH), (end + 50, DONE)], sent_ms=10, outcome=outcome)


def test_the_first_unit_of_raw_is_ttfo_and_of_the_others_their_ttf_number() -> None:
    run = talk()
    numbers = run.stats.to_json()
    comparison = shown(run)
    found = {lane.mode: price.first_unit_s for lane, price in zip(comparison.lanes, comparison.prices(), strict=True)}
    assert found["raw"] == pytest.approx(run.stats.ttfo_s)
    facts = run.stats.facts().moments
    for mode in ("word", "sentence", "line"):
        assert found[mode] == pytest.approx(facts[mode].at_s - facts["t0"].at_s)
    assert numbers["chunks"] == 5


def test_lanes_are_two_to_four_and_change_at_once() -> None:
    comparison = shown(talk())
    assert comparison.lanes == DEFAULT_LANES
    assert not comparison.add_lane()
    assert comparison.remove_lane(1)
    assert comparison.remove_lane(0)
    assert not comparison.remove_lane(0)
    assert [lane.mode for lane in comparison.lanes] == ["sentence", "line"]
    assert comparison.add_lane()
    assert comparison.lanes[2] == Lane("raw")
    comparison.set_lane(0, Lane("regex", r"\."))
    comparison.advance(100)
    assert "".join(view.take_released() for view in comparison.views[:1]) == comparison.run.pipeline.content.text()  # type: ignore[union-attr]
    with pytest.raises(UsageError):
        comparison.set_lane(1, Lane("regex", "("))
    assert [view.lane for view in comparison.views] == list(comparison.lanes)


def test_from_three_complete_runs_of_one_request_on_prices_are_medians_with_their_range() -> None:
    comparison = shown(talk(300))
    single = comparison.prices()
    for first_ms in (700, 400):
        assert comparison.ranges() == []
        shown(talk(first_ms), comparison)
    assert len(comparison.runs) == 3
    assert comparison.prices()[0].first_unit_s == pytest.approx(0.39)
    low, high = comparison.ranges()[0]
    assert low.first_unit_s == pytest.approx(0.29)
    assert high.first_unit_s == pytest.approx(0.69)
    assert single[0].first_unit_s == pytest.approx(0.29)
    assert range_cells(low, high)[0] == "0.29-0.69 s"
    comparison.set_lane(0, Lane("paragraph"))  # a new lane is priced over the earlier runs too
    assert comparison.ranges() == []
    shown(talk_again := comparison.run or talk(), comparison)
    assert comparison.run is talk_again
    assert len(comparison.ranges()) == 4
    comparison.set_reader(VOICE)
    assert comparison.ranges() == []


def test_only_complete_runs_count_each_once_and_another_request_begins_anew() -> None:
    first = talk()
    comparison = shown(first)
    for _ in range(3):
        comparison.show(first)
    shown(talk(outcome=Outcome.CANCELLED), comparison)
    shown(talk(outcome=None), comparison)
    assert len(comparison.runs) == 1
    for _ in range(MOST_RUNS + 3):
        shown(talk(), comparison)
    assert len(comparison.runs) == MOST_RUNS
    other = talk()
    other.capture.header.request["model"] = "another"
    shown(other, comparison)
    assert len(comparison.runs) == 1


# Cells.


def price(first: float, hold_max: float = 0.1, waits: float = 0.0) -> Price:
    return Price(first, first - 0.3, 0.0, hold_max, 3, 0.5, waits)


def ranks(rows: list[PriceRow], column: int) -> list[str]:
    return [row.cells[column].rank for row in rows]


def test_the_best_and_the_worst_of_a_column_are_marked_unless_they_read_the_same() -> None:
    rows = price_rows(DEFAULT_LANES, [price(0.31), price(0.33), price(0.39), price(1.22, 0.96)], READER)
    assert ranks(rows, 0) == ["best", "", "", "worst"]
    assert ranks(rows, 3) == ["", "", "", "worst"]  # three share the best
    assert ranks(rows, 4) == [""] * 4  # units are neither good nor bad
    assert ranks(rows, 5) == [""] * 4
    assert ranks(price_rows(DEFAULT_LANES, [price(0.311), price(0.312), price(0.5), price(0.6)], READER), 0) == [
        "",
        "",
        "",
        "worst",
    ]


def test_a_voice_cannot_use_raw_and_words_so_they_are_muted_and_not_ranked() -> None:
    rows = price_rows(DEFAULT_LANES, [price(0.31), price(0.33), price(0.39), price(1.22)], VOICE)
    assert [row.is_muted for row in rows] == [True, True, False, False]
    assert ranks(rows, 0) == ["", "", "best", "worst"]


def test_numbers_are_written_as_on_the_screen() -> None:
    sample = Price(0.39, 0.083, 0.19, 1.15, 12, 1.15, 0.43)
    texts = [cell.text for cell in price_rows((Lane("sentence"), Lane("line")), [sample, sample], READER)[0].cells]
    assert texts == ["0.39 s", "+0.08 s", "190 ms", "1.15 s", "12", "1.15 s", "0.39 s", "0.43 s"]
    bare = Price(None, None, 0.0, 0.026, 1, None, 0.0)
    texts = [cell.text for cell in price_rows((Lane("raw"), Lane("line")), [bare, bare], READER)[0].cells]
    assert texts == ["-", "-", "0", "26 ms", "1", "-", "-", "-"]
