"""Faults that the gateway makes on purpose, so that a person can see how a client takes them: names and words.

What each does to the bytes is in fault_sender; who may ask for one in fault_guard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FAULT_GRACE_S = 10.0
"""How long an answer whose connection was cut on purpose waits for its client to come back."""
FAULTS: dict[str, tuple[int, str]] = {
    "stall": (5, "sends nothing more, and leaves the connection open"),
    "cut": (5, "closes the connection in the middle"),
    "slow-first": (3, "waits before the first event; N is seconds"),
    "burst": (0, "holds everything back and sends it in one lump, as a buffering proxy does"),
    "merge-frames": (0, "sends four events in one piece"),
    "split-utf8": (0, "writes other scripts unescaped and sends each character in two pieces"),
    "drop-done": (0, "leaves out the end mark and ends cleanly"),
    "bad-json": (5, "breaks the JSON of one event and goes on"),
    "crlf": (0, "ends lines with CR LF"),
    "duplicate": (0, "sends each event twice"),
    "ping-only": (5, "sends nothing but keep-alives from there on"),
}
"""The default of N, and what it does from event N on."""
_WRITTEN = re.compile(r"([a-z0-9-]{1,20})(?::after=([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what happens, and after how many events (slow-first: seconds)."""

    name: str
    after: int


class ConnectionCutError(Exception):
    """The connection is to be closed where it stands: what a fault asks for."""


def parse_fault(text: str) -> Fault:
    """The fault that `NAME` or `NAME:after=N` means. Raises ValueError with the names that there are."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None or written[1] not in FAULTS:
        raise ValueError(f"expected NAME or NAME:after=N with a name of {', '.join(FAULTS)}")
    name, after = written[1], written[2]
    return Fault(name, FAULTS[name][0] if after is None else int(after))
