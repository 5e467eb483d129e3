"""What a whole run says: all rows, where it was made, what became worse; and what pages keep of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.comparison import Change, changes
from tests.benchmarks.report import TABLE_HEAD, figure, quantity, spread, table_line, verdict
from tests.benchmarks.results import Results

BEGIN, END = "<!-- benchmarks: written by `make bench` -->", "<!-- end of benchmarks -->"
MISSED_BEGIN, MISSED_END = "<!-- missed: written by `make bench ARGS=--keep` -->", "<!-- end of missed -->"


def summary(results: Results, baseline: Results | None) -> str:
    """The run as a page of Markdown."""
    parts = [f"# Benchmarks, {results.mode} run of {results.date}", place(results)]
    for script in results.seconds:
        rows = [row for (name, _), row in results.rows.items() if name == script]
        parts.append(
            f"## {script} ({results.seconds[script]:g} s)\n\n{TABLE_HEAD}\n" + "\n".join(map(table_line, rows))
        )
    parts.append("\n".join(["## Judgement", "", *judgement(results, baseline)]))
    return "\n\n".join(parts) + "\n"


def place(results: Results) -> str:
    """Machine, versions, and how steady the machine was."""
    told = results.machine
    packages = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    steady = ", ".join(f"{value:.0f}" for value in results.yardsticks)
    return (
        f"{told['processor']}, {told['cores']} cores, {told['system']}, Python {told['python']}; {packages}.\n"
        f"A fixed loop of arithmetic before each benchmark took {steady} ms of CPU."
    )


def judgement(results: Results, baseline: Results | None) -> Iterator[str]:
    """Missed figures, failures, and what moved since the baseline."""
    for name in results.failed:
        yield f"- **{name} failed**: it ended with an error, or after more time than any may take"
    if absent := results.absent():
        yield f"- left out, not installed: {', '.join(absent)} (`make bench` installs the extra `bench`)"
    for row in results.missed():
        kind = "ratio, fails the run" if row.is_gate else "of this machine, told only"
        yield f"- missed ({kind}): {row.what}: {quantity(row.value, row.unit)}, {figure(row)}"
    if baseline is None:
        yield "- nothing to compare with: keep a run with `--keep`"
        return
    yield from compared(results, baseline)


def compared(results: Results, baseline: Results) -> Iterator[str]:
    """What became worse and better by more than noise."""
    is_same = results.machine == baseline.machine
    speed = results.yardstick_ms / baseline.yardstick_ms if is_same else 1.0
    moved = list(changes(baseline.rows, results.rows, is_same_machine=is_same, speed=speed))
    where = f"this machine takes {speed:.2f} times as long" if is_same else "another machine: only ratios and bytes"
    yield f"- against the run of {baseline.date} ({where}): {sum(change.factor > 1 for change in moved)} worse"
    for change in moved:
        yield f"- {'**worse**' if change.factor > 1 else 'better'}: {moved_line(change)}"


def moved_line(change: Change) -> str:
    """One row then and now, with the rounds of both."""
    before, after = change.before, change.after
    sides = (f"{quantity(row.value, row.unit)} ({spread(row) or 'one round'})" for row in (before, after))
    return f"{change.script}: {after.what}: {' -> '.join(sides)}"


def readme_table(results: Results) -> str:
    """The rows that a reader of the README is shown."""
    shown = [row for row in results.rows.values() if row.is_shown]
    lines = (
        f"| {row.what} | {quantity(row.value, row.unit)} | {figure(row)} | {verdict(row)} | {row.note} |"
        for row in shown
    )
    told, versions = results.machine, results.versions
    return (
        f"Measured {results.date} on {told['processor']}, {told['cores']} cores, Python {told['python']}, "
        f"openai {versions['openai']}, textual {versions['textual']}, llm {versions['llm']}, "
        f"httpx-sse {versions['httpx-sse']}.\n\n"
        "| what | measured | figure | | |\n| --- | --- | --- | --- | --- |\n" + "\n".join(lines) + "\n"
    )


def missed_list(results: Results) -> str:
    """The figures that a run missed, with the spread of its rounds, and how busy the machine was."""
    lines = [
        f"- *{row.what}*: {quantity(row.value, row.unit)} ({spread(row) or 'one round'}), {figure(row)}"
        f"{'; ' if row.note else ''}{row.note}"
        for row in results.missed()
    ]
    figures = sum(row.limit is not None for row in results.rows.values())
    load = f", load {min(results.loads):.1f} to {max(results.loads):.1f} before each benchmark" if results.loads else ""
    head = f"Run of {results.date}, {results.machine['cores']} cores{load}: {len(lines)} of {figures} figures missed."
    return "\n".join([head, *([""] if lines else []), *lines]) + "\n"


def keep_in_readme(path: Path, results: Results) -> None:
    """Puts the table between its marks. Raises ValueError when the marks are not there."""
    _put_between(path, BEGIN, END, readme_table(results))


def keep_missed(path: Path, results: Results) -> None:
    """Puts what was missed between its marks. Raises ValueError when the marks are not there."""
    _put_between(path, MISSED_BEGIN, MISSED_END, missed_list(results))


def _put_between(path: Path, first: str, last: str, text: str) -> None:
    before, begin, rest = path.read_text(encoding="utf-8").partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise ValueError(f"{path.name}: expected the marks {first} and {last}")
    path.write_text(f"{before}{begin}\n{text}{end}{after}", encoding="utf-8")
