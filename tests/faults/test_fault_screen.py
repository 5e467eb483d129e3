"""What a person sees of every case: one app in a real terminal, one far end that plays one case after the other."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import judgement, told
from tests.faults.far_process import FarProcess
from tests.faults.fault_cases import CASES, WIRES, Case, case
from tests.pty.hostile_texts import escaped_from
from tests.pty.terminal import Terminal
from tests.pty.test_app_in_terminal import has_focus, quit_cleanly

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]
# 200,000 tokens as fast as they come take both cores for long, and their far end takes as much as the app.
NIGHTLY = pytest.mark.skipif(not os.environ.get("STREAMSCOPE_NIGHTLY"), reason="long: make nightly")
FLAT_OUT = "F041"
ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
KEY = "sk-CANARY-123456"
KEYS = {"OPENAI_API_KEY": KEY, "STREAMSCOPE_TOKEN": KEY}
KEY_MS = 100.0
ALLOWED_SLOW = 0.1  # of all keys: a machine that does other things may hold one up
ALLOWED_SLOW_FLAT_OUT = 0.5
_SCREEN_S = 1.0  # what a case may take longer where a person looks at it
_TOLD_S = 15.0  # what is not told by then is never told
_LEFT_AFTER_S = 2.0
_LOOK_S = 0.1
_REST_KEYS = 10
_CORNER = rb"\x1b\[(38(?:;[0-9]+){4})[0-9;]*m\xe2\x95\xad(?:\x1b\[[0-9;]*m|\xe2\x94\x80| )+%b "
"""How the upper left corner of a pane is drawn: its colour, which is that of the focus or not; then its number."""
Note = Callable[[str, Any], None]


def is_played_here(which: Case, transport: str) -> bool:
    """Not here: what needs hands, a gateway between, another address."""
    is_elsewhere = which.needs_hands or which.needs_gateway or "target_host" in which.inject
    return transport in which.transports and not is_elsewhere


def flags_of(which: Case) -> tuple[str, ...]:
    """The settings that a case asks for. The clock of the connection is longer: a screen is looked at meanwhile."""
    _, first_token_s, idle_s = which.clocks
    clocks = ("--connect-timeout", "2", "--first-token-timeout", f"{first_token_s:g}", "--idle-timeout", f"{idle_s:g}")
    retries = ("--retries", str(which.config.get("max_retries", 0)))
    return *clocks, *retries, "--resume" if which.config.get("resume") else "--no-resume"


def groups() -> list[Any]:
    """The cases of a transport that one app can play, because they ask for the same settings."""
    found: dict[tuple[str, tuple[str, ...], bool], list[Case]] = {}
    for transport in WIRES:
        for which in CASES:
            if is_played_here(which, transport):
                found.setdefault((transport, flags_of(which), which.id == FLAT_OUT), []).append(which)
    return [
        pytest.param(
            transport,
            flags,
            cases,
            id=f"{transport}-{cases[0].id}",
            marks=NIGHTLY if is_long else (),
        )
        for (transport, flags, is_long), cases in found.items()
    ]


class Seat:
    """Somebody before the app, who begins cases, presses keys and reads."""

    def __init__(self, terminal: Terminal, far: FarProcess, wire: str) -> None:
        self.terminal = terminal
        self.far = far
        self.wire = wire
        self.key_ms: list[float] = []
        self.short: list[str] = []
        self.at_rest_ms: list[float] = []
        self._pane = "1"
        self._focused = b""

    async def plays(self, which: Case) -> None:
        """One case from the key that starts it to its last word."""
        self.at_rest_ms.append(await self.presses_a_key())
        begun = await self.begins(which)
        if which.id in told.MOMENTARY:
            await self.terminal.until(*told.WORDS[which.id])
        self.key_ms.append(await self.presses_a_key())
        if which.id == FLAT_OUT:
            await self.presses_keys_until_the_end()
        cancelled_at = await self.acts(which)
        await self.ends(which, begun)
        await self.looks_at_the_far_end(which, cancelled_at)
        if "start" in which.acts:
            await self.starts_again(which)

    async def begins(self, which: Case) -> float:
        """ctrl+r; the far end says nothing before the run is seen to be open. Gives when it began to speak.

        Where there is nobody to wait the end has to differ from what stood there before.
        """
        is_held = which.inject.get("listen", "tcp") == "tcp"
        if not is_held and told.lamp_of(self.terminal) != told.DONE:
            await self.plays(case("F001"))
        await self.far.play(which.script(self.wire), is_held=is_held)
        return await self.runs_again() if is_held else await self.runs_again(to_another_end_than=told.DONE)

    async def runs_again(self, to_another_end_than: str = "") -> float:
        self.terminal.send("ctrl+r")
        if to_another_end_than:
            begun = asyncio.get_running_loop().time()
            await self.sees(lambda: told.lamp_of(self.terminal) != to_another_end_than, "a new run or its end")
            return begun
        await self.sees(lambda: not told.lamp_of(self.terminal), "a new run")
        return await self.far.release()

    async def sees(self, condition: Callable[[], bool], what: str) -> float:
        """Waits until something can be seen; gives how many milliseconds that took."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        await self.terminal.until_holds(condition, what)
        return (loop.time() - begin) * 1000

    async def takes_a_seat(self) -> None:
        """Learns in which colour the focused pane is drawn: that in which both panes are, one after the other."""
        before = b""
        while not self._focused:
            now = await self._looks_for_the_focus()
            self._focused, before = now if now == before else b"", now

    async def _looks_for_the_focus(self) -> bytes:
        self._pane = "2" if self._pane == "1" else "1"
        since = len(self.terminal.raw)
        self.terminal.send(self._pane)
        await self.sees(lambda: has_focus(self.terminal, self._pane), f"the focus on {self._pane}")
        return max((found.start(), found[1]) for found in self._corners(since))[1]

    async def rests(self) -> None:
        """Keys while nothing happens, before the first case."""
        self.at_rest_ms += [await self.presses_a_key() for _ in range(_REST_KEYS)]

    async def presses_a_key(self) -> float:
        """Goes to another pane; gives how many milliseconds later the bytes that draw its focus came."""
        self._pane = "2" if self._pane == "1" else "1"
        since = len(self.terminal.raw)
        self.terminal.send(self._pane)
        return await self.sees(
            lambda: any(found[1] == self._focused for found in self._corners(since)), f"the focus on {self._pane}"
        )

    def _corners(self, since: int) -> Iterator[re.Match[bytes]]:
        return re.finditer(_CORNER % self._pane.encode(), self.terminal.raw[since:])

    async def presses_keys_until_the_end(self) -> None:
        """The screen is not drawn meanwhile: that would hold up the app as a slow terminal does."""
        while not any(note.what == "closed" for note in self.far.log):
            self.key_ms.append(await self.presses_a_key())
            await asyncio.sleep(0.1)  # nobody types faster
            await self.far.look()

    async def acts(self, which: Case) -> float | None:
        """Cancels as the case says; the lamp has to say so at once. Gives when it was cancelled first."""
        found: list[float] = []
        for step in (step for step in which.client if step["do"] == "cancel"):
            when, _, value = step["at"].partition(":")
            if when == "token":
                await self.terminal.until(f"tok{int(value) - 1}")
            elif when == "ms":
                await asyncio.sleep(int(value) / 1000)
            else:
                await self.sees(lambda: bool(told.lamp_of(self.terminal)), "an end")
            found.append(asyncio.get_running_loop().time())
            await self.cancels(which)
        return found[0] if found else None

    async def cancels(self, which: Case) -> None:
        self.terminal.send("x")
        took_ms = await self.sees(
            lambda: "CANCELL" in self.terminal.text or bool(told.lamp_of(self.terminal)), "CANCELLING"
        )
        if "ui_ms_max" in which.expect:
            self.key_ms.append(took_ms)

    async def ends(self, which: Case, begun: float) -> None:
        """The lamp in time, and everything that has to stand on the screen with it."""
        await self.sees(lambda: bool(told.lamp_of(self.terminal)), f"an end of {which.id}")
        took_s = asyncio.get_running_loop().time() - begun
        if took_s > which.expect["max_s"] + _SCREEN_S:
            self.short.append(f"{which.id}: the end was seen after {took_s:.1f} s")
        await self.is_told(which)

    async def is_told(self, which: Case) -> None:
        try:
            async with asyncio.timeout(_TOLD_S):
                await self.sees(lambda: not told.falls_short(which, self.terminal), f"all of {which.id}")
        except TimeoutError:
            self.short += [f"{which.id}: {what}" for what in told.falls_short(which, self.terminal)]

    async def looks_at_the_far_end(self, which: Case, cancelled_at: float | None) -> None:
        """The client that left, the code of its close, how often it came."""
        if cancelled_at is not None and "upstream_gone_ms_max" in which.expect:
            await self.far.until_seen(cancelled_at, "gone", "cancel")
        await self.far.look()
        attempts = which.expect.get("attempts", 0)  # what the app counts is not told on Live
        found = judgement.connections_short(which, attempts, self.far.connections)
        found += judgement.far_end_short(which, self.far.log, cancelled_at or 0.0)
        self.short += [f"{which.id}: {what}" for what in found]

    async def starts_again(self, which: Case) -> None:
        """At once, without a token of the run before."""
        await self.far.hold()
        await self.runs_again()
        await self.terminal.until(told.DONE)
        then = which.expect["then"]
        await self.sees(lambda: told.text_of(self.terminal) == "".join(then["text"].split()), "the run after it")

    def descriptors(self) -> int:
        """How many files, sockets and pipes the app and its probe have open."""
        return sum(len(os.listdir(f"/proc/{number}/fd")) for number in self.terminal.process_ids())  # noqa: PTH208

    async def leaves_nothing(self, before: int) -> None:
        """No descriptor is left of all the runs, two seconds after the last."""
        for _ in range(round(_LEFT_AFTER_S / _LOOK_S)):
            if self.descriptors() <= before:
                return
            await asyncio.sleep(_LOOK_S)
        self.short.append(f"{self.descriptors() - before} descriptors are left")


