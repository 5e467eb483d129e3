"""A placed strip is what Textual's own offsets would make of it, without an entry in its cache for each place."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.panes.placed_strip import placed

STYLES = [None, Style(), Style(color="red", bold=True), Style(color="#102030", bgcolor="blue", italic=True)]


def console(colors: str | None) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, color_system=colors, _environ={})  # type: ignore[arg-type]


def drawn(width: int = 12) -> Strip:
    return Strip([Segment(f"宽 {number}", style) for number, style in enumerate(STYLES)]).adjust_cell_length(width + 20)


@pytest.mark.parametrize("colors", ["truecolor", "256", None])
def test_it_shows_and_knows_what_textuals_own_does(colors: str | None) -> None:
    for row in (0, 7):
        ours, theirs = placed(drawn(), row, console(colors)), drawn().apply_offsets(0, row)
        assert ours.render(console(colors)) == theirs.render(console(colors))
        assert ours.cell_length == theirs.cell_length
        assert [(text, style.meta if style else None) for text, style, _ in ours] == [
            (text, style.meta if style else None) for text, style, _ in theirs
        ]
        assert [style.meta["offset"][1] for _, style, _ in ours if style] == [row] * (len(STYLES) + 1)


def test_places_take_no_room_in_textuals_cache() -> None:
    placed(drawn(), 0, console("truecolor")).render(console("truecolor"))
    before = Strip.render_ansi.cache_info().currsize
    for row in range(1, 50):
        placed(drawn(), row, console("truecolor")).render(console("truecolor"))
    assert Strip.render_ansi.cache_info().currsize == before
