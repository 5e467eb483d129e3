import errno
import socket
import ssl
import zlib
from typing import TypeVar

import httpcore
import httpx
import httpx2
import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    ConnectionClosedError,
    ConnectionClosedOK,
    InvalidHeader,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.frames import Close
from websockets.http11 import Response

from tui.core.chunks import StreamProblem
from tui.core.problem_kinds import kind_exists
from tui.errors import InsecureError, UsageError
from tui.transports.classify import classify
from tui.transports.replay import RecordedBreakError
from tui.transports.socket_reads import UnclaimedBodyTooLargeError

LABEL = "host.example:8080"
E = TypeVar("E", bound=BaseException)


def caused(error: E, cause: BaseException) -> E:
    error.__cause__ = cause
    return error


def closed(rcvd: int | None, sent: int | None = None, *, theirs_first: bool = True, reason: str = "") -> Exception:
    received = None if rcvd is None else Close(rcvd, reason)
    ours = None if sent is None else Close(sent, "")
    both = None if received is None or ours is None else theirs_first
    return ConnectionClosedError(received, ours, both)


def status(code: int) -> Exception:
    return InvalidStatus(Response(code, "X", Headers()))


def os_error(code: int) -> OSError:
    return OSError(code, "words of the system")


CUT = "peer closed connection without sending complete message body (incomplete chunked read)"
BEFORE_HEAD: list[tuple[BaseException, str]] = [
    (httpx.ConnectError("All connection attempts failed"), "connect"),
    (caused(httpx.ConnectError("x"), caused(httpcore.ConnectError("x"), ConnectionRefusedError(111, "r"))), "connect"),
    (caused(httpx2.ConnectError("x"), OSError("Multiple exceptions: [Errno 111] a, [Errno 111] b")), "connect"),
    (caused(httpx.ConnectError("x"), ExceptionGroup("several", [ConnectionRefusedError(111, "r")])), "connect"),
    (os_error(errno.EHOSTUNREACH), "connect"),
    (os_error(errno.ENETUNREACH), "connect"),
    (os_error(errno.EINVAL), "connect"),
    (httpx.UnsupportedProtocol("x"), "connect"),
    (InvalidURI("x", "y"), "connect"),
    (ProxyError("x"), "connect"),
    (httpx.ProxyError("x"), "connect"),
    (socket.gaierror(-2, "Name or service not known"), "dns"),
    (caused(httpx2.ConnectError("[Errno -2]"), socket.gaierror(-2, "x")), "dns"),
    (caused(httpx.ConnectError(""), ssl.SSLCertVerificationError(1, "certificate verify failed")), "tls"),
    (caused(httpx2.ConnectError(""), ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), "tls"),
    (TimeoutError(), "timeout"),
    (httpx.ConnectTimeout(""), "timeout"),
    (httpx2.ReadTimeout(""), "timeout"),
    (os_error(errno.ETIMEDOUT), "timeout"),
    (httpx.RemoteProtocolError("Server disconnected without sending a response."), "disconnected"),
    (caused(InvalidMessage("x"), EOFError("x")), "disconnected"),
    (caused(httpx.ReadError(""), ConnectionResetError(104, "r")), "reset"),
    (httpx2.RemoteProtocolError("illegal status line"), "protocol"),
    (InvalidMessage("did not receive a valid HTTP response"), "handshake"),
    (InvalidHeader("Sec-WebSocket-Accept", "x"), "handshake"),
    (status(200), "handshake"),
    (status(401), "auth"),
    (status(403), "http_403"),
    (status(503), "http_503"),
    (status(307), "redirect"),
    (UnclaimedBodyTooLargeError("x"), "too_large"),
    (InsecureError("a key would go to host:80 over plain http"), "insecure"),
    (UsageError("the key file token can be read by others"), "connect"),
    (RuntimeError("secret details"), "internal"),
]
AFTER_HEAD: list[tuple[BaseException, str]] = [
    (httpx.ReadError(""), "disconnected"),
    (caused(httpx2.ReadError(""), ConnectionResetError(104, "r")), "reset"),
    (BrokenPipeError(32, "b"), "reset"),
    (httpx.RemoteProtocolError(CUT), "truncated"),
    (httpx2.RemoteProtocolError(CUT), "truncated"),
    (ssl.SSLEOFError(8, "[SSL: UNEXPECTED_EOF_WHILE_READING]"), "truncated"),
    (httpx.RemoteProtocolError("illegal chunk header: bytearray(b'zz')"), "protocol"),
    (httpx.DecodingError("x"), "decode"),
    (caused(httpx2.DecodingError("x"), zlib.error("x")), "decode"),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "decode"),
    (closed(None), "ws_1006"),
    (caused(closed(None), EOFError()), "ws_1006"),
    (caused(closed(None), ConnectionResetError(104, "r")), "reset"),
    (closed(1001, 1001), "server_going_away"),
    (closed(1002, 1002), "protocol"),
    (closed(1007, 1007), "protocol"),
    (closed(1008, 1008), "ws_1008"),
    (closed(1009, 1009), "ws_1009"),
    (closed(1011, 1011), "server_error"),
    (closed(1012, 1012), "try_again_later"),
    (closed(1013), "try_again_later"),
    (closed(4401, 4401), "ws_4401"),
    (closed(None, 1009), "too_large"),
    (closed(1009, 1009, theirs_first=False), "too_large"),
    (closed(None, 1002), "protocol"),
    (closed(None, 1007), "decode"),
    (ConnectionClosedOK(Close(1001, ""), None, None), "server_going_away"),
    (RecordedBreakError(StreamProblem.of("ws_1006", "as recorded")), "ws_1006"),
]


@pytest.mark.parametrize(("error", "kind"), BEFORE_HEAD, ids=repr)
def test_a_fault_before_the_head_has_its_kind(error: BaseException, kind: str) -> None:
    check(classify(error, label=LABEL), kind)


@pytest.mark.parametrize(("error", "kind"), AFTER_HEAD, ids=repr)
def test_a_fault_after_the_head_has_its_kind(error: BaseException, kind: str) -> None:
    check(classify(error, label=LABEL, has_head=True), kind)


def check(problem: StreamProblem, kind: str) -> None:
    assert problem.kind == kind
    assert kind_exists(problem.kind)
    assert problem.message
    assert problem.hint


def test_a_refused_connection_says_refused_and_where() -> None:
    problem = classify(caused(httpx.ConnectError(""), ConnectionRefusedError(111, "x")), label=LABEL)
    assert "refused" in problem.message
    assert LABEL in problem.message


def test_a_close_names_code_and_reason() -> None:
    problem = classify(closed(1001, reason="bye"), label=LABEL, has_head=True)
    assert "1001: bye" in problem.message


def test_an_unknown_fault_shows_its_class_and_nothing_of_its_words() -> None:
    problem = classify(RuntimeError("sk-secret-key"), label=LABEL)
    assert "RuntimeError" in problem.message
    assert "sk-secret-key" not in problem.message


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first
    assert classify(first, label=LABEL).kind == "internal"


def test_a_suppressed_context_is_not_looked_at() -> None:
    error = RuntimeError("x")
    error.__context__ = ConnectionRefusedError(111, "x")
    error.__suppress_context__ = True
    assert classify(error, label=LABEL).kind == "internal"
