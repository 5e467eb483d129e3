"""Find on the Live screen: /, ctrl+f, n, N and esc, in the text, the units and the extracts."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.screens.app_driver import demo_records, line_text, pane_text, running_app, until
from tests.screens.test_compare_screen import stalled_records, toasts
from tui.app import StreamscopeApp
from tui.config import Settings
from tui.panes.cursor_view import CursorView
from tui.panes.line_view import LineView
from tui.panes.search_marks import MATCH, NOW
from tui.panes.text_pane import TextPane
from tui.screens.find_bar import FindBar

NOWHERE = Settings(url="http://127.0.0.1:9")


def styled(app: StreamscopeApp, pane: str, *styles: str) -> list[str]:
    """What stands in a pane in one of some styles, row by row."""
    view = app.screen.query_one(f"#{pane}", LineView)
    spans = (span for row in range(view.row_count) for span in view.row_spans(row))
    return [span.text for span in spans if span.style in styles]


def is_open(app: StreamscopeApp) -> bool:
    return any(not bar.is_closed for bar in app.screen.query(FindBar))


async def find(app: StreamscopeApp, pilot: Pilot[None], pane: str, needle: str, key: str = "slash") -> None:
    """Goes to a pane, opens the bar, types the needle."""
    await pilot.press("escape", pane, key)
    await until(pilot, lambda: isinstance(app.focused, Input))
    await pilot.press(*needle)


async def test_the_bar_counts_marks_and_steps_through_the_text_and_esc_takes_it_away() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        count = pane_text(app, "text").lower().count("list")
        assert count > 3
        await find(app, pilot, "1", "list")
        await until(pilot, lambda: line_text(app, "find-count") == f"1 of {count}")
        assert [text.lower() for text in styled(app, "text", MATCH, NOW)] == ["list"] * count
        await pilot.press("enter")
        assert app.focused is app.screen.query_one(TextPane)
        await pilot.press("n", "n")
        assert line_text(app, "find-count") == f"3 of {count}"
        await pilot.press("N")
        assert line_text(app, "find-count") == f"2 of {count}"
        await pilot.press("N", "N")
        assert line_text(app, "find-count") == f"{count} of {count}", "round the end"
        await pilot.press("escape")
        assert not is_open(app)
        assert styled(app, "text", MATCH, NOW) == []
        assert app.focused is app.screen.query_one(TextPane), "esc does one thing"


async def test_a_place_out_of_sight_is_brought_into_sight() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown"), size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        pane = app.screen.query_one(TextPane)
        await find(app, pilot, "1", "list", key="ctrl+f")
        await until(pilot, lambda: " of " in line_text(app, "find-count"))
        await pilot.press("enter")
        tops = set()
        for _ in range(int(line_text(app, "find-count").split()[-1])):
            await pilot.press("n")
            top = pane.scroll_offset.y
            tops.add(top)
            seen = [span for row in range(top, top + pane.size.height) for span in pane.row_spans(row)]
            assert any(span.style == NOW for span in seen)
        assert len(tops) > 1
        assert not pane.is_following


async def test_a_case_that_is_typed_counts_and_nothing_found_is_said() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await find(app, pilot, "1", "LIST")
        await until(pilot, lambda: line_text(app, "find-count") == "not found")
        for _ in "LIST":
            await pilot.press("backspace")
        await until(pilot, lambda: line_text(app, "find-count") == "")


@pytest.mark.parametrize(("pane", "key", "needle"), [("segments", "2", "print"), ("extracts", "3", "print")])
async def test_lists_are_searched_row_by_row_and_the_cursor_goes_there(pane: str, key: str, needle: str) -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await find(app, pilot, key, needle)
        await until(pilot, lambda: " of " in line_text(app, "find-count"))
        view = app.screen.query_one(f"#{pane}", CursorView)
        assert needle in view.searched_text(view.cursor)
        assert needle in styled(app, pane, NOW)
        await pilot.press("enter", "n")
        assert needle in view.searched_text(view.cursor)
        assert line_text(app, "find-count").startswith(("2 of", "1 of"))
        await pilot.press("escape")
        assert styled(app, pane, MATCH, NOW) == []


async def test_the_search_goes_with_the_focus_to_another_pane() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await find(app, pilot, "1", "print")
        await until(pilot, lambda: " of " in line_text(app, "find-count"))
        await pilot.press("enter", "2")
        await until(pilot, lambda: bool(styled(app, "segments", NOW)))
        assert styled(app, "text", MATCH, NOW) == []
        await pilot.press("4")
        await pilot.pause()
        assert styled(app, "segments", NOW), "numbers are not searched, so it stays"


async def test_a_stall_mark_is_never_found_and_a_place_across_it_is() -> None:
    async with running_app(NOWHERE, records=stalled_records()) as (
        app,
        pilot,
    ):
        await until(pilot, lambda: "⟨+0.9 s⟩" in pane_text(app, "text"))
        await find(app, pilot, "1", "0.9")
        await until(pilot, lambda: line_text(app, "find-count") == "not found")
        for _ in "0.9":
            await pilot.press("backspace")
        await pilot.press(*"raise the")
        await until(pilot, lambda: line_text(app, "find-count") == "1 of 1")
        assert "".join(styled(app, "text", NOW)) == "raise the"


async def test_the_bar_opens_from_the_prompt_and_returns_there() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("ctrl+f", *"list")
        await until(pilot, lambda: bool(styled(app, "text", NOW)))
        await pilot.press("escape")
        assert app.focused is not None
        assert app.focused.id == "prompt"
        await pilot.press("ctrl+f")
        await until(pilot, lambda: bool(styled(app, "text", NOW)))
        assert app.screen.query_one("#find-needle", Input).value == "list", "what was searched for last"


async def test_a_search_goes_on_in_what_still_arrives_and_in_the_next_run() -> None:
    records = demo_records("markdown")
    async with running_app(NOWHERE, records=records[:60]) as (app, pilot):
        await until(pilot, lambda: pane_text(app, "text") != "")
        await pilot.press("ctrl+f", *"list")
        await until(pilot, lambda: " of " in line_text(app, "find-count"))
        before = line_text(app, "find-count")
        run = app.controller.run
        assert run is not None
        for record in records[60:]:
            run.take(record)
        await until(pilot, lambda: line_text(app, "find-count") not in ("", before))
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        count = pane_text(app, "text").lower().count("list")
        await until(pilot, lambda: line_text(app, "find-count") == f"1 of {count}")
        app.controller.show(demo_records("code"), app.endpoint.plan(""))
        await until(pilot, lambda: line_text(app, "find-count") not in ("", f"1 of {count}"))


async def test_n_without_a_search_says_how_to_begin_one() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("escape", "n")
        assert "Nothing is searched for yet. / finds." in toasts(app)


async def test_esc_in_the_bar_cancels_no_run() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")[:60]) as (app, pilot):
        await pilot.press("ctrl+f", "a", "escape")
        assert not is_open(app)
        run = app.controller.run
        assert run is not None
        assert run.cancel_key_at is None


async def test_from_the_markdown_view_the_plain_text_is_searched() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape", "v")
        await until(pilot, lambda: app.screen.has_class("-preview"))
        await pilot.press("slash", *"list")
        await until(pilot, lambda: bool(styled(app, "text", NOW)))
        assert not app.screen.has_class("-preview")


async def test_what_is_pasted_into_the_bar_is_inert() -> None:
    from textual.events import Paste  # noqa: PLC0415  only here

    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        await pilot.press("ctrl+f")
        await until(pilot, lambda: isinstance(app.focused, Input))
        app.post_message(Paste("[/x]\x1b[2J"))
        await until(pilot, lambda: app.screen.query_one("#find-needle", Input).value == "[/x]␛[2J")
        await until(pilot, lambda: line_text(app, "find-count") == "not found")
        assert "\x1b" not in app.export_screenshot()
