import pytest

from tui.core.chunks import StreamProblem
from tui.transports.retry_rules import may_resume, may_retry, reconnect_delay_s, retry_delay_s


def of(kind: str, status: int | None = None, retry_after: float | None = None) -> StreamProblem:
    return StreamProblem.of(kind, "words", status=status, retry_after=retry_after)


@pytest.mark.parametrize("kind", ["connect", "reset", "disconnected"])
def test_a_link_that_failed_is_retried_before_the_response_only(kind: str) -> None:
    assert may_retry(of(kind), is_accepted=False, is_connecting=False)
    assert not may_retry(of(kind), is_accepted=True, is_connecting=False)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, False),
        (401, False),
        (403, False),
        (404, False),
        (408, True),
        (409, True),
        (429, True),
        (500, True),
        (599, True),
    ],
)
def test_a_status_is_retried_when_it_may_pass(status: int, expected: bool) -> None:
    assert may_retry(of(f"http_{status}", status), is_accepted=False, is_connecting=False) is expected
    assert may_retry(of("server_error", status), is_accepted=True, is_connecting=False) is expected


@pytest.mark.parametrize(
    "kind", ["dns", "tls", "insecure", "bad_json", "too_large", "content_type", "internal", "auth"]
)
def test_what_will_not_change_is_not_retried(kind: str) -> None:
    assert not may_retry(of(kind), is_accepted=False, is_connecting=True)


def test_a_time_out_is_retried_while_connecting_only() -> None:
    assert may_retry(of("timeout"), is_accepted=False, is_connecting=True)
    assert not may_retry(of("timeout"), is_accepted=False, is_connecting=False)


def test_the_server_sets_the_wait_up_to_a_cap() -> None:
    assert retry_delay_s(of("http_429", 429, 30.0), 1) == 30.0
    assert may_retry(of("http_429", 429, 30.0), is_accepted=False, is_connecting=False)
    assert not may_retry(of("http_429", 429, 30.5), is_accepted=False, is_connecting=False)


def test_waits_double_and_stay_bounded() -> None:
    waits = [retry_delay_s(of("connect"), attempt) for attempt in range(1, 12)]
    assert 0.4 <= waits[0] <= 0.6
    assert 0.8 <= waits[1] <= 1.2
    assert max(waits) <= 8 * 1.2


def test_a_reconnection_waits_as_the_stream_asked_up_to_the_cap() -> None:
    assert reconnect_delay_s(300, 1) == 0.3
    assert reconnect_delay_s(10**9, 1) == 30.0
    assert reconnect_delay_s(None, 1) < reconnect_delay_s(None, 3)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("reset", True), ("truncated", True), ("no_terminal", True), ("ws_1006", True), ("server_going_away", True),
     ("idle_timeout", True), ("http_503", True), ("http_404", False), ("resume_expired", False), ("bad_json", False),
     ("too_large", False), ("server_error", False), ("auth", False)],
)  # fmt: skip
def test_a_broken_link_is_resumed_and_a_refused_answer_is_not(kind: str, expected: bool) -> None:
    assert may_resume(of(kind)) is expected
