"""The server's own times, from every place where one is known to stand, and from none where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_runs import DONE, FINISH, delta, event, run_of
from tui.core.server_timings import ServerTimings

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["timings", "usage", "x_groq", "prompt_ms", "queue_time"]), inner, max_size=4)
    ),
    max_leaves=8,
)


def _told(timings: ServerTimings) -> dict[str, float]:
    return {timing.part: timing.seconds for timing in timings.all()}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            {"timings": {"prompt_ms": 48.12, "predicted_ms": 1728, "prompt_n": 36}},
            {"prefill": 0.04812, "decode": 1.728},
        ),
        (
            {"total_duration": 5_000_000_000, "load_duration": 1_000_000_000, "prompt_eval_duration": 250_000_000}
            | {"eval_duration": 3_000_000_000, "done": True},
            {"total": 5.0, "load": 1.0, "prefill": 0.25, "decode": 3.0},
        ),
        ({"metrics": {"queue_time_ms": 410, "time_to_first_token_ms": 300}}, {"queue": 0.41, "prefill": 0.3}),
        ({"x_groq": {"usage": {"queue_time": 0.02, "total_time": 0.5}}}, {"queue": 0.02, "total": 0.5}),
        ({"usage": {"prompt_time": 0.1, "completion_time": 2}}, {"prefill": 0.1, "decode": 2.0}),
        ({"timings": {"prompt_ms": -1, "predicted_ms": "5"}, "total_duration": True}, {}),
        ({"timings": {"prompt_ms": float("inf"), "predicted_ms": float("nan")}, "eval_duration": 10**400}, {}),
        ({"timings": [1, 2], "metrics": "fast", "usage": None}, {}),
    ],
)
def test_members_of_a_frame(value: Any, told: dict[str, float]) -> None:
    timings = ServerTimings()
    timings.note_value(value, 1.0, 7)
    assert _told(timings) == pytest.approx(told)
    assert all((timing.frame, timing.at) == (7, 1.0) for timing in timings.all())


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("openai-processing-ms", "321", {"processing": 0.321}),
        ("OpenAI-Processing-Ms", " 12.5 ", {"processing": 0.0125}),
        ("openai-processing-ms", "soon", {}),
        ("openai-processing-ms", "-3", {}),
        ("server-timing", "queue;dur=41", {"queue": 0.041}),
        (
            "server-timing",
            'total;desc="a, b;dur=9";dur=12.5 , cache , Prefill;dur=3',
            {"total": 0.0125, "prefill": 0.003},
        ),
        ("server-timing", 'db;dur="53"', {"db": 0.053}),
        ("server-timing", "edge;dur=1e3", {"edge": 1.0}),
        ("server-timing", 'broken;desc="never closed;dur=5', {}),
        ("server-timing", ";dur=5", {}),
        ("x-request-id", "5", {}),
    ],
)
def test_headers(name: str, value: str, told: dict[str, float]) -> None:
    timings = ServerTimings()
    timings.note_headers([(name, value)], 0.5)
    assert _told(timings) == pytest.approx(told)
    assert all((timing.frame, timing.at) == (None, 0.5) for timing in timings.all())


def test_header_of_many_entries_is_bounded() -> None:
    timings = ServerTimings()
    timings.note_headers([("server-timing", ",".join(f"n{i};dur=1" for i in range(10_000)))], 0.0)
    assert len(timings.all()) < 100


@given(JSON_VALUES)
def test_no_value_raises_and_no_time_is_negative_or_endless(value: Any) -> None:
    timings = ServerTimings()
    timings.note_value(value, 0.0, 0)
    assert all(0 <= timing.seconds < float("inf") for timing in timings.all())


@given(st.text(max_size=60) | st.text('a;dur=1",\\ ', max_size=60))
def test_no_header_raises(value: str) -> None:
    ServerTimings().note_headers([("server-timing", value), ("openai-processing-ms", value)], 0.0)


def test_first_token_is_split_between_server_and_the_rest() -> None:
    """TTFT 820 = queue 410 + prefill 300 + 110 that nobody explains."""
    reads = [(820, delta(content="a")), (900, FINISH)]
    last = event({"choices": [], "metrics": {"queue_time_ms": 410, "time_to_first_token_ms": 300}})
    numbers = {m.key: m for m in run_of([*reads, (910, last + DONE)]).stats.metrics()}
    assert numbers["server_queue_s"].value == pytest.approx(0.41)
    assert numbers["server_queue_s"].source == "vLLM metrics.queue_time_ms"
    assert [anchor.frame for anchor in numbers["server_queue_s"].anchors] == [2]
    assert numbers["ttft_unexplained_s"].value == pytest.approx(0.11)
    assert numbers["server_load_s"].value is None
    assert numbers["server_load_s"].source.startswith("unknown")


def test_without_any_source_the_split_is_unknown() -> None:
    numbers = {m.key: m for m in run_of([(820, delta(content="a")), (900, FINISH + DONE)]).stats.metrics()}
    assert numbers["ttft_unexplained_s"].value is None
    assert numbers["ttft_unexplained_s"].source.startswith("unknown")


def test_word_of_the_model_is_no_timing() -> None:
    reads = [(100, delta(content='{"timings": {"prompt_ms": 5}}')), (200, FINISH + DONE)]
    assert run_of(reads).stats.server_timings.all() == []
