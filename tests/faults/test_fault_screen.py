"""What a person sees of every case: one app in a real terminal, one far end that plays one case after the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.fault_cases import CASES, WIRES, Case, case
from tests.faults.fault_server import FaultServer
from tests.pty.hostile_texts import escaped_from
from tests.pty.terminal import Terminal
from tests.pty.test_app_in_terminal import has_focus, quit_cleanly

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc"),
    pytest.mark.slow,
    pytest.mark.timeout(900),
]
ALL = pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
# Keys within 100 ms are a matter of the machine as well: beside other tests these say nothing.
NIGHTLY = pytest.mark.skipif(not os.environ.get("STREAMSCOPE_NIGHTLY"), reason="for a machine of its own: make nightly")
KEY = "sk-CANARY-123456"
KEYS = {"OPENAI_API_KEY": KEY, "STREAMSCOPE_TOKEN": KEY}
CLOCKS = ("--connect-timeout", "1", "--first-token-timeout", "3", "--idle-timeout", "3")
KEY_MS = 100.0
ALLOWED_SLOW = 0.1  # of all keys: a machine that does other things may hold one up
_FEW_KEYS = 4  # of so few nothing can be said
LAMPS = {
    "done": ("✓ COMPLETED",),
    "incomplete": ("◐ INCOMPLETE",),
    "error": ("✗ FAILED",),
    "cancelled": ("■ CANCELLED at",),
    "any_visible": ("✓ COMPLETED", "◐ INCOMPLETE", "✗ FAILED"),
}
ENDED = tuple({lamp for lamps in LAMPS.values() for lamp in lamps})
# What `shown` of a case asks for, in the app's own words.
WORDS = {
    "F002": ("Connection refused", "Nothing listens at 127.0.0.1:"),
    "F009": ("◌ RETRYING 2 of 3 in", "(429)"),
    "F011": ("Status 200, text/html", "Sign in"),
    "F026": ("upstream exploded",),
    "F027": ("stopped: length",),
    "F028": ("stopped: content_filter",),
    "F049": ("1001",),
    "F050": ("1011",),
    "F051": ("1013",),
}
MOMENTARY = {"F009"}
"""Words that stand there only before the end."""


def is_played_here(which: Case, transport: str) -> bool:
    """Not here: what needs hands, a gateway between, another address."""
    is_elsewhere = which.needs_hands or which.needs_gateway or "target_host" in which.inject
    return transport in which.transports and not is_elsewhere


class Seat:
    """Somebody before the app, who begins cases, presses keys and reads."""

    def __init__(self, terminal: Terminal, far: FaultServer, wire: str) -> None:
        self.terminal = terminal
        self.far = far
        self.wire = wire
        self.key_ms: list[float] = []
        self.short: list[str] = []
        self.runs = 0
        self._pane = "1"

    async def plays(self, which: Case) -> None:
        """One case from the key that starts it to its last word."""
        await self.far.play(which.script(self.wire))
        await self.begins()
        if which.id in MOMENTARY:
            await self.terminal.until(*WORDS[which.id])
        await self.presses_a_key()
        if which.id == "F041":
            await self.presses_keys_until_the_end()
        await self.acts(which)
        await self.sees_the_end(which)

    async def begins(self) -> None:
        """ctrl+r, until the lamp of the run before is gone."""
        self.runs += 1
        self.terminal.send("ctrl+r")
        before = self.lamp(), self.far.connections
        await self.terminal.until_holds(lambda: (self.lamp(), self.far.connections) != before, "a new run")

    def lamp(self) -> str:
        """Which end the lamp shows; empty while a run is open."""
        first = self.terminal.text.partition("\n")[0]
        return next((lamp for lamp in ENDED if lamp in first), "")

    async def presses_a_key(self) -> None:
        """Goes to another pane and counts how long that took."""
        loop = asyncio.get_running_loop()
        self._pane = "2" if self._pane == "1" else "1"
        begin = loop.time()
        self.terminal.send(self._pane)
        await self.terminal.until_holds(lambda: has_focus(self.terminal, self._pane), f"the focus on {self._pane}")
        self.key_ms.append((loop.time() - begin) * 1000)

    async def presses_keys_until_the_end(self) -> None:
        while not self.lamp():
            await self.presses_a_key()
            await asyncio.sleep(0.1)  # nobody types faster

    async def acts(self, which: Case) -> None:
        """Cancels as the case says; the lamp has to say so at once."""
        for step in (step for step in which.client if step["do"] == "cancel"):
            when, _, value = step["at"].partition(":")
            if when == "token":
                await self.terminal.until(f"tok{int(value) - 1}")
            elif when == "ms":
                await asyncio.sleep(int(value) / 1000)
            else:
                await self.terminal.until_holds(lambda: bool(self.lamp()), "an end")
            await self.cancels(which)

    async def cancels(self, which: Case) -> None:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        self.terminal.send("x")
        await self.terminal.until_holds(lambda: "CANCELL" in self.terminal.text or bool(self.lamp()), "CANCELLING")
        took_ms = (loop.time() - begin) * 1000
        if "ui_ms_max" in which.expect:
            self.key_ms.append(took_ms)
        if "upstream_gone_ms_max" in which.expect:
            gone_ms = (await self.far.until_seen(begin, "gone", "cancel") - begin) * 1000
            if gone_ms > which.expect["upstream_gone_ms_max"]:
                self.short.append(f"{which.id}: the far end saw the cancel after {gone_ms:.0f} ms")

    async def sees_the_end(self, which: Case) -> None:
        """The lamp, the words and the text."""
        await self.terminal.until_holds(lambda: bool(self.lamp()), f"an end of {which.id}")
        allowed = LAMPS[which.expect["state"]] + (LAMPS["done"] if "alt_state" in which.expect else ())
        if self.lamp() not in allowed:
            self.short.append(f"{which.id}: {self.lamp()}, not {allowed}")
        await self.terminal.until_holds(lambda: self.is_told(which), f"the words of {which.id}")
        if "start" in which.acts:
            await self.begins()
            await self.terminal.until(LAMPS["done"][0], which.expect["then"]["text"].strip(), without="tok5 ")

    def is_told(self, which: Case) -> bool:
        """Whether all that has to be said stands there: the words, the text, and of a problem title and next step."""
        shown = self.terminal.one_line
        words = () if which.id in MOMENTARY else WORDS.get(which.id, ())
        text = which.expect.get("text", "")
        if len(text) < 60 and text.isascii() and text.isprintable() and "alt_state" not in which.expect:
            words += (text.strip(),)
        is_explained = self.lamp() in ("✓ COMPLETED", "■ CANCELLED at") or "▲ " in shown
        return is_explained and all(word in shown for word in words)


async def plays_all(cases: Iterable[Case], transport: str, folder: Path, *flags: str) -> Seat:
    """All cases in one app; every byte that reached the terminal is looked at in the end."""
    chosen, wire = list(cases), WIRES[transport]
    async with FaultServer(case("F001").script(wire), wire) as far:
        url = f"{far.url}/v1" if transport == "direct" else far.url
        arguments = ("--transport", transport, "--url", url, "--model", "fault-1", *flags, "say something")
        async with Terminal(
            (120, 40), *arguments, folder=folder, environ=KEYS, has_animations=False, patience_s=60.0
        ) as terminal:
            await terminal.until("✓ COMPLETED", "tok4")
            seat = Seat(terminal, far, wire)
            for which in chosen:
                await seat.plays(which)
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


def is_usual(which: Case) -> bool:
    """Whether neither retries nor resumptions are asked for."""
    return not which.config.keys() - {"content_timeout_s"}


def note(record_property: Callable[[str, object], None], group: str, transport: str, seat: Seat) -> None:
    record_property("reliability", (group, transport, seat.runs, 0, 0, 0))
    slow = [f"{took:.0f} ms" for took in seat.key_ms if took > KEY_MS]
    record_property("keys", (len(seat.key_ms), max(seat.key_ms)))
    assert seat.short == []
    assert len(slow) <= max(_FEW_KEYS, ALLOWED_SLOW * len(seat.key_ms)), slow


@NIGHTLY
@ALL
async def test_every_case_is_told_on_the_screen(
    transport: str, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    cases = (which for which in CASES if is_played_here(which, transport) and is_usual(which))
    note(record_property, "the matrix, in a terminal", transport, await plays_all(cases, transport, tmp_path, *CLOCKS))


@NIGHTLY
@pytest.mark.parametrize("transport", ["direct", "sse"])
async def test_retries_and_resumptions_are_told_on_the_screen(
    transport: str, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    cases = (which for which in CASES if is_played_here(which, transport) and not is_usual(which))
    seat = await plays_all(cases, transport, tmp_path, *CLOCKS, "--retries", "2", "--resume")
    note(record_property, "retries and resumptions, in a terminal", transport, seat)


@ALL
async def test_a_host_without_address_is_told_on_the_screen(transport: str, tmp_path: Path) -> None:
    url = "https://no-such-host.invalid" + ("/v1" if transport == "direct" else "")
    arguments = ("--transport", transport, "--url", url, "--model", "m", "go")
    async with Terminal((120, 40), *arguments, folder=tmp_path, environ=KEYS) as terminal:
        await terminal.until("✗ FAILED", "The host name was not found", "no-such-host.invalid")
        await quit_cleanly(terminal)
        assert KEY.encode() not in terminal.raw
