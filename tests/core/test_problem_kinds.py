from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.problem_kinds import hint_of, kind_exists, title_of

CLOSED_SET = [
    "connect",
    "dns",
    "tls",
    "insecure",
    "timeout",
    "idle_timeout",
    "disconnected",
    "reset",
    "truncated",
    "no_terminal",
    "unterminated_event",
    "auth",
    "redirect",
    "handshake",
    "content_type",
    "decode",
    "bad_json",
    "protocol",
    "too_large",
    "server_error",
    "server_going_away",
    "try_again_later",
    "sequence",
    "resume_expired",
    "disk",
    "internal",
]


@pytest.mark.parametrize("kind", [*CLOSED_SET, "http_404", "http_418", "http_503", "ws_1006", "ws_4000"])
def test_every_kind_has_a_title_and_a_hint_of_its_own(kind: str) -> None:
    assert kind_exists(kind)
    assert title_of(kind).strip()
    assert hint_of(kind).endswith(".")
    if kind != "internal":
        assert title_of(kind) != title_of("internal")


@pytest.mark.parametrize("kind", ["http_404", "http_418", "http_503", "ws_1006"])
def test_the_code_of_a_family_stands_in_its_title(kind: str) -> None:
    assert kind.partition("_")[2] in title_of(kind)


@pytest.mark.parametrize(
    "kind", ["", "http", "http_", "http_40", "http_4040", "ws_99", "http_４０４", "ftp_404", "Auth"]
)
def test_other_words_are_no_kinds(kind: str) -> None:
    assert not kind_exists(kind)


@given(st.one_of(st.text(max_size=20), st.integers(0, 9).map(lambda digit: "http_" + str(digit) * 5000)))
def test_titles_and_hints_are_total(word: str) -> None:
    assert title_of(word)
    assert hint_of(word)
