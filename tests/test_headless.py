"""`streamscope run` as a process: stdout is data, stderr is narration, the exit code is the outcome."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.command_runner import CANARIES, PATIENCE_S, environment, finish, run, start
from tests.transports.run_support import is_ws, open_stream, send_end, send_tokens, tokens
from tests.transports.scripted_server import CHAT_DONE, Peer, ScriptedServer, chat_event, gateway_event

MEMBERS = [
    "outcome",
    "content",
    "reasoning",
    "tool_calls",
    "finish_reason",
    "usage",
    "problem",
    "remarks",
    "attempts",
    "reads",
    "frames",
    "chunks",
    "stats",
]


def playing(transport: str, count: int = 5, *, is_cut: bool = False) -> ScriptedServer:
    async def play(peer: Peer) -> None:
        await open_stream(peer, transport)
        await send_tokens(peer, transport, 0, count)
        if not is_cut:
            await send_end(peer, transport, count)

    return ScriptedServer(play)


def open_full_device() -> BinaryIO:
    return Path("/dev/full").open("wb")


async def play_without_end(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 3)
    await peer.wait_gone()


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_the_text_is_all_of_stdout_and_the_numbers_are_on_stderr(tmp_path: Path, transport: str) -> None:
    async with playing(transport) as far:
        done = await run(tmp_path, "run", "hi", "--transport", transport, "--url", far.url, "--model", "m")
    assert (done.code, done.text) == (0, tokens(5))
    assert "TTFT" in done.err
    assert "tok/s" in done.err


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_json_is_exactly_one_object_of_the_known_members(tmp_path: Path, transport: str) -> None:
    async with playing(transport) as far:
        done = await run(tmp_path, "run", "hi", "--transport", transport, "--url", far.url, "--json")
    assert done.code == 0
    assert done.text.count("\n") == 1
    value = json.loads(done.text)
    assert list(value) == MEMBERS
    assert (value["outcome"], value["content"], value["problem"]) == ("completed", tokens(5), None)
    assert value["attempts"] == 1
    assert value["chunks"] >= 5
    assert value["frames"] >= 5
    assert 1 <= value["reads"] <= 8
    assert value["stats"]["ttft_s"] >= 0


async def test_a_refused_key_is_failed_and_exits_1(tmp_path: Path) -> None:
    async def deny(peer: Peer) -> None:
        key = CANARIES["STREAMSCOPE_TOKEN"]
        await peer.answer(401, json.dumps({"error": {"message": f"no such key: {key}"}}).encode())

    async with ScriptedServer(deny) as far:
        told = await run(tmp_path, "run", "hi", "--url", far.url)
        done = await run(tmp_path, "run", "hi", "--url", far.url, "--json")
    assert (told.code, told.out) == (1, b"")
    assert "401" in told.err
    value = json.loads(done.text)
    assert done.code == 1
    assert (value["outcome"], value["problem"]["kind"]) == ("failed", "auth")
    assert set(value["problem"]) == {"kind", "message", "type", "status", "retry_after", "hint"}


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_a_cut_stream_is_incomplete_exits_3_and_keeps_the_text(tmp_path: Path, transport: str) -> None:
    async with playing(transport, is_cut=True) as far:
        done = await run(tmp_path, "run", "hi", "--transport", transport, "--url", far.url)
    assert (done.code, done.text) == (3, tokens(5))


async def test_a_refused_connection_says_so(tmp_path: Path) -> None:
    async with playing("sse") as far:
        url = far.url
    done = await run(tmp_path, "run", "hi", "--url", url)
    assert done.code == 1
    assert "refused" in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_cancels_keeps_the_text_and_exits_130(tmp_path: Path, number: signal.Signals) -> None:
    async with ScriptedServer(play_without_end) as far:
        process = await start(tmp_path, "run", "hi", "--url", far.url)
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            first = await process.stdout.readexactly(len(tokens(3)))
        process.send_signal(number)
        done = await finish(process)
    assert (done.code, first.decode(), done.out) == (130, tokens(3), b"")
    assert "cancelled" in done.err


async def test_cancel_after_chunks(tmp_path: Path) -> None:
    async with ScriptedServer(play_without_end) as far:
        done = await run(tmp_path, "run", "hi", "--url", far.url, "--cancel-after-chunks", "2", "--json")
    assert done.code == 130
    assert json.loads(done.text)["outcome"] == "cancelled"


async def test_cancel_after_ms_counts_from_the_request_being_sent(tmp_path: Path) -> None:
    """The handshake takes most of the time; the cancel comes its full time after the request."""
    seen: list[float] = []

    async def slow_handshake(peer: Peer) -> None:
        await asyncio.sleep(0.3)  # the slowness of the far end
        await open_stream(peer, "ws")
        seen.append(time.monotonic())
        await send_tokens(peer, "ws", 0, 3)
        assert await peer.read_message() == {"type": "cancel", "data": {}} or peer.messages[-1]["type"] == "cancel"
        seen.append(time.monotonic())
        await peer.wait_gone()

    async with ScriptedServer(slow_handshake) as far:
        arguments = ("run", "hi", "--transport", "ws", "--url", far.url, "--cancel-after-ms", "500", "--json")
        done = await run(tmp_path, *arguments)
    value = json.loads(done.text)
    assert (done.code, value["content"]) == (130, tokens(3))
    assert 0.4 < seen[1] - seen[0] < 2


async def test_cancel_after_ms_ends_a_handshake_that_never_ends(tmp_path: Path) -> None:
    async def stall(peer: Peer) -> None:
        await peer.wait_gone()

    async with ScriptedServer(stall) as far:
        arguments = ("run", "hi", "--transport", "ws", "--url", far.url, "--cancel-after-ms", "200", "--json")
        done = await run(tmp_path, *arguments)
    assert (done.code, json.loads(done.text)["outcome"]) == (130, "cancelled")


@pytest.mark.parametrize("flags", [(), ("--json",)])
async def test_an_output_that_closes_early_ends_the_run_without_a_traceback(
    tmp_path: Path, flags: tuple[str, ...]
) -> None:
    may_end = asyncio.Event()

    async def play(peer: Peer) -> None:
        await open_stream(peer, "sse")
        await send_tokens(peer, "sse", 0, 3)
        await may_end.wait()
        await send_tokens(peer, "sse", 3, 6)
        await send_end(peer, "sse", 6)

    async with ScriptedServer(play) as far:
        reading, writing = os.pipe()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tui", "run", "hi", "--url", far.url, *flags),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing,
            stderr=asyncio.subprocess.PIPE,
            env=environment(tmp_path),
        )
        os.close(writing)
        if not flags:
            await asyncio.to_thread(os.read, reading, 5)
        os.close(reading)
        may_end.set()
        async with asyncio.timeout(PATIENCE_S):
            _, err = await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err


async def test_a_full_disk_under_stdout_is_no_traceback(tmp_path: Path) -> None:
    async with playing("sse") as far, asyncio.timeout(PATIENCE_S):
        with open_full_device() as full:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tui", "run", "hi", "--url", far.url, "--json"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=full,
                stderr=asyncio.subprocess.PIPE,
                env=environment(tmp_path),
            )
            _, err = await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in err


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
async def test_halves_of_a_surrogate_pair_do_not_crash_and_are_joined(tmp_path: Path, encoding: str) -> None:
    async def play(peer: Peer) -> None:
        await peer.read_request()
        await peer.head()
        pair = [chat_event("@").replace("@", half) for half in ("\\ud83d", "\\ude00")]
        alone = [chat_event("@").replace("@", half) for half in ("\\ude00x", "y\\ud83d")]
        await peer.chunks(*pair, *alone, chat_event("é", "stop"), CHAT_DONE)
        await peer.end()

    async with ScriptedServer(play) as far:
        arguments = ("run", "hi", "--transport", "direct", "--url", far.url, "--model", "m")
        done = await run(tmp_path, *arguments, PYTHONIOENCODING=encoding)
        as_json = await run(tmp_path, *arguments, "--json")
    assert done.code == 0
    assert done.text == ("😀\ufffdxy\ufffdé" if encoding == "utf-8" else "??xy??")
    assert json.loads(as_json.text)["content"].encode("utf-16", "surrogatepass").decode("utf-16", "replace") == (
        "😀\ufffdxy\ufffdé"
    )


async def test_a_last_line_without_its_end_is_printed_too(tmp_path: Path) -> None:
    async def play(peer: Peer) -> None:
        await peer.read_request()
        await peer.head(content_type="application/x-ndjson")
        await peer.chunks('{"model":"m","message":{"role":"assistant","content":"one "},"done":false}\n')
        last = '{"model":"m","message":{"role":"assistant","content":"two"},"done":true,"done_reason":"stop"}'
        await peer.chunks(last)
        await peer.end()

    async with ScriptedServer(play) as far:
        done = await run(tmp_path, "run", "hi", "--transport", "sse", "--url", f"{far.url}/api/chat")
    assert (done.code, done.text) == (0, "one two")


async def test_controls_go_to_a_pipe_as_they_are(tmp_path: Path) -> None:
    async def play(peer: Peer) -> None:
        await open_stream(peer, "sse")
        await peer.chunks(gateway_event(0, "\x1b[2J\r\n\x00"))
        await send_end(peer, "sse", 1)

    async with ScriptedServer(play) as far:
        done = await run(tmp_path, "run", "hi", "--url", far.url)
    assert done.out == b"\x1b[2J\r\n\x00"


async def test_an_event_over_the_usual_limit_passes_when_the_limit_is_raised(tmp_path: Path) -> None:
    async def play(peer: Peer) -> None:
        await open_stream(peer, "sse")
        await peer.chunks(gateway_event(0, "x" * 300_000))
        await send_end(peer, "sse", 1)

    async with ScriptedServer(play) as far:
        low = await run(tmp_path, "run", "hi", "--url", far.url, "--event-limit", "100000", "--json")
        high = await run(tmp_path, "run", "hi", "--url", far.url, "--event-limit", "400000", "--json")
    assert json.loads(low.text)["problem"]["kind"] == "too_large"
    assert (high.code, json.loads(high.text)["stats"]["chars"]) == (0, 300_000)


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_the_flags_reach_the_request(tmp_path: Path, transport: str) -> None:
    prompt = tmp_path / "prompt.txt"
    prompt.write_bytes("line one\r\nline twö\n".encode())
    async with playing(transport) as far:
        flags = ("--system", "be brief", "--temperature", "0.5", "--max-tokens", "7", "--model", "the-model")
        where = ("--transport", transport, "--url", far.url, "--prompt-file", str(prompt))
        headers = () if is_ws(transport) else ("--header", "x-own=ENV:OWN_HEADER")
        done = await run(tmp_path, "run", *where, *flags, *headers, OWN_HEADER="own value")
        peer = far.peers[0]
    assert done.code == 0
    assert peer.request is not None
    body = peer.messages[0]["data"] if is_ws(transport) else peer.request.json()
    assert body["messages"] == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "line one\r\nline twö\n"},
    ]
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("the-model", 0.5, 7)
    if headers:
        assert peer.request.headers["x-own"] == "own value"


async def test_a_prompt_comes_from_standard_input_too(tmp_path: Path) -> None:
    async with playing("sse") as far:
        arguments = ("run", "--url", far.url, "--prompt-file", "-")
        done = await finish(await start(tmp_path, *arguments, stdin=asyncio.subprocess.PIPE), b"from a pipe")
        assert far.peers[0].request is not None
        assert far.peers[0].request.json()["messages"][-1]["content"] == "from a pipe"
    assert done.code == 0


async def test_a_body_file_is_posted_as_it_is_to_a_full_path(tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_bytes(b'{"own":  true}\r\n')

    async def play(peer: Peer) -> None:
        await peer.read_request()
        await peer.head()
        await peer.chunks(chat_event("ok", "stop"), CHAT_DONE)
        await peer.end()

    async with ScriptedServer(play) as far:
        done = await run(tmp_path, "run", "--transport", "sse", "--url", f"{far.url}/v1/messages", "--body", str(body))
        assert far.peers[0].request is not None
        assert far.peers[0].request.body == b'{"own":  true}\r\n'
        assert "authorization" not in far.peers[0].request.headers
    assert (done.code, done.text) == (0, "ok")


async def test_nothing_configured_and_no_terminal_plays_the_demo_and_says_so(tmp_path: Path) -> None:
    done = await run(tmp_path)
    assert done.code == 0
    assert len(done.text) > 200
    assert "RECORDED" in done.err
