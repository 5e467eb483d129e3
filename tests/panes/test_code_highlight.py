"""Coloured code: the same text in any pieces, safe, and right over several lines; odd text changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.sanitize import sanitize
from tui.panes.code_highlight import HighlightedCode, lexer_of, suffix_of

LANGUAGES = ("python", "js", "c", "json", "bash", "html", "diff", "rust", "no such language", "\x1b]0;x\x07", "", None)
PIECES = st.lists(
    st.sampled_from(
        [
            "def f():",
            "\n",
            "\n\n",
            "'",
            '"""',
            "/*",
            "*/",
            "<b>",
            "\t",
            " ",
            "漢",
            "\x1b[2J",
            "\u202e",
            "\r",
            "# x",
            "\\",
        ]
    ),
    max_size=40,
)


def drawn(code: HighlightedCode) -> list[str]:
    return ["".join(span.text for span in code.spans(line)) for line in range(code.line_count)]


def styles(code: HighlightedCode, line: int) -> set[str]:
    return {span.style for span in code.spans(line) if span.text.strip()}


@given(PIECES, st.sampled_from(LANGUAGES), st.booleans())
def test_lines_are_those_of_the_sanitised_text_however_it_came(
    pieces: list[str], language: str | None, is_open: bool
) -> None:
    code = HighlightedCode(language, "" if is_open else "".join(pieces), is_open=is_open)
    for piece in pieces if is_open else ():
        code.add(piece)
        drawn(code)
    text = sanitize("".join(pieces))
    expected = text.removesuffix("\n").split("\n") if text else []
    assert drawn(code) == expected
    assert [code.text(line) for line in range(code.line_count)] == expected


def test_a_keyword_a_string_and_a_comment_differ() -> None:
    code = HighlightedCode("python", "return 'text'  # why\n")
    found = {span.text.strip(): span.style for span in code.spans(0) if span.text.strip()}
    assert found["return"] == "syntax--keyword"
    assert found["'text'"] == "syntax--string"
    assert found["# why"] == "syntax--comment"


def test_a_string_over_several_lines_is_a_string_on_each() -> None:
    code = HighlightedCode("python", 'x = """\nfor in while\n"""\nfor x in y:\n')
    assert styles(code, 1) == {"syntax--string"}
    assert "syntax--keyword" in styles(code, 3)


def test_the_unfinished_line_of_an_open_block_stays_plain_until_it_is_whole() -> None:
    code = HighlightedCode("python", "return 1\nretu", is_open=True)
    assert "syntax--keyword" in styles(code, 0)
    assert styles(code, 1) == {""}
    code.add("rn 2\n")
    assert "syntax--keyword" in styles(code, 1)


@pytest.mark.parametrize("is_open", [False, True])
def test_a_huge_block_is_coloured_by_the_line(is_open: bool) -> None:
    code = HighlightedCode("python", "return 'a'\n" * 50_000, is_open=is_open)
    assert "syntax--keyword" in styles(code, 49_999)


def test_a_very_long_line_is_drawn_plain_and_cut_but_kept() -> None:
    code = HighlightedCode("js", "x" * 1_000_000 + "\n")
    assert sum(len(span.text) for span in code.spans(0)) < 10_000
    assert len(code.text(0)) == 1_000_000


@pytest.mark.parametrize("name", ["../../etc/passwd", "sh\x00", "exe", "tokenize", "pygments.lexers", "", None, "PY\n"])
def test_a_name_that_is_not_known_chooses_no_reader_and_no_suffix(name: str | None) -> None:
    assert lexer_of(name) is None
    assert suffix_of(name) == ".txt"


def test_known_names_give_a_reader_and_a_suffix_in_any_case() -> None:
    assert (suffix_of("Python"), suffix_of("C++"), suffix_of("json")) == (".py", ".cpp", ".json")
    assert lexer_of("PYTHON") is not None
