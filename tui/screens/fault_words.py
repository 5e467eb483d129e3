"""The faults that a gateway can be asked for, in the words of the palette and the prompt line. Pure."""

from __future__ import annotations

import re

FAULT_LINES = {
    "stall": "nothing more comes, the connection stays open",
    "cut": "the connection closes in the middle",
    "slow-first": "the first event comes late; after N waits N s",
    "burst": "all is held back and comes in one lump",
    "merge-frames": "four events come in one piece",
    "split-utf8": "each character of other scripts comes in two pieces",
    "drop-done": "the end mark is left out",
    "bad-json": "the JSON of one event is broken",
    "crlf": "lines end with CR LF",
    "duplicate": "each event comes twice",
    "ping-only": "nothing but keep-alives comes from there on",
}
"""Name on the wire, and what the client will see."""
_NUMBERED = re.compile(r"(?:fault: *)?([a-z0-9][a-z0-9 -]*?)[ :]+after[ =]+([0-9]{1,6})", re.IGNORECASE)


def fault_words(fault: str) -> str:
    """A fault as people say it: `cut after 20`, `slow first`."""
    name, _, after = fault.partition(":after=")
    return name.replace("-", " ") + (f" after {after}" if after else "")


def typed_fault(text: str) -> str | None:
    """The fault that `cut after 20` means, as it stands on the wire; None for what is none."""
    typed = _NUMBERED.fullmatch(text.strip())
    name = typed[1].strip().lower().replace(" ", "-") if typed else ""
    return f"{name}:after={int(typed[2])}" if typed and name in FAULT_LINES else None
