"""Pane 3 by its keys: cursor, folds, copy, save and source, and a view that stays where the user looks."""

from __future__ import annotations

import json
import time

from tests.panes.pane_host import PaneHost, hosted, rows_of, screen_of
from tui.core.chunks import StreamChunk, ToolCallDelta
from tui.core.pipeline import StreamPipeline
from tui.core.sanitize import sanitize_line
from tui.panes.extracts_pane import ExtractsPane

NONE_YET = "No code block, JSON value or tool call yet."
NESTED = {"a": {"list": list(range(30))}, "b": "x" * 60}


def fed(*pieces: str) -> StreamPipeline:
    pipeline = StreamPipeline()
    for index, piece in enumerate(pieces):
        pipeline.take(StreamChunk(piece, at=float(index), frame=index))
    return pipeline


def pane_of(app: PaneHost) -> ExtractsPane:
    assert isinstance(app.pane, ExtractsPane)
    return app.pane


async def test_an_empty_pane_shows_its_hint_and_every_key_is_harmless() -> None:
    async with hosted(ExtractsPane()) as (app, pilot):
        pane = pane_of(app)
        pane.show_run(None, NONE_YET)
        await pilot.press("y", "s", "enter", "g", "G", "up", "down", "pageup", "pagedown", "left", "right", "space")
        assert " ".join(row.strip() for row in rows_of(pane)) == NONE_YET
        pipeline = StreamPipeline()
        pane.show_run(pipeline, NONE_YET)
        pane.show_run(pipeline, "This answer has none.")
        assert [row.strip() for row in rows_of(pane)] == ["This answer has none."]
        assert not app.copied
        assert not app.asked
        assert not app.saves


async def test_copy_save_and_source_are_of_the_extract_under_the_cursor() -> None:
    pipeline = fed("```py\nx = 1\n```\n", 'then {"a":  1}', " and")
    delta = ToolCallDelta(0, name="get", arguments='{"city"')
    pipeline.take(StreamChunk(tool_calls=(delta,), at=3.0, frame=3))
    async with hosted(ExtractsPane()) as (app, pilot):
        pane_of(app).show_run(pipeline, NONE_YET, 3.0)
        await pilot.press("g", "y", "s", "enter", "j", "j", "y", "s", "enter", "G", "y", "s", "enter")
        assert app.copied == ["x = 1\n", '{"a":  1}', '{"city"']
        assert app.saves == [("x = 1\n", ".py"), ('{"a":  1}', ".json"), ('{"city"', ".txt")]
        assert app.asked == [(0, 0, None), (1, 1, None), (-1, -1, 0)]


async def test_left_and_right_fold_and_space_does_not() -> None:
    async with hosted(ExtractsPane()) as (app, pilot):
        pane = pane_of(app)
        pane.show_run(fed(json.dumps(NESTED)), NONE_YET)
        whole = pane.list_count
        await pilot.press("g", "down", "space")
        assert pane.list_count == whole
        await pilot.press("left")
        assert [row.strip(" ▸") for row in rows_of(pane)][1:] == ["▹ object of 2"]
        await pilot.press("right")
        assert pane.list_count == whole
        await pilot.press("down", "down", "down")
        assert pane.cursor == 4
        await pilot.press("left")
        assert "array of 30" in rows_of(pane)[pane.cursor]
        await pilot.press("left", "left")
        assert '"a": object of 1' in rows_of(pane)[pane.cursor]


async def test_the_heading_of_the_current_extract_stands_out() -> None:
    async with hosted(ExtractsPane()) as (app, pilot):
        pane = pane_of(app)
        pane.show_run(fed("```py\na\nb\n```\n", "```py\nc\nd\n```\n"), NONE_YET)

        def background(y: int) -> object:
            style = list(pane.render_line(y))[1].style
            return style.bgcolor if style is not None else None

        await pilot.press("g", "down")
        assert pane.cursor == 1
        plain = background(2)
        assert background(0) != plain
        assert background(1) != plain
        assert background(3) == plain
        await pilot.press("G")
        assert background(0) == plain
        assert background(3) != plain


