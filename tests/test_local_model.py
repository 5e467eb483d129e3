"""A real model over every transport, through the command and through the app's probe. Nothing asserts a speed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.child_environ import clean_environ
from tui.core.capture import CaptureEnd, Record
from tui.core.derived_run import DerivedRun
from tui.core.request import RunPlan, StreamRequest, TransportName
from tui.gateway.local_server import MODEL_NAME
from tui.local_model import missing_packages
from tui.probe_client import ProbeClient

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(bool(missing_packages()), reason=f"not installed: {', '.join(missing_packages())} (make local)"),
]

PROMPT = "Name three primary colours and say one sentence about each."
PATIENCE_S = 100.0  # a busy machine makes five tokens a second


@contextmanager
def ready_process(folder: Path, *arguments: str) -> Iterator[str]:
    """A child of this interpreter that prints its URL once it listens; gives the URL, ends the child."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environ(folder),
    )
    with process:
        try:
            line = process.stdout.readline() if process.stdout is not None else b""
            assert line, f"{arguments[0]} ended with status {process.wait()} before it listened"
            yield str(json.loads(line)["url"])
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.terminate()


@pytest.fixture(scope="module")
def model_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ready_process(tmp_path_factory.mktemp("model"), "-m", "tui", "local-model") as url:
        yield url


@pytest.fixture(scope="module")
def gateway_url(model_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    serve = ("-m", "tui", "serve", "--upstream", model_url, "--port", "0", "--ready-json", "--end-with-stdin")
    with ready_process(tmp_path_factory.mktemp("gateway"), *serve) as url:
        yield url


def run_headless(folder: Path, transport: str, url: str) -> dict[str, Any]:
    arguments = (
        "--transport",
        transport,
        "--url",
        url,
        "--model",
        MODEL_NAME,
        "--max-tokens",
        "40",
        "--temperature",
        "0",
    )
    done = subprocess.run(
        [sys.executable, "-m", "tui", "run", PROMPT, "--json", *arguments],
        capture_output=True,
        check=False,
        env=clean_environ(folder),
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, (transport, done.stdout, done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
@pytest.mark.slow
def test_a_real_model_streams_through_the_command(
    transport: str, model_url: str, gateway_url: str, tmp_path: Path
) -> None:
    answer = run_headless(tmp_path, transport, f"{model_url}/v1" if transport == "direct" else gateway_url)
    assert (answer["outcome"], answer["problem"]) == ("completed", None)
    assert answer["content"].strip()
    assert answer["finish_reason"] in {"stop", "length"}
    assert 0 < answer["usage"]["output"] <= 40
    assert answer["usage"]["input"] > 0
    assert answer["usage"]["total"] == answer["usage"]["input"] + answer["usage"]["output"]
    assert answer["reads"] > 5
    assert answer["chunks"] > 5
    assert answer["stats"]["ttft_s"] is not None
    assert answer["stats"]["token_source"] == "usage"


@pytest.mark.slow
async def test_a_real_model_streams_through_the_probe_of_the_app(model_url: str) -> None:
    records: list[Record] = []
    ended = asyncio.Event()

    def take(_stream: int, record: Record) -> None:
        records.append(record)
        if isinstance(record, CaptureEnd):
            ended.set()

    request = StreamRequest.of_prompt(PROMPT, model=MODEL_NAME, temperature=0.0, max_tokens=40)
    client = ProbeClient(take)
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(PATIENCE_S):
        tasks.create_task(client.serve())
        client.start_stream(RunPlan(TransportName.DIRECT, f"{model_url}/v1", request))
        await ended.wait()
        await client.stop()
    run = DerivedRun.of_records(records)
    assert run.result is not None
    assert (run.result.outcome, run.result.problem) == ("completed", None)
    assert run.result.content.strip()
    assert run.result.finish_reason in {"stop", "length"}
    assert run.result.usage is not None
    assert run.result.usage.output is not None
    assert 0 < run.result.usage.output <= 40
    assert run.stats.read_count > 5
    assert run.stats.ttft_s is not None
