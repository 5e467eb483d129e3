"""The README's examples of clients, run as they stand against a real gateway on another port."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.gateway.gateway_process import PATIENCE_S
from tests.gateway.running_gateway import HELLO, gateway_settings, running_gateway
from tests.gateway.test_demo_recordings import decode
from tui.gateway.demo_recordings import demo_capture, find_demo
from tui.gateway.gateway_settings import GatewayLimits

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
RUNNERS = {
    "sh": ("bash", "-c"),
    "python": (sys.executable, "-W", "error", "-c"),
    "js": ("node", "--input-type=module", "-e"),
}


def examples() -> Iterator[tuple[str, str]]:
    section = README.partition("### Clients\n")[2].partition("\n### ")[0]
    yield from re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


EXAMPLES = list(examples())


def test_there_is_an_example_for_each_kind_of_client() -> None:
    assert [language for language, _ in EXAMPLES] == ["sh", "python", "python", "js"]
    assert [
        word in text for (_, text), word in zip(EXAMPLES, ("curl -N", "openai", "websockets", "fetch("), strict=True)
    ]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
async def test_an_example_of_the_readme_shows_the_whole_answer(number: int) -> None:
    language, text = EXAMPLES[number]
    runner = RUNNERS[language]
    if shutil.which(runner[0]) is None:
        pytest.skip(f"{runner[0]} is not here")
    async with running_gateway(gateway_settings()) as server:
        address = server.url.removeprefix("http://")
        process = await asyncio.create_subprocess_exec(
            *runner, text.replace("127.0.0.1:8787", address), stdout=PIPE, stderr=PIPE
        )
        async with asyncio.timeout(PATIENCE_S):
            output, errors = await process.communicate()
    assert process.returncode == 0, errors
    answer = decode(demo_capture(find_demo(None))).content
    if language == "sh":
        assert "event: done" in output.decode()
    else:
        said = output.decode().replace("\nundefined\n", "\n")
        assert "".join(said.split()) == "".join(answer.split())


async def test_behind_a_proxy_that_ends_tls_the_pages_of_its_name_are_our_own() -> None:
    headers = {"Host": "gateway.example.net", "X-Forwarded-Proto": "https", "Origin": "https://gateway.example.net"}
    async with (
        running_gateway(gateway_settings(allow_hosts=("gateway.example.net",))) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        assert (await client.get("/v1/models", headers=headers)).status_code == 200
        assert (
            await client.get("/v1/models", headers={**headers, "Origin": "https://other.example"})
        ).status_code == 403
        async with client.stream("POST", "/v1/stream", json=HELLO, headers=headers) as response:
            assert response.headers["x-accel-buffering"] == "no"
        url = f"ws://gateway.example.net:{server.url.rpartition(':')[2]}/v1/ws/stream"
        host, port = server.url.removeprefix("http://").split(":")
        further = {"X-Forwarded-Proto": "https", "Origin": f"https://gateway.example.net:{port}"}
        async with connect(url, proxy=None, host=host, port=int(port), additional_headers=further) as connection:
            await connection.send("{}")
            assert "protocol" in str(await connection.recv())


def test_the_limits_of_the_readme_are_those_of_the_gateway() -> None:
    limits = GatewayLimits()
    mebibyte = 1024 * 1024
    table = {
        "1 MiB, counted while it comes, 30 s": limits.body_bytes == mebibyte and limits.body_s == 30,
        "256; 64; 8; 32,768": (limits.message_count, limits.json_depth, limits.choice_count, limits.max_tokens)
        == (256, 64, 8, 32_768),
        "| answers at a time | 256 |": limits.stream_count == 256,
        "32 MiB of events; 10 minutes": limits.stream_bytes == 32 * mebibyte and limits.generation_s == 600,
        "| 30 s | closed |": limits.send_s == limits.first_message_s == 30,
        "the last 16,384 events and 4 MiB of an answer, five minutes": limits.log_events == 16_384
        and limits.log_bytes == 4 * mebibyte
        and limits.retained_s == 300,
        "a comment every 15 seconds": limits.keep_alive_s == 15,
    }
    for words, is_true in table.items():
        assert words in README
        assert is_true, words
