"""`config.toml` as the command finds it: own keys act, a chosen theme is there at the next start, a mistake ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pty.terminal import Terminal

SIZE = (120, 40)


def write_settings(folder: Path, text: str) -> Path:
    file = folder / "streamscope" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


async def test_a_conflict_of_keys_ends_the_start_with_both_names(tmp_path: Path) -> None:
    write_settings(tmp_path, '[keys]\n\n"set.buffer" = "c"\n')
    async with Terminal(SIZE, folder=tmp_path) as terminal:
        assert await terminal.ended() == 2
        said = terminal.text.replace("\n", "").replace(" ", "")
    assert "line3,keykeys.set.buffer:cisalsothekeyofscreen.compare" in said
    assert "\x1b[?1049h" not in terminal.raw.decode(), "no screen was drawn"


async def test_own_keys_act_and_a_chosen_theme_is_there_at_the_next_start(tmp_path: Path) -> None:
    file = write_settings(tmp_path, '# mine\n\n[keys]\nset.buffer = "B"\napp.palette = "ctrl+k"  # as elsewhere\n')
    async with Terminal(SIZE, folder=tmp_path) as terminal:
        await terminal.until("○ IDLE", "B mode")
        terminal.send("\x0b")
        await terminal.until("app: quit")
        terminal.send("theme: high-contrast")
        await terminal.until("theme: high-contrast", without="app: quit")
        terminal.send("\x1b[B", "enter")
        await terminal.until("Theme high-contrast, saved in")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
    assert read(file) == (
        '# mine\ntheme = "high-contrast"\n\n[keys]\nset.buffer = "B"\napp.palette = "ctrl+k"  # as elsewhere\n'
    )
    async with Terminal(SIZE, folder=tmp_path) as terminal:
        await terminal.until("○ IDLE", "B mode")
        assert terminal.color_of("1 text") == "ffffff"
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0


async def test_the_file_is_edited_in_the_editor_and_checked_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor has the terminal for itself; what it leaves behind is read at once."""
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\necho EDITING\nread line\nprintf \'[keys]\\n"set.buffer" = "%s"\\n\' "$line" >> "$2"\n'
    )
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"{editor} --wait")
    file = tmp_path / "streamscope" / "config.toml"
    async with Terminal(SIZE, folder=tmp_path) as terminal:
        await terminal.until("○ IDLE", "b mode")
        terminal.send("\x10")
        await terminal.until("app: quit")
        terminal.send("config: edit")
        await terminal.until("config: edit", without="app: quit")
        terminal.send("\x1b[B", "enter")
        await terminal.until("EDITING")
        terminal.send("c\r")
        await terminal.until("○ IDLE", "c is also the key of screen.compare")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
    assert read(file).startswith("# Settings of streamscope.")
    assert read(file).endswith('[keys]\n"set.buffer" = "c"\n')
