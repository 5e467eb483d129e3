"""The price of buffering as cells of text: one row a lane, one column a number, the best and the worst marked.

Pure; the table on the screen and its Markdown export are made of the same cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from tui.core.lane_view import Lane, Price, Reader

NO_TIMES: Final = "n/a: no times"
_NOTHING: Final = "-"
_MS_BELOW_S: Final = 0.5


class PriceCell(NamedTuple):
    """One number as text; `rank` is "best", "worst" or empty."""

    text: str
    rank: str = ""


class PriceRow(NamedTuple):
    """One lane: its letter and mode, its cells by column, and whether the reader cannot use it at all."""

    letter: str
    mode: str
    cells: tuple[PriceCell, ...]
    is_muted: bool


class PriceColumn(NamedTuple):
    """A number of the price: its heading, how it is written, and whether less of it is better."""

    key: str
    heading: str
    write: Callable[[float], str]
    is_ranked: bool = True


def seconds(value: float) -> str:
    """`0.31 s`."""
    return f"{value:.2f} s"


def hold(value: float) -> str:
    """`0`, `26 ms` or `0.90 s`."""
    if value < 0.0005:
        return "0"
    return f"{value * 1000:.0f} ms" if value < _MS_BELOW_S else seconds(value)


def _after(value: float) -> str:
    return f"+{value:.2f} s"


def _waits(value: float) -> str:
    return _NOTHING if value < 0.005 else seconds(value)


COLUMNS: Final = (
    PriceColumn("first_unit_s", "first unit", seconds),
    PriceColumn("after_raw_s", "after raw", _after),
    PriceColumn("hold_p50_s", "hold p50", hold),
    PriceColumn("hold_max_s", "hold max", hold),
    PriceColumn("unit_count", "units", "{:g}".format, is_ranked=False),
    PriceColumn("longest_silence_s", "longest silence", seconds),
    PriceColumn("first_unit_s", "starts", seconds),
    PriceColumn("waits_s", "waits", _waits),
)


def lane_letter(index: int) -> str:
    """A, B, C, D."""
    return "ABCD"[index]


def price_rows(
    lanes: tuple[Lane, ...], prices: list[Price], reader: Reader, *, has_clock: bool = True
) -> list[PriceRow]:
    """The rows of the table. A lane that the reader cannot use takes no part in best and worst."""
    muted = [reader.is_voice and not lane.is_speakable for lane in lanes]
    columns = [_column(column, prices, muted, has_clock=has_clock) for column in COLUMNS]
    return [
        PriceRow(lane_letter(index), lane.mode, tuple(column[index] for column in columns), muted[index])
        for index, lane in enumerate(lanes)
    ]


def range_cells(least: Price, greatest: Price) -> tuple[str, ...]:
    """The range of each column as text: `0.31-0.40`, or one value where both ends read the same."""
    return tuple(_range(column, least, greatest) for column in COLUMNS)


def _column(column: PriceColumn, prices: list[Price], muted: list[bool], *, has_clock: bool) -> list[PriceCell]:
    values = [getattr(price, column.key) for price in prices]
    nothing = _NOTHING if has_clock else NO_TIMES
    texts = [nothing if value is None else column.write(value) for value in values]
    compared = [
        (value, text) for value, text, out in zip(values, texts, muted, strict=True) if value is not None and not out
    ]
    ranks = _ranks(compared) if column.is_ranked else {}
    return [PriceCell(text, "" if out else ranks.get(text, "")) for text, out in zip(texts, muted, strict=True)]


def _ranks(compared: list[tuple[float, str]]) -> dict[str, str]:
    """The best and the worst text; none for an end that two lanes share, as far as can be read."""
    shared = Counter(text for _, text in compared)
    if len(shared) < 2:
        return {}
    ends = ((min(compared)[1], "best"), (max(compared)[1], "worst"))
    return {text: rank for text, rank in ends if shared[text] == 1}


def _range(column: PriceColumn, least: Price, greatest: Price) -> str:
    low, high = getattr(least, column.key), getattr(greatest, column.key)
    if low is None or high is None:
        return ""
    first, last = column.write(low), column.write(high)
    if first == last:
        return first
    unit = " s" if first.endswith(" s") and last.endswith(" s") else " ms"
    return f"{first.removesuffix(unit)}-{last.removeprefix('+')}"
