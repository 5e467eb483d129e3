"""Plans cross a pipe unchanged and never hold a key."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tui.core.request import ChatMessage, Clocks, RunPlan, StreamRequest, TransportName

MESSAGES = st.lists(st.builds(ChatMessage, st.sampled_from(["system", "user"]), st.text()), min_size=1).map(tuple)
REQUESTS = st.builds(
    StreamRequest,
    messages=MESSAGES,
    model=st.none() | st.text(),
    temperature=st.none() | st.floats(0, 2),
    max_tokens=st.none() | st.integers(1, 9999),
    buffer_type=st.none() | st.sampled_from(["word", "line"]),
)
PLANS = st.builds(
    RunPlan,
    transport=st.sampled_from(list(TransportName)),
    url=st.text(),
    request=REQUESTS,
    clocks=st.builds(Clocks, connect_s=st.floats(0.1, 99), idle_s=st.floats(0.1, 99)),
    retries=st.integers(0, 9),
    header_env=st.lists(st.tuples(st.text(), st.text())).map(tuple),
    raw_body=st.none() | st.text(),
)


@given(PLANS)
def test_a_plan_comes_back_from_json(plan: RunPlan) -> None:
    assert RunPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_a_prompt_stands_behind_its_system_message() -> None:
    request = StreamRequest.of_prompt("hi", system="be short", max_tokens=5)
    assert request.to_body() == {
        "messages": [{"role": "system", "content": "be short"}, {"role": "user", "content": "hi"}],
        "max_tokens": 5,
    }
