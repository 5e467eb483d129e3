"""Sanitising keeps the length, lets nothing unsafe through and leaves readable text alone."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tui.core.sanitize import count_unsafe, sanitize, sanitize_line

ANY_TEXT = st.text(alphabet=st.characters(codec=None))


@given(ANY_TEXT)
def test_length_is_kept_and_nothing_unsafe_is_left(text: str) -> None:
    safe = sanitize(text)
    assert len(safe) == len(text)
    for char in safe:
        assert char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}, repr(char)
        assert unicodedata.bidirectional(char) not in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
    safe.encode("utf-8")


@given(ANY_TEXT)
def test_sanitizing_twice_changes_nothing_more(text: str) -> None:
    assert sanitize(sanitize(text)) == sanitize(text)
    assert count_unsafe(sanitize(text)) == 0


@given(ANY_TEXT, st.integers(0, 20))
def test_pieces_give_the_same_as_the_whole(text: str, cut: int) -> None:
    """Each code point is judged alone, so a sequence split over tokens cannot slip through."""
    assert sanitize(text[:cut]) + sanitize(text[cut:]) == sanitize(text)


def test_controls_have_pictures() -> None:
    assert sanitize("a\x1b[2J\x00\x07\x7f\x9b") == "a␛[2J␀␇␡\ufffd"
    assert sanitize_line("a\nb\tc") == "a␊b␉c"


def test_ordinary_writing_is_left_alone() -> None:
    for text in ("plain", "é漢字 ", "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}", "❤\ufe0f", "नमस्ते", "line\n\ttab"):
        assert sanitize(text) == text


def test_every_control_format_and_surrogate_but_the_joiner_is_replaced() -> None:
    kept = {c for c in map(chr, range(0x110000)) if unicodedata.category(c) in {"Cc", "Cs"} and sanitize(c) == c}
    assert kept == {"\n", "\t"}
