"""What a race of runs shows: they stream, something between buffers, the model batches, or it cannot be told. Pure.

The words are never more certain than the evidence: `shows` for what is seen, `points to` for what explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, NamedTuple

from tui.core.arrivals import FEW_FRAMES
from tui.core.capture import ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.endpoints import NOT_A_GATEWAY, endpoint_for
from tui.core.request import TransportName
from tui.errors import UsageError

STEADY: Final = "steady"
LUMP: Final = "LUMP"
BATCHES: Final = "batches"
FEW: Final = "few"
NONE: Final = "no text"
_SHAPES: Final = {"streams": STEADY, "lump": LUMP, "batches": BATCHES, "few": FEW, "none": NONE}
_TRANSPORT_WORDS: Final = {"direct": "direct", "sse": "SSE", "ws": "WS"}
_TELLING_HEADERS: Final = ("via", "x-cache", "cf-ray", "server")
_LIVE_LANES: Final = 2  # fewer have nothing to be compared with


@dataclass(frozen=True, slots=True)
class RaceLane:
    """One run of a race: its letter, its name in words, and the run, which has ended."""

    letter: str
    name: str
    run: DerivedRun

    @property
    def shape(self) -> str:
        """How it streams, in a word."""
        return shape_of(self.run)

    @property
    def first_s(self) -> float | None:
        """Time to the first visible text, else to the first text at all."""
        return self.run.stats.ttfo_s or self.run.stats.ttft_s

    @property
    def frames(self) -> int:
        """How many frames came."""
        return self.run.frame_count

    @property
    def first_frame(self) -> int:
        """The frame of the first text, 0 where none came."""
        moment = self.run.stats.facts().moments.get("t1")
        return moment.frame if moment is not None and moment.frame is not None else 0

    @property
    def head(self) -> ResponseHead | None:
        """The head of the connection that brought the text."""
        heads = self.run.capture.heads
        return heads[-1] if heads else None

    @property
    def encoding(self) -> str:
        """How the body was compressed; empty where it was not."""
        return (self.head.header("content-encoding") or "") if self.head is not None else ""

    @property
    def has_failed(self) -> bool:
        """Whether nothing can be said of how it streams, because it did not."""
        return self.run.outcome in (Outcome.FAILED, None) or self.shape == NONE


class Evidence(NamedTuple):
    """What a verdict rests on: a lane by its letter, one sentence, and the frame where it can be seen."""

    letter: str
    text: str
    frame: int = 0


@dataclass(frozen=True, slots=True)
class RaceVerdict:
    """A word for programs (streams, buffered, batches, cannot_tell), the sentence, and rows of evidence."""

    word: str
    sentence: str
    evidence: tuple[Evidence, ...] = ()


def lanes_of(runs: Sequence[tuple[str, DerivedRun]]) -> list[RaceLane]:
    """The lanes of a race, lettered; an empty name becomes the transport's."""
    return [
        RaceLane(chr(ord("A") + index), name or _TRANSPORT_WORDS.get(run.capture.header.transport, "?"), run)
        for index, (name, run) in enumerate(runs)
    ]


def shape_of(run: DerivedRun) -> str:
    """How an ended run streams, in a word."""
    return _SHAPES[run.verdict(run.capture.last_at).word] if run.capture.header.has_times else "no times"


def why_failed(run: DerivedRun) -> str:
    """Why a lane did not stream, in a few words; empty for one that did."""
    result = run.result
    if result is None or result.problem is None:
        return "" if result is None or result.outcome is not Outcome.FAILED else str(result.outcome)
    is_route_missing = result.problem.status == HTTPStatus.NOT_FOUND and _is_gateway_route(run)
    return NOT_A_GATEWAY if is_route_missing else result.problem.kind


