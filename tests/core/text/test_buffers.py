"""Buffers of words, lines, paragraphs and raw chunks: the case files, the laws, the cap and the seed's names."""

from __future__ import annotations

import json
import random
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.text.buffers import (
    BUFFER_MODES,
    LineBuffer,
    MarkdownBuffer,
    ParagraphBuffer,
    RawBuffer,
    SentenceBuffer,
    StreamBuffer,
    WordBuffer,
    make_buffer,
)
from tui.errors import UsageError

CASES = Path(__file__).parents[2] / "data" / "cases"
SEPARATORS = {
    chr(c) for c in (*range(9, 14), 0x20, 0x85, 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B))
} | set("\u2028\u2029\u205f\u3000")
INVARIANT_MODES = [mode for mode in BUFFER_MODES if mode != "raw"]
PATTERN = r"[,;]\s*|\d+"
TEXTS = st.lists(
    st.sampled_from(
        [
            *"ab .,;!7\t\r\n|>#",
            "\r\n",
            "\n\n",
            "```\n",
            "~~~",
            "- ",
            "1. ",
            "|-|\n",
            "    ",
            "---",
            "\u3000",
            "\u2028",
            "é",
            "👩‍👧",
        ]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)


def load(name: str) -> list[dict[str, Any]]:
    cases = json.loads((CASES / name).read_text(encoding="utf-8"))["cases"]
    return [case for case in cases if case.get("adopted", True)]


def chunked(text: str, seed: int, longest: int) -> list[str]:
    rng = random.Random(seed)
    chunks = []
    while text:
        size = rng.randint(0, longest) if longest > 1 else 1
        chunks.append(text[:size])
        text = text[size:]
    return chunks


def segments_of(buffer: StreamBuffer, chunks: list[str]) -> list[str]:
    return [segment for chunk in chunks for segment in buffer.add(chunk)] + buffer.flush()


def made(mode: str, cap: int = 65536) -> StreamBuffer:
    return make_buffer(mode, pattern=PATTERN if mode == "regex" else None, cap=cap)


@pytest.mark.parametrize(
    ("mode", "case"),
    [(mode, case) for mode in ("word", "line") for case in load(f"{mode}s.json")],
    ids=lambda v: v if isinstance(v, str) else v["id"],
)
def test_case_gives_its_segments_under_every_chunking_and_in_time(mode: str, case: dict[str, Any]) -> None:
    text = case["text"] if "text" in case else "".join(part * times for part, times in case["parts"])
    for chunks in ([text], chunked(text, 0, 1), chunked(text, 3, 4), chunked(text, 5, 20), case.get("chunks", [])):
        if chunks or not text:
            assert segments_of(made(mode), chunks) == case["segments"]
    buffer = made(mode)
    born = [fed for fed, char in enumerate(text, 1) for _ in buffer.add(char)]
    certain = [limit for limit in case["certain_at"] if limit is not None]
    assert born == certain


@given(TEXTS, st.sampled_from(INVARIANT_MODES), st.integers(0, 9), st.sampled_from([1, 2, 3, 7, 20, 65536]))
@settings(max_examples=250, deadline=None)
def test_segments_join_to_the_text_and_no_chunking_or_cap_changes_that(
    text: str, mode: str, seed: int, cap: int
) -> None:
    whole = segments_of(made(mode, cap), [text])
    assert "".join(whole) == text
    assert all(whole)
    assert segments_of(made(mode, cap), chunked(text, seed, 1)) == whole
    assert segments_of(made(mode, cap), chunked(text, seed, 6)) == whole


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_words_are_separators_and_then_word_characters(text: str) -> None:
    starts = [at for at in range(1, len(text)) if text[at] in SEPARATORS and text[at - 1] not in SEPARATORS]
    expected = [text[a:b] for a, b in pairwise([0, *starts, len(text)])] if text else []
    assert segments_of(WordBuffer(), chunked(text, 1, 5)) == expected


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_lines_are_those_of_universal_newlines(text: str) -> None:
    ends = [at + 1 for at, char in enumerate(text) if char == "\n" or (char == "\r" and text[at + 1 : at + 2] != "\n")]
    expected = [text[a:b] for a, b in pairwise([0, *ends, len(text)]) if text[a:b]]
    assert segments_of(LineBuffer(), chunked(text, 2, 5)) == expected


@given(
    st.lists(st.sampled_from(["", "", " ", "\t ", "a", "b c", " x"]), max_size=20),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=200, deadline=None)
def test_paragraph_ends_with_its_run_of_blank_lines(lines: list[str], line_end: str) -> None:
    blocks: list[str] = []
    has_text = is_after_blank = False
    for line in lines:
        if not blocks or (line.strip() and has_text and is_after_blank):
            blocks.append("")
        blocks[-1] += line + line_end
        has_text = has_text or bool(line.strip())
        is_after_blank = not line.strip()
    text = "".join(blocks)
    assert segments_of(ParagraphBuffer(), chunked(text, 3, 4)) == [block for block in blocks if block]


@pytest.mark.parametrize(
    "paragraph",
    [
        "```py\na\n\nb\n```\nafter\n\n",
        "Look:\n~~~~\n\n```\n\n~~~\n~~~~\n\n",
        "1. one\n   ```\n   a\n\n   b\n   ```\n\n",
        "> ```\n>\n> b\n> ```\n\n",
        "10) ten\n    - in\n      ```\n\n      b\n      ```\n\n",
    ],
)
def test_fenced_code_is_not_cut_at_its_blank_lines(paragraph: str) -> None:
    assert segments_of(ParagraphBuffer(), chunked(paragraph + "next", 0, 1)) == [paragraph, "next"]


@pytest.mark.parametrize("cut_off", ["- ```\n  a\n\n", "> ```\n> a\n\n"])
def test_code_that_its_container_ends_holds_no_paragraph(cut_off: str) -> None:
    assert segments_of(ParagraphBuffer(), [cut_off + "next\n"]) == [cut_off, "next\n"]


def test_paragraph_is_out_at_the_first_character_of_the_next() -> None:
    buffer = ParagraphBuffer()
    assert buffer.add("one\n \n  ") == []
    assert buffer.add("t") == ["one\n \n"]
    assert buffer.flush() == ["  t"]


def test_carriage_return_waits_for_one_code_point() -> None:
    buffer = LineBuffer()
    assert buffer.add("a\r") == []
    assert buffer.add("\n") == ["a\r\n"]
    assert buffer.add("b\r") == []
    assert buffer.add("c") == ["b\r"]
    assert buffer.flush() == ["c"]


def test_raw_gives_each_chunk_and_skips_empty_ones() -> None:
    assert segments_of(RawBuffer(), ["a b", "", "\n"]) == ["a b", "\n"]


@pytest.mark.parametrize("mode", ["word", "line", "paragraph", "markdown"])
def test_segment_without_an_end_is_cut_at_the_cap(mode: str) -> None:
    assert segments_of(made(mode, 4), ["xxxxxxxxxx"]) == ["xxxx", "xxxx", "xx"]


def test_word_that_ends_at_the_cap_is_out_there() -> None:
    buffer = WordBuffer(cap=4)
    assert buffer.add("abc") == []
    assert buffer.add("d") == ["abcd"]
    assert buffer.add(" ef ") == [" ef"]


def test_block_after_a_cut_line_is_still_found() -> None:
    text = "# aaaaaaaaaaaa\nnext\n"
    assert segments_of(MarkdownBuffer(cap=10), [text]) == ["# aaaaaaaa", "aaaa\n", "next\n"]


@pytest.mark.parametrize("mode", INVARIANT_MODES)
def test_buffer_is_as_new_after_the_flush(mode: str) -> None:
    text = "One, two.\n\n- a\n- b\n\n```\nx\n\ny\r"
    buffer = made(mode)
    first = segments_of(buffer, [text])
    assert segments_of(buffer, [text]) == first
    assert buffer.flush() == []


def test_stream_buffer_keeps_the_content_and_how_it_ended() -> None:
    buffer = StreamBuffer()
    for chunk in ("a", "", "b"):
        buffer.append(chunk)
    assert (buffer.content, buffer.chunk_count, buffer.is_complete, buffer.error) == ("ab", 3, False, None)
    buffer.append("c")
    buffer.mark_complete()
    assert (buffer.content, buffer.is_complete) == ("abc", True)


def test_stream_buffer_keeps_the_content_after_an_error() -> None:
    buffer = WordBuffer()
    buffer.append("half a")
    buffer.mark_error("reset by peer")
    assert (buffer.content, buffer.error, buffer.is_complete) == ("half a", "reset by peer", False)


def test_stream_buffer_has_one_segment_at_the_flush() -> None:
    assert segments_of(StreamBuffer(), ["a b", "", "\nc"]) == ["a b\nc"]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("word", WordBuffer),
        ("sentence", SentenceBuffer),
        ("line", LineBuffer),
        ("paragraph", ParagraphBuffer),
        ("markdown", MarkdownBuffer),
        ("raw", RawBuffer),
    ],
)
def test_make_buffer_knows_the_mode(mode: str, kind: type[StreamBuffer]) -> None:
    assert type(make_buffer(mode)) is kind
    assert mode in BUFFER_MODES


