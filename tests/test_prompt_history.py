"""The history of prompts: back and forth without losing what is being written, bounded, and never with a key."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.prompt_history import FILE_NAME, LONGEST_CHARS, MOST_CHARS, MOST_PROMPTS, PromptHistory, key_values
from tui.state_folder import StateFolder


def kept(folder: Path) -> list[str]:
    return [json.loads(line) for line in (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()]


def test_up_and_down_lead_to_the_same_prompts_and_back_to_what_was_written() -> None:
    history = PromptHistory(StateFolder())
    for prompt in ("one", "two\nlines", "three"):
        history.add(prompt)
    assert history.newer("draft") is None
    assert history.older("draft") == "three"
    assert history.older("three") == "two\nlines"
    assert history.older("two, changed") == "one"
    assert history.older("one") is None
    assert history.newer("one") == "two, changed"
    assert history.newer("two, changed") == "three"
    assert history.newer("three") == "draft"
    assert history.newer("draft") is None
    history.add("four")
    assert history.older("") == "four"
    assert history.older("four") == "three", "what was changed on the way is forgotten once a prompt is sent"


def test_a_prompt_sent_again_is_kept_once_as_the_newest(tmp_path: Path) -> None:
    history = PromptHistory(StateFolder(tmp_path))
    for prompt in ("one", "two", "one", "  ", ""):
        history.add(prompt)
    assert kept(tmp_path) == ["two", "one"]


def test_the_next_start_knows_them_and_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    PromptHistory(StateFolder(tmp_path)).add("a \ud800 ␛ \u2028 prompt\nof two lines")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert PromptHistory(StateFolder(tmp_path)).older("") == "a \ud800 ␛ \u2028 prompt\nof two lines"


def test_two_apps_at_once_lose_none_of_each_others_prompts(tmp_path: Path) -> None:
    one, two = PromptHistory(StateFolder(tmp_path)), PromptHistory(StateFolder(tmp_path))
    one.add("of one")
    two.add("of two")
    one.add("of one again")
    assert kept(tmp_path) == ["of one", "of two", "of one again"]


def test_it_is_bounded_in_number_and_size(tmp_path: Path) -> None:
    history = PromptHistory(StateFolder(tmp_path))
    for number in range(MOST_PROMPTS + 5):
        history.add(f"prompt {number}")
    assert kept(tmp_path) == [f"prompt {number}" for number in range(5, MOST_PROMPTS + 5)]
    history.add("x" * (LONGEST_CHARS + 1))
    assert kept(tmp_path)[-1] == f"prompt {MOST_PROMPTS + 4}"
    for number in range(30):
        history.add(f"{number:02}" + "y" * (LONGEST_CHARS - 2))
    assert sum(map(len, kept(tmp_path))) <= MOST_CHARS
    assert kept(tmp_path)[-1].startswith("29")


def test_clear_forgets_all_here_and_in_the_file(tmp_path: Path) -> None:
    history = PromptHistory(StateFolder(tmp_path))
    history.add("one")
    history.clear()
    assert history.older("") is None
    assert not (tmp_path / FILE_NAME).exists()
    assert PromptHistory(StateFolder(tmp_path)).older("") is None


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"{}\n[1]\n3\n", b"[" * 100_000, b'"whole"\n"cut of'])
def test_a_damaged_file_is_no_error(junk: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(junk)
    history = PromptHistory(StateFolder(tmp_path))
    assert history.older("draft") == ("whole" if b"whole" in junk else None)
    history.add("new")
    assert kept(tmp_path)[-1] == "new"


@pytest.mark.parametrize(
    "prompt",
    [
        "why does sk-proj-AbCdEf0123456789xyz fail?",
        'curl -H "Authorization: Bearer abcdef123456" https://host',
        "use x-api-key: 0123456789abcdef",
        'headers = {"api_key": "s3cr3tvalue"}',
        "ghp_0123456789abcdefghij",
        "token=abcdef123456",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln",
        "-----BEGIN RSA PRIVATE KEY-----",
        "the value of the variable is wonderland-0815",
    ],
)
def test_a_prompt_that_holds_a_key_is_never_kept(prompt: str, tmp_path: Path) -> None:
    history = PromptHistory(StateFolder(tmp_path), ["wonderland-0815"])
    history.add(prompt)
    assert history.older("") is None
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize(
    "prompt",
    [
        "What is a token? Explain the tokenizer.",
        "Write about the secret: a garden",
        "List three keys of a good API.",
        'curl -H "Authorization: Bearer $OPENAI_API_KEY" https://host',
        "skip-level-meetings and risk-adjusted-returns",
    ],
)
def test_a_prompt_that_only_speaks_of_keys_is_kept(prompt: str, tmp_path: Path) -> None:
    history = PromptHistory(StateFolder(tmp_path), ["wonderland-0815"])
    history.add(prompt)
    assert history.older("") == prompt


def test_what_counts_as_a_key_in_the_environment() -> None:
    environ = {
        "OPENAI_API_KEY": " k3y-value-1 ",
        "STREAMSCOPE_TOKEN": "short",
        "HOME": "/home/someone",
        "TEAM": "lab-team-9",
    }
    assert key_values(environ, ["TEAM", "MISSING"]) == ("k3y-value-1", "lab-team-9")


@given(st.lists(st.text(max_size=40), max_size=30))
def test_going_back_and_forth_as_often_returns_to_what_was_written(prompts: list[str]) -> None:
    history = PromptHistory(StateFolder())
    for prompt in prompts:
        history.add(prompt)
    seen = ["being written"]
    while (text := history.older(seen[-1])) is not None:
        seen.append(text)
    for expected in reversed(seen[:-1]):
        assert history.newer("whatever") == expected
