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
from tests.benchmarks.summary import keep_in_readme, keep_missed, summary

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = ROOT / "build" / "benchmarks"
LONGEST_S = 600


def run(script: Path, *, is_quick: bool, results: Results) -> None:
    """One benchmark; its rows are printed as they come."""
    command = [sys.executable, str(script), "--json", *(["--quick"] if is_quick else [])]
    name, started = name_of(script), time.monotonic()
    results.loads.append(round(os.getloadavg()[0], 1))
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
    return [path for path in found if not only or name_of(path) in only]


def name_of(script: Path) -> str:
    """By which a benchmark is asked for."""
    return script.stem.removeprefix("bench_")


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smaller and fewer rounds, in two minutes")
    parser.add_argument("--only", action="append", metavar="NAME", help="one benchmark, e.g. sse_decoder; repeatable")
    parser.add_argument("--keep", action="store_true", help="the baseline from now on, and the tables of the READMEs")
    asked = parser.parse_args()
    known = {name_of(script) for script in scripts(None)}
    if unknown := sorted(set(asked.only or ()) - known):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    if asked.keep and asked.only:
        parser.error("--keep is for a whole run: what --only leaves out would be gone from the baseline")
    return asked


def kept(results: Results) -> str:
    """Makes the run the baseline and the tables of the pages; why not, where something of it is missing."""
    if results.failed or results.absent():
        missing = ", ".join([*results.failed, *results.absent()])
        return f"not kept: without {missing} its rows would be gone from the baseline and from the README"
    baseline = baseline_of(results.mode)
    results.write_json(baseline)
    if results.mode == "full":
        keep_in_readme(ROOT / "README.md", results)
        keep_missed(HERE / "README.md", results)
    return f"kept as {baseline.relative_to(ROOT)}{' and in both READMEs' if results.mode == 'full' else ''}"


def baseline_of(mode: str) -> Path:
    """Where the run is that others are compared with."""
    return HERE / ("baseline-quick.json" if mode == "quick" else "baseline.json")


def main() -> int:
    """Runs, writes, compares."""
    asked = options()
    results = Results.begun(is_quick=asked.quick)
    print(TABLE_HEAD, flush=True)
    for script in scripts(asked.only):
        run(script, is_quick=asked.quick, results=results)
    baseline_path = baseline_of(results.mode)
    baseline = Results.read(baseline_path) if baseline_path.exists() else None
    text = summary(results, baseline)
    print(text)
    results.write(OUT, text)
    if asked.keep:
        print(kept(results))
    return int(bool(results.failed or results.missed_gates()))


if __name__ == "__main__":
    sys.exit(main())
