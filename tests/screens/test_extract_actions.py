"""Saving an extract: where it goes is shown first, nothing is overwritten, nothing leaves the folder."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.screens.app_driver import running_app, until
from tui.app import StreamscopeApp
from tui.captures.new_files import write_new
from tui.config import Settings
from tui.core.sanitize import sanitize_line
from tui.screens.save_extract import SaveExtract, free_name, name_problem, other_name

NOWHERE = Settings(url="http://127.0.0.1:9")


@asynccontextmanager
async def saving(text: str, suffix: str, folder: Path) -> AsyncIterator[tuple[StreamscopeApp, Pilot[None]]]:
    async with running_app(NOWHERE, records=[]) as (app, pilot):
        app.push_screen(SaveExtract(text, suffix, folder))
        await until(pilot, lambda: isinstance(app.screen, SaveExtract) and bool(said(app, "path")))
        yield app, pilot


def said(app: StreamscopeApp, part: str) -> str:
    return "".join(str(widget.visual) for widget in app.screen.query(f"#save-{part}").results(Static))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def field(app: StreamscopeApp) -> Input:
    return app.screen.query_one(Input)


def toasts(app: StreamscopeApp) -> list[str]:
    return [notice.message for notice in app._notifications]  # noqa: SLF001  there is no other list of them


async def test_the_path_is_shown_before_and_said_after(tmp_path: Path) -> None:
    (tmp_path / "extract-2.json").write_text("{}")
    async with saving("x = 1\n", ".py", tmp_path) as (app, pilot):
        assert field(app).value == "extract-3.py"
        assert "extract-3.py" in field(app).render_line(0).text
        assert str(tmp_path / "extract-3.py") in said(app, "path").replace("\n", "")
        assert not (tmp_path / "extract-3.py").exists()
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, SaveExtract))
        assert toasts(app) == [f"Saved {tmp_path / 'extract-3.py'}, 6 characters."]
    saved = tmp_path / "extract-3.py"
    assert saved.read_bytes() == b"x = 1\n"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


async def test_the_name_can_be_changed_and_esc_writes_nothing(tmp_path: Path) -> None:
    async with saving("a\r\nb", ".txt", tmp_path) as (app, pilot):
        field(app).value = "mine.md"
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, SaveExtract))
    assert (tmp_path / "mine.md").read_bytes() == b"a\r\nb"
    async with saving("again", ".txt", tmp_path) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SaveExtract))
    assert names_in(tmp_path) == ["mine.md"]


async def test_what_exists_is_never_overwritten_be_it_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("old")
    (tmp_path / "link.py").symlink_to(tmp_path / "nowhere")
    async with saving("new", ".py", tmp_path) as (app, pilot):
        for name in ("mine", "link"):
            field(app).value = f"{name}.py"
            await pilot.press("enter")
            await until(pilot, lambda name=name: f"{name}.py exists" in said(app, "problem"))  # type: ignore[misc]
            assert field(app).value == f"{name}-2.py"
            assert f"{name}-2.py" in said(app, "path")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, SaveExtract))
    assert (tmp_path / "mine.py").read_text() == "old"
    assert not (tmp_path / "nowhere").exists()
    assert (tmp_path / "link-2.py").read_text() == "new"


async def test_a_name_that_leaves_the_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    async with saving("text", ".txt", folder) as (app, pilot):
        for name in ("../out.txt", "/tmp/out.txt", "a/b", "..\\out", "C:out", "..", "", "a\x00b"):
            field(app).value = name
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(app.screen, SaveExtract)
            assert said(app, "problem").endswith(".")
            assert said(app, "path") == ""
    assert names_in(tmp_path) == ["in"]


async def test_a_folder_that_takes_no_file_is_a_sentence_and_control_characters_are_said(tmp_path: Path) -> None:
    async with saving("a\x1b[2J\u202e", ".txt", tmp_path / "missing") as (app, pilot):
        assert "It holds 2 control characters." in said(app, "size")
        await pilot.press("enter")
        await until(pilot, lambda: "Not saved: No such file or directory." in said(app, "problem"))


async def test_lone_surrogates_and_hostile_folders_are_no_crash(tmp_path: Path) -> None:
    folder = tmp_path / "a\x1b[2J[bold]\u202e[nope]"
    folder.mkdir()
    async with saving("x\ud800y", ".txt", folder) as (app, pilot):
        assert said(app, "path") == sanitize_line(said(app, "path"))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, SaveExtract))
    assert (folder / "extract-1.txt").read_text(encoding="utf-8") == "x\ufffdy"


@pytest.mark.parametrize("name", ["a.py", "extract-3.py", "with space.md", "naïve.txt", ".hidden", "a..b"])
def test_plain_names_are_taken(name: str) -> None:
    assert name_problem(name) == ""


def test_the_next_number_is_free_over_all_suffixes(tmp_path: Path) -> None:
    assert free_name(tmp_path, ".py") == "extract-1.py"
    for name in ("extract-7.json", "extract-x.py", "extract-2", "other-9.py"):
        (tmp_path / name).touch()
    assert free_name(tmp_path, ".py") == "extract-8.py"
    assert other_name(tmp_path, "extract-7.json") == "extract-8.json"


def test_writing_over_something_is_an_error(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_text() == "one"
