"""The same request several times, one after the other: numbers as they come, then a table of all runs."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import PurePath

from tui.console import narrate, print_lines
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.request import RunPlan
from tui.core.run_report import numbers_lines, run_members
from tui.core.run_series import series_lines, series_summary
from tui.headless import EXIT_CODES, HeadlessOptions, HeadlessRun, endpoint_of
from tui.headless_printers import SafeOutput


async def run_series(plan: RunPlan, options: HeadlessOptions, count: int) -> int:
    """Runs a plan `count` times; a cancelled run ends the series. Gives 0, or the code of the first other outcome."""
    runs: list[DerivedRun] = []
    codes: list[int] = []
    async with endpoint_of(plan, on_demo=options.on_demo) as reachable:
        for number in range(1, count + 1):
            run = HeadlessRun(reachable, _of_one(options, number), sys.stdout, sys.stderr)
            codes.append(await run.run())
            if run.derived is not None and run.derived.result is not None:
                runs.append(run.derived)
                narrate([f"run {number}: {numbers_lines(run.derived.result, run.derived.stats)[0]}"])
            if codes[-1] == EXIT_CODES[Outcome.CANCELLED]:
                break
    _report(runs, options)
    return next((code for code in codes if code), 0)


def _of_one(options: HeadlessOptions, number: int) -> HeadlessOptions:
    """The options of one run of the series: quiet, and with a capture file of its own."""
    if options.capture is None:
        return replace(options, output="none")
    path = PurePath(options.capture)
    name = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return replace(options, output="none", capture=str(name))


def _report(runs: list[DerivedRun], options: HeadlessOptions) -> None:
    if not runs:
        return
    outcomes = Counter(str(run.outcome) for run in runs)
    if options.output == "text":
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        print_lines([f"{len(runs)} runs: {told}", *series_lines(runs)])
        return
    members = [
        run_members(run.result, run, run.capture.end.attempts if run.capture.end else 1) for run in runs if run.result
    ]
    out = SafeOutput(sys.stdout)
    if options.output == "jsonl":
        for each in members:
            out.write(json.dumps({"type": "result", **each}) + "\n")
        out.write(json.dumps({"type": "summary", "outcomes": outcomes, "stats": series_summary(runs)}) + "\n")
    else:
        out.write(json.dumps({"runs": members, "outcomes": outcomes, "stats": series_summary(runs)}) + "\n")
