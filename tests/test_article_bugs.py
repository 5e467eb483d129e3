"""The 22 bugs of the article's code, each with what shows that it is gone.

What needs no network is shown here, by the very input that broke it. Of the others the tests are named, by file; a
test of that name must exist.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.running_gateway import HELLO, gateway_settings, read_events, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream
from tui import (
    CodeBlockParser,
    JSONStreamParser,
    LineBuffer,
    SentenceBuffer,
    SSEClient,
    SSEEvent,
    WordBuffer,
    WSMessage,
)
from tui.core.chunks import Outcome
from tui.core.wire.response_decoder import ResponseDecoder
from tui.core.wire.sse_codec import SSEDecoder

TESTS = Path(__file__).parent
ROUTES, WS = "gateway/test_stream_routes.py", "gateway/test_ws_handler.py"
GUARDS, PROCESS = "gateway/test_guards.py", "gateway/test_gateway_process.py"

SHOWN_BY: dict[int, tuple[str, str, tuple[str, ...]]] = {
    1: (
        "a model given twice broke raw, buffered and json",
        ROUTES,
        ("raw_gives_the_pieces", "buffered_gives_lossless"),
    ),
    2: ("an upstream's fault hung buffered for ever", ROUTES, ("the_other_shapes_end_a_failure_with_an_error",)),
    3: ("a client that left was read for to the end", ROUTES, ("leaves_a_silent_upstream_closes_it_on_every_route",)),
    4: ("the client asked with GET what is POST", "test_article_bugs.py", ("the_client_of_the_article_posts",)),
    5: ("the documented body was refused; no model", ROUTES, ("the_bare_list_of_the_first_gateway_is_taken",)),
    6: ("the WebSocket handler broke at its first message", WS, ("an_answer_starts_with_its_id_and_ends",)),
    7: ("cancel was not read, and did nothing", WS, ("cancel_is_read_while_streaming_and_closes_the_upstream",)),
    8: ("a late fault of the upstream cut the body", ROUTES, ("a_fault_of_the_upstream_is_one_error_event",)),
    9: ("leaving early left the SDK's stream open", "transports/test_stream_clients.py", ("leaving_early_closes",)),
    10: ("reasons, refusals, tools, usage were dropped", "test_article_bugs.py", ("nothing_that_came_is_dropped",)),
    11: ("legal event streams were not read", "test_article_bugs.py", ("any_legal_event_stream_is_read",)),
    12: ("a word as retry ended the stream", "test_article_bugs.py", ("a_retry_that_is_no_number",)),
    13: ("an event could inject lines, and lost zeros", "test_article_bugs.py", ("no_event_injects",)),
    14: ("junk over WebSocket ended the connection", "test_article_bugs.py", ("junk_is_a_value_error",)),
    15: ("words lost white space", "test_article_bugs.py", ("words_keep_white_space",)),
    16: ("sentences were cut at abbreviations, CJK never", "test_article_bugs.py", ("sentences_end_where",)),
    17: ("lines kept half a line end", "test_article_bugs.py", ("lines_have_whole_ends",)),
    18: ("prose around JSON lost every value", "test_article_bugs.py", ("json_in_prose_is_found",)),
    19: ("code blocks were damaged", "test_article_bugs.py", ("code_is_given_as_it_was_written",)),
    20: (
        "one failing stream ended a merge",
        "streams/test_aggregator.py",
        ("one_failing_stream_does_not_end_the_others",),
    ),
    21: (
        "no token, no limits, no Origin, no time-outs",
        GUARDS,
        ("without_the_token", "pages_of_another_origin", "413"),
    ),
    22: ("healthy without an upstream", PROCESS, ("health_says_when_the_upstream_is_down",)),
}


def test_every_bug_has_a_test() -> None:
    assert list(SHOWN_BY) == list(range(1, 23))
    for _, file, names in SHOWN_BY.values():
        tests = re.findall(r"^(?:async )?def (test_\w+)", (TESTS / file).read_text("utf-8"), re.MULTILINE)
        for name in names:
            assert any(name in test for test in tests), f"{file}: {name}"


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/stream/raw", "/v1/stream/buffered", "/v1/stream/json"])
async def test_a_model_may_be_chosen_on_every_route(path: str) -> None:
    asked: list[Any] = []

    async def answer(exchange: Exchange) -> None:
        asked.append(json.loads(exchange.body)["model"])
        await exchange.head()
        await exchange.tokens('{"a":1} ')
        await exchange.finish()

    async with ScriptedUpstream(answer) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        events = await read_events(server, path, {**HELLO, "model": "chosen"})
    assert asked == ["chosen"]
    assert events[-1].data["done"] is True


async def test_the_client_of_the_article_posts() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.tokens("one", " two")
        await exchange.finish()

    async with ScriptedUpstream(answer) as upstream, running_gateway(gateway_settings(upstream.url)) as server:
        chunks = [chunk async for chunk in SSEClient(server.url).stream(HELLO["messages"])]
    assert "".join(chunk.content for chunk in chunks) == "one two"


def test_nothing_that_came_is_dropped() -> None:
    call = {"index": 0, "id": "t", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    choices: list[list[dict[str, Any]]] = [
        [{"index": 0, "delta": {"content": "a", "refusal": "no"}}],
        [{"index": 1, "delta": {"content": "other"}}],
        [{"index": 0, "delta": {"tool_calls": [call]}}],
        [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}, {"index": 1, "delta": {}, "finish_reason": "stop"}],
        [],
    ]
    events = [f"data: {json.dumps({'choices': choice})}\n\n" for choice in choices[:-1]]
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    last = f"data: {json.dumps({'choices': [], 'usage': usage})}\n\ndata: [DONE]\n\n"
    decoder = ResponseDecoder("openai-chat")
    chunks = decoder.feed("".join([*events, last]).encode())
    result = decoder.finish()
    assert (result.outcome, result.content, result.finish_reason) == (Outcome.COMPLETED, "a", "tool_calls")
    assert result.total_tokens == 7
    assert [call.name for call in result.tool_calls] == ["look"]
    assert any(chunk.refusal == "no" for chunk in chunks)


@pytest.mark.parametrize("body", [b"data:x\n\n", b"data: x\r\n\r\n", b"data: x\r\r", b"\xef\xbb\xbfdata: x\n\n"])
def test_any_legal_event_stream_is_read(body: bytes) -> None:
    assert [event.data for event in SSEDecoder().feed(body)] == ["x"]
    decoder = SSEDecoder()
    assert decoder.feed(b"data: last\n") == []
    assert b"last" in decoder.pending, "an end without a blank line is known, and no event"


def test_a_retry_that_is_no_number_is_ignored() -> None:
    decoder = SSEDecoder()
    assert [event.data for event in decoder.feed(b"retry: soon\ndata: x\n\n")] == ["x"]
    assert decoder.retry is None


def test_no_event_injects_a_line_or_loses_a_zero() -> None:
    assert [event.data for event in SSEDecoder().feed(SSEEvent("a\rb").encode().encode())] == ["a\nb"]
    for members in ({"event": "a\ndata: INJ"}, {"id": "1\n\ndata: INJ"}):
        with pytest.raises(ValueError, match="line"):
            SSEEvent("x", **members).encode()
    written = SSEEvent("x", id="", retry=0).encode()
    assert "retry: 0\n" in written
    assert re.search(r"^id:", written, re.MULTILINE)


@pytest.mark.parametrize("junk", ["[]", "x", "1", '{"data": {}}', ""])
def test_junk_is_a_value_error_and_data_may_be_missing(junk: str) -> None:
    assert WSMessage.from_json('{"type":"cancel"}').data == {}
    with pytest.raises(ValueError, match=r"\w+"):
        WSMessage.from_json(junk)


def test_words_keep_white_space_and_line_ends() -> None:
    for pieces in (["a  b\n\nc"], ["foo\r", "bar "]):
        buffer = WordBuffer()
        segments = [segment for piece in pieces for segment in buffer.add(piece)] + buffer.flush()
        assert "".join(segments) == "".join(pieces)
        assert len(segments) > 1


def test_sentences_end_where_they_end() -> None:
    buffer = SentenceBuffer()
    assert [*buffer.add("Dr. Smith came. He left. "), *buffer.flush()] == ["Dr. Smith came.", " He left.", " "]
    assert [*buffer.add("你好。再见。"), *buffer.flush()] == ["你好。", "再见。"]


def test_lines_have_whole_ends() -> None:
    buffer = LineBuffer()
    assert [*buffer.add("a\r"), *buffer.add("\nb"), *buffer.flush()] == ["a\r\n", "b"]


def test_json_in_prose_is_found() -> None:
    found = JSONStreamParser().add('Here: {"a":1} and [2] and ```json\n{"b":2}\n``` a stray " } \\ and {"c":3}')
    assert [value.value for value in found] == [{"a": 1}, [2], {"b": 2}, {"c": 3}]


def test_code_is_given_as_it_was_written() -> None:
    text = "Use ``` so.\n````c++ x\n    indented\n```\ninside\n````\n\n```py\nopen"
    for size in (1, 3, len(text)):
        parser = CodeBlockParser()
        blocks = [block for at in range(0, len(text), size) for block in parser.add(text[at : at + size])]
        blocks += parser.flush()
        assert [(block.language, block.code, block.closed) for block in blocks] == [
            ("c++", "    indented\n```\ninside\n", True),
            ("py", "open", False),
        ]
