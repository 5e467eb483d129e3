from __future__ import annotations

import re

import pytest

from tests.gateway.running_gateway import HELLO, gateway_settings, read_events, running_gateway
from tui.core.capture import Capture
from tui.core.chunks import Outcome, StreamResult
from tui.core.text.code_blocks import CodeBlockParser
from tui.core.text.json_parser import JSONStreamParser
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import GatewayError
from tui.gateway.demo_recordings import DEFAULT_DEMO, demo_capture, demo_recordings, find_demo

NAMES = tuple(demo_recordings())


def decode(capture: Capture) -> StreamResult:
    head = capture.heads[0]
    decoder = ResponseDecoder("openai-chat", status=head.status, headers=dict(head.headers))
    for index in range(capture.read_count):
        decoder.feed(capture.read(index).data, capture.read_time(index))
    return decoder.finish(capture.last_at)


@pytest.mark.parametrize("name", NAMES)
def test_every_demo_is_a_whole_capture_under_its_own_name(name: str) -> None:
    capture = demo_capture(demo_recordings()[name])
    assert capture.end is not None
    times = [capture.read_time(index) for index in range(capture.read_count)]
    assert times == sorted(times)
    assert capture.last_at <= (61.0 if name == "demo/steady" else 5.0)
    result = decode(capture)
    assert {chunk.model for chunk in result.chunks if chunk.model} == {name}
    assert result.outcome is capture.end.outcome
    assert result.content.strip()


def test_the_default_has_prose_a_list_and_code_and_ends_with_stop_and_usage() -> None:
    capture = demo_capture(find_demo(None))
    result = decode(capture)
    assert find_demo(None).name == DEFAULT_DEMO == NAMES[0]
    assert find_demo(None).label == "RECORDED"
    assert 2.5 <= capture.last_at <= 4.0
    assert (result.outcome, result.finish_reason) == (Outcome.COMPLETED, "stop")
    assert result.usage is not None
    assert re.match(r"[A-Z].*\.", result.content)
    assert len(re.findall(r"^\* ", result.content, re.MULTILINE)) >= 2
    parser = CodeBlockParser()
    blocks = [*parser.add(result.content), *parser.flush()]
    assert [(block.language, block.closed) for block in blocks] == [("python", True)]


def test_the_code_demo_has_several_languages() -> None:
    parser = CodeBlockParser()
    text = decode(demo_capture(find_demo("demo/code"))).content
    blocks = [*parser.add(text), *parser.flush()]
    assert len({block.language for block in blocks if block.closed}) >= 2


def test_the_json_demo_has_two_values_inside_prose() -> None:
    text = decode(demo_capture(find_demo("demo/json"))).content
    values = JSONStreamParser().add(text)
    assert len([value for value in values if isinstance(value.value, dict)]) >= 2
    assert text[: values[0].start].strip()


def test_the_steady_demo_is_paced_as_its_label_says() -> None:
    recording = find_demo("demo/steady")
    capture = demo_capture(recording)
    assert "PACED" in recording.label
    assert "JOINED FROM" in recording.label
    gaps = [round(capture.read_time(index) - capture.read_time(index - 1), 6) for index in range(1, capture.read_count)]
    assert set(gaps) == {0.05}
    assert capture.last_at == pytest.approx(60.0)


def test_the_truncated_demo_ends_before_its_finish_reason() -> None:
    result = decode(demo_capture(find_demo("demo/truncated")))
    assert result.outcome is Outcome.INCOMPLETE
    assert result.finish_reason is None


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(GatewayError, match="demo/markdown") as unknown:
        find_demo("gpt-x")
    assert unknown.value.status == 404


async def test_the_demo_streams_on_the_gateways_own_route() -> None:
    async with running_gateway(gateway_settings()) as server:
        events = await read_events(server, body={**HELLO, "model": "demo/code"})
        cut = await read_events(server, body={**HELLO, "model": "demo/truncated"})
        unknown = await read_events(server, body={**HELLO, "model": "gpt-x"})
    assert events[-1].name == "done"
    recorded = decode(demo_capture(find_demo("demo/code"))).content
    assert "".join(event.data["content"] for event in events[:-1]) == recorded
    assert {event.data["model"] for event in events[:-1] if "model" in event.data} == {"demo/code"}
    assert cut[-1].data["kind"] == "no_terminal"
    assert [event.name for event in unknown] == ["error"]
    assert (unknown[0].data["kind"], unknown[0].data["status"]) == ("http_404", 404)
    assert "demo/markdown" in unknown[0].data["message"]
