"""Whether a run ended as its case says. Each function gives what falls short, in words, else nothing.

`KNOWN` are the keys of `expect` that are judged here. What needs a screen, a process or hands is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.faults.fault_cases import Case
from tests.faults.fault_link import Note
from tui.core.capture import Marker, Record
from tui.core.capture_codec import decode_line, encode_record
from tui.core.chunks import Outcome, StreamProblem, StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.problem_kinds import kind_exists, title_of

KNOWN = {
    *("state", "kind", "alt_kind", "alt_state", "text", "text_any", "text_contains", "text_len", "text_min_tokens"),
    *("max_s", "attempts", "retries_max", "hint_contains", "upstream_gone_ms_max", "client_close_code", "check_log"),
    *("must_not", "must_not_show", "then", "note"),
}
OUTCOMES = {
    "done": Outcome.COMPLETED,
    "incomplete": Outcome.INCOMPLETE,
    "error": Outcome.FAILED,
    "cancelled": Outcome.CANCELLED,
}
# Where the app tells two things apart that a case does not.
_FINER = {
    "reset": {"disconnected"},  # a WebSocket before its handshake does not say which
    "no_terminal": {"http_204"},
    "truncated": {"decode"},
    "content_type": {"server_error"},  # an error object that a 200 carries
}


def falls_short(case: Case, result: StreamResult) -> list[str]:
    """Outcome, text and problem."""
    return [*_outcome(case, result), *_text(case, result), *_problem(case, result)]


def _outcome(case: Case, result: StreamResult) -> list[str]:
    expect = case.expect
    if expect["state"] == "any_visible":
        return []
    allowed = {OUTCOMES[expect["state"]]}
    if "alt_state" in expect:
        assert expect["alt_state"] == "done with text hi"
        allowed |= {Outcome.COMPLETED} if result.content == "hi" else set()
    return [] if result.outcome in allowed else [f"outcome {result.outcome}, not {expect['state']}"]


def _text(case: Case, result: StreamResult) -> list[str]:
    expect, text, found = case.expect, result.content, list[str]()
    is_other_state = "alt_state" in expect and result.outcome is not OUTCOMES[expect["state"]]
    if "text" in expect and not is_other_state and text != expect["text"]:
        found.append(f"text {text[:80]!r}, not {expect['text'][:80]!r}")
    if "text_any" in expect and text not in expect["text_any"]:
        found.append(f"text {text!r}, none of {expect['text_any']!r}")
    if expect.get("text_contains", "") not in text:
        found.append(f"text without {expect['text_contains']!r}")
    if len(text) != expect.get("text_len", len(text)):
        found.append(f"{len(text)} characters, not {expect['text_len']}")
    if text.count("tok") < expect.get("text_min_tokens", 0):
        found.append(f"only {text.count('tok')} tokens")
    return found


def _problem(case: Case, result: StreamResult) -> list[str]:
    expect, problem = case.expect, result.problem
    if result.outcome in (Outcome.COMPLETED, Outcome.CANCELLED):
        return [] if problem is None else [f"a problem beside {result.outcome}: {problem}"]
    if problem is None:
        return ["no problem"]
    found = explained(problem)
    kind = expect.get("kind")
    allowed = {kind, expect.get("alt_kind"), *_FINER.get(kind or "", ())}
    if kind is not None and problem.kind not in allowed:
        found.append(f"kind {problem.kind!r}, not {kind!r}")
    said = f"{problem.message} {problem.hint}".lower()
    if expect.get("hint_contains", "") not in said:
        found.append(f"it does not say {expect['hint_contains']!r}: {said}")
    return found


def explained(problem: StreamProblem) -> list[str]:
    """Whether a problem has a kind of the closed set, a title, a sentence and a next step."""
    found = [] if kind_exists(problem.kind) else [f"no kind of the closed set: {problem.kind}"]
    for name, words in (("title", title_of(problem.kind)), ("sentence", problem.message), ("hint", problem.hint)):
        if not words.strip():
            found.append(f"{problem.kind} has no {name}")
    return found


def connections_short(case: Case, result_attempts: int, connections: int) -> list[str]:
    """How many connections were made, and how many were counted."""
    expect, found = case.expect, list[str]()
    if "attempts" in expect and (result_attempts, connections) != (expect["attempts"], expect["attempts"]):
        found.append(f"{connections} connections, {result_attempts} attempts, not {expect['attempts']}")
    if connections > expect.get("retries_max", connections) + 1:
        found.append(f"{connections} connections, at most {expect['retries_max'] + 1} are allowed")
    if "reconnect" in expect.get("must_not", "") and connections > 1:
        found.append("it connected again")
    return found


def far_end_short(case: Case, log: Sequence[Note], since: float, allowance_ms: float = 0.0) -> list[str]:
    """What the far end has to have seen: the client that left, the code of its close, the wait between connections."""
    expect, found = case.expect, list[str]()
    if "upstream_gone_ms_max" in expect:
        gone = next((note.at for note in log if note.what in ("cancel", "gone") and note.at >= since), None)
        if gone is None:
            found.append("the far end never saw the client leave")
        elif (gone - since) * 1000 > expect["upstream_gone_ms_max"] + allowance_ms:
            found.append(f"the far end saw it after {(gone - since) * 1000:.0f} ms")
    if "client_close_code" in expect:
        codes = [note.detail for note in log if note.what == "client_close"]
        if codes != [str(expect["client_close_code"])]:
            found.append(f"closed with {codes}, not {expect['client_close_code']}")
    if "check_log" in expect:
        assert expect["check_log"] == ">= 300 ms between connections"
        ended, again = ([note.at for note in log if note.what == what] for what in ("closed", "open"))
        if again[1] - ended[0] < 0.3:
            found.append(f"it came back after {(again[1] - ended[0]) * 1000:.0f} ms")
    return found


def replays_alike(records: Sequence[Record], result: StreamResult) -> list[str]:
    """Whether the capture, written and read again, says the same."""
    again = DerivedRun.of_records(decode_line(encode_record(record))[0] for record in records).result
    assert again is not None
    before, after = ((r.content, r.reasoning, r.outcome, r.problem) for r in (result, again))
    return [] if before == after else [f"its capture says {after!r} and the run {before!r}"]


def states_short(records: Sequence[Record]) -> list[str]:
    """Exactly one header, first, and exactly one end, last."""
    kinds = [type(record).__name__ for record in records]
    whole = kinds[0] == "CaptureHeader" and kinds[-1] == "CaptureEnd"
    is_once = kinds.count("CaptureHeader") == kinds.count("CaptureEnd") == 1
    return [] if whole and is_once else [f"{kinds.count('CaptureEnd')} ends, the last record is {kinds[-1]}"]


def secrets_in(things: Any, secrets: Sequence[str]) -> list[str]:
    """Which keys stand in something."""
    text = things if isinstance(things, str) else repr(things)
    return [f"the key {secret[:6]}... was shown" for secret in secrets if secret in text]


def marker_times(records: Sequence[Record], name: str) -> list[float]:
    """When the markers of a name came."""
    return [record.at for record in records if isinstance(record, Marker) and record.name == name]