async def plays_all(transport: str, flags: tuple[str, ...], cases: Iterable[Case], folder: Path) -> Seat:
    """All cases in one app; every byte that reached the terminal is looked at in the end."""
    chosen, wire = list(cases), WIRES[transport]
    async with FarProcess(case("F001").script(wire), wire) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        arguments = ("--transport", transport, "--url", url, "--model", "fault-1", *flags, "say something")
        async with Terminal(
            (120, 40), *arguments, folder=folder, environ=KEYS, has_animations=False, patience_s=60.0
        ) as terminal:
            await terminal.until("✓ COMPLETED", "tok4")
            seat = Seat(terminal, far, wire)
            await seat.takes_a_seat()
            await seat.rests()
            before = seat.descriptors()
            for which in chosen:
                await seat.plays(which)
            await seat.leaves_nothing(before)
            await quit_cleanly(terminal)
            seat.short += escaped_from(bytes(terminal.raw))
            seat.short += [f"{secret} was shown" for secret in (KEY,) if secret.encode() in terminal.raw]
            seat.short += [word for which in chosen for word in unwanted(which) if word.encode() in terminal.raw]
            assert b"Traceback" not in terminal.raw
    return seat


def unwanted(which: Case) -> list[str]:
    """What a case forbids to reach the terminal: keys, and commands with what would make them one.

    Their letters may stand there, behind a sign for ESC: that is how they are shown.
    """
    expect = which.expect
    bare = [bytes.fromhex(value).decode() for value in expect.get("screen_must_not_contain_hex", ())]
    commands = [text if text[-1] < " " else f"\x1b{text}" for text in expect.get("tty_must_not_contain", ())]
    named = [expect["must_not_show"]] if "must_not_show" in expect else []
    return [*(sign for sign in bare if len(sign) > 1), *commands, *named]  # single signs: `escaped_from`


