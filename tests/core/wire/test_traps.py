"""Each trap of the screens' rule 11, and each thing that would else be dropped silently, with its frame."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.core.chunks import StreamResult
from tui.core.wire.response_decoder import ResponseDecoder

SSE = {"content-type": "text/event-stream"}
DONE = "data: [DONE]\n\n"


def sse(*values: Any) -> str:
    return "".join(f"data: {json.dumps(value)}\n\n" for value in values)


def delta(reason: str | None = None, /, **members: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": members, "finish_reason": reason}]}


def piece(arguments: str, index: int | None = 0, name: str = "") -> dict[str, Any]:
    call: dict[str, Any] = {"function": {"arguments": arguments} | ({"name": name} if name else {})}
    return delta(tool_calls=[call if index is None else call | {"index": index}])


def decode(body: str | list[bytes], dialect: str = "auto") -> StreamResult:
    decoder = ResponseDecoder(dialect, headers=SSE)
    for number, data in enumerate([body.encode()] if isinstance(body, str) else body):
        decoder.feed(data, float(number))
    return decoder.finish()


TEXT, STOP = delta(content="x"), delta("stop")
TRAPS = {
    "empty_choices": (sse(TEXT, STOP, {"choices": [], "usage": {"prompt_tokens": 1}}) + DONE, 2),
    "role_only": (sse(delta(role="assistant", content=None), TEXT, STOP) + DONE, 0),
    "multi_line_data": (sse(TEXT) + 'data: {"choices":\ndata: []}\n\n' + DONE, 1),
    "no_space": (sse(TEXT) + 'data:{"choices": []}\n\n' + DONE, 1),
    "crlf": (sse(TEXT) + sse(STOP).replace("\n", "\r\n") + DONE, 1),
    "comment_inside": (sse(TEXT) + ": wait\n" + sse(STOP) + DONE, 1),
    "split_surrogates": (sse(TEXT, delta(content="\ud83d"), delta(content="\ude00"), STOP) + DONE, 2),
    "split_number": (sse(piece('{"a": 1'), piece("2"), piece("}")) + DONE, 1),
    "split_escape": (sse(piece('{"a": "\\ud83d'), piece('\\ude00"}')) + DONE, 1),
    "interleaved_calls": (sse(piece("{", 0), piece("{", 1), piece("}", 0), piece("}", 1)) + DONE, 2),
    "call_without_index": (sse(TEXT, piece("{}", None, "f")) + DONE, 1),
    "late_arguments": (sse(piece("", name="f"), piece('{"a":'), piece(" 1}"), piece(" ")) + DONE, 2),
    "text_after_finish": (sse(TEXT, STOP, TEXT) + DONE, 2),
    "text_after_end": (sse(TEXT, STOP) + DONE + sse(TEXT), 3),
}


@pytest.mark.parametrize(("kind", "body", "frame"), [(kind, *case) for kind, case in TRAPS.items()], ids=list(TRAPS))
def test_trap_is_found_in_its_frame(kind: str, body: str, frame: int) -> None:
    found = {trap.kind: trap.frame for trap in decode(body).traps}
    assert found[kind] == frame
    plain = {trap.kind for trap in decode(sse(TEXT, STOP) + DONE).traps}
    assert plain == set()


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_the_traps_of_one_frame_have_one_order(size: int) -> None:
    body = (sse(delta(role="assistant"), TEXT).replace(": ", ":").replace("\n", "\r\n") + DONE).encode()
    whole = decode([body]).traps
    assert len(whole) == 3
    assert decode([body[start : start + size] for start in range(0, len(body), size)]).traps == whole


def test_code_point_split_over_reads_is_found_in_the_frame_that_it_is_in() -> None:
    body = (sse(TEXT) + 'data: {"choices": [{"delta": {"content": "é"}}]}\n\n' + DONE).encode()
    at = body.index("é".encode())
    assert {trap.kind: trap.frame for trap in decode([body[: at + 1], body[at + 1 :]]).traps} == {"split_code_point": 1}
    assert decode([body[:at], body[at:]]).traps == []


@pytest.mark.parametrize("escape", ["\\u00e9", "\\n", "\\\\"])
def test_an_escape_cut_anywhere_is_a_trap_and_no_other_cut_is(escape: str) -> None:
    arguments = f'{{"a": "x{escape}y"}}'
    start = arguments.index(escape)
    for cut in range(1, len(arguments)):
        kinds = {trap.kind for trap in decode(sse(piece(arguments[:cut]), piece(arguments[cut:])) + DONE).traps}
        assert ("split_escape" in kinds) == (start < cut < start + len(escape)), arguments[:cut]


def test_an_escaped_backslash_before_a_u_is_no_half_of_a_pair() -> None:
    body = sse(piece('{"a": "\\\\ud83d'), piece('\\n"}')) + DONE
    assert {trap.kind for trap in decode(body).traps} == {"late_arguments"}


def test_a_number_of_an_answer_that_is_json_is_watched_and_prose_is_not() -> None:
    def kinds(*texts: str) -> set[str]:
        return {trap.kind for trap in decode(sse(*(delta(content=text) for text in texts)) + DONE).traps}

    assert kinds("\n", '{"year": 20', "26}") == {"split_number"}
    assert kinds("[1", ", 2]") == set()
    assert kinds("In 20", "26 {") == set()
    assert kinds("[x] 20", "26") == set()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (['{"city": "Par', "is"], "ended inside a string at char 15"),
        (['{"a" 1}'], "unexpected '1' after a key, expected a colon at char 5"),
    ],
)
def test_arguments_that_are_no_json_are_a_remark(arguments: list[str], words: str) -> None:
    result = decode(sse(*(piece(text, name="f") for text in arguments), delta("tool_calls")) + DONE)
    assert result.remarks == [f"the arguments of a tool call are not valid JSON (f: {words})"]


def test_free_text_and_missing_arguments_are_no_remark() -> None:
    assert decode(sse(piece("print(1)", name="run"), piece("", 1, "now"), delta("tool_calls")) + DONE).remarks == []


def hidden(name: str) -> str:
    return f"1 thing on the wire has no place on the screens, its frame keeps it ({name})"


@pytest.mark.parametrize(
    ("dialect", "value", "name"),
    [
        ("openai-chat", delta(audio={"data": "AA=="}), "audio"),
        ("openai-chat", delta(reasoning_details=[{"type": "reasoning.encrypted"}]), "reasoning_details"),
        ("openai-chat", delta(content=[{"type": "image_url", "image_url": {}}]), "image_url"),
        (
            "anthropic",
            {"type": "content_block_start", "index": 0, "content_block": {"type": "redacted_thinking"}},
            "block redacted_thinking",
        ),
        ("anthropic", {"type": "content_block_delta", "delta": {"type": "citations_delta"}}, "citations"),
        ("openai-responses", {"type": "response.output_text.annotation.added"}, "annotation"),
        (
            "openai-responses",
            {"type": "response.output_item.done", "output_index": 0, "item": {"type": "web_search_call"}},
            "item web_search_call",
        ),
    ],
)
def test_what_no_screen_shows_is_a_remark(dialect: str, value: dict[str, Any], name: str) -> None:
    assert hidden(name) in decode(sse(value), dialect).remarks


def test_a_block_of_many_deltas_counts_once() -> None:
    part = {"type": "content_block_delta", "index": 3, "delta": {"type": "input_json_delta", "partial_json": "{}"}}
    assert decode(sse(part, part), "anthropic").remarks == [hidden("input of no known tool call")]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_a_number_is_no_json(number: str) -> None:
    result = decode(sse(TEXT) + f'data: {{"choices": [], "x": {number}}}\n\n' + sse(TEXT))
    assert result.problem is not None
    assert (result.content, result.problem.kind) == ("x", "bad_json")
    assert f"frame 1 is not JSON: {number}" in result.problem.message


def test_the_same_thinking_under_a_second_name_is_no_remark() -> None:
    assert decode(sse(delta(reasoning="hm", reasoning_details=[{"text": "hm"}]), STOP) + DONE).remarks == []


def test_a_path_that_finds_nothing_says_so() -> None:
    result = decode(sse({"a": "x"}, {"b": "y"}, {"done": True}), "$.a")
    assert (result.content, result.remarks) == ("x", ["1 event has nothing at the path"])


def test_logprobs_are_kept_as_they_came() -> None:
    logprobs = {"content": [{"token": "x", "logprob": -0.5}]}
    choice = {"index": 0, "delta": {"content": "x"}, "logprobs": logprobs}
    result = decode(sse({"choices": [choice]}, TEXT, STOP) + DONE)
    assert [chunk.logprobs for chunk in result.chunks] == [logprobs, None, None]
    assert result.content == "xx"
    event = {"type": "response.output_text.delta", "delta": "x", "logprobs": [{"token": "x"}]}
    assert decode(sse(event)).chunks[0].logprobs == [{"token": "x"}]


def fed(body: str) -> ResponseDecoder:
    decoder = ResponseDecoder(headers=SSE)
    decoder.feed(body.encode())
    return decoder


def test_every_frame_with_a_trap_is_known_not_only_the_first() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 1}}
    decoder = fed(sse(delta(role="assistant"), TEXT, usage, usage, STOP, TEXT) + DONE)
    kinds = [decoder.traps_in(frame) for frame in range(7)]
    assert kinds == [["role_only"], [], ["empty_choices"], ["empty_choices"], [], ["text_after_finish"], []]


def test_chunks_of_a_frame_are_those_that_it_gave() -> None:
    two = {"choices": [{"index": i, "delta": {"content": "ab"[i]}} for i in range(2)]}
    decoder = fed(sse(TEXT, {"choices": []}, two))
    found = [[chunk.content for chunk in decoder.chunks_of(frame)] for frame in range(4)]
    assert found == [["x"], [], ["a", "b"], []]


def test_remark_knows_the_frame_it_is_first_in() -> None:
    decoder = fed(sse(TEXT, {"new": 1}, {"new": 2}, STOP) + DONE)
    assert [(remark.kind, remark.frame) for remark in decoder.remarks] == [("unknown_event", 1)]
    decoder.reconnect(200, SSE, 2.0)
    assert [(remark.kind, remark.frame) for remark in decoder.remarks] == [("seam", 5), ("unknown_event", 1)]


def test_problem_knows_its_frame_unless_no_frame_has_it() -> None:
    assert fed(sse(TEXT) + "data: {no\n\n" + sse(TEXT)).problem_frame == 1
    assert fed(sse(TEXT, {"error": {"message": "busy"}})).problem_frame == 1
    assert fed(sse(TEXT)).problem_frame is None
    decoder = ResponseDecoder(headers=SSE, event_limit_bytes=200)
    decoder.feed(sse(TEXT).encode() + b"data: " + b"x" * 300)
    assert (decoder.is_over, decoder.problem_frame) == (True, None)
