"""Pane 4: numbers in fixed places, a cursor over them, definition sets and what they change, and the histogram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.core.made_runs import DONE, FINISH, delta, reasoning_stream, run_of, usage
from tui.core.derived_run import DerivedRun
from tui.core.metric_definitions import DEFINITIONS
from tui.core.metric_text import exact
from tui.core.run_facts import Metric
from tui.errors import UsageError
from tui.panes.metric_cells import (
    STAMP_KEY,
    MetricQuestion,
    changes_between,
    headline,
    label_of,
    same_named,
    written,
)
from tui.panes.note_rows import Note
from tui.panes.stats_pane import StatsPane

STEADY = [(100.0 + 20 * index, delta(content="word ")) for index in range(8)]


class PaneApp(App[None]):
    """The pane alone, of the size it has on the Live screen at 120x40."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[MetricQuestion] = []
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        yield StatsPane(id="stats")

    @on(StatsPane.MetricAsked)
    def asked(self, message: StatsPane.MetricAsked) -> None:
        self.questions.append(message.question)

    def copy_text(self, text: str) -> None:
        self.copied.append(text)

    @property
    def pane(self) -> StatsPane:
        return self.query_one(StatsPane)

    def show(self, run: DerivedRun, *notes: str, stamp_error_s: float | None = None) -> None:
        end_s = run.capture.end.at if run.capture.end is not None else None
        said = [Note(note) for note in notes]
        self.pane.show_stats(
            run.stats, said, "the hint", arrivals=run.arrivals, now_s=end_s, stamp_error_s=stamp_error_s
        )

    @property
    def rows(self) -> list[str]:
        pane = self.pane
        return ["".join(span.text for span in pane.row_spans(row)) for row in range(pane.row_count)]


@asynccontextmanager
async def showing(
    run: DerivedRun | None = None, size: tuple[int, int] = (50, 7)
) -> AsyncIterator[tuple[PaneApp, Pilot[None]]]:
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        app.pane.focus()
        if run is not None:
            app.show(run, stamp_error_s=0.0003)
        await pilot.pause()
        yield app, pilot


async def test_the_first_rows_say_what_matters_most() -> None:
    async with showing(run_of([*STEADY, (260, FINISH), (261, DONE)])) as (app, _):
        assert app.rows[0].split() == ["▸TTFT", "0.10", "s", "TTFO", "0.10", "s", "50", "tok/s~", "stalls", "0"]
        assert app.rows[1].split() == ["gap", "p50", "20", "ms", "max", "20", "ms", "stamps", "±0.3", "ms"]
        assert app.pane.title_info == "M streamscope"


@pytest.mark.parametrize("size", [(50, 7), (80, 4), (40, 10), (120, 40), (75, 25), (12, 5)])
async def test_numbers_fit_and_keep_their_place_when_they_change(size: tuple[int, int]) -> None:
    async with showing(run_of(STEADY, outcome=None), size) as (app, _):
        labels = ("TTFT", "TTFO", "stalls", "gap p50", "max", "stamps", "TTFB", "E2E", "hold max")
        before = [(row.find(label), index) for index, row in enumerate(app.rows) for label in labels if label in row]
        app.show(run_of([(at * 90, text) for at, text in STEADY]), stamp_error_s=0.0123)
        after = [(row.find(label), index) for index, row in enumerate(app.rows) for label in labels if label in row]
        if size[0] >= 40:
            assert after == before
            assert max(len(row.rstrip()) for row in app.rows) <= size[0]
        assert "9.00 s" in "".join(app.rows)


async def test_what_is_not_defined_reads_not_available_and_never_zero() -> None:
    async with showing(run_of(STEADY[:1], outcome=None)) as (app, _):
        drawn = " ".join(" ".join(app.rows).split())
        for label in ("gap p50", "max", "TTST", "jitter", "ITL", "prompt", "server queue", "longest"):
            assert f" {label} n/a" in drawn
        assert "n/a tok/s" in drawn
        app.show(run_of(STEADY[:1], outcome=None))
        assert "stamps n/a" in " ".join(app.rows)


