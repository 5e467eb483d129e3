"""Fenced code blocks: the case files, the laws of the core, the view of the open block, and growth of the cost."""

from __future__ import annotations

import json
import random
import re
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.core.text.code_blocks import CodeBlock, CodeBlockParser, OpenBlock

CASES = json.loads((Path(__file__).parents[2] / "data/cases/code_blocks.json").read_text())["cases"]
FRAGMENTS = [*"\n\r \t>-+*`~#=_1.)a&;\\", "\r\n", "```", "~~~", "````", "> ", "- ", "1. ", "2) ", "    ", "\n\n", "py"]


def parse(chunks: Iterable[str]) -> list[CodeBlock]:
    parser = CodeBlockParser()
    blocks = [block for chunk in chunks for block in parser.add(chunk)]
    return blocks + parser.flush()


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def random_pieces(text: str, seed: int) -> Iterator[str]:
    rng, at = random.Random(seed), 0
    while at < len(text):
        size = rng.randint(0, 20)
        yield text[at : at + size]
        at += size


def text_of(case: dict[str, Any]) -> str:
    return str(case["text"]) if "text" in case else "".join(part * count for part, count in case["parts"])


def plain(block: CodeBlock) -> dict[str, Any]:
    return {"language": block.language, "info": block.info, "code": block.code, "closed": block.closed}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_gives_its_blocks_under_every_chunking(case: dict[str, Any]) -> None:
    text = text_of(case)
    splits = [[text], *(pieces(text, size) for size in (1, 3, 4)), list(random_pieces(text, 1))]
    for split in [*splits, *([case["chunks"]] if "chunks" in case else [])]:
        assert [plain(block) for block in parse(split)] == case["blocks"]


@pytest.mark.parametrize("case", [case for case in CASES if "certain_at" in case], ids=lambda case: case["id"])
def test_case_gives_each_block_when_it_is_certain(case: dict[str, Any]) -> None:
    parser, born = CodeBlockParser(), []
    for fed, character in enumerate(text_of(case), start=1):
        born += [fed] * len(parser.add(character))
    for index, limit in enumerate(case["certain_at"]):
        assert limit is None or born[index] <= limit


@given(st.lists(st.sampled_from(FRAGMENTS)).map("".join), st.integers(0, 1000))
@settings(max_examples=400)
@example("```\r\n\r\n```\r\n", 0)
@example("> ```\n>\t\ta\n\tb\n", 0)
def test_blocks_do_not_depend_on_the_chunking(text: str, seed: int) -> None:
    whole = parse([text])
    assert parse(text) == whole
    assert parse(random_pieces(text, seed)) == whole


@given(st.text(st.characters(codec=None) | st.sampled_from("`~\n\r>- \t")))
@settings(max_examples=200)
def test_any_text_is_taken_and_offsets_are_in_order(text: str) -> None:
    position = 0
    for block in parse([text]):
        assert position <= block.start < block.end <= len(text)
        assert text[block.end : block.end + 1] in {"", "\n", "\r"}
        position = block.end


LINES = st.lists(st.text(st.characters(exclude_characters="\n\r", codec=None)), max_size=8)


@given(LINES, st.sampled_from(["", "> ", "> > ", ">"]), st.sampled_from("`~"), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=200)
def test_content_of_a_closed_block_is_given_back(lines: list[str], prefix: str, character: str, line_end: str) -> None:
    """The fence is longer than any run in the content; `>` alone takes one space or tab off, so it goes on text."""
    if prefix == ">":
        lines = [line.lstrip(" \t") for line in lines]
    code = "".join(line + "\n" for line in lines)
    fence = character * (3 + max((len(run) for run in re.findall(re.escape(character) + "+", code)), default=0))
    block_lines = [f"{fence}py", *lines, fence]
    text = line_end.join(["before", "", *(prefix + line for line in block_lines), "", "after"])
    (block,) = parse([text])
    assert (block.language, block.code, block.closed) == ("py", code, True)
    assert text[block.start : block.end] == line_end.join(prefix + line for line in block_lines)


