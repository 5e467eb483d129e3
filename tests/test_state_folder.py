"""What is remembered between starts: for its owner alone, whole or not at all, and never a reason to fail."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tui.state_folder import StateFolder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "a" / "state")
    before = os.umask(0)
    try:
        assert folder.write("x.json", "one")
        assert folder.write("x.json", "two ␛")
    finally:
        os.umask(before)
    assert folder.read("x.json", 100) == "two ␛"
    assert mode(tmp_path / "a" / "state" / "x.json") == 0o600
    assert mode(tmp_path / "a" / "state") == 0o700
    assert [path.name for path in (tmp_path / "a" / "state").iterdir()] == ["x.json"], "nothing temporary is left"


def test_a_file_that_others_could_read_is_replaced_by_one_that_they_cannot(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("old")
    (tmp_path / "x.json").chmod(0o644)
    StateFolder(tmp_path).write("x.json", "new")
    assert mode(tmp_path / "x.json") == 0o600


@pytest.mark.parametrize("path", [None, Path("/proc/nowhere")])
def test_without_a_folder_nothing_is_remembered_and_nothing_fails(path: Path | None) -> None:
    folder = StateFolder(path)
    assert not folder.write("x.json", "one")
    assert folder.read("x.json", 100) == ""
    folder.remove("x.json")


def test_a_file_is_read_up_to_its_limit_and_bytes_that_are_no_text_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"ab\xffcdef")
    assert StateFolder(tmp_path).read("x", 4) == "ab\ufffdc"
    StateFolder(tmp_path).remove("x")
    assert StateFolder(tmp_path).read("x", 4) == ""


def test_text_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    folder.write("x", "old")
    (tmp_path / "y").mkdir()
    assert not folder.write("y", "text"), "a folder of that name is in the way"
    assert folder.read("x", 10) == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]
