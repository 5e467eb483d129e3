"""`streamscope export` in every format; the exported test module runs, and fails when the bytes differ."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_runner import run
from tests.long_matrix import first_of
from tests.transports.run_support import after_tokens, healthy, reset
from tests.transports.scripted_server import Script, ScriptedServer
from tui.captures.open_capture import read_capture
from tui.cli import run_command_line

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
CODE, PLAIN = str(CAPTURES / "smol-code.jsonl"), str(CAPTURES / "smol-plain.jsonl")


def exported(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> bytes:
    assert run_command_line(["export", *arguments]) == 0
    return capsysbinary.readouterr().out


def test_the_answer_the_bytes_and_the_report(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert exported(capsysbinary, CODE, "--to", "text").startswith(b"```python\ndef reverse_string")
    assert exported(capsysbinary, CODE, "--to", "sse").endswith(b"data: [DONE]\n\n")
    assert exported(capsysbinary, CODE, "--to", "md").startswith(b"# smol-code.jsonl\n")
    assert exported(capsysbinary, CODE, PLAIN, "--to", "card", "--names", "one,two").startswith(b"A one ")


def test_a_har_opens_again_and_two_recordings_fit_in_one(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "both.har"
    assert exported(capsysbinary, CODE, PLAIN, "--to", "har", "--out", str(path)) == b""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for entry, file in enumerate((CODE, PLAIN), start=1):
        assert read_capture(path, entry)[0][:-1] == read_capture(file)[0][:-1]


@pytest.mark.parametrize(("options", "words"), [((), "TTFT"), (("--screen", "wire", "--size", "80x24"), "+gap")])
async def test_the_picture_of_a_screen(options: tuple[str, ...], words: str, tmp_path: Path) -> None:
    path = tmp_path / "screen.svg"
    done = await run(tmp_path, "export", CODE, "--to", "svg", "--out", str(path), *options)
    assert done.code == 0
    assert done.err.startswith(f"wrote {path}, ")
    svg = path.read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert words in svg
    assert "COMPLETED" in svg
    assert "@font-face" not in svg
    assert "url(http" not in svg.replace('"', "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([CODE], b"--to"),
        ([CODE, "--to", "gif"], b"invalid choice"),
        ([CODE, "--to", "svg", "--size", "wide"], b"as 120x40"),
        ([CODE, PLAIN, "--to", "svg"], b"one recording"),
        ([CODE, PLAIN, "--to", "md"], b"one recording"),
        ([CODE] * 5 + ["--to", "card"], b"at most 4"),
        (["/no/such", "--to", "md"], b"No such file"),
        ([CODE, "--to", "md", "--out", CODE], b"nothing is overwritten"),
    ],
)
def test_what_cannot_be_exported_exits_2(
    capsysbinary: pytest.CaptureFixture[bytes], arguments: list[str], words: bytes
) -> None:
    try:
        code: object = run_command_line(["export", *arguments])
    except SystemExit as ended:
        code = ended.code
    said = capsysbinary.readouterr()
    assert (code, said.out) == (2, b"")
    assert words in said.err


def run_module(path: Path) -> subprocess.CompletedProcess[str]:
    arguments = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore",
        "--rootdir",
        str(path.parent),
        str(path),
    ]
    return subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True, cwd=path.parent)


@pytest.mark.parametrize("name", first_of(["smol-truncated", "llmock-tool"]))
@pytest.mark.slow
def test_the_exported_test_plays_the_bytes_back(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], name: str
) -> None:
    module = tmp_path / "test_recorded.py"
    exported(capsysbinary, str(CAPTURES / f"{name}.jsonl"), "--to", "pytest", "--out", str(module))
    done = run_module(module)
    assert done.returncode == 0, done.stdout + done.stderr
    module.write_text(module.read_text().replace('assert body == b"".join', 'assert body == b"x".join'))
    assert run_module(module).returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("transport", "script"), [("ws", healthy("ws")), ("direct", after_tokens("direct", reset))], ids=["ws", "reset"]
)
async def test_messages_and_cuts_are_played_back_too(tmp_path: Path, transport: str, script: Script) -> None:
    capture, module = tmp_path / "run.jsonl", tmp_path / "test_recorded.py"
    async with ScriptedServer(script) as far:
        await run(tmp_path, "run", "hi", "--transport", transport, "--url", far.url, "--capture", str(capture))
    done = await run(tmp_path, "export", str(capture), "--to", "pytest", "--out", str(module))
    assert done.code == 0
    assert "IS_CUT = True" in module.read_text() or transport == "ws"
    finished = run_module(module)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_object_of_a_har_is_json(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    har = json.loads(exported(capsysbinary, CODE, "--to", "har"))
    assert har["log"]["creator"]["name"] == "streamscope"
