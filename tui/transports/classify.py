"""Any exception of any transport to one `StreamProblem`: kind, sentence, never a key, never an empty message.

Told by the names of the classes along the chain of causes, so that naming a fault loads no library.
"""

from __future__ import annotations

import errno
import socket
import ssl
import zlib
from collections.abc import Iterator

from tui.core.chunks import StreamProblem
from tui.errors import InsecureError, UsageError
from tui.transports.replay import RecordedBreakError

_CHAIN_LIMIT = 24
_REFUSED = f"[Errno {errno.ECONNREFUSED}]"
_UNREACHABLE = {
    errno.EHOSTUNREACH: "there is no way to the host",
    errno.ENETUNREACH: "there is no way to the network",
    errno.EADDRNOTAVAIL: "the address is not available",
    errno.EMFILE: "this process has too many files open",
}
_CLOSE_KINDS = {
    1001: "server_going_away",
    1002: "protocol",
    1007: "protocol",
    1011: "server_error",
    1012: "try_again_later",
    1013: "try_again_later",
}
_OWN_CLOSE = {
    1002: ("protocol", "a frame of the server breaks RFC 6455"),
    1007: ("decode", "a message of the server is not UTF-8"),
    1009: ("too_large", "a message of the server is larger than the limit"),
}


def classify(error: BaseException, *, label: str, has_head: bool = False) -> StreamProblem:
    """The problem that an exception means.

    `label` is `host:port`; `has_head` says whether a response was accepted before it. The kinds are those of
    the design, section 6; an exception that no rule knows is `internal`, with its class name only.
    """
    chain = list(_chain(error))
    names = set().union(*(_names(link) for link in chain))
    for rule in (_own, _websocket, _status, _tls, _name_or_address, _broken, _http, _timeout):
        problem = rule(chain, names, label, has_head)
        if problem is not None:
            return problem
    return _rest(chain, names, label, has_head)


