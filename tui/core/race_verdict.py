"""What a race of runs shows: they stream, something between buffers, the model batches, or it cannot be told. Pure.

The words are never more certain than the evidence: `shows` for what is seen, `points to` for what explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.core.arrivals import FEW_FRAMES
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

STEADY: Final = "steady"
LUMP: Final = "LUMP"
BATCHES: Final = "batches"
FEW: Final = "few"
NONE: Final = "no text"
_SHAPES: Final = {"streams": STEADY, "lump": LUMP, "batches": BATCHES, "few": FEW, "none": NONE}
_TRANSPORT_WORDS: Final = {"direct": "direct", "sse": "SSE", "ws": "WS"}
_TELLING_HEADERS: Final = ("via", "x-cache", "cf-ray", "server")


@dataclass(frozen=True, slots=True)
class RaceLane:
    """One run of a race: its letter, its name in words, and the run, which has ended."""

    letter: str
    name: str
    run: DerivedRun

    @property
    def shape(self) -> str:
        """How it streams, in a word."""
        header = self.run.capture.header
        return _SHAPES[self.run.verdict(self.run.capture.last_at).word] if header.has_times else "no times"

    @property
    def first_s(self) -> float | None:
        """Time to the first visible text, else to the first text at all."""
        return self.run.stats.ttfo_s or self.run.stats.ttft_s

    @property
    def frames(self) -> int:
        """How many frames came."""
        return len(self.run.decoder.frames) if self.run.decoder is not None else 0

    @property
    def has_failed(self) -> bool:
        """Whether nothing can be said of how it streams, because it did not."""
        return self.run.outcome in (Outcome.FAILED, None) or self.shape == NONE


@dataclass(frozen=True, slots=True)
class RaceVerdict:
    """A word for programs (streams, buffered, batches, cannot_tell), the sentence, and rows of evidence."""

    word: str
    sentence: str
    evidence: tuple[str, ...] = ()


def lanes_of(runs: Sequence[tuple[str, DerivedRun]]) -> list[RaceLane]:
    """The lanes of a race, lettered; an empty name becomes the transport's."""
    return [
        RaceLane(chr(ord("A") + index), name or _TRANSPORT_WORDS.get(run.capture.header.transport, "?"), run)
        for index, (name, run) in enumerate(runs)
    ]


def race_verdict(lanes: Sequence[RaceLane]) -> RaceVerdict:
    """What the lanes show together; failed ones are named, the others are judged all the same."""
    failed = [lane for lane in lanes if lane.has_failed]
    judged = [lane for lane in lanes if not lane.has_failed]
    verdict = _of_judged(judged)
    if not failed:
        return verdict
    named = ", ".join(f"{lane.letter} {lane.name}: {_why(lane)}" for lane in failed)
    return RaceVerdict(verdict.word, verdict.sentence, (*verdict.evidence, f"failed: {named}"))


def _of_judged(lanes: list[RaceLane]) -> RaceVerdict:
    shapes = {lane.shape for lane in lanes}
    steady = [lane for lane in lanes if lane.shape == STEADY]
    held = [lane for lane in lanes if lane.shape in (LUMP, BATCHES)]
    if not lanes or "no times" in shapes:
        return RaceVerdict("cannot_tell", "CANNOT TELL. There is no lane with text and times.")
    if FEW in shapes:
        least = min(lane.frames for lane in lanes)
        few = f"{least} frames are too few ({FEW_FRAMES} are needed)"
        return RaceVerdict("cannot_tell", f"CANNOT TELL. {few}. Ask for a longer answer and run again.")
    if not held:
        return _all_stream(steady)
    return _all_held(held) if not steady else _some_held(steady, held)


def _all_stream(lanes: list[RaceLane]) -> RaceVerdict:
    firsts = [lane.first_s for lane in lanes if lane.first_s is not None]
    when = f" from {min(firsts):.2f}-{max(firsts):.2f} s on" if firsts else ""
    if len(lanes) == 1:
        sentence = f"STREAMS. {lanes[0].letter} shows text{when}, {_per_read(lanes[0])}; one lane cannot tell more."
        return RaceVerdict("streams", sentence, (_row(lanes[0]),))
    sentence = (
        f"STREAMS. All {len(lanes)} lanes show text{when}, {_per_read(lanes[0])}. "
        "Nothing between you and the model holds it back."
    )
    return RaceVerdict("streams", sentence, tuple(map(_row, lanes)))


def _all_held(lanes: list[RaceLane]) -> RaceVerdict:
    if len(lanes) == 1:
        sentence = f"{lanes[0].run.verdict(lanes[0].run.capture.last_at).sentence} One lane cannot tell who holds it."
        return RaceVerdict("cannot_tell", f"CANNOT TELL. {sentence[0].upper()}{sentence[1:]}", (_row(lanes[0]),))
    sentence = (
        f"THE MODEL BATCHES, or something before every lane does. All {len(lanes)} lanes get their text in "
        "lumps; no lane is smoother than another. Next: + a second provider or a local model."
    )
    return RaceVerdict("batches", sentence, tuple(map(_row, lanes)))


def _some_held(steady: list[RaceLane], held: list[RaceLane]) -> RaceVerdict:
    good, bad = steady[0], held[0]
    seen = (
        f"BUFFERED between lane {good.letter} and lane {bad.letter}. {good.name} shows text at {_first(good)} in "
        f"{good.run.stats.read_count} reads; {bad.name} shows none for {_first(bad)}, then {bad.frames} frames in "
        f"{bad.run.stats.read_count} reads."
    )
    same_host = [lane for lane in steady if _host(lane) == _host(bad) and lane.run is not bad.run]
    points = f" {same_host[0].name} through the same host streams, which points to the HTTP path" if same_host else ""
    signs = _signs_of(bad)
    told = f"{points}: {', '.join(signs)}." if points and signs else f"{points}." if points else ""
    evidence = (*map(_row, (*steady, *held)), *(f"{bad.letter} {sign}" for sign in signs))
    return RaceVerdict("buffered", f"{seen}{told} Next: + the hop behind {bad.letter}.", evidence)


def _signs_of(lane: RaceLane) -> list[str]:
    """What the head of a lane says of who may hold it back."""
    head = lane.run.capture.heads[-1] if lane.run.capture.heads else None
    if head is None:
        return []
    signs = [f'"{name}: {value}"' for name in _TELLING_HEADERS if (value := head.header(name))]
    if lane.run.capture.header.transport != "ws" and head.header("x-accel-buffering") != "no":
        signs.append("no X-Accel-Buffering")
    if encoding := head.header("content-encoding"):
        signs.append(f"content-encoding {encoding}")
    return signs


def _row(lane: RaceLane) -> str:
    gap = lane.run.stats.gap_p50_s
    pause = "" if gap is None else f", gap p50 {gap * 1000:.0f} ms"
    return f"{lane.letter} {lane.name}: {lane.frames} frames in {lane.run.stats.read_count} reads{pause}, {lane.shape}"


def _per_read(lane: RaceLane) -> str:
    share = lane.frames / max(1, lane.run.stats.read_count)
    return f"about {share:.0f} frame{'s' if round(share) != 1 else ''} a read"


def _first(lane: RaceLane) -> str:
    return "an unknown time" if lane.first_s is None else f"{lane.first_s:.2f} s"


def _host(lane: RaceLane) -> str:
    return lane.run.capture.header.url.partition("://")[2].partition("/")[0]


def _why(lane: RaceLane) -> str:
    problem = lane.run.result.problem if lane.run.result else None
    return problem.kind if problem else lane.shape
