"""Where the marks of the wire are: which frames ended a stall, and the next marked row in either direction."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from tui.core.derived_run import DerivedRun
from tui.core.wire.body_spans import SpanKind
from tui.core.wire_view.wire_log import WireLog


def stall_ends(run: DerivedRun) -> list[int]:
    """The frames with which text went on after a stall, ascending."""
    chunks = run.chunks
    found = []
    for stall in run.stats.stall_list:
        index = stall.chunk + 1
        while index < len(chunks) and not chunks[index].is_progress:
            index += 1
        if index < len(chunks):
            found.append(chunks[index].frame)
    return found


def next_marked(log: WireLog, row: int, step: int) -> int | None:
    """The next row with a trap, a problem or a stall behind a row (`step` 1) or before it (-1); None without one."""
    candidates = [*_marked_frames(log, row, step), *_cut_rows(log, row, step)]
    beyond = [other for other in candidates if (other - row) * step > 0]
    return (min(beyond) if step > 0 else max(beyond)) if beyond else None


def _marked_frames(log: WireLog, row: int, step: int) -> list[int]:
    """Rows of the nearest frames with each kind of mark."""
    decoder = log.run.decoder
    if decoder is None or not log.frame_count:
        return []
    frame = log.frame_beside(row, step)
    stalls = stall_ends(log.run)
    place = bisect_right(stalls, frame) if step > 0 else bisect_left(stalls, frame) - 1
    frames = [decoder.trap_beside(frame, step), decoder.problem_frame]
    frames += [stalls[place]] if 0 <= place < len(stalls) else []
    return [log.row_of_frame(found) for found in frames if found is not None]


def _cut_rows(log: WireLog, row: int, step: int) -> list[int]:
    found = [log.row_beside(kind, row, step) for kind in (SpanKind.CUT, SpanKind.UNREAD)]
    return [row for row in found if row is not None]
