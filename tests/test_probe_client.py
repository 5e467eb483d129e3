"""The app's end of the probe, over a real probe process and real sockets."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import threading
import time
from itertools import count

import pytest

from tests.probe_support import NOWHERE, Desk, is_alive, probing, serve_in_thread
from tests.pty.terminal import gone
from tests.transports.run_support import open_stream, plan_of, send_end, send_tokens, tokens
from tests.transports.scripted_server import Peer, ScriptedServer, gateway_done, gateway_event
from tui.core.chunks import Outcome
from tui.errors import StreamscopeError


async def play_five(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 5)
    await send_end(peer, "sse", 5)


async def play_without_end(peer: Peer) -> None:
    await open_stream(peer, "sse")
    await send_tokens(peer, "sse", 0, 5)
    await peer.wait_gone()


async def begun(desk: Desk, url: str) -> int:
    stream = desk.client.start_stream(plan_of("sse", url))
    await desk.until(lambda: bool(desk.reads(stream)))
    return stream


async def test_a_command_given_before_the_probe_runs_is_carried_out() -> None:
    async with ScriptedServer(play_five) as far, probing() as desk:
        stream = await desk.play(plan_of("sse", far.url))
        assert desk.ends(stream)[0].outcome is Outcome.COMPLETED
        assert desk.text(stream) == tokens(5)


async def test_several_streams_run_at_once_and_are_not_mixed() -> None:
    """Each far end ends only when all three have begun."""
    begun_count = 0
    all_begun = asyncio.Event()

    async def play(peer: Peer) -> None:
        nonlocal begun_count
        request = await peer.read_request()
        name = request.json()["model"]
        await peer.head()
        await peer.chunks(gateway_event(0, f"{name} "))
        begun_count += 1
        if begun_count == 3:
            all_begun.set()
        await all_begun.wait()
        await peer.chunks(gateway_event(1, name), gateway_done(2))
        await peer.end()

    async with ScriptedServer(play) as far, probing() as desk:
        streams = {}
        for name in ("a", "b", "c"):
            plan = plan_of("sse", far.url)
            members = plan.to_json()
            members["request"]["model"] = name
            streams[name] = desk.client.start_stream(type(plan).from_json(members))
        for name, stream in streams.items():
            assert (await desk.end_of(stream)).outcome is Outcome.COMPLETED
            assert desk.text(stream) == f"{name} {name}"


async def test_lines_far_over_64_kib_arrive_whole() -> None:
    """One event of 1 MB with characters of every width, so that lines and characters are cut anywhere."""
    text = "aé漢😀" * 250_000

    async def play(peer: Peer) -> None:
        await open_stream(peer, "sse")
        await peer.chunks(gateway_event(0, text), gateway_done(1))
        await peer.end()

    async with ScriptedServer(play) as far, probing() as desk:
        assert desk.text(await desk.play(plan_of("sse", far.url))) == text


async def test_a_prompt_over_64_kib_reaches_the_far_end() -> None:
    prompt = "long " * 100_000

    async with ScriptedServer(play_five) as far, probing() as desk:
        plan = plan_of("sse", far.url)
        members = plan.to_json()
        members["request"]["messages"] = [{"role": "user", "content": prompt}]
        await desk.play(type(plan).from_json(members))
        request = far.peers[0].request
        assert request is not None
        assert request.json()["messages"][0]["content"] == prompt


async def test_cancel_is_obeyed_at_once_and_keeps_the_text() -> None:
    async with ScriptedServer(play_without_end) as far, probing() as desk:
        stream = await begun(desk, far.url)
        pid = await desk.pid()
        asked = time.monotonic()
        await desk.client.cancel(stream)
        assert time.monotonic() - asked < 1.0, "no time limit of the cancel was needed"
        assert (await desk.end_of(stream)).outcome is Outcome.CANCELLED
        assert desk.text(stream) == tokens(5)
        assert await desk.pid() == pid


async def test_a_second_cancel_and_one_of_an_ended_stream_do_nothing() -> None:
    async with ScriptedServer(play_without_end) as far, probing() as desk:
        stream = await begun(desk, far.url)
        await asyncio.gather(desk.client.cancel(stream), desk.client.cancel(stream))
        await desk.client.cancel(stream)
        assert len(desk.ends(stream)) == 1


async def test_a_cancel_that_meets_the_natural_end_does_not_kill_the_probe() -> None:
    """The run is over in the probe before the cancel reaches it, but the app has not read its end yet."""
    is_gone = threading.Event()

    async def play(peer: Peer) -> None:
        await play_five(peer)
        await peer.wait_gone()
        is_gone.set()

    async with probing() as desk:
        pid = await desk.pid()
        with serve_in_thread(play) as url:
            stream = desk.client.start_stream(plan_of("sse", url))
            # The client's loop stands still here, so what the probe writes waits in the pipe.
            await asyncio.sleep(0)
            assert is_gone.wait(10)
            await desk.client.cancel(stream)
        assert (await desk.end_of(stream)).outcome is Outcome.COMPLETED
        assert is_alive(pid)
        assert await desk.pid() == pid


async def test_a_probe_that_was_killed_leaves_its_streams_incomplete_and_is_started_again() -> None:
    async with ScriptedServer(play_without_end, play_five) as far, probing() as desk:
        stream = await begun(desk, far.url)
        killed = await desk.pid()
        os.kill(killed, signal.SIGKILL)
        end = await desk.end_of(stream)
        assert end.outcome is Outcome.INCOMPLETE
        assert end.problem is not None
        assert end.problem.kind == "internal"
        assert desk.text(stream) == tokens(5)
        assert end.at >= desk.reads(stream)[-1].at
        assert desk.clock(stream) + end.at <= time.monotonic()
        following = await desk.play(plan_of("sse", far.url))
        assert desk.ends(following)[0].outcome is Outcome.COMPLETED
        assert desk.text(following) == tokens(5)
        assert await desk.pid() != killed


async def test_a_stream_asked_for_at_the_very_end_of_a_probe_runs_in_the_next() -> None:
    async with ScriptedServer(play_without_end, play_five) as far, probing() as desk:
        stream = await begun(desk, far.url)
        os.kill(await desk.pid(), signal.SIGKILL)
        await desk.end_of(stream)
        following = desk.client.start_stream(plan_of("sse", far.url))  # while the dead one is still being waited for
        assert (await desk.end_of(following)).outcome is Outcome.COMPLETED


async def test_a_probe_that_does_not_obey_is_killed_and_the_run_is_cancelled() -> None:
    """SIGSTOP: no acknowledgement within a second. The other stream of that probe is told the truth."""
    async with ScriptedServer(play_without_end) as far, probing() as desk:
        stream, other = await begun(desk, far.url), await begun(desk, far.url)
        pid = await desk.pid()
        os.kill(pid, signal.SIGSTOP)
        asked = time.monotonic()
        await desk.client.cancel(stream)
        assert (await desk.end_of(stream)).outcome is Outcome.CANCELLED
        assert 0.9 < time.monotonic() - asked < 2.5
        assert (await desk.end_of(other)).outcome is Outcome.INCOMPLETE
        await gone([pid], within_s=10)  # its pipe closes, and its streams end, before the kernel is done with it


async def test_an_acknowledged_cancel_has_its_full_two_and_a_half_seconds() -> None:
    """A probe that acknowledges and then stops is killed after 2.5 s in all, no sooner."""

    async def ignore_cancel(peer: Peer) -> None:
        """A WebSocket far end that never answers the close: the transport gives it its second."""
        await open_stream(peer, "ws")
        await send_tokens(peer, "ws", 0, 5)
        await peer.read_message()
        os.kill(pid, signal.SIGSTOP)

    async with ScriptedServer(ignore_cancel) as far, probing() as desk:
        pid = await desk.pid()
        stream = desk.client.start_stream(plan_of("ws", far.url))
        await desk.until(lambda: bool(desk.reads(stream)))
        asked = time.monotonic()
        await desk.client.cancel(stream)
        assert (await desk.end_of(stream)).outcome is Outcome.CANCELLED
        assert 2.3 < time.monotonic() - asked < 5
        await gone([pid], within_s=10)


async def test_late_lines_of_an_ended_stream_are_ignored() -> None:
    """Nothing comes after the end of a stream, although the far end goes on sending for a while."""

    async def play(peer: Peer) -> None:
        await open_stream(peer, "sse")
        for seq in count():
            await peer.chunks(gateway_event(seq, "x" * 200))

    async with ScriptedServer(play) as far, probing() as desk:
        stream = await begun(desk, far.url)
        await desk.client.cancel(stream)
        before = len(desk.records[stream])
        await desk.pid()  # an answer of the probe comes behind all that it had written
        assert len(desk.records[stream]) == before
        assert (await desk.end_of(stream)).outcome is Outcome.CANCELLED


async def test_ask_gives_status_and_body_and_keeps_the_streams_going() -> None:
    async def answer(peer: Peer) -> None:
        await peer.answer(200, b'{"data":[{"id":"small"}]}')

    async with ScriptedServer(play_without_end, answer) as far, probing() as desk:
        stream = await begun(desk, far.url)
        answered = await desk.client.ask(plan_of("sse", far.url), "GET", "/v1/models")
        assert (answered["status"], answered["body"]) == (200, {"data": [{"id": "small"}]})
        assert (answered["error"], answered["has_key"]) == (None, False)
        assert answered["took_s"] >= 0
        assert far.peers[1].request is not None
        assert far.peers[1].request.line == "GET /v1/models HTTP/1.1"
        await desk.client.cancel(stream)


async def test_ask_tells_a_refused_connection_in_words() -> None:
    async with ScriptedServer(play_five) as far:
        url = far.url
    async with probing() as desk:
        answered = await desk.client.ask(plan_of("sse", url), "GET", "/health")
        assert answered["status"] is None
        assert "refused" in answered["error"]
        assert answered["kind"] == "connect"


async def test_ask_sends_no_key_over_plain_http_to_another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMSCOPE_TOKEN", "some-token-1")
    async with probing() as desk:
        answered = await desk.client.ask(plan_of("sse", "http://gw.example.net"), "GET", "/health")
        assert (answered["status"], answered["kind"]) == (None, "insecure")
        assert "some-token-1" not in str(answered)


@pytest.mark.parametrize("base", ["", "/v1", "/api/openai/v1", "/custom"])
async def test_ask_looks_for_the_models_of_a_provider_at_its_base(base: str) -> None:
    async def answer(peer: Peer) -> None:
        await peer.answer(200, b'{"data":[]}')

    async with ScriptedServer(answer) as far, probing() as desk:
        await desk.client.ask(plan_of("direct", far.url + base), "GET", "/v1/models")
        assert far.peers[0].request is not None
        assert far.peers[0].request.line == f"GET {base or '/v1'}/models HTTP/1.1"


async def test_ask_raises_when_nothing_comes_in_time_and_shows_no_password() -> None:
    async def silent(peer: Peer) -> None:
        await peer.read_request()
        await peer.wait_gone()

    async with ScriptedServer(silent) as far, probing() as desk:
        await desk.pid()
        url = far.url.replace("http://", "http://user:CANARY@") + "?key=CANARY"
        with pytest.raises(StreamscopeError, match=r"127\.0\.0\.1") as refused:
            await desk.client.ask(plan_of("sse", url), "GET", "/health", patience_s=0.05)
        assert "CANARY" not in str(refused.value)


async def test_ask_raises_when_the_probe_dies() -> None:
    async def silent(peer: Peer) -> None:
        await peer.read_request()
        os.kill(pid, signal.SIGKILL)

    async with ScriptedServer(silent) as far, probing() as desk:
        pid = await desk.pid()
        with pytest.raises(StreamscopeError, match="ended"):
            await desk.client.ask(plan_of("sse", far.url), "GET", "/health")


async def test_deep_nesting_in_an_answer_harms_nobody() -> None:
    async def answer(peer: Peer) -> None:
        depth = 980
        await peer.answer(200, b"[" * depth + b"]" * depth)

    async with ScriptedServer(answer, play_five) as far, probing() as desk:
        pid = await desk.pid()
        await desk.client.ask(plan_of("sse", far.url), "GET", "/v1/models")
        assert await desk.pid() == pid
        assert desk.text(await desk.play(plan_of("sse", far.url))) == tokens(5)


async def test_stamps_stay_exact_while_the_app_stands_still() -> None:
    """The app's loop is blocked for the whole stream; the stamps still tell when each token was sent."""
    sent: list[float] = []
    is_done = threading.Event()

    async def play(peer: Peer) -> None:
        await open_stream(peer, "sse")
        for seq in range(50):
            await asyncio.sleep(0.01)
            sent.append(time.monotonic())
            await peer.chunks(gateway_event(seq, "x"))
        await send_end(peer, "sse", 50)
        is_done.set()

    async with probing() as desk:
        await desk.pid()
        with serve_in_thread(play) as url:
            stream = desk.client.start_stream(plan_of("sse", url))
            assert is_done.wait(20), "waiting here blocks the app"
            released = time.monotonic()
            await desk.end_of(stream)
        stamps = [desk.clock(stream) + read.at for read in desk.reads(stream)][: len(sent)]
        assert len(stamps) == len(sent)
        assert statistics.median(stamp - at for stamp, at in zip(stamps, sent, strict=True)) < 0.1
        assert max(stamps) <= released + 0.05


async def test_a_probe_that_cannot_be_started_fails_the_run_instead_of_hanging(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    async with probing() as desk:
        stream = desk.client.start_stream(NOWHERE)
        end = await desk.end_of(stream)
        assert end.problem is not None
        assert end.problem.kind == "internal"


async def test_stop_while_a_stream_is_open_ends_the_probe() -> None:
    async with ScriptedServer(play_without_end) as far:
        async with probing() as desk:
            await begun(desk, far.url)
            pid = await desk.pid()
        assert not is_alive(pid)


async def test_stop_during_a_flood_ends_the_probe() -> None:
    async def flood(peer: Peer) -> None:
        await open_stream(peer, "sse")
        while True:
            await peer.chunks(*(gateway_event(0, "x" * 1000) for _ in range(50)))

    async with ScriptedServer(flood) as far:
        async with probing() as desk:
            await begun(desk, far.url)
            pid = await desk.pid()
        assert not is_alive(pid)


async def test_stop_before_the_probe_has_started_ends_it_too() -> None:
    async with probing() as desk:
        await asyncio.sleep(0)
        await desk.client.stop()
