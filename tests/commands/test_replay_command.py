"""`streamscope replay`: the same numbers at any speed, and a server that a script can start."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from tests.command_runner import PATIENCE_S, run, start
from tests.gateway.running_gateway import HELLO
from tui.cli import run_command_line

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
SLOW, CODE = str(CAPTURES / "aimock-slow.jsonl"), str(CAPTURES / "smol-code.jsonl")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run_command_line(list(arguments)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("speed", ["instant", "100", "7.5", "2"])
def test_the_numbers_are_those_of_the_recording_at_any_speed(capsys: pytest.CaptureFixture[str], speed: str) -> None:
    told = json.loads(said(capsys, "stats", SLOW, "--json"))
    replayed = json.loads(said(capsys, "replay", SLOW, "--speed", speed, "--json"))
    assert {name: told[name] for name in replayed} == replayed


def test_the_text_and_the_lines_of_a_replay(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "export", CODE, "--to", "text")
    assert said(capsys, "replay", CODE, "--speed", "instant") == text
    assert said(capsys, "replay", CODE, "--speed", "instant", "--buffer", "line") == text
    lines = [json.loads(line) for line in said(capsys, "replay", CODE, "--speed", "instant", "--jsonl").splitlines()]
    assert "".join(line.get("content", "") for line in lines[:-1]) == text
    assert lines[-1]["type"] == "result"


def test_a_replay_takes_the_recorded_time(capsys: pytest.CaptureFixture[str]) -> None:
    """The last read of the recording is at 0.45 s; less than that is impossible, more is the machine's."""
    loop_time = asyncio.new_event_loop()
    began = loop_time.time()
    said(capsys, "replay", SLOW)
    assert loop_time.time() - began >= 0.45
    loop_time.close()


def test_a_cancelled_recording_gives_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["replay", str(CAPTURES / "smol-cancelled.jsonl"), "--speed", "instant"]) == 130
    assert "cancelled" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "FILE"),
        ([CODE, "--speed", "0"], "above 0, or instant"),
        ([CODE, "--speed", "nan"], "above 0, or instant"),
        ([CODE, "--json", "--jsonl"], "not allowed with"),
        (["/no/such"], "No such file"),
        ([CODE, "--serve", "--port", "99999"], "is no port"),
    ],
)
def test_a_wrong_replay_exits_2(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    try:
        code: object = run_command_line(["replay", *arguments])
    except SystemExit as ended:
        code = ended.code
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert words in told.err


async def test_a_server_says_where_it_listens_and_ends_with_a_signal(tmp_path: Path) -> None:
    process = await start(tmp_path, "replay", CODE, "--serve", "--port", "0", "--ready-json", "--speed", "instant")
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        url = json.loads(await process.stdout.readline())["url"]
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        answer = await client.post("/v1/chat/completions", json=HELLO | {"stream": True})
        assert (await client.get("/health")).json()["status"] == "healthy"
    assert answer.text.endswith("data: [DONE]\n\n")
    live = await run(tmp_path, "run", "hi", "--transport", "ws", "--url", url, "--json")
    assert json.loads(live.text)["outcome"] == "completed"
    process.terminate()
    async with asyncio.timeout(PATIENCE_S):
        assert await process.wait() == 0