async def test_a_capture_without_times_says_so_and_has_no_time_numbers() -> None:
    run = run_of([(0, text) for _, text in STEADY], head_ms=0, sent_ms=None)
    async with showing(run) as (app, pilot):
        drawn = " ".join(" ".join(app.rows).split())
        assert "TTFT n/a" in drawn
        assert "n/a: no times" in drawn
        assert "tokens 8~" in drawn
        await pilot.press("v")
        assert "n/a: no times" in " ".join(app.rows)


async def test_without_text_stands_the_hint_and_after_a_failure_the_notes_alone() -> None:
    async with showing() as (app, pilot):
        app.pane.show_stats(None, [], "the hint")
        assert app.rows == ["the hint"]
        run = run_of([(5, delta(role="assistant"))], outcome=None)
        app.show(run)
        assert app.rows == ["the hint"]
        await pilot.press("enter", "down", "right", "G", "v", "enter", "y", "v")
        assert not app.questions
        assert not app.copied
        app.show(run, "what went wrong")
        assert app.rows == [" what went wrong"]


async def test_notes_stand_right_under_the_fixed_rows_in_view() -> None:
    async with showing() as (app, pilot):
        app.show(run_of(STEADY), *(f"receipt {line}" for line in range(5)))
        await pilot.pause()
        assert app.rows[2:7] == [f" receipt {line}" for line in range(5)]
        assert app.pane.scroll_offset.y == 0


async def test_the_cursor_visits_every_number_and_enter_asks_for_it() -> None:
    run = run_of(reasoning_stream())
    async with showing(run) as (app, pilot):
        keys = []
        for _ in range(200):
            await pilot.press("enter")
            keys.append(app.questions[-1].key)
            await pilot.press("right")
            if app.pane.chosen_key == keys[-1]:
                break
        assert len(keys) == len(set(keys))
        assert set(keys) == {metric.key for metric in run.stats.metrics()} | {STAMP_KEY}
        question = app.questions[0]
        assert (question.stats, question.key, question.definition) == (run.stats, "ttft_s", "streamscope")
        assert question.stamp_error_s == 0.0003


async def test_the_cursor_moves_by_rows_and_stays_in_view() -> None:
    async with showing(run_of(reasoning_stream())) as (app, pilot):
        pane = app.pane
        moves = (
            ("down", "gap_p50_s"),
            ("right", "gap_max_s"),
            ("k", "ttfo_s"),
            ("up", "ttfo_s"),
            ("left", "ttft_s"),
            ("left", "ttft_s"),
            ("j", "gap_p50_s"),
        )
        for key, expected in moves:
            await pilot.press(key)
            assert pane.chosen_key == expected
        for key in ("G", "end"):
            await pilot.press("g", key)
            cursor = next(index for index, row in enumerate(app.rows) if "▸" in row)
            assert cursor == len(app.rows) - 1
            assert pane.scroll_offset.y <= cursor < pane.scroll_offset.y + pane.size.height
        await pilot.press("home")
        assert pane.chosen_key == "ttft_s"
        assert pane.scroll_offset.y == 0


async def test_new_numbers_do_not_scroll_the_pane_away() -> None:
    async with showing(run_of(STEADY, outcome=None)) as (app, pilot):
        app.show(run_of(reasoning_stream()), "one more row", "and one more")
        await pilot.pause()
        assert app.pane.scroll_offset.y == 0


async def test_a_click_chooses_a_number() -> None:
    async with showing(run_of(STEADY)) as (app, pilot):
        place = app.rows[1].index("stamps")
        await pilot.click(StatsPane, offset=(place, 1))
        assert app.pane.chosen_key == STAMP_KEY


async def test_the_cursor_is_seen_without_colour_and_only_with_the_focus() -> None:
    async with showing(run_of(STEADY)) as (app, pilot):
        assert sum(row.count("▸") for row in app.rows) == 1
        app.set_focus(None)
        await pilot.pause()
        assert not any("▸" in row for row in app.rows)


