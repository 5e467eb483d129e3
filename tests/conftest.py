"""The table at the end of the tests: what was tried against faults, and what fell short.

A test of that kind records `reliability`: group, scenario, runs, hangs, lost characters, things left behind.
"""

from __future__ import annotations

import gc
from typing import Any

PROPERTY = "reliability"
_HEAD = ("", "scenarios", "runs", "hangs", "lost characters", "leaks")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no garbage collection has to walk over it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # a twentieth of the CPU of all tests


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the table, if anything of that kind was run."""
    rows = reliability_rows(
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "when", "") == "call"
    )
    if rows:
        terminalreporter.section("reliability")
        for line in table_lines(rows):
            terminalreporter.write_line(line)


def reliability_rows(reports: Any) -> list[tuple[str, ...]]:
    """A row a group and one for all; a test that failed before it could count has hung or broken off."""
    groups: dict[str, tuple[set[str], list[int]]] = {}
    for report in reports:
        for name, value in report.user_properties:
            if name == PROPERTY:
                group, scenario, *counts = value
                scenarios, sums = groups.setdefault(group, (set(), [0, 0, 0, 0]))
                scenarios.add(scenario)
                sums[:] = [total + count for total, count in zip(sums, counts, strict=True)]
    counted = [(group, len(scenarios), sums) for group, (scenarios, sums) in sorted(groups.items())]
    if counted:
        total = [sum(column) for column in zip(*(sums for _, _, sums in counted), strict=True)]
        counted.append(("all", sum(count for _, count, _ in counted), total))
    return [(group, *(f"{number:,}" for number in (count, *sums))) for group, count, sums in counted]


def table_lines(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as a Markdown table."""
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    rule = ("-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:]))

    def line(cells: tuple[str, ...]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        return f"| {first[0]:<{first[1]}} | {' | '.join(f'{cell:>{width}}' for cell, width in rest)} |"

    return [line(_HEAD), line(rule), *map(line, rows)]
