"""Thinned styles: the same picture in no more bytes."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.style_thinning import thinned

_COLORS = ["31", "97", "38;2;1;2;3", "38;2;9;2;3", "38;5;7", "39"]
_GROUNDS = ["40", "107", "48;2;4;5;6", "48;2;4;5;9", "48;5;8", "49"]
_ATTRIBUTES = ["1", "2", "3", "4", "7", "9", "1;4"]
_STYLES = st.builds(
    lambda *parts: ";".join(filter(None, parts)),
    st.sampled_from(["", *_ATTRIBUTES]),
    st.sampled_from(["", *_COLORS]),
    st.sampled_from(["", *_GROUNDS]),
)
_TEXTS = st.sampled_from(["a", "  ", "─ x", " ", "b ", "\n\x1b[2;3H", "\x1b[5;1H", "\r\n", "\x1b]0;t\x07"])
_PIECES = st.lists(st.tuples(_STYLES, _TEXTS, st.booleans()))


def picture(text: str) -> list[tuple[str, ...]]:
    """Every cell as it is seen; what colour nothing would be drawn in is not seen."""
    screen = pyte.Screen(12, 6)
    pyte.Stream(screen).feed(text)
    cells = [screen.buffer[row][column] for row in range(6) for column in range(12)]
    return [_seen(cell) for cell in cells]


def _seen(cell: pyte.screens.Char) -> tuple[str, ...]:
    drawn = cell.underscore or cell.reverse or cell.strikethrough or cell.data != " "
    weight = (cell.bold, cell.italics, cell.underscore, cell.reverse, cell.strikethrough)
    return (cell.data, cell.bg, cell.fg if drawn else "", *(map(str, weight) if drawn else ()))


@given(_PIECES)
@example([("40", "a", False), ("", "a", False), ("40", "a", False)])
@example([("4", "a", False), ("1", "a", False), ("", "\r\n", False), ("1;4", "a", False)])
def test_the_picture_is_the_same_in_no_more_bytes(pieces: list[tuple[str, str, bool]]) -> None:
    text = "".join(f"\x1b[{style}m{shown}{chr(27) + '[0m' if is_reset else ''}" for style, shown, is_reset in pieces)
    text += "\x1b[0m"
    thin = thinned(text)
    assert picture(thin + "z") == picture(text + "z"), "z: and so is the style after it"
    assert len(thin) <= len(text)
    assert thinned(thin) == thin or picture(thinned(thin)) == picture(text)


@pytest.mark.parametrize(
    ("text", "thin"),
    [
        ("", ""),
        ("plain", "plain"),
        ("\x1b[1;31;40ma\x1b[0m\x1b[1;31;40mb\x1b[0m", "\x1b[1;31;40mab\x1b[m"),
        ("\x1b[31;40ma\x1b[0m\x1b[32;40mb\x1b[0m", "\x1b[31;40ma\x1b[32mb\x1b[m"),
        ("\x1b[31;40ma\x1b[0m\x1b[32;40m  \x1b[0m\x1b[31;40mb\x1b[0m", "\x1b[31;40ma  b\x1b[m"),
        ("\x1b[31;40ma\x1b[0m\n\x1b[2;1H\x1b[31;40mb\x1b[0m", "\x1b[31;40ma\n\x1b[2;1Hb\x1b[m"),
        ("\x1b[4;31ma\x1b[0m\x1b[31m \x1b[0m", "\x1b[4;31ma\x1b[0;31m \x1b[m"),
        ("\x1b[31ma\x1b[0mb", "\x1b[31ma\x1b[mb"),
        ("\x1b[0m\x1b[m", ""),
        ("\x1b[1ma\x1b[1mb\x1b[0;31mc\x1b[m", "\x1b[1mab\x1b[0;31mc\x1b[m"),
    ],
)
def test_only_what_changes_is_told(text: str, thin: str) -> None:
    assert thinned(text) == thin