@given(LINES, st.booleans())
@settings(max_examples=100)
def test_without_a_closing_fence_the_text_ends_the_block(lines: list[str], ends_with_line_end: bool) -> None:
    content = "\n".join([line.replace("~", "-") for line in lines] + ["x"]) + "\n" * ends_with_line_end
    (block,) = parse(["~~~ a\n" + content])
    assert not block.closed
    assert block.code == content
    assert block.end == len("~~~ a\n" + content) - ends_with_line_end


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("```\na\n```", 9),
        ("```\na\n", 5),
        ("```\na", 5),
        ("```\n\n\n", 5),
        ("> ```\r\n> a\r\nb", 10),
        ("```", 3),
        ("```\r\n", 3),
        ("```\n" + "a\r\n" * 500 + "```\r\n", 1507),
        ("```\n" + "a\r\n" * 500, 1502),
    ],
)
def test_end_is_that_of_the_last_line_without_its_line_end(text: str, end: int) -> None:
    assert [block.end for block in parse(text)] == [end]
    assert [block.end for block in parse([text])] == [end]


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_a_block_is_out_at_the_first_character_of_the_line_end(line_end: str) -> None:
    parser = CodeBlockParser()
    assert parser.add(f"```{line_end}a{line_end}``` ") == []
    (block,) = parser.add(line_end[0])
    assert (block.code, block.closed) == ("a\n", True)
    assert parser.add(line_end[1:]) + parser.flush() == []


def test_a_block_is_out_when_a_line_shows_that_its_container_ended() -> None:
    parser = CodeBlockParser()
    assert parser.add("- ```\n  a\n") == []
    assert [block.closed for block in parser.add("b")] == [False]


@pytest.mark.parametrize(
    ("info", "decoded", "language"),
    [
        ("  a\tb\t", "a\tb", "a"),
        ("\\* \\a &copy; &copy &nope;", "* \\a © &copy &nope;", "*"),
        ("&#35; &#x1F600;&#0;&#xD800;&#x110000;&#99999999;", "# 😀\ufffd\ufffd\ufffd&#99999999;", "#"),
        ("\\&amp; &amp;lt;", "&amp; &lt;", "&amp;"),
        ("", "", None),
        (" &#32; ", " ", None),
    ],
)  # fmt: skip
def test_info_is_stripped_and_decoded(info: str, decoded: str, language: str | None) -> None:
    (block,) = parse([f"~~~{info}\n~~~\n"])
    assert (block.info, block.language) == (decoded, language)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a\n2. ```\n   b\n", []),  # an item of another number than 1 does not end a paragraph
        ("a\n01) ```\n    b\n", ["b\n"]),
        ("> a\n2. ```\n   b\n", ["b\n"]),  # the paragraph is in the quote, which the item ends
        ("a\n-\n  ```\n  b\n", ["b\n"]),  # the underline of a heading
        ("a\n*\n      ```\n", []),  # an empty item does not end a paragraph
        ("-\n\n  ```\nb\n", ["b\n"]),  # an item begins with one blank line at most; the fence is outside
        ("-\n  \n  ```\nb\n", ["b\n"]),
        ("- > ```\n\n  > b\n", [""]),  # a blank line goes on with the item, not with the quote in it
        ("- > - ```\n  >\n  >   b\n", ["\nb\n"]),
        ("-\n  ```\n  b\n", ["b\n"]),
        ("> a\n    ```\n", []),  # a lazy line
        (">     a\n    ```\n", []),
        ("a\n\n    > ```\n", []),
        (">\n    >```\n", []),
        ("-\t```\n\ta\n\t\tb\n", ["a\n\tb\n"]),
        (">\t```\n>\ta\n", ["a\n"]),
        (">\t\t```\n", []),
        (">- ```\n>\ta\n", ["a\n"]),
        ("   ```\n\ta\n  b\n    c\n", [" a\nb\n c\n"]),
        ("- - - ```\n      a\n", ["a\n"]),
        ("- - - -\n```\na", ["a"]),
        ("* - ~~~ a`b\n    c\n", ["c\n"]),
        ("```\u2028x\x0b\x85\n\x0c```\n", ["\x0c```\n"]),
        ("1234567890. ```\n", []),
        ("#\t\n```\n", [""]),
    ],
)  # fmt: skip
def test_structure_of_commonmark(text: str, codes: list[str]) -> None:
    assert [block.code for block in parse(text)] == codes