def race_verdict(lanes: Sequence[RaceLane]) -> RaceVerdict:
    """What the lanes show together; failed ones are named, the others are judged all the same."""
    failed = [lane for lane in lanes if lane.has_failed]
    verdict = _of_judged([lane for lane in lanes if not lane.has_failed])
    if not failed:
        return verdict
    named = "; ".join(f"{_named(lane)} failed: {_why(lane)}" for lane in failed)
    rows = [Evidence(lane.letter, f"{lane.name}: {_why(lane)}") for lane in failed]
    return RaceVerdict(verdict.word, f"{verdict.sentence} {named}.", (*verdict.evidence, *rows))


def _of_judged(lanes: list[RaceLane]) -> RaceVerdict:
    shapes = {lane.shape for lane in lanes}
    steady = [lane for lane in lanes if lane.shape == STEADY]
    held = [lane for lane in lanes if lane.shape in (LUMP, BATCHES)]
    if not lanes or "no times" in shapes:
        return RaceVerdict("cannot_tell", "CANNOT TELL. There is no lane with text and times.")
    if FEW in shapes:
        least = min(lane.frames for lane in lanes)
        few = f"{least} frames are too few ({FEW_FRAMES} are needed)"
        rows = tuple(_row(lane) for lane in lanes if lane.shape == FEW)
        return RaceVerdict("cannot_tell", f"CANNOT TELL. {few}. Ask for a longer answer and run again.", rows)
    if not held:
        return _all_stream(steady)
    return _all_held(held) if not steady else _some_held(steady, held)


def _all_stream(lanes: list[RaceLane]) -> RaceVerdict:
    firsts = [lane.first_s for lane in lanes if lane.first_s is not None]
    when = f" from {min(firsts):.2f}-{max(firsts):.2f} s on" if firsts else ""
    if len(lanes) < _LIVE_LANES:
        sentence = f"STREAMS. {lanes[0].letter} shows text{when}, {_per_read(lanes)}; one lane cannot tell more."
        return RaceVerdict("streams", sentence, (_row(lanes[0]),))
    sentence = (
        f"STREAMS. All {len(lanes)} lanes show text{when}, {_per_read(lanes)}. "
        "Nothing between you and the model holds it back."
    )
    return RaceVerdict("streams", sentence, tuple(map(_row, lanes)))


def _all_held(lanes: list[RaceLane]) -> RaceVerdict:
    if len(lanes) < _LIVE_LANES:
        sentence = f"{lanes[0].run.verdict(lanes[0].run.capture.last_at).sentence} One lane cannot tell who holds it."
        signs = [Evidence(lanes[0].letter, sign) for sign in _signs_of(lanes[0])]
        rows = (_row(lanes[0]), *signs)
        return RaceVerdict("cannot_tell", f"CANNOT TELL. {sentence[0].upper()}{sentence[1:]}", rows)
    direct = ", direct too" if any(lane.run.capture.header.transport == "direct" for lane in lanes) else ""
    sentence = (
        f"THE MODEL BATCHES, or something before every lane does. All {len(lanes)} lanes get {_together(lanes)}{direct}"
        "; no lane is smoother than another. Next: + a second provider or a local model."
    )
    return RaceVerdict("batches", sentence, tuple(map(_row, lanes)))


def _together(lanes: list[RaceLane]) -> str:
    """`8 frames together every 0.31 s`, where all lanes come in batches; else only that they are lumps."""
    times = lanes[0].run.arrivals.read_times
    if any(lane.shape != BATCHES for lane in lanes) or len(times) < _LIVE_LANES:
        return "their text in lumps"
    frames = len(lanes[0].run.arrivals.times) / len(times)
    return f"{frames:.0f} frames together every {(times[-1] - times[0]) / (len(times) - 1):.2f} s"


def _some_held(steady: list[RaceLane], held: list[RaceLane]) -> RaceVerdict:
    bad = held[0]
    good = next((lane for lane in steady if _host(lane) != _host(bad)), steady[0])
    seen = (
        f"BUFFERED between lane {good.letter} and lane {bad.letter}. {_capital(_said(good))} shows text at "
        f"{_first(good)} in {_reads(good)}; {_said(bad)} shows none for {_first(bad)}, then "
        f"{bad.frames} frames in {_reads(bad)}{_apart(bad)}."
    )
    signs = _signs_of(bad)
    points, next_step = _pointer(bad, steady, signs)
    evidence = (
        *map(_row, (*held, *steady)),
        *(Evidence(bad.letter, f"{bad.name}: {sign}") for sign in signs),
    )
    return RaceVerdict("buffered", f"{seen}{points} Next: {next_step}.", evidence)


