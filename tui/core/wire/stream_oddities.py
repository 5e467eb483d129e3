"""Remarks and traps: what is odd about a stream, counted by kind, with its frames, worded as sentences.

A remark is odd for the user (something was ignored, an end mark is missing); a trap is legal but breaks other
people's parsers (SCREENS.md, rule 11). Neither says anything about completeness. Kinds are added by the decoder
and the dialects.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from tui.core.chunks import Remark, Trap

_TRAPS: dict[str, str] = {
    "empty_choices": "the list choices is empty, so that choices[0] fails: skip such a chunk (often it brings usage)",
    "role_only": "a delta with a role and no text, or null instead of text: treat it as empty",
    "multi_line_data": "an event with several data lines: join them with a newline before parsing",
    "no_space": "no space behind the colon of a field: the space is optional",
    "crlf": "lines end with CRLF: a parser that splits at two LFs sees no event",
    "cr": "lines end with a lone CR: a parser that splits at LF sees no event",
    "bom": "a byte order mark at the start: it must be removed before the first field",
    "comment_inside": "a comment inside an event: skip that line only, not the event",
    "id_without_data": "an id without data: it counts as the last id but makes no event",
    "split_code_point": "a character is split over two reads: decode the bytes as a stream, not read by read",
    "split_surrogates": "a \\u pair is split over two chunks: neither half can be encoded alone",
    "split_escape": "an escape of a JSON text is split over two chunks: join the text before it is unescaped",
    "split_number": "a number of a JSON text is split over two chunks: it is known only at the character behind it",
    "late_arguments": "the arguments of a tool call are JSON only here, not before: parse them when they are whole",
    "interleaved_calls": "pieces of several tool calls are interleaved: join them by index, not in order of arrival",
    "call_without_index": "a piece of a tool call has no index: it must be told by its id or by its place",
    "text_after_finish": "text after its finish_reason: a parser that stops there loses it",
    "text_after_end": "text after the end mark: it is ignored here, other parsers may show it",
}

_REMARKS: dict[str, tuple[str, str]] = {
    "not_streamed": ("not streamed: the answer came as one JSON object", "not streamed"),
    "odd_content_type": ("the content type is not that of a stream", "the content type is not that of a stream"),
    "no_done": ("no [DONE] came; every choice has its finish reason", ""),
    "no_finish_reason": ("no finish_reason came", ""),
    "discarded_block": ("the last event was cut and discarded", ""),
    "unknown_event": ("1 event of an unknown type was skipped", "{} events of unknown types were skipped"),
    "wrong_shape": ("1 event of an unexpected shape was skipped", "{} events of an unexpected shape were skipped"),
    "hidden_member": (
        "1 thing on the wire has no place on the screens, its frame keeps it",
        "{} things on the wire have no place on the screens, their frames keep them",
    ),
    "nothing_at_path": ("1 event has nothing at the path", "{} events have nothing at the path"),
    "invalid_arguments": (
        "the arguments of a tool call are not valid JSON",
        "the arguments of {} tool calls are not valid JSON",
    ),
    "foreign_end_mark": ("an end mark of another dialect was skipped", "{} end marks of another dialect were skipped"),
    "after_end": (
        "1 event came after the end mark and was ignored",
        "{} events came after the end mark and were ignored",
    ),
    "repeated_event": ("1 event that came again was dropped", "{} events that came again were dropped"),
    "number_back": ("the number of an event goes back", "the numbers of {} events go back"),
    "late_start": ("the numbers of the events do not begin at 0", ""),
    "count_differs": ("the server's count of chunks differs from what came", ""),
    "client_complaint": (
        "the server complained about a message of ours",
        "the server complained {} times about messages of ours",
    ),
    "comments": ("1 comment line", "{} comment lines"),
    "ignored_lines": (
        "1 line was ignored, it is no field of the standard",
        "{} lines were ignored, they are no fields of the standard",
    ),
    "ghost_blocks": ("1 block without data was skipped", "{} blocks without data were skipped"),
    "replacements": ("1 invalid byte sequence is shown as U+FFFD", "{} invalid byte sequences are shown as U+FFFD"),
}


TRAP_KINDS = tuple(_TRAPS)
"""All kinds of traps."""
REMARK_KINDS = tuple(_REMARKS)
"""All kinds of remarks but the seam, whose sentence tells where it is."""


class StreamOddities:
    """Counts by kind; for traps the frame of every occurrence, for remarks that of the first.

    `frame_now` gives the frame that is being read.
    """

    def __init__(self, frame_now: Callable[[], int]) -> None:
        self._frame_now = frame_now
        self._remarks: dict[str, int] = {}
        self._remark_frames: dict[str, int] = {}
        self._details: dict[str, str] = {}
        self._traps: dict[str, array[int]] = {}
        self._seams: list[Remark] = []

    def remark(self, kind: str, count: int = 1, detail: str = "") -> None:
        """Counts a remark; the first non-empty detail of its kind is shown behind the sentence."""
        if count:
            self._remarks[kind] = self._remarks.get(kind, 0) + count
            self._remark_frames.setdefault(kind, self._frame_now())
            if detail:
                self._details.setdefault(kind, detail)

    def seam(self, sentence: str, frame: int) -> None:
        """Notes where a new connection of the same run began: before which frame."""
        self._seams.append(Remark("seam", sentence, frame))

    def proven_seam(self, sentence: str, frame: int) -> None:
        """Notes that nothing is missing at the latest seam; that is told before where the seam is."""
        self._seams.insert(max(0, len(self._seams) - 1), Remark("seam", sentence, frame))

    def trap(self, kind: str, frame: int) -> None:
        """Counts a trap and keeps its frame."""
        frames = self._traps.get(kind)
        if frames is None:
            frames = self._traps[kind] = array("Q")
        frames.append(frame)

    def remarks(self, more: Mapping[str, int]) -> list[Remark]:
        """Seams first, then by kind in the order of the table; `more` has further counts by kind."""
        counts = Counter(self._remarks) + Counter(more)
        kinds = (kind for kind in _REMARKS if kind in counts)
        return [
            *self._seams,
            *(Remark(kind, self._sentence(kind, counts[kind]), self._remark_frames.get(kind)) for kind in kinds),
        ]

    def traps(self, more: Mapping[str, int], frame_count: int) -> list[Trap]:
        """One trap a kind, by frame, then as in the table; `more` has further kinds with their first frame."""
        found = {kind: (frame, 1) for kind, frame in more.items()}
        found |= {kind: (frames[0], len(frames)) for kind, frames in self._traps.items()}
        last = max(0, frame_count - 1)
        by_table = ((kind, *found[kind]) for kind in _TRAPS if kind in found)
        traps = [Trap(kind, min(frame, last), _with_count(_TRAPS[kind], n)) for kind, frame, n in by_table]
        return sorted(traps, key=lambda trap: trap.frame)

    def traps_in(self, frame: int, more: Mapping[str, int]) -> list[str]:
        """The kinds of the traps that are in a frame, in the order of the table; `more` as for `traps`."""
        found = {kind for kind, frames in self._traps.items() if _holds(frames, frame)}
        found |= {kind for kind, first in more.items() if first == frame}
        return [kind for kind in _TRAPS if kind in found] if found else []

    def trap_beside(self, frame: int, step: int, more: Mapping[str, int]) -> int | None:
        """The next frame with a trap behind one (`step` 1) or before it (-1)."""
        columns: list[Sequence[int]] = [*self._traps.values(), sorted(more.values())]
        if step > 0:
            later = [column[place] for column in columns if (place := bisect_right(column, frame)) < len(column)]
            return min(later, default=None)
        before = [column[place - 1] for column in columns if (place := bisect_left(column, frame))]
        return max(before, default=None)

    def _sentence(self, kind: str, count: int) -> str:
        one, many = _REMARKS[kind]
        sentence = many.format(count) if count > 1 and many else one
        detail = self._details.get(kind)
        return f"{sentence} ({detail})" if detail else sentence


def trap_sentence(kind: str) -> str:
    """What a kind of trap is, and behind a colon what to do."""
    return _TRAPS[kind]


def _holds(frames: array[int], frame: int) -> bool:
    place = bisect_left(frames, frame)
    return place < len(frames) and frames[place] == frame


def _with_count(sentence: str, count: int) -> str:
    return f"{sentence} ({count} times)" if count > 1 else sentence
