"""The forms in which a run is handed on, but for its picture, which needs a screen: the bytes of the file. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tui.core.derived_run import DerivedRun
from tui.core.exports.card_text import card_lines
from tui.core.exports.har_export import har_text
from tui.core.exports.markdown_report import markdown_report
from tui.core.exports.pytest_module import pytest_module
from tui.core.exports.sse_text import sse_bytes

SVG: Final = "svg"


class ExportForm(NamedTuple):
    """A form: its name in commands, its `title` in lists, what it is good for; its file is `before` stem `after`."""

    name: str
    title: str
    line: str
    before: str
    after: str


FORMS: Final = {
    form.name: form
    for form in (
        ExportForm("har", "har", "opens in browsers' tools, and here again as the very same capture", "", ".har"),
        ExportForm("sse", "sse", "the event stream, byte for byte", "", ".sse"),
        ExportForm("text", "text", "the answer alone", "", ".txt"),
        ExportForm("md", "md", "a report for an issue: numbers, arrivals, suspicious frames", "", ".md"),
        ExportForm(SVG, SVG, "the screen as a picture", "", ".svg"),
        ExportForm("card", "card", "12 lines of text for a chat", "", "-card.txt"),
        ExportForm("pytest", "pytest fixture", "a test that plays the bytes back, read for read", "test_", ".py"),
    )
}
OF_SEVERAL: Final = ("har", "card")


@dataclass(frozen=True, slots=True)
class NamedRun:
    """A run that ended: the name of its file, what that lacks, and its name as the lane of a card, which may be ""."""

    name: str
    run: DerivedRun
    notes: Sequence[str] = ()
    lane: str = ""


def export_bytes(form: str, runs: Sequence[NamedRun], *, version: str, with_hosts: bool = False) -> bytes:
    """One run, or several in a form of OF_SEVERAL, in a form. Raises ValueError for svg and a form that is none."""
    first = runs[0]
    match form:
        case "sse":
            return sse_bytes(first.run)
        case "har":
            text = har_text([each.run.capture.records() for each in runs], version)
        case "text":
            text = first.run.result.content if first.run.result is not None else ""
        case "md":
            text = markdown_report(first.run, first.name, version, list(first.notes))
        case "pytest":
            text = pytest_module(first.run, first.name, version)
        case "card":
            lanes = [(each.lane, each.run) for each in runs]
            text = "\n".join(card_lines(lanes, version=version, with_hosts=with_hosts))
        case _:
            raise ValueError(f"{form} is not made of bytes alone")
    return text.encode("utf-8", "replace") + (b"" if text.endswith("\n") or form == "text" else b"\n")
