"""The receipt of a number: value, formula, anchors, source, and the same number in every other definition set."""

from __future__ import annotations

import pytest
from textual.app import App

from tests.core.made_runs import delta, reasoning_stream, run_of
from tests.screens.app_driver import until
from tui.core.metric_definitions import DEFINITIONS
from tui.core.metric_text import exact
from tui.core.stats import StreamStats
from tui.panes.metric_cells import STAMP_KEY, MetricQuestion, same_named
from tui.screens.metric_screen import MetricRows, MetricScreen, metric_rows


class ReceiptApp(App[None]):
    """Shows one receipt."""

    def __init__(self, question: MetricQuestion) -> None:
        super().__init__()
        self.question = question
        self.copied: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(MetricScreen(self.question))

    def copy_text(self, text: str) -> None:
        self.copied.append(text)

    @property
    def text(self) -> str:
        view = self.screen.query_one(MetricRows)
        return "\n".join("".join(span.text for span in view.row_spans(row)) for row in range(view.row_count))


def receipt(key: str, definition: str = "streamscope", stats: StreamStats | None = None, width: int = 80) -> str:
    question = MetricQuestion(stats or run_of(reasoning_stream()).stats, key, definition, 0.0003)
    return "\n".join("".join(span.text for span in row) for row in metric_rows(question, width))


def row_of(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.split()[:1] == [name])


def test_a_number_shows_its_formula_anchors_and_source() -> None:
    text = receipt("ttft_s")
    assert text.startswith("TTFT   0.6000 s")
    assert "First generated text of any channel (content, reasoning, tools) minus t0." in text
    assert "as AIPerf and guidellm" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["0.0000", "s", "request", "sent"] in lines
    assert ["0.6000", "s", "frame", "1", "first", "generated", "text"] in lines


def test_the_other_sets_stand_side_by_side_with_the_difference() -> None:
    text = receipt("ttft_s")
    assert row_of(text, "AIPerf").split() == ["AIPerf", "0.6000", "s", "same"]
    assert row_of(text, "vLLM").split() == ["vLLM", "0.2050", "s", "-0.3950", "s"]
    assert row_of(text, "llmperf").split() == ["llmperf", "1.7000", "s", "+1.1000", "s"]
    assert "a role-only one counts" in " ".join(text.split())
    assert "defines no such number" in row_of(receipt("stalls"), "AIPerf")
    assert row_of(receipt("ttft_s", "vLLM"), "streamscope").split()[-2:] == ["+0.3950", "s"]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_every_number_of_every_set_has_a_receipt_that_fits(definition: str) -> None:
    stats = run_of(reasoning_stream()).stats
    metrics = stats.metrics(definition)
    for metric in metrics:
        for width in (30, 88):
            text = receipt(metric.key, definition, stats, width)
            assert exact(metric) in text
            assert metric.formula.split()[-1] in text
            if width == 88:
                assert max(map(len, text.splitlines())) <= width
        for name in DEFINITIONS:
            other = same_named(metric.key, stats.metrics(name))
            if name != definition and other is not None:
                assert exact(other) in row_of(text, name)


def test_a_number_that_the_set_lacks_says_so_and_still_shows_the_others() -> None:
    text = receipt("stalls", "vLLM")
    assert "vLLM defines no such number." in text
    assert row_of(text, "streamscope").split()[1] == "1"


def test_a_number_that_is_not_defined_yet_is_not_zero() -> None:
    text = receipt("gap_p50_s", stats=run_of([(5, delta(content="a"))], outcome=None).stats)
    assert text.startswith("ICL p50   n/a")
    assert "rests on" not in text
    assert "this run does not define it" in text


def test_an_estimate_is_marked_and_explained() -> None:
    stats = run_of([(20 * index, delta(content="a")) for index in range(1, 9)]).stats
    text = receipt("tokens_per_s", stats=stats)
    assert "50.00 tok/s~" in text
    assert "no usage on the wire" in text
    assert "for want of usage" in text


def test_the_error_of_the_stamps_is_explained_and_belongs_to_no_set() -> None:
    text = receipt(STAMP_KEY)
    assert text.startswith("stamp error   0.0003 s")
    assert "stamped late, never early" in " ".join(text.split())
    assert "in the other sets" not in text
    question = MetricQuestion(run_of(reasoning_stream()).stats, STAMP_KEY, "streamscope")
    unknown = "".join(span.text for row in metric_rows(question, 80) for span in row)
    assert "n/a" in unknown
    assert "unknown" in unknown


def test_what_a_server_wrote_is_made_safe() -> None:
    hostile = 'queue;dur=5;desc="\x1b[2J", \x9b[/bold]\u202e;dur=3'
    headers = (("content-type", "text/event-stream"), ("server-timing", hostile))
    stall = [(20.0 * index, delta(content="a")) for index in range(1, 20)]
    stall += [(2000.0, delta(content="\x1b]52;c;eA==\x07 \u202e[/x]")), (4000.0, delta(content="b"))]
    stats = run_of(stall, headers=headers).stats
    for metric in stats.metrics():
        text = receipt(metric.key, stats=stats)
        assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(text)
    assert "header Server-Timing queue" in receipt("server_queue_s", stats=stats)


@pytest.mark.parametrize("key", ["escape", "q", "enter"])
async def test_its_keys_close_it(key: str) -> None:
    app = ReceiptApp(MetricQuestion(run_of(reasoning_stream()).stats, "ttft_s", "streamscope"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MetricScreen) and "TTFT" in app.text)
        await pilot.press("y")
        assert "0.6000 s" in app.copied[-1]
        assert "llm-scope" in app.copied[-1]
        await pilot.press(key)
        assert not isinstance(app.screen, MetricScreen)


async def test_it_stays_true_while_the_run_goes_on() -> None:
    run = run_of([(20, delta(content="a")), (40, delta(content="b"))], outcome=None)
    stats = run.stats
    app = ReceiptApp(MetricQuestion(stats, "tokens", "streamscope"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MetricScreen) and "2 tokens~" in app.text)
        stats.note_chunk(run.chunks[-1])
        await until(pilot, lambda: "3 tokens~" in app.text)
