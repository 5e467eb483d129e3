"""`streamscope check`, of files and of runs made now, and `run --repeat`, `--jsonl`, `--buffer`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_runner import run
from tests.long_matrix import first_of
from tests.transports.run_support import after_tokens, cut, healthy, tokens
from tests.transports.scripted_server import ScriptedServer
from tui.cli import run_command_line

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
CODE = str(CAPTURES / "smol-code.jsonl")


def test_what_is_met_exits_0_and_what_is_not_1_with_its_frame(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["check", CODE, "--expect", "ttft<2s", "--expect", "outcome==completed"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == ["ok    ttft<2s  found 0.1257 s", "ok    outcome==completed  found completed"]
    assert run_command_line(["check", CODE, "--expect", "max_gap<10ms", "--expect", "json.valid"]) == 1
    gap, valid = capsys.readouterr().out.splitlines()
    assert gap == 'FAIL  max_gap<10ms  found 0.0181 s: frame 36 came 0.018 s after frame 35 (0.543 s), after "function"'
    assert valid == "FAIL  json.valid  found no: the answer holds no JSON"


def test_the_object_of_a_check_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["check", CODE, "--json", "--expect", "frames>500"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "ok": False,
        "expectations": [{"expect": "frames>500", "ok": False, "found": "105 frames", "where": ""}],
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([CODE], "--expect"),
        ([CODE, "--expect", "tft<2"], "did you mean ttft"),
        (["/no/such/file", "--expect", "ttft<2"], "No such file"),
        (["run", "hi", "--expect", "tft<2"], "did you mean ttft"),
        (["run", "hi", "--expect", "ttft<2", "--repeat", "2"], "--repeat"),
        (["run", "hi", "--expect", "ttft<2", "--url", "ftp://x"], "http"),
    ],
)
def test_what_cannot_be_judged_exits_2(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    try:
        code: object = run_command_line(["check", *arguments])
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert words in said.err


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_a_run_made_now_is_checked(tmp_path: Path, transport: str) -> None:
    async with ScriptedServer(healthy(transport)) as far:
        flags = ("--transport", transport, "--url", far.url, "--expect", "outcome==completed", "--expect", "ttft<30s")
        done = await run(tmp_path, "check", "run", "hi", *flags)
    assert done.code == 0
    assert [line[:4] for line in done.text.splitlines()] == ["ok  ", "ok  "]


async def test_a_cut_run_fails_its_check_and_is_recorded_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    async with ScriptedServer(after_tokens("sse", cut)) as far:
        flags = ("--url", far.url, "--expect", "outcome==completed", "--capture", str(path))
        done = await run(tmp_path, "check", "run", "hi", *flags)
    assert done.code == 1
    assert done.text.startswith("FAIL  outcome==completed  found incomplete: frame 2, the last: ")
    assert (await run(tmp_path, "check", str(path), "--expect", "outcome==incomplete")).code == 0


# run --repeat, --jsonl, --buffer.


async def test_a_series_has_a_table_and_files_with_numbers(tmp_path: Path) -> None:
    async with ScriptedServer(healthy("sse")) as far:
        done = await run(
            tmp_path, "run", "hi", "--url", far.url, "--repeat", "3", "--capture", str(tmp_path / "run.jsonl")
        )
        assert len(far.peers) == 3
    assert done.code == 0
    first, heading, *rows = done.text.splitlines()
    assert first == "3 runs: 3 completed"
    assert heading.split() == ["run", "1-3", "median", "least", "most"]
    assert any(row.startswith("TTFT ") for row in rows)
    assert [line.partition(":")[0] for line in done.err.splitlines() if line.startswith("run ")] == [
        "run 1",
        "run 2",
        "run 3",
    ]
    assert all((tmp_path / f"run-{number}.jsonl").stat().st_size for number in (1, 2, 3))
    assert not (tmp_path / "run.jsonl").exists()


async def test_a_run_that_was_cut_is_left_out_of_the_medians_and_is_the_exit_code(tmp_path: Path) -> None:
    scripts = healthy("sse"), after_tokens("sse", cut), healthy("sse")
    async with ScriptedServer(*scripts) as far:
        done = await run(tmp_path, "run", "hi", "--url", far.url, "--repeat", "3", "--json")
    assert done.code == 3
    value = json.loads(done.text)
    assert value["outcomes"] == {"completed": 2, "incomplete": 1}
    assert [each["outcome"] for each in value["runs"]] == ["completed", "incomplete", "completed"]
    ttft = value["stats"]["ttft_s"]
    first, between, last = ttft["values"]
    assert between is None
    assert ttft["median"] == pytest.approx((first + last) / 2)
    assert (ttft["least"], ttft["most"]) == (min(first, last), max(first, last))


async def test_lines_of_json_come_as_they_happen_and_the_result_last(tmp_path: Path) -> None:
    async with ScriptedServer(healthy("sse")) as far:
        done = await run(tmp_path, "run", "hi", "--url", far.url, "--jsonl", "--buffer", "word")
    lines = [json.loads(line) for line in done.text.splitlines()]
    chunks = [line for line in lines if line["type"] == "chunk"]
    units = [line for line in lines if line["type"] == "unit"]
    assert "".join(line.get("content", "") for line in chunks) == tokens(5)
    assert [line["text"].strip() for line in units if line["text"].strip()] == tokens(5).split()
    assert all(line["held_s"] >= 0 for line in units)
    assert lines[-1]["type"] == "result"
    assert lines[-1]["content"] == tokens(5)
    assert lines[-1]["stats"]["hold_max_s"] is not None


@pytest.mark.parametrize("mode", first_of(["raw", "word", "sentence", "line", "paragraph", "markdown"], 2))
async def test_units_joined_are_the_text(tmp_path: Path, mode: str) -> None:
    async with ScriptedServer(healthy("sse")) as far:
        done = await run(tmp_path, "run", "hi", "--url", far.url, "--buffer", mode)
    assert (done.code, done.text) == (0, tokens(5))