async def test_the_view_and_the_cursor_stay_while_extracts_above_and_below_grow() -> None:
    pipeline = fed("```py\n" + "line\n" * 5, '{"a": 1}\n')
    async with hosted(ExtractsPane()) as (app, pilot):
        pane = pane_of(app)
        for number in range(30):
            pipeline.take(StreamChunk(f'{{"n": {number}}}\n', at=2.0, frame=2))
        pane.show_run(pipeline, NONE_YET, 2.0)
        assert pane.cursor == pane.list_count - 1
        for _ in range(20):
            await pilot.press("up")
        row, shown = rows_of(pane)[pane.cursor], screen_of(pane)
        for number in range(30):
            pipeline.take(StreamChunk(f'{{"m": {number}}}\n', at=3.0, frame=3))
            pane.show_run(pipeline, NONE_YET, 3.0)
        assert rows_of(pane)[pane.cursor] == row
        assert screen_of(pane) == shown
        await pilot.press("end")
        pipeline.take(StreamChunk('{"last": 1}\n', at=4.0, frame=4))
        pane.show_run(pipeline, NONE_YET, 4.0)
        assert '{"last": 1}' in screen_of(pane)[-1]


async def test_another_width_keeps_the_cursor_in_its_extract() -> None:
    async with hosted(ExtractsPane()) as (app, pilot):
        pane = pane_of(app)
        pane.show_run(fed(*(json.dumps({"n": n, "text": "word " * 8}) + "\n" for n in range(20))), NONE_YET)
        await pilot.press("g", *["down"] * 16)
        await pilot.press("y")
        await pilot.resize_terminal(120, 12)
        await pilot.press("y")
        assert app.copied[0] == app.copied[1]
        assert f'"n": {json.loads(app.copied[0])["n"]}' in "".join(rows_of(pane)[pane.cursor - 1 : pane.cursor + 2])


async def test_another_run_begins_anew() -> None:
    async with hosted(ExtractsPane()) as (app, pilot):
        pane = pane_of(app)
        pane.show_run(fed("```py\nold\n```\n"), NONE_YET)
        await pilot.press("g")
        pane.show_run(fed("```py\nnew\n```\n"), NONE_YET)
        assert "old" not in "".join(screen_of(pane))
        assert pane.cursor == pane.list_count - 1
        pane.show_run(None, NONE_YET)
        assert pane.cursor == -1


async def test_hostile_text_is_drawn_as_signs_everywhere() -> None:
    bad = "\x1b[2J\x9b31m\u202e[bold]x[/nope]\x00\ufeff"
    pipeline = fed(f"```{bad.strip()}\n{bad}\n```\n", json.dumps({bad: [bad, {bad: 1}], "k": bad * 20}), '{"open')
    delta = ToolCallDelta(0, name=bad, arguments=bad)
    pipeline.take(StreamChunk(tool_calls=(delta,), at=3.0, frame=3))
    good = ToolCallDelta(1, name="x", arguments=json.dumps({bad: bad * 30}))
    pipeline.take(StreamChunk(tool_calls=(good,), at=3.0, frame=3))
    async with hosted(ExtractsPane()) as (app, pilot):
        pane = pane_of(app)
        pane.show_run(pipeline, NONE_YET, 3.0)
        pipeline.finish(4.0)
        pane.show_run(pipeline, NONE_YET, 4.0)
        await pilot.press("g")
        for _ in range(pane.list_count):
            for row in rows_of(pane):
                assert row == sanitize_line(row)
            await pilot.press("down")


async def test_a_look_costs_the_same_with_ten_thousand_extracts_as_with_ten() -> None:
    pieces = [f"```py\nx = {number}\n```\n" + json.dumps({"n": number}) + "\n" for number in range(5000)]
    few, many = fed(*pieces[:5]), fed(*pieces)
    costs: dict[int, float] = {}
    async with hosted(ExtractsPane()) as (app, _):
        pane = pane_of(app)
        for pipeline in (few, many, few, many, few, many):
            pane.show_run(pipeline, NONE_YET, 1.0)
            began = time.process_time()
            for _ in range(60):
                pipeline.take(StreamChunk("```py\nx = 1\n```\n", at=1.0, frame=1))
                pane.show_run(pipeline, NONE_YET, 1.0)
                screen_of(pane)
            spent = time.process_time() - began
            costs[id(pipeline)] = min(spent, costs.get(id(pipeline), spent))
    assert costs[id(many)] < 3 * costs[id(few)]
