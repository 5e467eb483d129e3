"""The one-line words of the Live screen: what is open counts, and what does not fit ends with a sentence."""

from __future__ import annotations

import pytest

from tests.core.made_runs import delta, run_of
from tests.screens.app_driver import demo_records, line_text, running_app, shown_title, until
from tests.screens.test_live_screen import NOWHERE
from tui.screens.live_words import short_numbers
from tui.screens.small_lines import whole_sentences

OPEN_BLOCK = 20  # records of the demo, within its first code block


def test_a_stall_that_goes_on_is_counted_and_named() -> None:
    reads = [(100.0 + 20 * index, delta(content="word ")) for index in range(20)]
    stats = run_of(reads, outcome=None).stats
    assert short_numbers(stats, 0.5) == ["TTFT 0.10 s", "stalls 0"]
    assert short_numbers(stats, 2.0) == ["TTFT 0.10 s", "stalls 1, open"]


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (99, "streams: 5 frames in 5 reads. 1 stall. Silent for 0.50 s now."),
        (40, "streams: 5 frames in 5 reads. 1 stall."),
        (5, "streams: 5 frames in 5 reads."),
    ],
)
def test_a_line_ends_with_a_whole_sentence(room: int, shown: str) -> None:
    assert whole_sentences("streams: 5 frames in 5 reads. 1 stall. Silent for 0.50 s now.", room) == shown


async def test_an_extract_that_still_grows_is_counted() -> None:
    records = demo_records("code")[:OPEN_BLOCK]
    async with running_app(NOWHERE, records=records) as (app, pilot):
        pipeline = app.controller.derived.pipeline if app.controller.derived is not None else None
        assert pipeline is not None
        assert pipeline.code_parser.open_block is not None
        assert not pipeline.code_blocks
        await until(pilot, lambda: shown_title(app, "extracts") == "3 extracts code 1 json 0 tools 0")
    async with running_app(NOWHERE, records=records, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "3 extracts 1" in line_text(app, "tabs"))


async def test_the_line_of_the_prompt_names_the_key_that_edits_it_where_another_pane_has_the_focus() -> None:
    async with running_app(NOWHERE, records=demo_records("markdown")) as (app, pilot):
        assert line_text(app, "next") == "next: SSE   enter sends"
        await pilot.press("tab")
        await until(pilot, lambda: line_text(app, "next") == "next: SSE   i edit  enter sends")
