"""What every benchmark does the same way: warm up, run in turn, take CPU and wall time, print, judge.

A benchmark is a script `bench_NAME.py` with one function, `rows(is_quick)`, that yields its rows as it measures them:

    def rows(is_quick: bool) -> Iterator[Row]:
        times = in_turn({"ours": ours, "theirs": theirs}, rounds=5)
        yield against("what was done", times["ours"], times["theirs"], limit=0.5)

    if __name__ == "__main__":
        run_script(rows, __doc__)

That is all: `make bench` finds it by its name. Alone it prints a table; it exits with 1 when a ratio misses its figure.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from tests.benchmarks.report import TABLE_HEAD, table_line
from tests.benchmarks.row import Row, row_of

ROUNDS = 3 if "--quick" in sys.argv else 5
Item = TypeVar("Item")


class Spent(NamedTuple):
    """What a piece of work took."""

    cpu_s: float
    wall_s: float


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def spent(self) -> Spent:
        """The time since then."""
        return Spent(time.process_time() - self._cpu, time.perf_counter() - self._wall)


def spent_on(work: Callable[[], object]) -> Spent:
    """The time of one call, after the garbage of those before it is gone."""
    gc.collect()
    return timed(work)


def timed(work: Callable[[], object]) -> Spent:
    """The time of one call in the middle of others."""
    watch = Stopwatch()
    work()
    return watch.spent()


def tenths(feed: Callable[[list[Item]], object], chunks: list[Item]) -> list[Spent]:
    """The time of each tenth of a stream, fed in order."""
    gc.collect()
    size = len(chunks) // 10
    return [timed(partial(feed, chunks[at : at + size])) for at in range(0, size * 10, size)]


def summed(times: Sequence[Spent]) -> Spent:
    """All of them together."""
    return Spent(sum(spent.cpu_s for spent in times), sum(spent.wall_s for spent in times))


def in_turn(
    works: Mapping[str, Callable[[], object]], rounds: int = ROUNDS, warm_ups: int = 1
) -> dict[str, list[Spent]]:
    """Each work once a round, one after the other, so that what disturbs one disturbs all; warm-ups are not counted."""
    for work in works.values():
        for _ in range(warm_ups):
            work()
    taken: dict[str, list[Spent]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(spent_on(work))
    return taken


def against(
    what: str, ours: list[Spent], control: list[Spent], limit: float | None = None, *, note: str = "", **marks: bool
) -> Row:
    """Our time as a multiple of the control's, round by round."""
    pairs = list(zip(ours, control, strict=True))
    cpu = [our.cpu_s / their.cpu_s for our, their in pairs]
    walls = [our.wall_s / their.wall_s for our, their in pairs]
    return row_of(what, cpu, "x", limit, walls=walls, note=note, **marks)


def times_faster(
    what: str, ours: list[Spent], control: list[Spent], limit: float | None = None, *, note: str = "", **marks: bool
) -> Row:
    """How many times the control takes our time, round by round; the figure is a floor."""
    return against(what, control, ours, limit, note=note, is_floor=True, **marks)


def micros(times: list[Spent], count: int) -> str:
    """The median CPU time of one of `count`, for the eye."""
    return f"{sorted(times)[len(times) // 2].cpu_s / count * 1e6:.2f} us"


def run_script(rows: Callable[[bool], Iterator[Row]], description: str | None) -> None:
    """Measures, prints each row as it comes, and exits: 1 when a ratio misses its figure."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller rounds")
    parser.add_argument("--json", action="store_true", help="one JSON object a row, as the runner reads it")
    options = parser.parse_args()
    if not options.json:
        print(TABLE_HEAD, flush=True)
    are_met = True
    for row in rows(options.quick):
        print(row.to_line() if options.json else table_line(row), flush=True)
        are_met = are_met and (row.is_met or not row.is_gate)
    sys.exit(not are_met and not options.json)  # the runner judges the rows itself; here a failure is an exception
