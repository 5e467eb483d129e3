"""Own drawing of lines against Textual's: the same cells, and only the changed lines drawn."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.panes.kept_drawing import KeptDrawing


class Counted(KeptDrawing):
    """Draws its words on every line and counts the lines."""

    DEFAULT_CSS = """
    Counted { height: 8; width: 30; border: round red; background: blue; }
    Counted.-bare { border: none; }
    Counted.-scrolling { overflow-y: scroll; }
    """

    def __init__(self, classes: str = "") -> None:
        super().__init__(classes=classes)
        self.words = "first"
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return Strip([Segment(f"{self.words} {y}", self.base_style)])


class Host(App[None]):
    """One widget."""

    def __init__(self, widget: Counted) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


def cells(lines: list[Strip]) -> list[list[tuple[str, object, object]]]:
    """Every cell with its colours, however the line was cut into segments; a blank's own colour is not seen."""
    return [
        [
            (sign, style and sign != " " and style.color, style and style.bgcolor)
            for text, style, _ in line
            for sign in text
        ]
        for line in lines
    ]


@pytest.mark.parametrize("classes", ["", "-bare", "-scrolling"])
async def test_the_lines_are_those_that_textual_draws(classes: str) -> None:
    widget = Counted(classes)
    async with Host(widget).run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        whole = widget.outer_size.region
        own = widget.render_lines(whole)
        widget._styles_cache.clear()  # noqa: SLF001  its lines are those of before
        assert cells(own) == cells(Widget.render_lines(widget, whole))


async def test_only_changed_lines_are_drawn_again() -> None:
    widget = Counted()
    async with Host(widget).run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        whole = widget.outer_size.region
        widget.render_lines(whole)
        widget.drawn.clear()
        widget.render_lines(whole)
        assert widget.drawn == []
        widget.words = "second"
        widget.refresh(Region(0, 2, 28, 1))
        lines = widget.render_lines(whole)
        assert widget.drawn == [2]
        assert [line.text.strip("│ ").split()[0] for line in lines[1:4]] == ["first", "first", "second"]


async def test_a_refresh_of_all_and_another_frame_draw_everything() -> None:
    widget = Counted()
    async with Host(widget).run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        whole = widget.outer_size.region
        before = cells(widget.render_lines(whole))
        widget.styles.border = ("heavy", "green")
        await pilot.pause()
        after = cells(widget.render_lines(whole))
        assert [line[0] for line in after] != [line[0] for line in before]
        assert [line[1:-1] for line in after[1:-1]] == [line[1:-1] for line in before[1:-1]]
