"""The words of the race: what stands in its header, under its lanes and in its footer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.core.chunks import Outcome
from tui.core.endpoints import NOT_A_GATEWAY
from tui.core.race_verdict import BATCHES, LUMP, shape_of, why_failed
from tui.screens.cancel_receipt import cancel_receipt
from tui.screens.live_words import playback_hints
from tui.screens.run_lamp import Lamp

if TYPE_CHECKING:
    from tui.core.derived_run import DerivedRun
    from tui.screens.race_runs import Race, RacingLane
    from tui.screens.screen_sizes import Fit

_TOLD_SPREAD_S = 0.005
_LEAVING_OUT = ("z", "R", ", .", "v", "< >", "space", "?")
_CANCEL_CELLS = 11
_OPEN = "The verdict comes when all lanes have ended."


def lamp_of(race: Race) -> Lamp:
    """The lamp of all lanes together."""
    total, now = len(race.lanes), f"{max(0.0, race.seconds()):.2f} s"
    open_count = sum(not lane.run.is_over for lane in race.lanes)
    if open_count:
        return _open_lamp(race, f"{now}  {open_count} of {total} lanes open")
    outcomes = [lane.derived.outcome for lane in race.lanes if lane.derived is not None]
    if Outcome.CANCELLED in outcomes:
        return Lamp(f"■ CANCELLED at {now}", "warn")
    done = outcomes.count(Outcome.COMPLETED)
    if done == total:
        return Lamp(f"✓ COMPLETED {now}  {total} lanes", "good")
    return Lamp(f"◐ {done} of {total} lanes completed", "warn")


def _open_lamp(race: Race, numbers: str) -> Lamp:
    if any(lane.run.cancel_key_at is not None for lane in race.lanes):
        return Lamp("◌ CANCELLING", "warn")
    if any(run.chunks for run in race.begun):
        return Lamp(f"● STREAMING {numbers}", "good")
    return Lamp(f"◌ WAITING {numbers}", "waiting")


def first_of(run: DerivedRun) -> str:
    """When a lane's first text came."""
    first = run.stats.ttfo_s or run.stats.ttft_s
    return "" if first is None else f"{first:.2f} s"


def shape_word(run: DerivedRun) -> tuple[str, bool]:
    """How a lane that ended streams, and whether that is odd."""
    if not run.is_over:
        return "", False
    if run.outcome is Outcome.FAILED:
        return ("no gateway" if why_failed(run) == NOT_A_GATEWAY else "failed"), True
    shape = shape_of(run)
    return shape, shape in (LUMP, BATCHES)


def wire_row(race: Race) -> str:
    """How much each lane puts on the wire for one character, and how far apart the requests were sent."""
    parts = [f"{lane.letter} {_wire_bytes(lane)}" for lane in race.lanes]
    spread = race.start_spread_s()
    apart = f"   requests sent {spread * 1000:.0f} ms apart" if spread > _TOLD_SPREAD_S else ""
    return f"wire bytes per character   {'   '.join(parts)}{apart}"


def comparing(share: float) -> str:
    """That the texts are being laid over one another; `{id}` stands for a key."""
    return f"► comparing the texts: {share * 100:.0f} %.  {{view.next}} stops it."


def verdict_line(race: Race) -> str:
    """The verdict, or that it is not there yet; `{id}` stands for a key."""
    verdict = race.verdict()
    if verdict is None:
        return _OPEN
    return "► " + verdict.sentence.replace("{", "(").replace("and run again.", "and press {run.again}.")


def receipt_lines(race: Race) -> list[str]:
    """The receipt of each lane that was cancelled."""
    lines = []
    for lane in race.lanes:
        told = [
            f"{note.label}: {' '.join(note.text.split())}" if note.label else note.text.rstrip(".")
            for note in cancel_receipt(lane.run)
        ]
        if told:
            lines.append(f"{lane.letter} {lane.name}: {'; '.join(told)}.")
    return lines


def footer_hints(race: Race, fit: Fit) -> list[tuple[str, str]]:
    """The keys of the footer; where there is no room for all of them the least useful are left out."""
    if fit.is_tiny:
        return [("q", "back")]
    playing = playback_hints(race.cursor, is_streaming=not race.is_over)[:2]
    hints = [("tab", "lane"), ("z", "zoom"), *playing]
    if race.is_over:
        speed = [("< >", "speed")] if playing else []
        hints += [*speed, ("enter", "evidence"), ("Y", "card"), ("v", "by text"), ("R", "lanes")]
    hints += [("q", "back"), ("?", "help")]
    cancel = 0 if race.is_over else _CANCEL_CELLS
    for key in _LEAVING_OUT:
        if cancel + 1 + sum(len(keys) + len(words) + 4 for keys, words in hints) - 3 <= fit.width:
            break
        hints = [hint for hint in hints if hint[0] != key]
    return hints


def _wire_bytes(lane: RacingLane) -> str:
    run = lane.derived
    chars = 0 if run is None else run.pipeline.content.length + run.stats.reasoning_char_count
    return "n/a" if run is None or not chars else f"{run.capture.wire_byte_count / chars:.1f}"
