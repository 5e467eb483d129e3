"""`streamscope diff`: exit code 0 for the same answer, 1 for another, 2 for what cannot be opened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.cli import run_command_line

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
CODE, PLAIN = str(CAPTURES / "smol-code.jsonl"), str(CAPTURES / "smol-plain.jsonl")


def test_the_same_answer_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["diff", CODE, CODE]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"A: {CODE}  direct http://127.0.0.1/v1/chat/completions smollm2-135m-instruct\nB: ")
    assert "Same text, 409 characters." in said.out


def test_another_answer_exits_1_and_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["diff", CODE, PLAIN, "--json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert value["files"] == [CODE, PLAIN]
    assert (value["same"], value["parting"]["char"], value["parting"]["frames"]) == (False, 0, [1, 1])
    assert value["words"]["finish reason"] == ["stop", "length"]


@pytest.mark.parametrize("arguments", [[CODE], [CODE, PLAIN, CODE], [CODE, "/no/such/file"]])
def test_what_cannot_be_compared_exits_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    try:
        code: object = run_command_line(["diff", *arguments])
    except SystemExit as ended:
        code = ended.code
    assert (code, capsys.readouterr().out) == (2, "")
