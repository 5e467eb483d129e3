"""The words of the Compare screen: verdict, runs, footer, help, Markdown. Pure."""

from __future__ import annotations

from typing import Any

from tui.core.chunks import Outcome
from tui.core.comparison import RUNS_FOR_MEDIAN, Comparison
from tui.core.lane_view import Lane, Price, Reader
from tui.core.price_cells import COLUMNS, hold, lane_letter, price_rows, range_cells
from tui.core.sanitize import sanitize_line
from tui.playback import TimeCursor
from tui.screens.live_words import playback_hints
from tui.screens.screen_sizes import Fit

NOTHING_YET = (
    "Nothing to compare yet. Run something ({prompt.send}) or open a capture ({file.open}); every mode is then "
    "computed from it."
)
NO_TEXT = "This answer has no text, so there is nothing to buffer."
MODES: dict[str, str] = {
    "raw": "each piece as it came; holds nothing",
    "word": "a word is out at the space after it",
    "sentence": "whole sentences, abbreviations and numbers known",
    "line": "lines with their break",
    "paragraph": "paragraphs up to the blank lines after them",
    "markdown": "top-level Markdown blocks: lists, code and tables whole",
    "regex": "your own pattern finds what separates two units",
}
# A difference that nobody would notice is no verdict.
_NOTICED_S = 0.05


def lane_title(index: int, lane: Lane) -> str:
    """`C sentence`; a pattern stands behind its mode, cut where it is long."""
    pattern = f"  {sanitize_line(lane.pattern)}" if lane.pattern else ""
    title = f"{lane_letter(index)} {lane.mode}{pattern}"
    return title if len(title) <= 20 else title[:19] + "…"


def verdict(comparison: Comparison) -> str:
    """What buffering cost on this run, lane by lane; empty while there is nothing to say."""
    if not comparison.has_clock:
        return "n/a: no times. This file has frames but no clock, so only units can be compared."
    buffered = [
        (lane, price, index)
        for index, (lane, price) in enumerate(zip(comparison.lanes, comparison.prices(), strict=False))
        if lane.mode != "raw" and price.after_raw_s is not None
    ]
    if not buffered:
        return ""
    worst = max(buffered, key=lambda entry: entry[1].hold_max_s or 0.0)
    parts = [_lane_verdict(comparison, *entry, is_worst=entry is worst) for entry in buffered]
    said = "  ".join(part for part in parts if part)
    if said or (comparison.run is not None and not comparison.run.is_over):
        return said  # of a run that goes on a lane may hold more than any has released
    return "No lane held text long enough to be noticed."


def _lane_verdict(comparison: Comparison, lane: Lane, price: Price, index: int, *, is_worst: bool) -> str:
    """What is worth saying of one lane; empty if nothing is."""
    after, held = price.after_raw_s or 0.0, price.hold_max_s or 0.0
    said = [f"first unit {after:.2f} s after raw"] if after >= _NOTICED_S else []
    if is_worst and held >= _NOTICED_S:
        why = " (the stall)" if not comparison.shows_medians and _is_the_stall(comparison, index) else ""
        said.append(f"worst hold {hold(held)}{why}")
    return f"{_verdict_name(comparison.lanes, lane, index)}: {', '.join(said)}." if said else ""


def runs_line(comparison: Comparison) -> str:
    """How many runs the table is made of, and how more are added; the key stands there by its id."""
    run, count = comparison.run, len(comparison.runs)
    note = ""
    if run is not None and run.is_over and run.outcome is not Outcome.COMPLETED:
        note = f"This run is {run.outcome}: it counts in no median. "
    if count < RUNS_FOR_MEDIAN:
        shown = max(1, count)
        return (
            f"{note}{shown} run{'s' if shown > 1 else ''}. {{run.again}} adds a run of the same prompt; "
            "from 3 runs on the table shows the median and the range."
        )
    if not comparison.shows_medians:
        return f"{note}{count} runs. Their medians are being computed."
    return f"{note}{count} runs: the median, and under it the range. {{run.again}} adds a run of the same prompt."


def reader_name(reader: Reader) -> str:
    """`voice 15 char/s`."""
    return f"{reader.name} {reader.chars_per_s:g} char/s"


def footer_hints(fit: Fit, playback: TimeCursor[Any], *, is_streaming: bool) -> list[tuple[str, str]]:
    """The keys of the footer, the most useful first."""
    if fit.is_tiny:
        return [("q", "back")]
    playing = playback_hints(playback, is_streaming=is_streaming)
    if fit.is_small:
        return [("tab", "next"), ("q", "back"), ("?", "help"), ("b", "mode"), *playing[:1], ("V", "reader")]
    if not fit.is_wide:
        reader = [] if is_streaming else [("V", "reader")]
        return [("tab", "lane"), ("b", "mode"), ("+ -", "lanes"), *playing[:1], *reader, ("q", "back"), ("?", "help")]
    moving = [*playing[:2], *([] if is_streaming or not playing else [("< >", "speed")])]
    return [
        ("tab", "lane"),
        ("b", "mode"),
        ("+ -", "lanes"),
        ("z", "zoom"),
        *moving,
        ("V", "reader"),
        ("e", "export"),
        ("q", "back"),
        ("?", "help"),
    ]


def markdown_table(comparison: Comparison, heading: str) -> str:
    """The price table as Markdown under a heading line; from three runs on each cell has its range in brackets."""
    rows = price_rows(comparison.lanes, comparison.prices(), comparison.reader, has_clock=comparison.has_clock)
    ranges = [range_cells(*ends) for ends in comparison.ranges()]
    head = ["lane", *(column.heading for column in COLUMNS)]
    lines = [_markdown_row(head), _markdown_row(["---"] * len(head))]
    for index, (row, lane) in enumerate(zip(rows, comparison.lanes, strict=True)):
        cells = [cell.text for cell in row.cells]
        if ranges:
            cells = [
                f"{text} ({span})" if span and span != text else text
                for text, span in zip(cells, ranges[index], strict=True)
            ]
        name = f"{row.letter} {lane.mode}" + (f" {lane.pattern}" if lane.pattern else "")
        lines.append(_markdown_row([name, *cells]))
    runs = f"median and range of {len(comparison.runs)} runs" if ranges else "1 run"
    title = f"Price of buffering: {heading}, {runs}, {reader_name(comparison.reader)}"
    return "\n".join([_markdown_text(title), "", *lines, ""])


def _markdown_row(cells: list[str]) -> str:
    return "| " + " | ".join(_markdown_text(cell) for cell in cells) + " |"


def _markdown_text(text: str) -> str:
    """One line that a Markdown table takes as it is."""
    return sanitize_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _verdict_name(lanes: tuple[Lane, ...], lane: Lane, index: int) -> str:
    """The mode, with its letter where two lanes have the same."""
    same = sum(other.mode == lane.mode for other in lanes)
    return lane.mode if same == 1 else f"{lane_letter(index)} {lane.mode}"


def _is_the_stall(comparison: Comparison, index: int) -> bool:
    """Whether the worst hold of a lane lies over a stall of the stream."""
    span = comparison.views[index].worst_hold
    stalls = comparison.run.stats.stall_list if comparison.run is not None else []
    return span is not None and any(
        span[0] <= stall.from_s and stall.from_s + stall.gap_s <= span[1] for stall in stalls
    )
