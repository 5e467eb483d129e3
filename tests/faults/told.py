"""Whether a screen tells a case: its lamp, its problem, its words and its text, as a person reads them.

Nothing of a run is looked at, only what stands in the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.faults.fault_cases import Case
from tests.pty.terminal import Terminal
from tui.core.problem_kinds import title_of
from tui.core.sanitize import sanitize

DONE = "✓ COMPLETED"
CANCELLED = "■ CANCELLED at"
LAMPS = {
    "done": (DONE,),
    "incomplete": ("◐ INCOMPLETE",),
    "error": ("✗ FAILED",),
    "cancelled": (CANCELLED,),
    "any_visible": (DONE, "◐ INCOMPLETE", "✗ FAILED"),
}
ENDED = tuple({lamp for lamps in LAMPS.values() for lamp in lamps})
KNOWN = {
    *("state", "alt_state", "kind", "alt_kind", "hint_contains", "shown", "note"),
    *("text", "text_any", "text_contains", "text_len", "text_min_tokens"),
}
# What `shown` and `note` of a case ask for, in the app's own words.
WORDS = {
    "F002": ("Connection refused", "Nothing listens at 127.0.0.1:"),
    "F009": ("◌ RETRYING 2 of 3 in", "(429)"),
    "F011": ("Status 200, text/html", "Sign in"),
    "F019": ("1 remark: no [DONE] came",),
    "F020": ("1 remark: no finish_reason came",),
    "F026": ("upstream exploded",),
    "F027": ("stopped: length",),
    "F028": ("stopped: content_filter",),
    "F049": ("1001",),
    "F050": ("1011",),
    "F051": ("1013",),
}
MOMENTARY = {"F009"}
"""Words that stand there only before the end."""
# Problems that are told with the run itself, under a title of their own, and such as are told more finely.
_TITLES = {
    "idle_timeout": ("Nothing came for",),
    "no_terminal": (title_of("http_204"),),
    "truncated": (title_of("decode"),),
    "reset": (title_of("disconnected"),),
}
_FINER = {"reset": ("disconnected",), "no_terminal": ("http_204",), "content_type": ("server_error",)}
_JOINER = "\u200d"  # the terminal of the tests loses what stands behind it in a line
_COUNT = re.compile(r"1 text \D*(\d+) char")


def lamp_of(terminal: Terminal) -> str:
    """Which end the lamp shows; empty while a run is open."""
    first = terminal.text.partition("\n")[0]
    return next((lamp for lamp in ENDED if lamp in first), "")


def text_of(terminal: Terminal) -> str:
    """What stands in pane 1, blanks left out, before what is said about the run."""
    return "".join("".join(row.split()) for row in _answer_rows(terminal))


def falls_short(case: Case, terminal: Terminal) -> list[str]:
    """What of a case is not told, in words; nothing when all of it is."""
    return [*_lamp(case, terminal), *_problem(case, terminal), *_words(case, terminal), *_text(case, terminal)]


def _answer_rows(terminal: Terminal) -> Iterator[str]:
    rows = iter(terminal.text.split("\n"))
    while "╭─ 1 text" not in next(rows, "╭─ 1 text"):
        pass
    for row in rows:
        inside = row.split("│")[1].strip() if row.startswith("│") else ""
        if not inside or inside.startswith(("▲", "Cancelled at ")):
            return
        yield inside


def _lamp(case: Case, terminal: Terminal) -> list[str]:
    allowed = LAMPS[case.expect["state"]] + (LAMPS["done"] if "alt_state" in case.expect else ())
    lamp = lamp_of(terminal)
    return [] if lamp in allowed else [f"{lamp or 'no end'}, not {allowed}"]


def _problem(case: Case, terminal: Terminal) -> list[str]:
    """Its kind is in the lamp of a failure, else its title is told; a next step is told with either."""
    lamp = lamp_of(terminal)
    if lamp in (DONE, CANCELLED):
        return []
    kind, found = case.expect.get("kind"), list[str]()
    rows = [row for row in terminal.text.split("\n") if "▲ " in row]
    if not rows:
        found.append("no problem is told")
    kinds = [] if kind is None else [kind, case.expect.get("alt_kind", kind), *_FINER.get(kind, ())]
    titles = [title for name in kinds for title in (title_of(name), *_TITLES.get(name, ()))]
    first = terminal.text.partition("\n")[0]
    is_told = any(title in row for title in titles for row in rows)
    if kinds and not is_told and not any(f"✗ FAILED  {name}" in first for name in kinds):
        found.append(f"it does not tell {kinds}: {first.strip()} {rows}")
    if case.expect.get("hint_contains", "") not in terminal.one_line.lower():
        found.append(f"it does not say {case.expect['hint_contains']!r}")
    return found


def _words(case: Case, terminal: Terminal) -> list[str]:
    words = () if case.id in MOMENTARY else WORDS.get(case.id, ())
    return [f"it does not say {word!r}" for word in words if word not in terminal.one_line]


def _text(case: Case, terminal: Terminal) -> list[str]:
    expect, found, text = case.expect, list[str](), text_of(terminal)
    is_other_state = "alt_state" in expect and lamp_of(terminal) not in LAMPS[expect["state"]]
    wanted = [expect["text"]] if "text" in expect and not is_other_state else expect.get("text_any", [])
    if wanted and not any(_is_shown(option, terminal) for option in wanted):
        found.append(f"text {text[:80]!r} ({_count(terminal)} characters), none of {wanted!r}")
    if _drawn(expect.get("text_contains", "")) not in text:
        found.append(f"text without {expect['text_contains']!r}")
    if expect.get("text_len", _count(terminal)) != _count(terminal):
        found.append(f"{_count(terminal)} characters, not {expect['text_len']}")
    if text.count("tok") < expect.get("text_min_tokens", 0):
        found.append(f"only {text.count('tok')} tokens")
    return found


def _is_shown(text: str, terminal: Terminal) -> bool:
    """Whether a text is all that stands in pane 1, and as many characters are counted."""
    shown = text_of(terminal)
    if _JOINER in text:
        is_there = shown.startswith(_drawn(text.partition(_JOINER)[0])) and text.encode() in terminal.raw
    else:
        is_there = shown == _drawn(text)
    return is_there and _count(terminal) == len(text)


def _drawn(text: str) -> str:
    return "".join(sanitize(text).split())


def _count(terminal: Terminal) -> int | None:
    found = _COUNT.search(terminal.text)
    return None if found is None else int(found[1])
