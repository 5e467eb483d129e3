"""F1 where a problem stands says more of it: what it means, and the evidence."""

from __future__ import annotations

import pytest

from tests.screens.app_driver import running_app
from tests.screens.test_help_screen import help_text
from tests.screens.test_problem_words import HEAD, SENT, TEXT, ended, run_of
from tui.config import Settings
from tui.core.capture import CaptureEnd, CaptureHeader, Record
from tui.core.chunks import Outcome, StreamProblem
from tui.core.problem_meanings import meaning_of
from tui.screens.problem_help import problem_help


def test_it_holds_meaning_evidence_and_next_step() -> None:
    run = ended(StreamProblem.of("reset", "cut"), SENT, HEAD, TEXT)
    told = problem_help(run, lambda words: words.replace("{run.again}", "ctrl+r"), {})
    assert told is not None
    assert (told.title, told.text) == ("▲ The stream was cut", meaning_of("reset"))
    terms = dict(told.terms)
    assert terms["frame"].startswith("the last one is 2, of ")
    assert terms["byte"] == f"{len(TEXT.data)} came, in 1 reads"
    assert terms["header"] == "status 200; content-type: text/event-stream"
    assert (terms["kind"], terms["next"][:6]) == ("reset", "ctrl+r")
    assert "after frame 3" in terms["what came"]


def test_before_a_head_it_says_so_and_without_a_problem_nothing() -> None:
    told = problem_help(ended(StreamProblem.of("dns", "no such host")), str, {})
    assert told is not None
    assert {("frame", "none came"), ("header", "no head came")} <= set(told.terms)
    assert problem_help(run_of(SENT, HEAD, TEXT), str, {}) is None
    assert problem_help(None, str, {}) is None


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_it_comes_first_in_the_help_of_a_pane_that_shows_it(key: str) -> None:
    problem = StreamProblem.of("dns", "no address \x1b]0;x\x07 found")
    records: list[Record] = [
        CaptureHeader("sse", "http://h", {}, clock=0.0),
        SENT,
        CaptureEnd(1.0, Outcome.FAILED, problem),
    ]
    async with running_app(Settings(url="http://127.0.0.1:9"), records=records) as (app, pilot):
        await pilot.press("escape", "1")
        shown = await help_text(app, pilot, key)
        assert shown.startswith("▲ The host name was not found")
        assert "no head came" in shown
        assert "\x1b" not in shown
        await pilot.press("2")
        assert "host name" not in await help_text(app, pilot, key)
