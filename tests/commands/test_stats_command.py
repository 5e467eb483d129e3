"""`streamscope stats` and `run --capture`: what was recorded says the same as the run that it records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_runner import run
from tests.core.readers.test_capture_lines import SMALL
from tests.long_matrix import first_of
from tests.transports.run_support import healthy
from tests.transports.scripted_server import ScriptedServer
from tui.captures.capture_writer import save_capture
from tui.cli import run_command_line

CAPTURES = sorted((Path(__file__).parents[1] / "data" / "captures").glob("*.jsonl"))
SHOWN = {
    "aimock-slow": ("completed", "stop", 61, None),
    "aimock-weather": ("completed", "tool_calls", 0, "get_weather"),
    "litellm-smol": ("completed", "length", 313, None),
    "llmock-tool": ("completed", "tool_calls", 0, "get_weather"),
    "smol-cancelled": ("cancelled", None, 91, None),
    "smol-code": ("completed", "stop", 409, None),
    "smol-json": ("completed", "stop", 114, None),
    "smol-plain": ("completed", "length", 710, None),
    "smol-truncated": ("completed", "length", 90, None),
}


def said_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run_command_line(list(arguments)) == 0
    value = json.loads(capsys.readouterr().out)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_every_recorded_stream_opens_and_shows_what_its_name_says(
    capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    shown = said_json(capsys, "stats", str(path), "--json")
    outcome, finish, length, tool = SHOWN[path.stem]
    assert (shown["outcome"], shown["finish_reason"]) == (outcome, finish)
    assert len(str(shown["content"])) == length
    assert [call["name"] for call in shown["tool_calls"]] == ([tool] if tool else [])  # type: ignore[attr-defined]
    assert (shown["form"], shown["notes"]) == ("recorded exchange", [])
    assert shown["stats"]["ttft_s"] is not None  # type: ignore[index]


@pytest.mark.parametrize("transport", first_of(["direct", "sse", "ws"]))
async def test_a_captured_run_has_the_numbers_of_the_run(tmp_path: Path, transport: str) -> None:
    path = tmp_path / "run.jsonl"
    async with ScriptedServer(healthy(transport)) as far:
        flags = ("--transport", transport, "--url", far.url, "--capture", str(path), "--json")
        live = await run(tmp_path, "run", "hi", *flags)
    assert live.code == 0
    assert f"saved {path}" in live.err
    recorded = await run(tmp_path, "stats", str(path), "--json")
    members = json.loads(recorded.text)
    assert (members.pop("form"), members.pop("notes")) == ("streamscope capture", [])
    assert members == json.loads(live.text)


async def test_a_capture_that_cannot_be_begun_sends_nothing(tmp_path: Path) -> None:
    other = tmp_path / "mine.txt"
    other.write_text("notes")
    async with ScriptedServer(healthy("sse")) as far:
        done = await run(tmp_path, "run", "hi", "--url", far.url, "--capture", str(other))
        assert far.peers == []
    assert (done.code, done.text) == (2, "")
    assert "not overwritten" in done.err


async def test_a_capture_that_cannot_be_written_is_said_and_fails(tmp_path: Path) -> None:
    async with ScriptedServer(healthy("sse")) as far:
        done = await run(tmp_path, "run", "hi", "--url", far.url, "--capture", "/dev/full")
    assert done.code == 1
    assert done.text
    assert "The capture could not be written" in done.err


def test_the_table_names_every_number_and_damage_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    save_capture(SMALL, path)
    path.write_bytes(path.read_bytes()[:-20])
    assert run_command_line(["stats", str(path)]) == 0
    said = capsys.readouterr()
    assert "TTFT" in said.out
    assert "completed (stop), 5 characters, 2 frames in 2 reads" in said.out
    assert said.err.startswith("note: Line 6 ")


def test_another_definition_set_gives_its_own_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said_json(capsys, "stats", str(CAPTURES[0]), "--json", "--definitions", "OTel")
    assert "ttfc_s" in shown["stats"]  # type: ignore[operator]
    assert "stalls" not in shown["stats"]  # type: ignore[operator]
    assert run_command_line(["stats", str(CAPTURES[0]), "--definitions", "none"]) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [([], "FILE"), (["/no/such/file"], "No such file"), (["a", "b"], "one FILE"), (["/dev/null"], "empty")],
)
def test_what_cannot_be_opened_exits_2_with_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    try:
        code: object = run_command_line(["stats", *arguments])
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert words in said.err
