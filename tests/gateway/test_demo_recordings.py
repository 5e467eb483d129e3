from __future__ import annotations

import json
import re

import pytest

from tests.gateway.made_demos import FOLDER, made_demos
from tests.gateway.running_gateway import HELLO, gateway_settings, read_events, running_gateway
from tui.core.capture import Capture
from tui.core.chunks import Outcome, StreamResult
from tui.core.sanitize import sanitize
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
    assert capture.last_at <= (61.0 if name == "demo/steady" else 6.0)
    result = decode(capture)
    assert {chunk.model for chunk in result.chunks if chunk.model} == {name}
    assert result.outcome is capture.end.outcome
    assert result.content.strip() or result.tool_calls
    recording = demo_recordings()[name]
    assert recording.prompt
    assert recording.shows
    assert re.match(r"RECORDED|JOINED FROM|PACED, |CUT, |SYNTHETIC$", recording.label)


@pytest.mark.parametrize("file", made_demos())
def test_the_made_demos_are_as_they_are_made(file: str) -> None:
    assert (FOLDER / file).read_text("utf-8") == made_demos()[file], "python -m tests.gateway.made_demos"


def test_what_no_model_said_is_called_synthetic_and_what_was_changed_is_not_called_recorded() -> None:
    labels = {demo.file: demo.label for demo in demo_recordings().values()}
    for file, text in made_demos().items():
        is_by_hand = '"written":"by hand"' in text
        assert (labels[file] == "SYNTHETIC") is is_by_hand
        assert not labels[file].startswith("RECORDED")


def test_the_tool_demo_has_two_calls_cut_where_parsers_break() -> None:
    result = decode(demo_capture(find_demo("demo/tools")))
    assert [call.name for call in result.tool_calls] == ["get_weather", "get_weather"]
    assert [json.loads(call.arguments)["city"] for call in result.tool_calls] == ["Paris 🌧", "東京"]
    assert result.finish_reason == "tool_calls"
    assert result.usage is not None
    traps = {trap.kind for trap in result.traps}
    assert {"interleaved_calls", "split_escape", "split_number", "late_arguments", "empty_choices"} <= traps


def test_the_reasoning_demo_thinks_before_it_speaks() -> None:
    result = decode(demo_capture(find_demo("demo/reasoning")))
    assert len(result.reasoning) > 100
    assert "0.05" in result.content
    first_text = next(index for index, chunk in enumerate(result.chunks) if chunk.content)
    assert not any(chunk.reasoning for chunk in result.chunks[first_text:])


def test_the_cjk_demo_cuts_characters_and_loses_none() -> None:
    result = decode(demo_capture(find_demo("demo/cjk")))
    assert all(word in result.content for word in ("早上好", "おはようございます", "좋은 아침", "👨\u200d👩\u200d👧"))
    assert "\ufffd" not in result.content
    assert "split_code_point" in {trap.kind for trap in result.traps}


def test_the_burst_demo_is_three_lumps_and_the_stall_demo_has_a_silence() -> None:
    burst, stall = demo_capture(find_demo("demo/burst")), demo_capture(find_demo("demo/stall"))
    assert burst.read_count == 3
    assert decode(burst).content == decode(demo_capture(find_demo("demo/markdown"))).content
    gaps = [stall.read_time(index) - stall.read_time(index - 1) for index in range(1, stall.read_count)]
    assert max(gaps) > 3.0
    assert decode(stall).content == decode(demo_capture(find_demo("demo/code"))).content


def test_the_error_demo_ends_with_the_servers_words_and_keeps_the_text() -> None:
    result = decode(demo_capture(find_demo("demo/error")))
    assert result.problem is not None
    assert (result.outcome, result.problem.kind, result.problem.type) == (
        Outcome.FAILED,
        "server_error",
        "overloaded_error",
    )
    assert decode(demo_capture(find_demo("demo/json"))).content.startswith(result.content)


def test_the_escape_demo_holds_what_a_terminal_must_not_obey() -> None:
    text = decode(demo_capture(find_demo("demo/escape"))).content
    assert all(bad in text for bad in ("\x1b[2J", "\x1b]52;", "\x9b", "\u202e", "\x00", "\ud83d", "[@click="))
    assert not {"\x1b", "\x9b", "\u202e", "\x00", "\x07"} & set(sanitize(text))


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


def test_the_readme_has_every_demo_with_its_label() -> None:
    readme = (FOLDER.parents[2] / "README.md").read_text("utf-8")
    for demo in demo_recordings().values():
        assert f"| `{demo.name}` | {demo.label} | {demo.shows} |" in readme
