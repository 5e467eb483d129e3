"""The five common problems in the words of the screens' plan; all others in those of their kind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transports.scripted_server import chat_event, gateway_event
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome, StreamProblem
from tui.core.request import Clocks, RunPlan, StreamRequest, TransportName
from tui.keymap import Keymap
from tui.screens.problem_words import problem_lines
from tui.screens.run_controller import ActiveRun
from tui.screens.run_notes import ending_lines

URL = "http://far.example:8787/v1"
HEAD = ResponseHead(200, (("content-type", "text/event-stream"),), 0.2)
SENT = Marker("sent", 0.1)
TEXT = Read(1.91, "".join(chat_event("word ") for _ in range(3)).encode())


def run_of(*records: Record, **plan: Any) -> ActiveRun:
    request = StreamRequest.of_prompt("hello")
    members: dict[str, Any] = {"transport": TransportName.DIRECT, "url": URL, "request": request, **plan}
    run = ActiveRun(1, RunPlan(**members), 0.0, "sentence", None)
    for record in (CaptureHeader("direct", URL, {}, clock=0.0), *records):
        run.take(record)
    return run


def ended(problem: StreamProblem, *records: Record, at: float = 2.41, **plan: Any) -> ActiveRun:
    return run_of(*records, CaptureEnd(at, Outcome.INCOMPLETE, problem), **plan)


def lines_of(problem: StreamProblem, run: ActiveRun, **environ: str) -> list[str]:
    return problem_lines(problem, run, environ)


def test_a_refused_connection_names_the_address_and_the_time() -> None:
    problem = StreamProblem.of("connect", "far.example:8787 refused the connection")
    lines = lines_of(problem, ended(problem, Marker("connecting", 0.5), at=0.503))
    assert lines[:2] == ["Connection refused", "Nothing listens at far.example:8787 (refused after 3 ms)."]
    assert "streamscope serve starts a gateway; {run.again} tries again." in lines[2]


def test_an_address_without_the_routes_of_a_gateway_is_called_by_that() -> None:
    problem = StreamProblem("http_404", "the server answers 404 Not Found", status=404)
    head = ResponseHead(404, (("content-type", "application/json"),), 0.1)
    address = "http://far.example:8787"
    run = ActiveRun(1, RunPlan(TransportName.SSE, address, StreamRequest.of_prompt("hi")), 0.0, "sentence", None)
    for record in (CaptureHeader("sse", address, {}, clock=0.0), head, CaptureEnd(0.2, Outcome.FAILED, problem)):
        run.take(record)
    title, sentence, step = lines_of(problem, run)
    assert title == "This is not a streamscope gateway"
    assert sentence.endswith("does not know the gateway's route: the server answers 404 Not Found.")
    assert step.startswith("For an OpenAI-compatible server {set.transport} chooses direct;")


def test_another_failure_to_connect_keeps_the_words_of_its_kind() -> None:
    problem = StreamProblem.of("connect", "no connection to far.example: there is no way to the host")
    assert lines_of(problem, ended(problem)) == ["Connection failed", problem.message, problem.hint]


@pytest.mark.parametrize(
    ("plan", "environ", "source"),
    [
        ({}, {"OPENAI_API_KEY": "k"}, "It was read from OPENAI_API_KEY and sent to far.example:8787"),
        ({}, {}, "No key was sent to far.example:8787: OPENAI_API_KEY is not set"),
        ({"is_gateway": True}, {"STREAMSCOPE_TOKEN": "t"}, "It was read from STREAMSCOPE_TOKEN and sent to"),
        ({"token_file": "/home/me/key.txt"}, {}, "It was read from the key file key.txt and sent to"),
        ({"header_env": (("X-Api-Key", "MINE"),)}, {"MINE": "k"}, "It was read from MINE and sent to"),
    ],
)
def test_a_refused_key_says_where_it_was_read_and_never_its_value(
    plan: dict[str, Any], environ: dict[str, str], source: str
) -> None:
    problem = StreamProblem.of("auth", "invalid_api_key", type="invalid_request_error", status=401)
    title, sentence, step = lines_of(problem, ended(problem, **plan), **environ)
    assert title == "The server does not accept the key (401)"
    assert sentence.startswith(source)
    assert sentence.endswith('; the server says: "invalid_api_key".')
    assert step.startswith("Set the variable anew and restart, or choose another profile:")
    assert step.endswith("The key is shown nowhere.")


@pytest.mark.parametrize(
    ("media_type", "body", "title"),
    [
        ("text/html; charset=utf-8", b"<!doctype html><title>Sign in", "A web page came instead of a stream"),
        ("text/plain", b"<!doctype html><title>Sign in", "A web page came instead of a stream"),
        ("text/plain", b"hello", "Not a stream"),
    ],
)
def test_what_is_no_stream_is_told_with_status_type_and_beginning(media_type: str, body: bytes, title: str) -> None:
    problem = StreamProblem.of("content_type", "is no stream")
    head = ResponseHead(200, (("content-type", media_type),), 0.2)
    lines = lines_of(problem, ended(problem, SENT, head, Read(0.3, body)))
    assert lines[0] == title
    short = media_type.partition(";")[0]
    quoted = f'Status 200, {short}, beginning: "{body.decode()}". Usually a login page or a wrong path.'
    assert lines[1] == quoted
    assert lines[2].startswith("Check the path:")


@pytest.mark.parametrize(("kind", "how"), [("truncated", ""), ("no_terminal", ""), ("reset", " by a reset")])
def test_a_cut_says_where_and_what_was_missing(kind: str, how: str) -> None:
    problem = StreamProblem.of(kind, "whatever the transport says")
    title, sentence, step = lines_of(problem, ended(problem, SENT, HEAD, TEXT))
    assert title == "The stream was cut"
    assert sentence == (
        f"Closed{how} at 2.41 s after frame 3, without finish_reason and [DONE]. 15 characters are kept. "
        "Many SDKs report this as a normal end."
    )
    assert step.startswith("{run.again} runs again")


def test_a_gateway_that_tells_of_a_cut_is_not_said_to_have_cut_its_own_stream() -> None:
    problem = StreamProblem.of("no_terminal", "Upstream: The stream was cut.", type="no_terminal")
    read = Read(0.9, gateway_event(0, "kept").encode())
    sentence = lines_of(problem, ended(problem, SENT, HEAD, read, at=0.97))[1]
    assert sentence.startswith("The gateway's upstream closed at 0.97 s after frame 1, without its end mark. 4 char")


def test_silence_says_when_the_last_text_came_and_that_keep_alives_do_not_count() -> None:
    problem = StreamProblem.of("idle_timeout", "no token for 30 s")
    pings = [Read(at, b": ping\n\n") for at in (5.0, 10.0)]
    run = ended(problem, SENT, HEAD, TEXT, *pings, at=31.91, clocks=Clocks(idle_s=30.0))
    title, sentence, step = lines_of(problem, run)
    assert title == "Nothing came for 30 s"
    assert sentence == "The socket is open; the last text came at 1.91 s. 2 keep-alives came since and do not count."
    assert step.endswith("tests whether another way delivers.")
    assert "keep-alive" not in lines_of(problem, ended(problem, SENT, HEAD, TEXT))[1]


def test_keys_in_a_next_step_are_the_users_own() -> None:
    problem = StreamProblem.of("truncated", "cut")
    run = ended(problem, SENT, HEAD, TEXT)
    keymap = Keymap({"run.again": ("f9",)})
    assert ending_lines(run, keymap.said, {})[2].startswith("F9 runs again")
    assert ending_lines(run, Keymap().said, {})[0] == "▲ The stream was cut"


def test_of_a_recording_nothing_is_said_that_only_a_run_of_ones_own_knows() -> None:
    problem = StreamProblem.of("auth", "the server answers 401", status=401)
    run = ended(problem)
    run.recording = object()  # type: ignore[assignment]  # that there is one is all that is asked
    assert lines_of(problem, run, OPENAI_API_KEY="k")[1] == problem.message
