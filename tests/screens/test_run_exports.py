"""`e` and what it writes: each form where the list says it, nothing overwritten, nothing while a run goes on."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.core.wire_view.tool_run import tool_records
from tests.screens.app_driver import demo_records, line_text, running_app, until
from tests.screens.golden_screens import screen_text
from tests.screens.test_compare_screen import play_without_end, toasts
from tests.screens.test_open_screen import browsing, files_in
from tests.screens.test_palette import choose
from tests.transports.scripted_server import ScriptedServer
from tui.captures.open_capture import open_capture, read_capture
from tui.config import Settings
from tui.core.capture import Read
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.exports.export_forms import FORMS
from tui.screens.pick_screen import PickScreen
from tui.screens.run_exports import copy_card

NOWHERE = Settings(url="http://127.0.0.1:9")
CAPTURES = Path(__file__).parents[1] / "data" / "captures"


def said_of(texts: list[str], suffix: str) -> str:
    return next(text for text in texts if text.startswith("Saved ") and suffix in text)


async def test_every_form_goes_where_the_list_says_it_and_to_a_free_name(tmp_path: Path) -> None:
    async with running_app(NOWHERE, records=tool_records()) as (app, pilot):
        app.folder = tmp_path
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape")
        for number, form in enumerate(FORMS.values()):
            await pilot.press("e")
            await until(pilot, lambda: isinstance(app.screen, PickScreen))
            choices = app.screen.query_one(OptionList)
            assert str(tmp_path) in str(choices.border_title)
            listed = str(choices.get_option_at_index(number).prompt)
            assert listed.startswith(form.title)
            await pilot.press(*["down"] * number, "enter")
            await until(pilot, lambda n=number: len(files_in(tmp_path)) == n + 1)  # type: ignore[misc]
            await until(pilot, lambda f=form: any(f.after + "," in text for text in toasts(app)))  # type: ignore[misc]
            name = said_of(toasts(app), form.after + ",").split("/")[-1].partition(",")[0]
            assert name in listed
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files_in(tmp_path))
        run = app.controller.derived
        assert run is not None
        bodies = {path.suffix: path.read_bytes() for path in files_in(tmp_path)}
        body = b"".join(r.data for r in run.capture.records() if isinstance(r, Read) and isinstance(r.data, bytes))
        assert bodies[".sse"] == body
        har = next(path for path in files_in(tmp_path) if path.suffix == ".har")
        assert read_capture(har)[0] == list(run.capture.records())
        assert bodies[".svg"].startswith(b"<svg")
        assert b"get_weather" in bodies[".py"]
        assert b"READS = [" in bodies[".py"]
        await pilot.press("e", "enter")
        await until(pilot, lambda: len(files_in(tmp_path)) == len(FORMS) + 1)
        assert har.with_name(f"{har.stem}-2.har") in files_in(tmp_path)


async def test_before_there_is_a_run_the_key_says_so_and_while_it_goes_on_what_came_is_exported(tmp_path: Path) -> None:
    async with ScriptedServer(play_without_end) as far, running_app(Settings(url=far.url)) as (app, pilot):
        app.folder = tmp_path
        await pilot.press("escape", "e")
        await until(pilot, lambda: any("nothing to export" in text for text in toasts(app)))
        await pilot.press("i", *"hello", "enter")
        await until(pilot, lambda: app.controller.derived is not None and bool(app.controller.derived.chunks))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press("enter")
        await until(pilot, lambda: any(".har, " in text for text in toasts(app)))
        assert app.controller.is_streaming
        await choose(app, pilot, "file: copy card")
        await until(pilot, lambda: any("x cancels it; then it has a card." in text for text in toasts(app)))
        await pilot.press("f8")
        await until(pilot, lambda: any(".svg, " in text for text in toasts(app)))
        await pilot.press("x")
        await until(pilot, lambda: not app.controller.is_streaming)
    assert sorted(path.suffix for path in files_in(tmp_path)) == [".har", ".svg"]
    har = next(path for path in files_in(tmp_path) if path.suffix == ".har")
    run = DerivedRun.of_records(read_capture(har)[0])
    assert run.result is not None
    assert run.result.outcome is Outcome.INCOMPLETE
    assert run.pipeline.content.length


async def test_a_folder_that_takes_no_file_is_a_sentence() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        app.folder = Path("/gone/a[bold]\x1b[2J")
        await until(pilot, lambda: "COMPLETED" in line_text(app, "header"))
        await pilot.press("escape", "e")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        assert "\x1b" not in app.export_screenshot()
        assert "[bold]" in screen_text(app).replace("\n", "")
        await pilot.press("enter")
        await until(pilot, lambda: any(text == "Not saved: No such file or directory." for text in toasts(app)))


async def test_a_file_of_the_list_is_handed_on_without_being_opened(tmp_path: Path) -> None:
    shutil.copyfile(CAPTURES / "smol-plain.jsonl", tmp_path / "plain.jsonl")
    async with browsing(tmp_path) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        titles = [str(option.prompt).split()[0] for option in app.screen.query_one(OptionList).options]
        assert titles == ["har", "sse", "text", "md", "card", "pytest"]
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: any("plain.txt, " in text for text in toasts(app)))
        assert (tmp_path / "plain.txt").read_text(encoding="utf-8").startswith("The answer to this question lies")
        assert app.controller.run is None


@pytest.mark.parametrize("name", ["smol-plain", "llmock-tool"])
async def test_the_card_is_copied_as_text(name: str) -> None:
    async with running_app(NOWHERE, records=open_capture(CAPTURES / f"{name}.jsonl")) as (app, pilot):
        await until(pilot, lambda: app.controller.run is not None and app.controller.run.is_over)
        copy_card(app)
        await until(pilot, lambda: any("(card)" in text for text in toasts(app)))
        assert len(app.clipboard.splitlines()) <= 12
        assert "streamscope" in app.clipboard