async def test_another_set_keeps_the_places_and_says_what_it_changed() -> None:
    run = run_of(reasoning_stream())
    async with showing(run) as (app, pilot):
        pane = app.pane
        pane.set_definition("vllm")
        assert pane.title_info == "M vLLM"
        assert "TTFT 0.20 s" in app.rows[0]
        assert "TTFT 0.60 -> 0.20 s" in "\n".join(app.rows)
        assert "TTFO 1.70 s -> n/a" in "\n".join(app.rows)
        assert DEFINITIONS["vLLM"][:30] in "".join(app.rows)
        marked = [row[row.index("*") :] for row in app.rows[:2] if "*" in row]
        assert marked[0].startswith("*TTFO n/a")
        await pilot.press("down")
        drawn = "\n".join(app.rows)
        assert "->" not in drawn
        assert "*" not in drawn
        assert "TTFT 0.20 s" in drawn


async def test_m_goes_through_all_sets_and_back() -> None:
    run = run_of(reasoning_stream())
    async with showing(run) as (app, _):
        seen = []
        for _ in DEFINITIONS:
            seen.append(app.pane.definition)
            app.pane.next_definition()
            told = same_named("ttft_s", run.stats.metrics(app.pane.definition))
            assert told is not None
            assert written(told) in app.rows[0]
        assert seen == list(DEFINITIONS)
        assert app.pane.definition == "streamscope"
        with pytest.raises(UsageError, match="vLLM"):
            app.pane.set_definition("none such")


async def test_a_set_can_be_chosen_before_there_is_any_number() -> None:
    async with showing() as (app, _):
        app.pane.set_definition("OTel")
        app.show(run_of(reasoning_stream()))
        assert "TTFC 0.20 s" in app.rows[0]


async def test_v_shows_the_histogram_and_the_speed_and_back() -> None:
    run = run_of(reasoning_stream())
    async with showing(run) as (app, pilot):
        await pilot.press("v")
        drawn = "\n".join(app.rows)
        assert "49 gaps" in drawn
        assert "│100 ms" in drawn
        assert app.rows[-1].startswith("tok/s ")
        assert len(app.rows) <= 7
        assert app.pane.title_info == "v numbers"
        await pilot.press("enter")
        assert app.questions[-1].key == "gap_p50_s"
        await pilot.press("y")
        assert "│100 ms" in app.copied[-1]
        await pilot.press("v")
        assert "TTFT" in app.rows[0]


async def test_y_copies_all_numbers_with_their_digits_and_estimates_marked() -> None:
    run = run_of([*STEADY, (260, FINISH), (261, DONE)])
    async with showing(run) as (app, pilot):
        await pilot.press("y")
        lines = app.copied[-1].splitlines()
        assert "streamscope" in lines[0]
        assert len(lines) == 1 + len(run.stats.metrics()) + 1
        told = {line.rsplit("  ", 1)[0].strip(): line.rsplit("  ", 1)[1] for line in lines[1:]}
        assert told["TTFT"] == "0.1000 s"
        assert told["output tokens"] == "8 tokens~"
        assert told["TTST"] == "0.0200 s"
        assert told["ITL"] == "n/a"
        assert told["stamp error"] == "0.0003 s"


async def test_a_server_that_lies_about_its_times_breaks_no_row() -> None:
    huge = (("content-type", "text/event-stream"), ("server-timing", "queue;dur=1e300, total;dur=1e-300"))
    async with showing(run_of(STEADY, headers=huge)) as (app, _):
        drawn = " ".join(" ".join(app.rows).split())
        assert "server queue 1.0e+297 s" in drawn
        assert "server total 0.0 ms" in drawn


def test_every_number_of_every_set_has_a_label_that_fits() -> None:
    stats = run_of(reasoning_stream()).stats
    for name in DEFINITIONS:
        labels = [label_of(metric.key) for metric in stats.metrics(name)]
        assert all(0 < len(label) <= 12 for label in labels)
        assert len(labels) == len(set(labels))


def made(key: str, value: float | None, unit: str = "s", *, is_estimate: bool = False) -> Metric:
    return Metric(key, key, value, unit, "", is_estimate=is_estimate)


