"""Everything odd about a run in one list: problem, remarks, stalls and traps, each with its frame and what to do.

Made anew when it is asked for, from what the decoder and the numbers know so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.core.chunks import Remark, StreamProblem, Trap
from tui.core.derived_run import DerivedRun
from tui.core.stall_watch import Stall
from tui.core.wire.body_spans import SpanKind
from tui.core.wire_view.wire_log import WireLog

PROBLEM, REMARK, STALL, PAUSE, TRAP = "problem", "remark", "stall", "pause", "trap"

# Remarks about rows that are no frames, or are frames of a certain kind: the first of these kinds is meant.
_KINDS_OF_REMARKS: Final[Mapping[str, tuple[SpanKind, ...]]] = {
    "comments": (SpanKind.COMMENT,),
    "ignored_lines": (SpanKind.IGNORED,),
    "ghost_blocks": (SpanKind.GHOST,),
    "discarded_block": (SpanKind.CUT,),
}
_ADVICE: Final[Mapping[str, str]] = {
    "seam": "The text goes on behind it; check that nothing is missing or doubled there.",
    "not_streamed": "Was the request sent with stream: true, and does the server stream at all?",
    "odd_content_type": "Send text/event-stream, else proxies collect the answer and browsers refuse it.",
    "no_done": "Do not wait for [DONE]: take the finish reasons, or the close, as the end.",
    "no_finish_reason": "Nobody can tell a whole answer from a cut one by its text: ask the server's makers.",
    "discarded_block": "End the last event with a blank line on the server; readers must drop it otherwise.",
    "unknown_event": "Skip events of types that you do not know; new ones come with time.",
    "wrong_shape": "Check the shape of each event before its members are used.",
    "hidden_member": "Read it in its frame; a client that shows text alone loses it.",
    "nothing_at_path": "Check the path of --dialect against the frame.",
    "invalid_arguments": "Do not call the tool; ask the model again, or repair the JSON knowingly.",
    "foreign_end_mark": "Tell the dialect by --dialect if this stream speaks another one.",
    "after_end": "Stop reading at the end mark.",
    "repeated_event": "Drop events whose number was seen: a resumed stream may send some twice.",
    "number_back": "Check the server's numbering; a resume would lose or double text here.",
    "late_start": "Check the server's numbering; the beginning may be missing.",
    "count_differs": "Compare the text with the server's log: something was lost or doubled.",
    "client_complaint": "Read the message in its frame; the request may be wrong in part.",
    "comments": "Skip lines that begin with a colon; they keep the connection alive.",
    "ignored_lines": "Readers of event streams drop such lines: put the text behind data:.",
    "ghost_blocks": "Make no event of a block without data.",
    "replacements": "Send valid UTF-8; a client that decodes strictly fails here.",
}
_BREAKING_REMARKS: Final = frozenset({"invalid_arguments", "wrong_shape"})
_EVERYDAY_TRAPS: Final = frozenset({"role_only", "empty_choices"})
_STALL_ADVICE: Final = "Look at the rows around it: comments that go on mean that the link is well and the model waits."
_PAUSE_ADVICE: Final = "No stall: the other channel filled it."


@dataclass(frozen=True, slots=True)
class Oddity:
    """One row of the list. `frame` is the one it is in or behind, None where there is none; nothing is sanitised yet.

    `kinds` are the rows of the wire that are meant where these are no frames.
    """

    what: str
    frame: int | None
    sentence: str
    advice: str
    kinds: tuple[SpanKind, ...] = ()


def oddities_of(run: DerivedRun) -> list[Oddity]:
    """All that is odd so far: the problem, then by frame."""
    problem = run.result.problem if run.result is not None else None
    decoder, stats = run.decoder, run.stats
    found = [_of_stall(stall, STALL) for stall in stats.stall_list] + [_of_stall(p, PAUSE) for p in stats.pause_list]
    if decoder is not None:
        found += [_of_trap(trap) for trap in decoder.traps]
        found += [_of_remark(remark) for remark in decoder.remarks]
    found.sort(key=lambda oddity: -1 if oddity.frame is None else oddity.frame)
    return ([_of_problem(run, problem)] if problem is not None else []) + found


def oddity_count(run: DerivedRun | None) -> int:
    """How long the list is; cheap enough for a few times a second."""
    if run is None:
        return 0
    decoder, stats = run.decoder, run.stats
    told = len(decoder.traps) + len(decoder.remarks) if decoder is not None else 0
    has_problem = run.result is not None and run.result.problem is not None
    return told + len(stats.stall_list) + len(stats.pause_list) + has_problem


def frame_to_begin_at(run: DerivedRun) -> int | None:
    """Where to look first in a stream that somebody opened to find out: its first problem or trap; None without any.

    The two traps that every healthy chat completions stream has do not count; remarks about what no parser takes do.
    """
    found = [oddity.frame for oddity in oddities_of(run) if oddity.what == PROBLEM and oddity.frame is not None]
    traps = run.decoder.traps if run.decoder is not None else []
    found += [trap.frame for trap in traps if trap.kind not in _EVERYDAY_TRAPS]
    remarks = run.decoder.remarks if run.decoder is not None else []
    found += [remark.frame for remark in remarks if remark.kind in _BREAKING_REMARKS and remark.frame is not None]
    return min(found, default=None)


def nothing_odd(run: DerivedRun | None) -> str:
    """What stands in the empty list."""
    if run is None or run.decoder is None:
        return "Nothing has come yet, so nothing is odd."
    frames, reads = len(run.decoder.frames), run.stats.read_count
    counts = f"{frames} frame{'s' * (frames != 1)}, {reads} read{'s' * (reads != 1)}"
    if not run.is_over:
        return f"Nothing odd so far: {counts}."
    end = f"proven end ({run.decoder.proof})" if run.decoder.proof else str(run.outcome)
    return f"Nothing odd: {counts}, {end}."


def row_of(oddity: Oddity, log: WireLog) -> int | None:
    """The row of the wire that an oddity means; None where it means none."""
    if oddity.kinds and (row := log.first_row_of(*oddity.kinds)) is not None:
        return row
    return None if oddity.frame is None or not log.frame_count else log.row_of_frame(oddity.frame)


def advice_on(kind: str) -> str:
    """What to do about a kind of remark."""
    return _ADVICE[kind]


def _of_problem(run: DerivedRun, problem: StreamProblem) -> Oddity:
    decoder = run.decoder
    frame = decoder.problem_frame if decoder is not None else None
    if frame is None and decoder is not None and decoder.frames:
        frame = len(decoder.frames) - 1
    kinds = (SpanKind.CUT,) if problem.kind in ("unterminated_event", "truncated") else ()
    return Oddity(PROBLEM, frame, f"{problem.kind}: {problem.message}", problem.hint, kinds)


def _of_remark(remark: Remark) -> Oddity:
    kinds = _KINDS_OF_REMARKS.get(remark.kind, ())
    frame = None if kinds else remark.frame
    return Oddity(REMARK, frame, remark.sentence, advice_on(remark.kind), kinds)


def _of_stall(stall: Stall, what: str) -> Oddity:
    return Oddity(what, stall.frame, stall.sentence, _STALL_ADVICE if what == STALL else _PAUSE_ADVICE)


def _of_trap(trap: Trap) -> Oddity:
    sentence, _, advice = trap.sentence.partition(": ")
    return Oddity(TRAP, trap.frame, sentence, advice[:1].upper() + advice[1:])
