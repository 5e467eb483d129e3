from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.gateway.running_gateway import HELLO, Event, gateway_settings, read_events, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream
from tui.gateway.gateway_settings import GatewaySettings
from tui.gateway.server import create_app
from tui.gateway.wire_models import EVENTS, CancelAnswer, ErrorBody, Health


def description(**members: Any) -> dict[str, Any]:
    return create_app(GatewaySettings(**members)).openapi()


def check(event: Event) -> None:
    assert event.name is not None
    EVENTS[event.name].model_validate(event.data)


async def everything(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.event({"role": "assistant", "content": "a", "reasoning_content": "hm", "refusal": "no"})
    call = {"index": 0, "id": "t1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    await exchange.event({"tool_calls": [call]}, "tool_calls")
    usage = {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 1},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }
    await exchange.send(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\ndata: [DONE]\n\n".encode())


@pytest.mark.parametrize("model", ["demo/tools", "demo/reasoning", "demo/cjk", "demo/error", "demo/truncated", "none"])
async def test_every_event_is_as_it_is_described(model: str) -> None:
    async with running_gateway(gateway_settings()) as server:
        for event in await read_events(server, body={**HELLO, "model": model}):
            check(event)


async def test_every_member_that_an_upstream_can_bring_is_described() -> None:
    async with ScriptedUpstream(everything) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server)
        for event in events:
            check(event)
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
            answer = (await client.delete(f"/v1/stream/{events[0].id.partition(':')[0]}")).json()
            CancelAnswer.model_validate(answer)
            Health.model_validate((await client.get("/health")).json())
            ErrorBody.model_validate((await client.delete("/v1/stream/unknown")).json())
    seen = {name for event in events for name in event.data}
    described = set(EVENTS["chunk"].model_fields) | set(EVENTS["done"].model_fields)
    assert seen == described - {"model"} | {"model"}


def test_the_events_stand_in_the_description() -> None:
    content = description()["paths"]["/v1/stream"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    assert set(content["x-event-schemas"]) == {"chunk", "done", "error", "cancelled"}
    schemas = description()["components"]["schemas"]
    for reference in content["x-event-schemas"].values():
        assert schemas[reference["$ref"].rpartition("/")[2]]["properties"]
    assert "HTTPValidationError" not in json.dumps(description())


def test_every_operation_tells_of_typed_errors() -> None:
    for operations in description()["paths"].values():
        for operation in operations.values():
            assert {"4XX", "5XX"} <= set(operation["responses"])


def test_token_and_faults_are_described_where_they_are_wanted() -> None:
    plain, guarded = description(), description(token="word", allow_faults=True)
    assert "security" not in plain
    assert guarded["security"] == [{"token": []}]
    assert {} in guarded["paths"]["/health"]["get"]["security"]
    names = [parameter["name"] for parameter in guarded["paths"]["/v1/stream"]["post"]["parameters"]]
    assert names == ["Last-Event-ID", "X-Streamscope-Fault"]
    assert "X-Streamscope-Fault" not in json.dumps(plain)
    assert "/v1/ws/stream" in plain["info"]["description"]
