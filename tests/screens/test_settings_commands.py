"""The palette on the user's settings: what holds and why, whether the file is right, and editing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.app_driver import pane_text, running_app, until
from tests.screens.test_compare_screen import toasts
from tests.screens.test_palette import choose
from tui.config import load_settings
from tui.screens.help_screen import HelpScreen

TEXT = """url = "http://name:sk-CANARY@127.0.0.1:9"
[keys]
"set.buffer" = "B"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-CANARY")
    file = tmp_path / "streamscope" / "config.toml"
    file.parent.mkdir()
    file.write_text(TEXT)
    return file


def write(file: Path, text: str) -> None:
    file.write_text(text)


async def test_all_keys_are_shown_as_the_user_has_them(file: Path) -> None:
    async with running_app(load_settings({}, {}, file)) as (app, pilot):
        await choose(app, pilot, "keys: show all")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and bool(pane_text(app, "help").strip()))
        said = " ".join(pane_text(app, "help").split())
        assert f"under[keys]in{file}" in said.replace(" ", ""), "a long path is broken over two lines"
        assert "B buffer mode" in said
        assert "(set.buffer)" in said
        assert "ctrl+q quit (app.quit)" in said


async def test_what_holds_is_shown_with_its_origin_and_without_keys(file: Path) -> None:
    async with running_app(load_settings({"theme": "ansi"}, {}, file), size=(200, 60)) as (app, pilot):
        await choose(app, pilot, "config: where")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and bool(pane_text(app, "help").strip()))
        # The box is narrow and breaks long paths.
        said = "".join(pane_text(app, "help").split())
        assert f"urlhttp://127.0.0.1:9({file},line1,keyurl)" in said
        assert "themeansi(--theme)" in said
        assert "OPENAI_API_KEYset,notshown" in said
        assert "CANARY" not in said


async def test_the_check_reads_the_file_as_it_is_now(file: Path) -> None:
    async with running_app(load_settings({}, {}, file)) as (app, pilot):
        await choose(app, pilot, "keys: check")
        await until(pilot, lambda: toasts(app) == [f"{file} can be used: 1 key of your own, no conflict."])
        write(file, '[keys]\n"set.buffer" = "c"\n')
        await choose(app, pilot, "keys: check")
        await until(pilot, lambda: len(toasts(app)) == 2)
        assert toasts(app)[1].startswith(f"{file}, line 2, key keys.set.buffer: c is also the key of screen.compare")
        write(file, "url = ")
        await choose(app, pilot, "config: where")
        await until(pilot, lambda: len(toasts(app)) == 3)
        assert f"{file} is not TOML" in toasts(app)[2]


async def test_where_nothing_can_be_suspended_editing_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with running_app(load_settings({}, {}, file)) as (app, pilot):
        await choose(app, pilot, "config: edit")
        await until(pilot, lambda: any(text.startswith(f"{file} could not be edited") for text in toasts(app)))
