"""Expectations: their grammar, what they find, and the frame that broke them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.made_runs import DONE, FINISH, delta, event, run_of, usage
from tests.core.readers.test_log_readers import BODY, records_of
from tui.core.checks.expectations import Verdict, parse_expectation
from tui.core.checks.run_questions import ALIASES, QUESTIONS, find_question
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.errors import UsageError

AT = [300.0 + 20 * i for i in range(20)]
STEADY = run_of([*((at, delta(content=f"word{i} ")) for i, at in enumerate(AT)), (700, FINISH), (701, DONE)])
LATE = [at + (900 if i >= 10 else 0) for i, at in enumerate(AT)]
STALLED = run_of([*((at, delta(content=f"word{i} ")) for i, at in enumerate(LATE)), (1600, FINISH), (1601, DONE)])
CUT = run_of([(at, delta(content=f"word{i} ")) for i, at in enumerate(AT)], outcome=Outcome.INCOMPLETE)
NO_TIMES = DerivedRun.of_records(records_of(BODY)[0])


def judge(text: str, run: DerivedRun) -> Verdict:
    return parse_expectation(text).judge(run)


def answering(*texts: str) -> DerivedRun:
    """A run whose answer is these pieces."""
    pieces = [(300.0 + 20 * i, delta(content=text)) for i, text in enumerate(texts)]
    return run_of([*pieces, (900, FINISH), (901, usage(5, 9)), (902, DONE)])


def calling(*pieces: str) -> DerivedRun:
    """A run that calls a tool with these pieces of arguments."""
    first = {"index": 0, "id": "c", "type": "function", "function": {"name": "get_weather", "arguments": ""}}
    reads = [(300.0, delta(tool_calls=[first]))]
    for i, piece in enumerate(pieces, start=1):
        reads.append((300.0 + 20 * i, delta(tool_calls=[{"index": 0, "function": {"arguments": piece}}])))
    finish = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    return run_of([*reads, (900, finish), (901, DONE)])


@pytest.mark.parametrize(
    "text",
    [
        "ttft<2s",
        "ttft<301ms",
        "ttft_s <= 0.3",
        "ttft>=300ms",
        "ttft<0.01min",
        "max_gap<1s",
        "gap_p50==20ms",
        "stalls==0",
        "max_stall<1s",
        "stall_total==0",
        "outcome==completed",
        "outcome = Completed",
        "outcome!=failed",
        "finish_reason==stop",
        "finish~^st",
        "problem==none",
        "content~word1.",
        "content!~bye",
        "content~'^word0 '",
        "frames==22",
        "reads==22",
        "chars>0.1k",
        "tokens>=20",
        "burst_share==0%",
        "tok/s>40",
        "duration<1s",
        "bytes<10kB",
        "attempts==1",
        "remarks==0",
        "json.valid==no",
        "tools.count==0",
        "model==none",
    ],
)
def test_a_steady_run_meets(text: str) -> None:
    verdict = judge(text, STEADY)
    assert verdict.holds, verdict.line
    assert verdict.line.startswith(f"ok    {text.strip()}  found ")


@pytest.mark.parametrize(
    ("text", "run", "where"),
    [
        ("ttft<100ms", STEADY, "frame 0 at 0.300 s"),
        ("max_gap<0.5s", STALLED, 'frame 10 came 0.920 s after frame 9 (0.480 s), after "word9"'),
        ("longest_stall<500ms", STALLED, "frame 9: content stalled 0.92 s"),
        ("stalls==0", STALLED, 'frame 9: content stalled 0.92 s after "word9 "'),
        ("outcome==completed", CUT, "frame 19, the last"),
        ("finish_reason==stop", CUT, "frame 19, the last"),
        ("ttft<1s", NO_TIMES, "no times"),
        ("duration<1s", NO_TIMES, "no times"),
        ("json.valid", STEADY, "holds no JSON"),
        ("tools.valid", STEADY, "calls no tool"),
        ("code.closed", STEADY, "no code block"),
        ("content~bye", STEADY, 'it begins "word0'),
    ],
)
def test_what_is_broken_names_its_frame(text: str, run: DerivedRun, where: str) -> None:
    verdict = judge(text, run)
    assert not verdict.holds
    assert where in verdict.where
    assert where in verdict.line


@pytest.mark.parametrize(
    ("run", "where"),
    [
        (answering('{"a": 1,', ' "b"', ": [2]}"), "valid at frame 2"),
        (answering("Here: ", '{"a": 1}', " done."), "frame 1"),
        (answering("```json\n", '{"a": 1}\n', "```\n"), "valid at frame 1"),
        (calling('{"city":', '"Paris"}'), "get_weather at frame 2"),
        (calling(), "get_weather at frame 0"),
    ],
)
def test_json_that_is_valid_is_so_at_its_frame(run: DerivedRun, where: str) -> None:
    verdict = judge("json.valid", run)
    assert verdict.holds, verdict.where
    assert where in verdict.where


@pytest.mark.parametrize(
    ("run", "where"),
    [
        (answering('{"a": 1,', ' "b" 2', "}"), "char 13, frame 1"),
        (answering('{"a": 1,', ' "b": "never'), "frame 1"),
        (answering("Look: ", '{"a": ', "1"), "begins in frame 1 never ends"),
        (answering("```json\n", '{"a": 1,}\n', "```\n"), "frame 1"),
        (answering("```json\n", '{"a": 1}\n'), "never closed, frame 1"),
        (calling('{"city":', '"Par'), "ended inside a string at char 12, frame 2"),
    ],
)
def test_json_that_is_not_names_char_and_frame(run: DerivedRun, where: str) -> None:
    verdict = judge("json.valid", run)
    assert not verdict.holds
    assert where in verdict.where, verdict.where


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected NAME OPERATOR VALUE"),
        ("<2s", "expected NAME OPERATOR VALUE"),
        ("ttft", "needs a comparison, such as ttft<2s"),
        ("outcome", "such as outcome==completed"),
        ("tft<2s", "did you mean ttft?"),
        ("zebra<2s", "there are ttfb, "),
        ("ttft<", "a value is missing behind <"),
        ("ttft<soon", "expected a number"),
        ("ttft<2parsec", "'parsec' is no unit of ttft; there are s, ms, us, min"),
        ("frames<2s", "'s' is no unit of frames"),
        ("frames~3", "is a number"),
        ("outcome<3", "is no number"),
        ("json.valid==maybe", "holds or not"),
        ("json.valid<1", "is no number"),
        ("content~(", "is no pattern"),
    ],
)
def test_a_wrong_expectation_says_what_was_expected(text: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_expectation(text)
    assert words in str(refused.value)


@given(st.text(max_size=20))
def test_any_text_is_an_expectation_or_a_usage_error(text: str) -> None:
    try:
        expectation = parse_expectation(text)
    except UsageError:
        return
    expectation.judge(STEADY)


@pytest.mark.parametrize("name", [*QUESTIONS, *ALIASES])
@pytest.mark.parametrize("run", [STEADY, CUT, NO_TIMES, run_of([(1, DONE)])])
def test_every_name_can_be_asked_of_every_run(name: str, run: DerivedRun) -> None:
    question = find_question(name)
    assert question is not None
    answer = question.ask(run)
    assert answer.value is None or isinstance(answer.value, question.kind)
    assert answer.text


def test_every_number_of_the_json_can_be_named() -> None:
    told = STEADY.stats.to_json()
    unnamed = [key for key in told if find_question(key) is None]
    assert unnamed == ["token_source", "reasoning_chars"]
    for key, value in told.items():
        question = find_question(key)
        if question is not None and value is not None:
            assert question.ask(STEADY).value == value, key


def test_the_text_of_a_verdict_can_be_json() -> None:
    assert json.dumps(judge("content~a", STEADY).found)
