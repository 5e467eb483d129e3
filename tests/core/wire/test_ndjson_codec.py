"""Lines and whole JSON values, in any cutting."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.wire.ndjson_codec import JSONValueSplitter, NDJSONDecoder

VALUES = st.lists(
    st.dictionaries(st.text(max_size=3), st.text('{}[]"\\é\n', max_size=6) | st.integers(), max_size=3)
    | st.lists(st.text('{}[]"\\', max_size=4), max_size=3),
    max_size=5,
)


def fed(decoder: NDJSONDecoder | JSONValueSplitter, data: bytes, size: int) -> list[str]:
    return [text for i in range(0, len(data), size) for text in decoder.feed(data[i : i + size])]


@given(values=VALUES, size=st.integers(1, 9), end=st.sampled_from(["\n", "\r\n", "\n\n"]))
@settings(max_examples=100, deadline=None)
def test_lines_come_back(values: list[Any], size: int, end: str) -> None:
    data = "".join(json.dumps(value, ensure_ascii=False) + end for value in values).encode()
    decoder = NDJSONDecoder()
    assert [json.loads(text) for text in fed(decoder, data, size)] == values
    assert decoder.pending.strip() == b""


@given(values=VALUES, size=st.integers(1, 9), indent=st.sampled_from([None, 1]), end=st.sampled_from(["", "\n"]))
@settings(max_examples=100, deadline=None)
def test_values_come_back_without_any_line_end(values: list[Any], size: int, indent: int | None, end: str) -> None:
    data = "".join(json.dumps(value, indent=indent) + end for value in values).encode()
    splitter = JSONValueSplitter()
    assert [json.loads(text) for text in fed(splitter, data, size)] == values
    assert splitter.pending == b""


@pytest.mark.parametrize("size", [1, 2, 100])
def test_what_stands_between_values_comes_as_a_text_of_its_own(size: int) -> None:
    assert fed(JSONValueSplitter(), b'{"a":1} oops}\n[2]', size) == ['{"a":1}', "oops}", "[2]"]


@pytest.mark.parametrize("size", [1, 100])
def test_byte_order_mark_is_removed_at_the_start_only(size: int) -> None:
    assert fed(NDJSONDecoder(), b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n", size) == ["{}", "\ufeff{}"]


@pytest.mark.parametrize("kind", [NDJSONDecoder, JSONValueSplitter])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_limit_holds(kind: type[NDJSONDecoder | JSONValueSplitter], size: int) -> None:
    decoder = kind(limit_bytes=20)
    assert fed(decoder, b'{"a":1}\n{"a":"' + b"x" * 100, size) == ['{"a":1}']
    assert decoder.is_over_limit
    assert decoder.feed(b'"}\n{"b":1}\n') == []


def test_invalid_bytes_are_counted() -> None:
    decoder = NDJSONDecoder()
    assert decoder.feed(b'"\xff \xef\xbf\xbd"\n') == ['"\ufffd \ufffd"']
    assert decoder.replacement_count == 1


def test_last_line_needs_no_end() -> None:
    decoder = NDJSONDecoder()
    assert decoder.feed(b"{}\n[1]") == ["{}"]
    assert (decoder.pending, decoder.finish(), decoder.pending) == (b"[1]", "[1]", b"")