def test_unknown_mode_names_the_modes() -> None:
    with pytest.raises(UsageError) as caught:
        make_buffer("words")
    assert "'words'" in str(caught.value)
    assert all(mode in str(caught.value) for mode in BUFFER_MODES)


@pytest.mark.parametrize("mode", INVARIANT_MODES)
def test_cap_under_one_is_a_usage_error(mode: str) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        made(mode, 0)


def calls_made(mode: str, chunks: list[str]) -> int:
    """Python and C calls while the chunks are fed: a count of work that no clock disturbs."""
    buffer = made(mode)
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        for chunk in chunks:
            buffer.add(chunk)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("mode", INVARIANT_MODES)
@pytest.mark.parametrize("unit", ["word and line.\n\n", "x", " ", "\n", "```\n", "| a |\n", "> - q\n"])
def test_work_doubles_when_the_text_doubles(mode: str, unit: str) -> None:
    short, long = (chunked(unit * (size // len(unit)), 0, 1) for size in (4000, 8000))
    assert calls_made(mode, long) <= 2.1 * calls_made(mode, short) + 100


@pytest.mark.parametrize("mode", ["word", "line", "paragraph", "markdown"])
def test_released_text_is_not_kept(mode: str) -> None:
    buffer = made(mode)
    for _ in range(2000):
        buffer.add("# a\n\n" * 10)
    assert sum(map(len, buffer.flush())) <= len("# a\n\n")
