from __future__ import annotations

import json
import logging
import signal
import sys
from typing import Any

import httpx
from websockets.asyncio.client import connect

from tests.gateway.gateway_process import finished, gateway_process
from tests.gateway.running_gateway import HELLO, events_of
from tui.gateway.request_log import JSONFormatter

CANARIES = ("PROMPT-CANARY", "sk-CANARY-123456", "PATH-CANARY", "QUERY-CANARY", "MODEL-CANARY", "BODY-CANARY")


def lines_of(errors: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in errors.splitlines()]


async def test_each_request_is_one_line_of_json_without_what_a_client_wrote() -> None:
    async with gateway_process() as (process, url):
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            prompt = {"messages": [{"role": "user", "content": "PROMPT-CANARY"}], "model": "demo/markdown"}
            await client.get("/health?QUERY-CANARY=1", headers={"Authorization": "Bearer sk-CANARY-123456"})
            await client.get("/PATH-CANARY%0A%7B%7D")
            await client.post("/v1/stream", content=b'{"BODY-CANARY', headers={"Content-Type": "application/json"})
            async with client.stream("POST", "/v1/stream", json=prompt) as response:
                generation = response.headers["x-streamscope-generation"]
                events = events_of(response)
                await anext(events)
                await client.delete(f"/v1/stream/{generation}")
                assert [event.name async for event in events][-1] == "cancelled"
            await client.post("/v1/stream", json={**HELLO, "model": 'MODEL-CANARY\n{"event":"forged"}'})
            await client.request("BREW", "/health")
        async with connect(f"{url.replace('http', 'ws', 1)}/v1/ws/stream", proxy=None) as connection:
            await connection.send("PROMPT-CANARY")
            await connection.recv()
        process.send_signal(signal.SIGTERM)
        code, _, errors = await finished(process)
    assert code == 0
    lines = lines_of(errors)
    assert not [canary for canary in CANARIES if canary.encode() in errors]
    assert generation.encode() not in errors, "who has the id may read the answer"
    assert lines[0]["event"] == "listening"
    assert (lines[0]["url"], lines[0]["upstream"]) == (url, "demo")
    requests = [(line["method"], line["route"], line["status"]) for line in lines if line["event"] == "request"]
    assert sorted(requests) == sorted(
        [
            ("GET", "/health", 200),
            ("GET", "none", 404),
            ("POST", "/v1/stream", 400),
            ("DELETE", "/v1/stream/{generation_id}", 200),
            ("POST", "/v1/stream", 200),
            ("POST", "/v1/stream", 200),
            ("other", "/health", 405),
            ("WS", "/v1/ws/stream", 101),
        ]
    )
    streamed = [line for line in lines if line.get("generation") == generation[:8]]
    assert [line["outcome"] for line in streamed if line["method"] == "POST"] == ["cancelled"]
    for line in lines:
        assert line["at"].endswith("+00:00")
        assert line["level"] == "info"
        if line["event"] == "request":
            assert (line["client"], line["ms"] >= 0, line["bytes"] >= 0) == ("127.0.0.1", True, True)


def test_a_fault_is_told_by_type_and_place_and_not_by_its_words() -> None:
    try:
        json.loads("{PROMPT-CANARY")
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, "f", 1, "failed:\nPROMPT", (), sys.exc_info())
    line = JSONFormatter().format(record)
    assert "PROMPT-CANARY" not in line
    told = json.loads(line)
    assert (told["level"], told["event"]) == ("error", "failed:")
    assert told["error"].startswith("JSONDecodeError at decoder.py:")


def test_a_group_of_faults_names_each() -> None:
    group = ExceptionGroup("both", [ValueError("PROMPT-CANARY"), OSError("x")])
    record = logging.LogRecord("n", logging.ERROR, "f", 1, "failed", (), (type(group), group, None))
    assert json.loads(JSONFormatter().format(record))["error"] == "ValueError, OSError"
