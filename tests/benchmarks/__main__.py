"""All benchmarks: `make bench`, or `python -m tests.benchmarks [--quick] [--only NAME] [--keep]`.

Runs every `bench_*.py` beside this file, each in a process of its own, one after the other. Writes what they found as
Markdown and as JSON, compares with the last run that was kept, and names what became worse. Exits with 1 when a ratio
misses its figure or a benchmark fails.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Timer

from tests.benchmarks.machine import yardstick_ms
from tests.benchmarks.report import TABLE_HEAD, table_line
from tests.benchmarks.results import Results
from tests.benchmarks.row import Row
from tests.benchmarks.summary import keep_in_readme, summary

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = ROOT / "build" / "benchmarks"
LONGEST_S = 600


def run(script: Path, *, is_quick: bool, results: Results) -> None:
    """One benchmark; its rows are printed as they come."""
    command = [sys.executable, str(script), "--json", *(["--quick"] if is_quick else [])]
    name, started = script.stem.removeprefix("bench_"), time.monotonic()
    results.yardsticks.append(yardstick_ms())
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True, start_new_session=True) as process:
        end = Timer(LONGEST_S, os.killpg, (process.pid, signal.SIGKILL))
        end.start()
        try:
            take_rows(process.stdout, name, results)
        finally:
            end.cancel()
    results.seconds[name] = round(time.monotonic() - started, 1)
    if process.returncode:
        results.failed.append(name)


def take_rows(lines: Iterable[str] | None, name: str, results: Results) -> None:
    """Each row as it comes."""
    for line in lines or ():
        row = Row.from_line(line)
        results.add(name, row)
        print(table_line(row), flush=True)


def scripts(only: list[str] | None) -> list[Path]:
    """The benchmarks, or those that were named."""
    found = sorted(HERE.glob("bench_*.py"))
    return [path for path in found if not only or path.stem.removeprefix("bench_") in only]


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smaller and fewer rounds, in two minutes")
    parser.add_argument("--only", action="append", metavar="NAME", help="one benchmark, e.g. sse_decoder; repeatable")
    parser.add_argument("--keep", action="store_true", help="the baseline from now on, and the table of the README")
    return parser.parse_args()


def main() -> int:
    """Runs, writes, compares."""
    asked = options()
    results = Results.begun(is_quick=asked.quick)
    print(TABLE_HEAD, flush=True)
    for script in scripts(asked.only):
        run(script, is_quick=asked.quick, results=results)
    baseline_path = HERE / ("baseline-quick.json" if asked.quick else "baseline.json")
    baseline = Results.read(baseline_path) if baseline_path.exists() else None
    text = summary(results, baseline)
    print(text)
    results.write(OUT, text)
    if asked.keep:
        results.write_json(baseline_path)
        if not asked.quick:
            keep_in_readme(ROOT / "README.md", results)
    return int(bool(results.failed or results.missed_gates()))


if __name__ == "__main__":
    sys.exit(main())