@pytest.mark.parametrize(
    ("key", "value", "unit", "short", "long"),
    [
        ("ttft_s", 0.3104, "s", "0.31 s", "0.3104 s"),
        ("ttft_s", 0.0042, "s", "4.2 ms", "0.0042 s"),
        ("ttft_s", 0.0, "s", "0.0 ms", "0.0000 s"),
        ("ttft_s", 99.994, "s", "99.99 s", "99.9940 s"),
        ("ttft_s", 123.45, "s", "123.5 s", "123.4500 s"),
        ("ttft_unexplained_s", -0.25, "s", "-0.25 s", "-0.2500 s"),
        ("gap_p50_s", 0.024, "s", "24 ms", "0.0240 s"),
        ("gap_max_s", 0.9, "s", "900 ms", "0.9000 s"),
        ("gap_max_s", 0.9996, "s", "1.00 s", "0.9996 s"),
        ("tokens_per_s", 38.6, "tok/s", "39 tok/s", "38.60 tok/s"),
        ("tokens_per_s", 3.26, "tok/s", "3.3 tok/s", "3.26 tok/s"),
        ("tokens_per_s", 20400.0, "tok/s", "20k tok/s", "20400.00 tok/s"),
        ("stall_share", 0.245, "share", "24.5 %", "24.50 %"),
        ("stalls", 0.0, "", "0", "0"),
        ("frames_per_read", 1.014, "frames/read", "1.01", "1.01 frames/read"),
        ("ttft_s", None, "s", "n/a", "n/a"),
        ("ttft_s", float("nan"), "s", "n/a", "n/a"),
        ("ttft_s", float("inf"), "s", "n/a", "n/a"),
    ],
)
def test_values_are_written_short_and_exactly(key: str, value: float | None, unit: str, short: str, long: str) -> None:
    metric = made(key, value, unit)
    assert (written(metric), exact(metric)) == (short, long)
    if "n/a" not in short:
        guessed = replace(metric, is_estimate=True)
        assert (written(guessed), exact(guessed)) == (f"{short}~", f"{long}~")


def test_changes_are_told_by_what_is_shown() -> None:
    before = [made("ttft_s", 0.31), made("ttfo_s", 0.31), made("e2e_s", 2.0), made("gap_p50_s", 0.02)]
    after = [made("ttft_s", 0.21), made("ttfo_s", 0.3101), made("e2e_s", 2.5), made("icl_p50_s", 0.02)]
    assert list(changes_between(before, after).values()) == ["TTFT 0.31 -> 0.21 s", "E2E 2.00 -> 2.50 s"]
    assert changes_between(before, before) == {}
    lacking = changes_between(before, [made("ttft_s", 0.05)])
    assert lacking["ttft_s"] == "TTFT 0.31 s -> 50 ms"
    assert lacking["ttfo_s"] == "TTFO 0.31 s -> n/a"


def test_the_number_of_another_set_is_found_by_its_key_then_by_its_family() -> None:
    assert same_named("gap_p50_s", [made("itl_p50_s", 1.0), made("icl_p50_s", 2.0)]) == made("icl_p50_s", 2.0)
    assert same_named("ttft_s", [made("ttfc_s", 1.0)]) == made("ttfc_s", 1.0)
    assert same_named("ttfc_s", [made("ttft_s", 1.0), made("ttfc_s", 2.0)]) == made("ttfc_s", 2.0)
    assert same_named("stalls", [made("ttft_s", 1.0)]) is None
    first, _ = headline([made("ttfc_s", 1.0)], None)
    assert [cell.text for cell in first] == ["TTFC 1.00 s", "TTFO n/a", "n/a tok/s", "stalls n/a"]


async def test_tokens_from_usage_are_no_estimate() -> None:
    async with showing(run_of([*STEADY, (260, FINISH), (261, usage(5, 15)), (262, DONE)])) as (app, _):
        drawn = " ".join(" ".join(app.rows).split())
        assert " 100 tok/s stalls" in drawn
        assert "tokens 15 " in drawn
        assert "prompt 5" in drawn
