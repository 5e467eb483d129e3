"""Rows as Markdown."""

from __future__ import annotations

from tests.benchmarks.row import Row

TABLE_HEAD = "| what | measured | rounds | wall | figure | | |\n| --- | --- | --- | --- | --- | --- | --- |"


def table_line(row: Row) -> str:
    """A row with its spread, its figure and whether that was met."""
    cells = (row.what, quantity(row.value, row.unit), spread(row), wall(row), figure(row), verdict(row), row.note)
    return f"| {' | '.join(cells)} |"


def quantity(value: float, unit: str) -> str:
    """A number in three digits with its unit."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f}{unit}" if unit == "x" else f"{value:,.{digits}f} {unit}"


def spread(row: Row) -> str:
    """The smallest and the largest of the rounds; empty where there was one."""
    if row.low == row.high:
        return ""
    return f"{quantity(row.low, '').strip()} to {quantity(row.high, '').strip()}"


def wall(row: Row) -> str:
    """The same by the wall clock."""
    return "" if row.wall is None else quantity(row.wall, row.unit)


def figure(row: Row) -> str:
    """What was to be reached."""
    if row.limit is None:
        return ""
    number = f"{row.limit:,.0f}" if row.limit >= 1000 else f"{row.limit:.3g}"
    return f"{'at least' if row.is_floor else 'at most'} {number}{'' if row.unit == 'x' else ' '}{row.unit}"


def verdict(row: Row) -> str:
    """Whether it was; a figure in seconds is told and not judged."""
    if row.limit is None:
        return ""
    return "met" if row.is_met else "**missed**"