@pytest.mark.parametrize(("transport", "flags", "cases"), groups())
async def test_every_case_is_told_on_the_screen(
    transport: str, flags: tuple[str, ...], cases: list[Case], tmp_path: Path, record_property: Note
) -> None:
    seat = await plays_all(transport, flags, cases, tmp_path)
    left = sum("descriptors" in what for what in seat.short)
    for index, which in enumerate(cases):
        record_property("reliability", ("the matrix, in a terminal", which.id, 1, 0, 0, 0 if index else left))
    assert seat.short == []
    assert slow_keys(seat, ALLOWED_SLOW_FLAT_OUT if cases[0].id == FLAT_OUT else ALLOWED_SLOW) == []


def slow_keys(seat: Seat, allowed: float) -> list[str]:
    """Keys that took a tenth of a second longer than nine of ten take at rest, if more than allowed did.

    Between the cases nothing happens but what the machine does for others: that is not the app's.
    """
    at_rest_ms = sorted(seat.at_rest_ms)[int(0.9 * len(seat.at_rest_ms))]
    slow = [f"{took:.0f} ms, {at_rest_ms:.0f} ms at rest" for took in seat.key_ms if took > KEY_MS + at_rest_ms]
    return slow if len(slow) > max(1, allowed * len(seat.key_ms)) else []


def test_every_expectation_of_a_screen_is_looked_at() -> None:
    """Those of a process, of its memory and of its file are looked at elsewhere."""
    here = {name for transport in WIRES for which in CASES if is_played_here(which, transport) for name in which.expect}
    by_byte = {"must_not_show", "screen_must_not_contain_hex", "tty_must_not_contain"}
    by_clock = {"max_s", "ui_ms_max", "ui_latency_ms_max", "upstream_gone_ms_max"}
    at_far_end = {"attempts", "retries_max", "check_log", "client_close_code", "must_not", "then"}
    assert here <= told.KNOWN | by_byte | by_clock | at_far_end | {"rss_growth_max_mib"}


@ALL
async def test_a_host_without_address_is_told_on_the_screen(transport: str, tmp_path: Path) -> None:
    url = "https://no-such-host.invalid" + ("/v1" if transport == "direct" else "")
    arguments = ("--transport", transport, "--url", url, "--model", "m", "go")
    async with Terminal((120, 40), *arguments, folder=tmp_path, environ=KEYS) as terminal:
        await terminal.until("✗ FAILED", "The host name was not found", "no-such-host.invalid")
        await quit_cleanly(terminal)
        assert KEY.encode() not in terminal.raw
