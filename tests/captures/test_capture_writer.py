"""Capture files on disk: flushed line by line, for their owner alone, and whole as far as they go."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.readers.test_capture_lines import SMALL
from tui.captures.capture_writer import CaptureWriter, save_capture
from tui.captures.open_capture import open_capture, read_capture
from tui.core.capture import CaptureEnd, Read, Record
from tui.errors import CaptureError


def write(path: Path, records: list[Record]) -> CaptureWriter:
    with CaptureWriter(path) as writer:
        for record in records:
            writer.add(record)
    return writer


def test_a_written_capture_opens_as_it_was_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    writer = write(path, SMALL)
    assert read_capture(path) == (SMALL, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert writer.byte_count == path.stat().st_size


def test_each_line_is_in_the_file_before_the_next_record_comes(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with CaptureWriter(path) as writer:
        for count, record in enumerate(SMALL, start=1):
            writer.add(record)
            assert path.read_bytes().count(b"\n") == count


def test_a_recorder_that_is_killed_leaves_what_it_had_written(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    code = (
        "import os, signal, sys\n"
        "from tests.core.readers.test_capture_lines import SMALL\n"
        "from tui.captures.capture_writer import CaptureWriter\n"
        "writer = CaptureWriter(sys.argv[1])\n"
        "for record in SMALL[:4]: writer.add(record)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    records, notes = read_capture(path)
    assert records[:-1] == SMALL[:4]
    assert isinstance(records[-1], CaptureEnd)
    assert "no end line" in notes[0]


def test_only_captures_and_empty_files_are_replaced(tmp_path: Path) -> None:
    path, other, empty = tmp_path / "run.jsonl", tmp_path / "notes.txt", tmp_path / "empty"
    write(path, SMALL)
    path.chmod(0o644)
    write(path, SMALL[:3])
    assert read_capture(path)[0][:-1] == SMALL[:3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other.write_text("my notes")
    with pytest.raises(CaptureError, match="no capture"):
        CaptureWriter(other)
    assert other.read_text() == "my notes"
    empty.touch()
    write(empty, SMALL)
    assert read_capture(empty)[0] == SMALL


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="No such file"):
        CaptureWriter(tmp_path / "nowhere" / "run.jsonl")


def test_a_full_disk_ends_the_file_with_its_last_whole_line(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk."""
    path = tmp_path / "run.jsonl"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limits[1]))
    try:
        with CaptureWriter(path) as writer:
            for record in [*SMALL[:3], *(Read(0.1 * i, b"x" * 300) for i in range(9))]:
                writer.add(record)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert writer.problem is not None
    assert "not written any further" in writer.problem
    data = path.read_bytes()
    assert data.endswith(b"\n")
    assert len(data) == writer.byte_count
    assert read_capture(path)[0][:3] == SMALL[:3]


def test_a_device_can_be_written_to() -> None:
    write(Path(os.devnull), SMALL)


def test_saving_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "saved.jsonl"
    assert save_capture(SMALL, path) == path.stat().st_size
    with pytest.raises(CaptureError, match="overwritten"):
        save_capture(SMALL[:2], path)
    assert read_capture(path)[0] == SMALL


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"gone\.jsonl cannot be opened: No such file"):
        open_capture(tmp_path / "gone.jsonl")
    with pytest.raises(CaptureError, match="Is a directory"):
        read_capture(tmp_path)