def test_after_flush_the_parser_is_as_new() -> None:
    parser = CodeBlockParser()
    parser.add("- ```\n  a")
    assert len(parser.flush()) == 1
    assert parser.flush() == []
    assert parser.add("```x\nb\n```\n") == parse(["```x\nb\n```\n"])


def view(parser: CodeBlockParser) -> OpenBlock:
    assert parser.open_block is not None
    return parser.open_block


def test_open_block_shows_what_can_no_longer_change() -> None:
    parser = CodeBlockParser()
    parser.add("x\n```py a")
    assert parser.open_block is None
    parser.add("\n")
    block = view(parser)
    assert (block.language, block.info, block.start, block.line_count, block.code) == ("py", "py a", 2, 0, "")
    parser.add("1\n``")
    assert (block.line_count, block.code) == (1, "1\n")
    parser.add("b")
    assert (block.line_count, block.code) == (2, "1\n``b")
    parser.add("\n```\n")
    assert parser.open_block is None


@given(st.lists(st.sampled_from(FRAGMENTS)).map("".join))
def test_code_of_the_open_block_only_grows(text: str) -> None:
    parser, shown = CodeBlockParser(), ""
    for character in text + "\n":
        for block in parser.add(character):
            assert block.code.startswith(shown)
            shown = ""
        if parser.open_block is not None:
            code = parser.open_block.code
            assert code.startswith(shown)
            assert parser.open_block.line_count == len(code.splitlines()) or "\r" not in code
            shown = code


def test_asking_for_the_code_again_joins_only_what_is_new() -> None:
    parser = CodeBlockParser()
    parser.add("```\n")
    block = view(parser)

    def ask_often(count: int) -> None:
        for _ in range(count):
            parser.add("abc\n")
            assert len(block.code) == 4 * block.line_count
            assert block.code is block.code

    assert calls_of(lambda: ask_often(2000)) < 2.2 * calls_of(lambda: ask_often(1000))


def calls_of(work: Callable[[], object]) -> int:
    """How many functions, Python's and built-in ones, `work` calls."""
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


HARD_STREAMS: list[Callable[[int], str]] = [
    lambda n: "word " * n,
    lambda n: "a line\n" * n,
    lambda n: "```\n" + "    x = 1\n" * n,
    lambda n: "> ```\n" + "> x\n" * n,
    lambda n: "> " * n + "\n" * n,
    lambda n: "- " * n + "x" + "\n" * n,
    lambda n: "- " * n + "\n" + "  " * n + "\n" + " \n" * n,
    lambda n: "> - " * n + "a\n" + "> \n" * n,
    lambda n: "```a" + "b" * n + "`" + "c" * n,
    lambda n: "`" * n + "\n" + "```\n" * n,
    lambda n: "```\n" + "x```\n" * n,
    lambda n: "```\n" + "a\r" * n + "b\n",
]


@pytest.mark.parametrize("size", [4, 10**9], ids=["pieces", "whole"])
@pytest.mark.parametrize("stream", HARD_STREAMS)
def test_work_grows_with_the_text_only(stream: Callable[[int], str], size: int) -> None:
    once, twice = (calls_of(lambda n=n: parse(pieces(stream(n), size))) for n in (1000, 2000))  # type: ignore[misc]
    assert twice <= 2.2 * once + 50


def peak_of(chunks: Iterable[str]) -> int:
    """Bytes of memory at the worst moment, with the blocks thrown away."""
    parser = CodeBlockParser()
    tracemalloc.start()
    try:
        for chunk in chunks:
            parser.add(chunk)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_prose_is_not_kept() -> None:
    one_line = ("word" for _ in range(50_000))
    many_lines = (chunk for _ in range(2000) for chunk in ("- it", "em\n\n", "```p", "y\na\n", "```\n"))
    assert peak_of(one_line) < 16_000
    assert peak_of(many_lines) < 16_000
    assert peak_of(chunk for chunk in ["```", *["ab`c"] * 50_000]) < 16_000


def test_an_open_block_takes_little_more_than_its_code() -> None:
    size = 400_000
    assert peak_of(chunk for chunk in ["```\n", *["ab\nc"] * (size // 4)]) < 3 * size
