"""The rows of a frame's detail at a width: raw text, JSON or hex, with carets under what is meant.

Pure but for the spans it is drawn with. Every cell knows its character of the raw text; `FrameText` knows the bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tui.core.sanitize import sanitize, sanitize_line
from tui.core.wire.json_text import parse_json
from tui.core.wire_view.frame_marks import FrameMark
from tui.core.wire_view.frame_text import FrameText
from tui.core.wire_view.json_layout import SYNTHETIC, Piece, json_rows
from tui.panes.line_view import Span
from tui.panes.wrapped_text import WrappedText, cells_of

RAW, JSON, HEX = VIEWS = ("raw", "JSON", "hex")
JOINT: Final = "joint"
_HANGING: Final = 2
_MOST_INDENT: Final = 30
_MOST_CARET_ROWS: Final = 2
_WIDE_HEX: Final = 75  # cells that 16 bytes a row take
_OFFSET_CELLS: Final = 8


@dataclass(slots=True)
class Cell:
    """A run of characters of a row: its text as drawn, the places they have in the raw text, its style.

    Character i of `text` is character `at + i` of the raw text; `at` is SYNTHETIC for what is none of it. In hex
    `width` cells stand for the one character `at`.
    """

    text: str
    at: int
    style: str = ""
    is_byte: bool = False


@dataclass(slots=True)
class DetailRow:
    """One row of the screen; `is_caret` for those that were put in under what is meant."""

    cells: list[Cell] = field(default_factory=list)
    is_caret: bool = False

    def spans(self, point: int | None) -> list[Span]:
        """What is drawn, the character `point` of the raw text in a style of its own."""
        return [span for cell in self.cells for span in _spans(cell, point)]

    def places(self, *, bytes_only: bool = False) -> list[tuple[int, int]]:
        """(column, character) of every character of the raw text in it; of its bytes alone, where that is asked."""
        found, column = [], 0
        for cell in self.cells:
            for index, char in enumerate(cell.text):
                is_place = cell.at != SYNTHETIC and (index == 0 or not cell.is_byte)
                if is_place and (cell.is_byte or not bytes_only):
                    found.append((column, cell.at if cell.is_byte else cell.at + index))
                column += cells_of(char)
        return found


def detail_rows_of(
    text: FrameText, marks: Sequence[FrameMark], view: str, width: int, *, shows_joints: bool
) -> list[DetailRow]:
    """The rows of a view of a frame, `width` cells wide."""
    width = max(8, width)
    if view == HEX:
        rows = _hex_rows(text, width)
    else:
        pieces = json_rows(text.json_tokens(), width - 1) if view == JSON and _is_json_like(text) else text.raw_rows()
        joints = dict(_joint_signs(text, shows_all=shows_joints))
        rows = [row for line in pieces for row in _wrapped(_with_joints(line, joints), width)]
    for mark in reversed(marks):
        _put_caret(rows, mark, width)
    if text.left_out:
        rows.append(DetailRow([Cell(f"… {text.left_out} more bytes; y copies all", SYNTHETIC, "dim")]))
    return rows


def _is_json_like(text: FrameText) -> bool:
    begin = text.json.lstrip(" \t\r\n")
    if begin[:1] == "{":
        return True
    try:
        parse_json(text.json)
    except ValueError:
        return False
    return True


# Text and JSON.


def _joint_signs(text: FrameText, *, shows_all: bool) -> list[tuple[int, str]]:
    """What is drawn before a character with which, or within which, another read begins."""
    found = []
    for offset, char in text.joints:
        start = text.raw.byte_of(char)
        if start < offset:
            data, cut = text.raw.bytes_of(char), offset - start
            found.append((char, f"⟨{data[:cut].hex(' ')}┆{data[cut:].hex(' ')}⟩"))
        elif shows_all:
            found.append((char, "┆"))
    return found


def _with_joints(line: list[Piece], joints: dict[int, str]) -> list[Piece]:
    """The pieces of a row with the signs of joints between their characters."""
    if not joints:
        return line
    found: list[Piece] = []
    for piece in line:
        start = 0
        cuts = [] if piece.at == SYNTHETIC else sorted(c for c in joints if piece.at <= c < piece.at + len(piece.text))
        for char in cuts:
            cut = char - piece.at
            found += [Piece(piece.text[start:cut], piece.at + start, piece.style)] if cut > start else []
            found.append(Piece(joints[char], SYNTHETIC, JOINT))
            start = cut
        found.append(Piece(piece.text[start:], piece.at + start if piece.at >= 0 else SYNTHETIC, piece.style))
    return found


def _wrapped(line: list[Piece], width: int) -> list[DetailRow]:
    """The pieces of one line in rows; the rows after the first one hang."""
    rows = [DetailRow()]
    indent = _indent_of(line)
    hanging = min(indent + _HANGING, _MOST_INDENT, width // 2)
    used = 0
    for piece in line:
        shown = sanitize_line(piece.text)
        start = 0
        while start < len(shown):
            stop, cells = _fit(shown, start, width - used)
            if stop == start:  # not one character fits
                rows.append(DetailRow([Cell(" " * hanging, SYNTHETIC)]))
                used = hanging
                continue
            at = piece.at + start if piece.at != SYNTHETIC else SYNTHETIC
            rows[-1].cells.append(Cell(shown[start:stop], at, piece.style))
            used += cells
            start = stop
    return rows


def _indent_of(line: list[Piece]) -> int:
    return len(line[0].text) if line and line[0].at == SYNTHETIC and not line[0].text.strip() else 0


def _fit(text: str, start: int, room: int) -> tuple[int, int]:
    """How far the text fits into a room of cells, and how many it takes."""
    if text.isascii():
        stop = min(len(text), start + max(0, room))
        return stop, stop - start
    used = 0
    for index in range(start, len(text)):
        cells = cells_of(text[index])
        if used + cells > room:
            return index, used
        used += cells
    return len(text), used


# Hex.


def _hex_rows(text: FrameText, width: int) -> list[DetailRow]:
    size = 16 if width >= _WIDE_HEX else 8
    joints = {offset for offset, _ in text.joints}
    starts = range(text.raw.base, text.raw.end, size)
    return [_hex_row(text, start, min(start + size, text.raw.end), size, joints) for start in starts]


def _hex_row(text: FrameText, start: int, end: int, size: int, joints: set[int]) -> DetailRow:
    """Offset, bytes, and the characters that begin in this row; a joint stands before the first byte of a read."""
    raw = text.raw
    cells = [Cell(f"{start:>{_OFFSET_CELLS}} ", SYNTHETIC, "dim")]
    chars: list[Cell] = []
    for offset in range(start, start + size):
        gap = "┆" if offset in joints else " "
        cells.append(Cell(gap, SYNTHETIC, JOINT if gap == "┆" else ""))
        if offset >= end:
            cells.append(Cell("  ", SYNTHETIC))
            continue
        char = raw.char_of(offset)
        cells.append(Cell(f"{raw.data[offset - raw.base]:02x}", char, is_byte=True))
        if raw.byte_of(char) == offset:
            chars.append(Cell(sanitize_line(raw.text[char]), char))
    return DetailRow([*cells, Cell("  ", SYNTHETIC), *chars])


# Carets.


def _put_caret(rows: list[DetailRow], mark: FrameMark, width: int) -> None:
    """Puts carets under what is meant, and the sentence under the last of them.

    What goes over more than two rows has its carets in the first one alone.
    """
    places = _places_of(rows, mark)
    if len(places) > _MOST_CARET_ROWS:
        places = places[:1]
    indent = min(min(places[-1][1]) if places else _HANGING, _HANGING, width // 2)
    sentence = WrappedText(max(8, width - indent))
    sentence.append(f"{mark.word}: {sanitize(mark.sentence)}")
    said = [_said(" " * indent, sentence.row_text(index).rstrip(), mark.word) for index in range(sentence.row_count)]
    last = places[-1][0] if places else len(rows) - 1
    rows[last + 1 : last + 1] = said
    for row, columns in reversed(places):
        carets = "".join("▲" if column in columns else " " for column in range(max(columns) + 1))
        rows.insert(row + 1, _said("", carets, mark.word))


def _said(indent: str, text: str, style: str) -> DetailRow:
    return DetailRow([Cell(indent, SYNTHETIC), Cell(text, SYNTHETIC, style)], is_caret=True)


def _places_of(rows: list[DetailRow], mark: FrameMark) -> list[tuple[int, set[int]]]:
    """The rows that show a character of the mark, each with the columns of those it shows."""
    if mark.span is None:
        return []
    found = [(index, _columns_of(row, mark.span)) for index, row in enumerate(rows) if _may_show(row, mark.span)]
    return [(index, columns) for index, columns in found if columns]


def _may_show(row: DetailRow, span: tuple[int, int]) -> bool:
    """Whether a cell of the row reaches into a span: most do not, and need no closer look."""
    return any(cell.at < span[1] and span[0] < cell.at + len(cell.text) for cell in row.cells)


def _columns_of(row: DetailRow, span: tuple[int, int]) -> set[int]:
    columns: set[int] = set()
    column = 0
    for cell in row.cells:
        for offset, char in enumerate(cell.text):
            place = cell.at if cell.is_byte else cell.at + offset
            width = cells_of(char)
            if cell.at != SYNTHETIC and span[0] <= place < span[1]:
                columns.update(range(column, column + width))
            column += width
    return columns


def _spans(cell: Cell, point: int | None) -> list[Span]:
    style = f"detail--{cell.style}" if cell.style else ""
    if point is None or cell.at == SYNTHETIC:
        return [Span(cell.text, style)]
    if cell.is_byte:
        return [Span(cell.text, "detail--point" if cell.at == point else style)]
    index = point - cell.at
    if not 0 <= index < len(cell.text):
        return [Span(cell.text, style)]
    pieces = ((cell.text[:index], style), (cell.text[index], "detail--point"), (cell.text[index + 1 :], style))
    return [Span(text, look) for text, look in pieces if text]