def refusal_problem(refusal: UsageError) -> StreamProblem:
    """The problem of a run that was refused before it began, for want of a fit address or key."""
    return StreamProblem.of("insecure" if isinstance(refusal, InsecureError) else "connect", str(refusal))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, its causes, and the members of groups, nearest first; bounded, each once.

    httpcore raises its connect errors `from None`, but with the cause as their argument.
    """
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) < _CHAIN_LIMIT:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions
        cause = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
        waiting += [other for other in (cause, *link.args) if isinstance(other, BaseException)]


def _names(error: BaseException) -> set[str]:
    return {f"{cls.__module__.partition('.')[0].rstrip('2')}.{cls.__name__}" for cls in type(error).__mro__}


def _find(chain: list[BaseException], name: str) -> BaseException | None:
    return next((link for link in chain if name in _names(link)), None)


def _own(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:  # noqa: ARG001  one signature for all rules
    refusal = next((link for link in chain if isinstance(link, UsageError)), None)
    if refusal is not None:
        return refusal_problem(refusal)
    if isinstance(chain[0], RecordedBreakError):
        return chain[0].problem
    if "tui.UnclaimedBodyTooLargeError" in names:
        return StreamProblem.of("too_large", f"{label} answered with more than one event may hold")
    return None


def _websocket(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:
    if "websockets.ConnectionClosed" in names:
        return _closed(chain, label)
    if "websockets.InvalidMessage" in names and "builtins.EOFError" in names and not has_head:
        kind = "reset" if "builtins.ConnectionResetError" in names else "disconnected"
        return StreamProblem.of(kind, f"{label} closed the connection before the WebSocket handshake was done")
    if "websockets.ProxyError" in names or "websockets.InvalidProxy" in names:
        return StreamProblem.of("connect", f"the proxy on the way to {label} does not let the connection through")
    if "websockets.InvalidHandshake" in names and "websockets.InvalidStatus" not in names:
        return StreamProblem.of("handshake", f"{label} answers, but its WebSocket handshake is not valid")
    return None


def _closed(chain: list[BaseException], label: str) -> StreamProblem:
    """A WebSocket that closed: who closed it, with which code (RFC 6455 7.4)."""
    closed = _find(chain, "websockets.ConnectionClosed")
    received, sent = getattr(closed, "rcvd", None), getattr(closed, "sent", None)
    is_theirs = received is not None and (sent is None or getattr(closed, "rcvd_then_sent", True))
    if not is_theirs and sent is not None and sent.code in _OWN_CLOSE:
        kind, sentence = _OWN_CLOSE[sent.code]
        return StreamProblem.of(kind, f"{sentence} (closed with {sent.code})")
    if received is not None:
        kind = _CLOSE_KINDS.get(received.code, f"ws_{received.code}")
        reason = f": {received.reason}" if received.reason else ""
        return StreamProblem.of(kind, f"{label} closed the WebSocket with {received.code}{reason}")
    if any(isinstance(link, ConnectionError) for link in chain):
        return StreamProblem.of("reset", f"{label} reset the connection")
    return StreamProblem.of("ws_1006", f"{label} ended the connection without a close frame (1006)")


def _status(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:  # noqa: ARG001  one signature for all rules
    if not names & {"websockets.InvalidStatus", "openai.APIStatusError", "httpx.HTTPStatusError"}:
        return None
    response = next((r for link in chain if (r := getattr(link, "response", None)) is not None), None)
    status = getattr(response, "status_code", 0)
    message = f"{label} answered with status {status}"
    if status == 401:
        return StreamProblem.of("auth", message, status=status)
    if 300 <= status < 400:
        return StreamProblem.of("redirect", message, status=status)
    return StreamProblem.of(f"http_{status}" if status >= 400 else "handshake", message, status=status)


def _tls(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:  # noqa: ARG001  one signature for all rules
    error = next((link for link in chain if isinstance(link, ssl.SSLError)), None)
    if error is None:
        return None
    reason = getattr(error, "reason", None) or type(error).__name__
    if has_head and (isinstance(error, ssl.SSLEOFError) or "EOF" in reason):
        return StreamProblem.of("truncated", f"{label} ended the secure connection in the middle of the stream")
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = getattr(error, "verify_message", None) or "it cannot be verified"
        return StreamProblem.of("tls", f"the certificate of {label} is not accepted: {fault}")
    return StreamProblem.of("tls", f"{label} does not speak TLS as expected ({reason})")


def _name_or_address(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:  # noqa: ARG001  one signature for all rules
    if any(isinstance(link, socket.gaierror) for link in chain):
        return StreamProblem.of("dns", f"the name {label.rpartition(':')[0]} has no address")
    if any(isinstance(link, ConnectionRefusedError) or _REFUSED in str(link) for link in chain if _is_os(link)):
        return StreamProblem.of("connect", f"{label} refused the connection")
    code = next((link.errno for link in chain if isinstance(link, OSError) and link.errno in _UNREACHABLE), None)
    return None if code is None else StreamProblem.of("connect", f"no connection to {label}: {_UNREACHABLE[code]}")


def _is_os(link: BaseException) -> bool:
    return isinstance(link, OSError)


def _broken(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:  # noqa: ARG001  one signature for all rules
    if not any(isinstance(link, ConnectionError) for link in chain):
        return None
    where = "in the middle of the stream" if has_head else "before it answered"
    return StreamProblem.of("reset", f"{label} reset the connection {where}")


def _http(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:
    """What the HTTP libraries find in the bytes (h11's words are the only sign of a cut body)."""
    if "httpx.DecodingError" in names or any(isinstance(link, zlib.error | UnicodeDecodeError) for link in chain):
        return StreamProblem.of("decode", f"the body from {label} cannot be decoded")
    if "httpx.RemoteProtocolError" not in names and "httpcore.RemoteProtocolError" not in names:
        return None
    words = " ".join(str(link) for link in chain)
    if "without sending a response" in words or (not has_head and "peer closed connection" in words):
        return StreamProblem.of("disconnected", f"{label} closed the connection before it answered")
    if "peer closed connection" in words or "incomplete" in words:
        return StreamProblem.of("truncated", f"{label} closed the connection in the middle of the body")
    return StreamProblem.of("protocol", f"what {label} sent is not valid HTTP")


def _timeout(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem | None:
    timeouts = {"httpx.TimeoutException", "openai.APITimeoutError", "httpcore.TimeoutException"}
    if not names & timeouts and not any(isinstance(link, TimeoutError) for link in chain):
        return None
    return StreamProblem.of("idle_timeout" if has_head else "timeout", f"{label} did not answer in time")


def _rest(chain: list[BaseException], names: set[str], label: str, has_head: bool) -> StreamProblem:
    if names & {"httpx.ProxyError", "httpcore.ProxyError"}:
        return StreamProblem.of("connect", f"the proxy on the way to {label} does not let the connection through")
    if names & {"httpx.InvalidURL", "httpx.UnsupportedProtocol", "websockets.InvalidURI"}:
        return StreamProblem.of("connect", f"{label} is not an address that can be connected to")
    if names & {"httpx.ConnectError", "httpcore.ConnectError"}:
        return StreamProblem.of("connect", f"no connection to {label}")
    is_link = bool(names & {"httpx.NetworkError", "httpcore.NetworkError", "builtins.EOFError"})
    if is_link or any(_is_os(link) for link in chain):
        kind = "disconnected" if has_head or is_link else "connect"
        return StreamProblem.of(kind, f"the connection to {label} broke ({type(chain[-1]).__name__})")
    return StreamProblem.of("internal", f"unexpected {type(chain[0]).__name__}")
