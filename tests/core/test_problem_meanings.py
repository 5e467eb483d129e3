"""Every kind of the closed set has a title, a next step and a meaning of its own."""

from __future__ import annotations

import pytest

from tui.core import problem_kinds, problem_meanings
from tui.core.problem_kinds import hint_of, kind_exists, title_of
from tui.core.problem_meanings import meaning_of

KINDS = {
    *("connect", "dns", "tls", "insecure", "timeout", "idle_timeout", "disconnected", "reset"),
    *("truncated", "no_terminal", "unterminated_event", "auth", "redirect", "handshake", "content_type"),
    *("decode", "bad_json", "protocol", "too_large", "server_error", "server_going_away", "try_again_later"),
    *("sequence", "resume_expired", "disk", "internal"),
}


def test_the_set_is_closed() -> None:
    assert set(problem_kinds._KINDS) == set(problem_meanings._MEANINGS) == KINDS  # noqa: SLF001  it is what is tested
    assert not kind_exists("novel")


@pytest.mark.parametrize("kind", sorted(KINDS | {"http_404", "http_429", "http_503", "ws_1006", "ws_4401"}))
def test_a_kind_is_told_in_full(kind: str) -> None:
    assert kind_exists(kind)
    assert all(
        len(words) > least for words, least in ((title_of(kind), 5), (hint_of(kind), 20), (meaning_of(kind), 60))
    )
    assert len({title_of(kind), hint_of(kind), meaning_of(kind)}) == 3
    assert meaning_of(kind).endswith(".")


def test_any_word_has_a_meaning() -> None:
    assert meaning_of("novel") == meaning_of("internal")