def _pointer(bad: RaceLane, steady: list[RaceLane], signs: list[str]) -> tuple[str, str]:
    """What the lanes that stream point to, and what to try next."""
    alike = [lane for lane in steady if _way(lane) == _way(bad) and bad.encoding and not lane.encoding]
    if alike:
        told = f" {_capital(_said(alike[0]))} streams on the same way, which points to content-encoding {bad.encoding}."
        return told, "switch the compression of event streams off at that hop"
    here = [lane for lane in steady if _host(lane) == _host(bad)]
    if not here:
        return (f" On it: {', '.join(signs)}." if signs else ""), f"+ the hop behind {bad.letter}"
    other, through = _said(here[0]).replace("the gateway", "the same gateway"), "through the same host"
    how = other if "the same" in other else f"{other} {through}"
    told = f" {_capital(how)} streams, which points to the HTTP path"
    return (f"{told}: {', '.join(signs)}." if signs else f"{told}."), f"+ {bad.letter} without the proxy"


def _signs_of(lane: RaceLane) -> list[str]:
    """What the head of a lane says of who may hold it back."""
    head = lane.head
    if head is None:
        return []
    signs = [f'"{name}: {value}"' for name in _TELLING_HEADERS if (value := head.header(name))]
    if lane.run.capture.header.transport != "ws" and head.header("x-accel-buffering") != "no":
        signs.append("no X-Accel-Buffering")
    if lane.encoding:
        signs.append(f"content-encoding {lane.encoding}")
    return signs


def _row(lane: RaceLane) -> Evidence:
    gap = lane.run.stats.gap_p50_s
    pause = "" if gap is None else f", gap p50 {gap * 1000:.0f} ms"
    return Evidence(
        lane.letter, f"{lane.name}: {lane.frames} frames in {_reads(lane)}{pause}, {lane.shape}", lane.first_frame
    )


def _reads(lane: RaceLane) -> str:
    count = lane.run.stats.read_count
    return f"{count} read" + ("" if count == 1 else "s")


def _per_read(lanes: list[RaceLane]) -> str:
    share = max(lane.frames / max(1, lane.run.stats.read_count) for lane in lanes)
    return f"about {share:.0f} frame{'s' if round(share) != 1 else ''} a read"


def _apart(lane: RaceLane) -> str:
    """How far the reads of a lump lie from each other."""
    times = lane.run.arrivals.read_times
    return f" {(times[-1] - times[0]) * 1000:.1f} ms apart" if lane.shape == LUMP and len(times) > 1 else ""


def _first(lane: RaceLane) -> str:
    return "an unknown time" if lane.first_s is None else f"{lane.first_s:.2f} s"


def _is_gateway_route(run: DerivedRun) -> bool:
    header = run.capture.header
    try:
        return endpoint_for(TransportName(header.transport), header.url).is_gateway_route
    except (UsageError, ValueError):
        return False


def _named(lane: RaceLane) -> str:
    return f"{lane.letter} {lane.name}"


def _said(lane: RaceLane) -> str:
    """The name of a lane in a sentence: `SSE through the gateway`, `direct`."""
    way, _, role = lane.name.partition(" ")
    if role == "gateway":
        return f"{way} through the gateway"
    return way if role == "provider" else lane.name


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _way(lane: RaceLane) -> tuple[str, str]:
    return lane.run.capture.header.transport, lane.run.capture.header.url


def _host(lane: RaceLane) -> str:
    return lane.run.capture.header.url.partition("://")[2].partition("/")[0]


def _why(lane: RaceLane) -> str:
    return why_failed(lane.run) or lane.shape
