"""The buffer of a user's pattern: what it cuts, and that no pattern hangs or breaks it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.text.buffers import StreamBuffer, make_buffer
from tui.errors import UsageError

RUNAWAY = r"(?:a|a)+?c|;"


def segments_of(buffer: StreamBuffer, text: str) -> list[str]:
    return buffer.add(text) + buffer.flush()


def test_separator_ends_the_segment_before_it() -> None:
    buffer = make_buffer("regex", pattern=r";\s*")
    assert buffer.add("a; b") == []
    assert buffer.add("; c\nd") == ["a; ", "b; "]
    assert buffer.flush() == ["c\nd"]


def test_segment_spans_lines_and_a_match_does_not() -> None:
    assert segments_of(make_buffer("regex", pattern=r"b\nc|d"), "a b\nc d\ne") == ["a b\nc d", "\ne"]


def test_line_break_can_be_the_separator() -> None:
    assert segments_of(make_buffer("regex", pattern=r"^---\r?\n"), "a\nb\n---\nc\r\n---\r\nd") == [
        "a\nb\n---\n",
        "c\r\n---\r\n",
        "d",
    ]


@pytest.mark.parametrize("pattern", [r"x*", r"\b", r"^", r"$", r"(?=a)"])
def test_matches_of_zero_length_are_skipped(pattern: str) -> None:
    assert segments_of(make_buffer("regex", pattern=pattern), "a b\nc") == ["a b\nc"]


@given(st.text(alphabet="ab;\r\n ", max_size=60), st.integers(1, 9), st.sampled_from([1, 3, 8, 65536]))
@settings(max_examples=200, deadline=None)
def test_no_chunking_changes_the_segments(text: str, size: int, cap: int) -> None:
    whole = segments_of(make_buffer("regex", pattern=r";\s*|b+", cap=cap), text)
    buffer = make_buffer("regex", pattern=r";\s*|b+", cap=cap)
    pieces = [s for at in range(0, len(text), size) for s in buffer.add(text[at : at + size])] + buffer.flush()
    assert pieces == whole
    assert "".join(pieces) == text
    assert all(len(piece) <= cap for piece in pieces)


def test_pattern_that_runs_away_is_switched_off_and_said_so() -> None:
    buffer = make_buffer("regex", pattern=RUNAWAY)
    slow = "x;" + "a" * 40 + ";\n"
    assert buffer.add("one; two\n") == ["one;"]
    assert buffer.remarks == []
    assert buffer.add(slow) == [" two\n", slow]
    assert len(buffer.remarks) == 1
    assert "50 ms" in buffer.remarks[0]
    assert buffer.add("three; four\nfive") == ["three; four\n"]
    assert buffer.flush() == ["five"]
    assert len(buffer.remarks) == 1


@pytest.mark.parametrize(
    ("pattern", "place"), [("a(", "position 2"), ("*a", "position 0"), ("ab[", "position 3"), ("a{2,1}", "position 2")]
)
def test_wrong_pattern_names_its_position(pattern: str, place: str) -> None:
    with pytest.raises(UsageError, match=place):
        make_buffer("regex", pattern=pattern)


@pytest.mark.parametrize("pattern", [None, ""])
def test_missing_pattern_is_a_usage_error(pattern: str | None) -> None:
    with pytest.raises(UsageError, match="needs a pattern"):
        make_buffer("regex", pattern=pattern)


@pytest.mark.parametrize("pattern", ["(" * 900 + ")" * 100, "x" * 5000])
def test_pattern_that_cannot_be_compiled_is_a_usage_error(pattern: str) -> None:
    with pytest.raises(UsageError):
        make_buffer("regex", pattern=pattern)


@given(st.text(alphabet=r"ab()[]{}*+?|\^$.,1-:<=P>!R&", max_size=12), st.text(alphabet="ab1\n", max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_pattern_works_or_is_a_usage_error(pattern: str, text: str) -> None:
    try:
        buffer = make_buffer("regex", pattern=pattern)
    except UsageError:
        return
    assert "".join(segments_of(buffer, text)) == text


def test_only_the_regex_mode_loads_the_regex_library() -> None:
    code = (
        "import sys\nfrom tui.core.text.buffers import make_buffer\nmake_buffer('markdown')\n"
        "assert 'regex' not in sys.modules\nmake_buffer('regex', pattern='a')\nassert 'regex' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
