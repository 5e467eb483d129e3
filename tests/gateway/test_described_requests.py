"""Requests made from the gateway's own description, right and wrong ones: none brings a failure of the server.

schemathesis makes them; the far end answers at once, so that a right request costs no time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance

from tests.gateway.running_gateway import gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream

FEW, MANY = 10, 150
PATIENCE_S = 20.0
TOKEN = "described-CANARY-1"


async def answer(exchange: Exchange) -> None:
    if exchange.path.endswith("/models"):
        await exchange.head(200, "application/json")
        await exchange.send(b'{"object":"list","data":[]}')
    else:
        await exchange.head()
        await exchange.tokens("[1, ", "2] ", "three")
        await exchange.finish()


@pytest.fixture(scope="module")
def gateway_url() -> Iterator[str]:
    """A gateway with a token, in a thread of its own: what is tested with here is not asynchronous."""
    told: Future[str] = Future()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        guarded = {"token": TOKEN, "resume_grace_s": 1.0}
        async with (
            ScriptedUpstream(answer) as upstream,
            running_gateway(gateway_settings(upstream.url, **guarded)) as server,
        ):
            told.set_result(server.url)
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield told.result(PATIENCE_S)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE_S)
        loop.close()


def try_every_operation(url: str, examples: int) -> set[str]:
    """So many requests to each operation; gives the operations."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    config = SchemathesisConfig.from_dict({"headers": headers})
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", headers=headers, config=config)
    tried = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: schemathesis.Case[Any]) -> None:
            response = case.call(headers=headers, timeout=PATIENCE_S)
            case.validate_response(response, checks=[not_a_server_error, content_type_conformance])

        ask()
        tried.add(operation.label)
    return tried


EVERYTHING = {
    "POST /v1/stream",
    "POST /v1/stream/raw",
    "POST /v1/stream/buffered",
    "POST /v1/stream/json",
    "DELETE /v1/stream/{generation_id}",
    "POST /v1/chat/completions",
    "GET /v1/models",
    "GET /health",
}


@pytest.mark.slow
def test_a_few_requests_as_they_are_described(gateway_url: str) -> None:
    assert try_every_operation(gateway_url, FEW) == EVERYTHING


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_requests_as_they_are_described(gateway_url: str) -> None:
    assert try_every_operation(gateway_url, MANY) == EVERYTHING
