"""A string read out of known surroundings is the one that parsing the whole gives."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui.core.wire.json_text import parse_json
from tui.core.wire.repeated_json import RepeatedJSON
from tui.core.wire.response_decoder import ResponseDecoder

START, END = '{"a": 1, "delta": {"content": ', '}, "b": ["content"]}'


def content_of(value: Any) -> Any:
    """Where the string stands."""
    return value["delta"]["content"]


def learned(text: str = f'{START}"x"{END}') -> RepeatedJSON:
    """One that has learned from a text."""
    repeated = RepeatedJSON("content", content_of)
    assert repeated.take(text) is None
    repeated.learn()
    return repeated


def parsed(text: str) -> str | None:
    """The string by parsing the whole; None where that is refused or the value is no string."""
    try:
        found = content_of(parse_json(text))
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


@given(st.text(max_size=8), st.booleans())
def test_every_string_is_read(content: str, is_ascii: bool) -> None:
    text = f"{START}{json.dumps(content, ensure_ascii=is_ascii)}{END}"
    assert learned().take(text) == content == parsed(text)


@given(st.text(alphabet='"\\ux,:{}[] \n0a\udc00', max_size=8))
def test_what_stands_raw_between_the_surroundings_is_read_as_json_or_not_at_all(raw: str) -> None:
    text = f"{START}{raw}{END}"
    assert learned().take(text) in (None, parsed(text))


def test_other_surroundings_must_be_parsed() -> None:
    repeated = learned()
    assert repeated.take(f'{START}"y"{END}') == "y"
    assert repeated.take(f'{START}"y"{END} ') is None
    assert repeated.take(f'{START.replace("1", "2")}"y"{END}') is None
    assert repeated.take(f'{START}"y", "b": 2{END}') is None


def test_a_member_of_that_name_elsewhere_is_not_learned() -> None:
    assert (
        learned('{"content": "no", "delta": {"content": "x"}}').take('{"content": "z", "delta": {"content": "x"}}')
        is None
    )


def test_it_gives_up_where_no_text_is_like_another() -> None:
    repeated = RepeatedJSON("content", content_of)
    for number in range(20):
        assert repeated.take(f'{{"n": {number}, "delta": {{"content": "x"}}}}') is None
        repeated.learn()
    assert repeated.take('{"n": 19, "delta": {"content": "y"}}') is None


def deltas(contents: list[str], **others: Any) -> bytes:
    """A stream of usual deltas; each value of `others` is one a delta."""
    found = b'data: {"choices": [{"index": 0, "delta": {"role": "assistant"}}], "model": "m"}\n\n'
    for number, content in enumerate(contents):
        more = {name: values[number] for name, values in others.items()}
        value = {"choices": [{"index": 0, "delta": {"content": content}}], "model": "m", **more}
        found += f"data: {json.dumps(value)}\n\n".encode()
    return found


@given(st.lists(st.text(alphabet='a"\\\n\u00e9', max_size=3), max_size=12))
def test_chunks_are_the_same_whether_or_not_anything_repeats(contents: list[str]) -> None:
    same, different = ResponseDecoder("openai-chat"), ResponseDecoder("openai-chat")
    ours = same.feed(deltas(contents))
    theirs = different.feed(deltas(contents, number=list(range(len(contents)))))
    assert ours == theirs


def test_another_model_is_seen() -> None:
    contents = ["a", "b", "c", "d"]
    chunks = ResponseDecoder("openai-chat").feed(deltas(contents, model=["m", "m", "n", "m"]))
    assert [(chunk.content, chunk.model) for chunk in chunks[1:]] == list(zip(contents, "mmnm", strict=True))
