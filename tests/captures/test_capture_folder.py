"""A folder of recordings: every form with its numbers, what is damaged named, what is something else left out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.core.readers.test_capture_lines import SMALL
from tests.core.readers.test_log_readers import BODY, HEAD, trace
from tui.captures.capture_folder import MOST_FILES, CaptureFolder, FileFacts, read_facts
from tui.captures.capture_writer import save_capture
from tui.core.capture import Read
from tui.core.chunks import Outcome
from tui.errors import CaptureError

CAPTURES = sorted((Path(__file__).parents[1] / "data" / "captures").glob("*.jsonl"))


def facts_of(path: Path) -> FileFacts:
    found = [facts for facts in read_facts(path) if facts is not None]
    assert len(found) == 1
    return found[0]


def test_the_names_are_there_before_anything_is_read_and_the_newest_comes_first(tmp_path: Path) -> None:
    for age, path in enumerate(CAPTURES):
        shutil.copyfile(path, tmp_path / path.name)
        os.utime(tmp_path / path.name, (1000 - age, 1000 - age))
    folder = CaptureFolder(tmp_path)
    folder.look()
    assert [file.path.name for file in folder.files] == [path.name for path in CAPTURES]
    assert folder.progress == (0, len(CAPTURES))
    for _ in folder.read():
        pass
    assert folder.progress == (len(CAPTURES), len(CAPTURES))
    summaries = [facts.summary for file in folder.files if (facts := folder.facts(file)) is not None]
    outcomes = {path.stem: summary.outcome for path, summary in zip(CAPTURES, summaries, strict=True) if summary}
    assert outcomes.pop("smol-cancelled") is Outcome.CANCELLED
    assert set(outcomes.values()) == {Outcome.COMPLETED}
    assert all(s and s.model and s.ttft_s and s.length_s and s.frames for s in summaries)


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    save_capture(SMALL, path)
    folder = CaptureFolder(tmp_path)
    folder.look()
    assert len(list(folder.read())) > 0
    folder.look()
    assert list(folder.read()) == []
    path.write_bytes(path.read_bytes()[:-20])
    folder.look()
    assert folder.progress == (0, 1)
    assert len(list(folder.read())) > 0
    facts = folder.facts(folder.files[0])
    assert facts is not None
    assert "cut off or damaged" in facts.damage


def test_logs_are_recordings_and_other_texts_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "curl.log").write_bytes(HEAD + BODY)
    (tmp_path / "trace.txt").write_text(trace())
    (tmp_path / "error.log").write_text('data: {"error":{"message":"no"}}\n\n')
    (tmp_path / "requirements.txt").write_text("textual==8\nhttpx\n")
    (tmp_path / "package.json").write_text('{"name": "x"}\n')
    (tmp_path / "notes.md").write_text("# data: no\n")
    (tmp_path / ".hidden.jsonl").write_text("{}")
    (tmp_path / "folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "pipe.log")
    folder = CaptureFolder(tmp_path)
    folder.look()
    for _ in folder.read():
        pass
    assert {file.path.name for file in folder.files} == {"curl.log", "trace.txt", "error.log"}
    plain = facts_of(tmp_path / "curl.log").summary
    assert plain is not None
    assert (plain.ttft_s, plain.length_s, plain.reads) == (None, None, None)


def test_a_large_text_that_is_no_stream_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("no stream at all\n" * 200_000)
    steps = list(read_facts(path))
    assert steps[-1] is not None
    assert steps[-1].is_other
    assert len(steps) < 2000


@pytest.mark.parametrize("name", ["run.jsonl", "run.har", "run.log"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\x00\x9b", b'{"log": {', b'{"type":"header","format":"streamscope-capture"']
)
def test_what_cannot_be_shown_says_why_or_is_left_out(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    facts = facts_of(path)
    assert facts.is_other or facts.complaint or facts.summary is not None
    if facts.summary is None and not facts.is_other:
        assert facts.complaint.endswith(".")


def test_damage_at_any_byte_of_a_capture_is_named_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    save_capture(SMALL, path)
    whole = path.read_bytes()
    reads = sum(isinstance(record, Read) for record in SMALL)
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        facts = facts_of(path)
        assert not facts.is_other
        said = facts.complaint or facts.damage or " ".join(facts.notes)
        assert said, (place, whole[place : place + 1])
        assert facts.summary is None or facts.summary.reads is not None
        assert facts.summary is None or (facts.summary.reads or 0) <= reads


def test_a_folder_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"nowhere cannot be listed: No such file or directory\."):
        CaptureFolder(tmp_path / "nowhere").look()


def test_of_very_many_files_the_newest_are_listed(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 5):
        path = tmp_path / f"{number}.log"
        path.touch()
        os.utime(path, (number, number))
    folder = CaptureFolder(tmp_path)
    folder.look()
    assert (len(folder.files), folder.left_out) == (MOST_FILES, 5)
    assert folder.files[0].path.name == f"{MOST_FILES + 4}.log"
