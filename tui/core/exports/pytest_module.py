"""A run as a pytest module that plays it back, byte for byte and read for read, to the code under test. Pure.

HTTP needs nothing but the standard library; a WebSocket run needs the websockets package.
"""

from __future__ import annotations

from typing import Final

from tui.core.capture import Read, ResponseHead
from tui.core.derived_run import DerivedRun

_DROPPED: Final = frozenset(
    {"transfer-encoding", "content-length", "connection", "keep-alive", "content-encoding", "date"}
)

_HTTP: Final = '''"""A recorded stream, played back byte for byte. Made by streamscope {version} from {name}.

`recorded_stream` is the URL of a server on this machine that answers every request with the recorded response: each
element of READS is one write. SPEED 1.0 keeps the recorded times, None sends at once.
"""

from __future__ import annotations

import http.client
import socketserver
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

SPEED = None
STATUS = {status}
HEADERS = [
{headers}]
READS = [  # (seconds since the request, what one network read brought)
{reads}]
IS_CUT = {is_cut}  # the connection breaks after the last read


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(STATUS)
        for name, value in HEADERS:
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        began = time.monotonic()
        for at, data in READS:
            if SPEED:
                time.sleep(max(0.0, began + at / SPEED - time.monotonic()))
            self.wfile.write(b"%x\\r\\n%b\\r\\n" % (len(data), data))
        if not IS_CUT:
            self.wfile.write(b"0\\r\\n\\r\\n")
        self.close_connection = True

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        pass


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def recorded_stream() -> Iterator[str]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={{"poll_interval": 0.01}})
        thread.start()
        try:
            yield f"http://127.0.0.1:{{server.server_address[1]}}{path}"
        finally:
            server.shutdown()
            thread.join()


def test_recorded_stream_is_as_recorded(recorded_stream: str) -> None:
    """Replace this with a call of your own client on `recorded_stream`."""
    try:
        response = urllib.request.urlopen(urllib.request.Request(recorded_stream, data=b"{{}}"), timeout=10)
    except urllib.error.HTTPError as refusal:
        response = refusal
    body = b""
    with response:
        assert response.status == STATUS
        try:
            while piece := response.read1(65536):
                body += piece
        except (OSError, http.client.IncompleteRead):
            assert IS_CUT
    assert body == b"".join(data for _, data in READS)
'''

_WS: Final = '''"""A recorded WebSocket run, played back message for message. Made by streamscope {version} from {name}.

`recorded_stream` is the URL of a server on this machine that sends MESSAGES once a client has sent its first message.
SPEED 1.0 keeps the recorded times, None sends at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

server = pytest.importorskip("websockets.sync.server")
client = pytest.importorskip("websockets.sync.client")

SPEED = None
MESSAGES = [  # (seconds since the request, message)
{reads}]


def _serve(connection) -> None:
    connection.recv()
    began = time.monotonic()
    for at, message in MESSAGES:
        if SPEED:
            time.sleep(max(0.0, began + at / SPEED - time.monotonic()))
        connection.send(message)


@pytest.fixture
def recorded_stream() -> Iterator[str]:
    with server.serve(_serve, "127.0.0.1", 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{{serving.socket.getsockname()[1]}}/"
        finally:
            serving.shutdown()
            thread.join()


def test_recorded_stream_is_as_recorded(recorded_stream: str) -> None:
    """Replace this with a call of your own client on `recorded_stream`."""
    with client.connect(recorded_stream) as connection:
        connection.send("{{}}")
        assert list(connection) == [message for _, message in MESSAGES]
'''


def pytest_module(run: DerivedRun, name: str, version: str) -> str:
    """The module. `name` is where the run is from, as it is named in the first line."""
    safe = "".join(character if character.isalnum() or character in "._-/ " else "_" for character in name)
    origin = run.stats.sent_at or 0.0
    reads = [record for record in run.capture.records() if isinstance(record, Read)]
    if run.capture.header.transport == "ws" and all(isinstance(read.data, str) for read in reads):
        return _WS.format(version=version, name=safe, reads=_read_lines(reads, origin))
    head = run.capture.heads[-1] if run.capture.heads else ResponseHead(200, (), 0.0)
    return _HTTP.format(
        version=version,
        name=safe,
        status=head.status,
        headers=_header_lines(head),
        reads=_read_lines(_of_last_head(run, reads), origin),
        is_cut=_is_cut(run),
        path=_path_of(run.capture.header.url),
    )


def _of_last_head(run: DerivedRun, reads: list[Read]) -> list[Read]:
    """A retry or a resumption has several responses: the last is played."""
    connections = run.capture.connections
    return reads[connections[-1][0] :] if connections else reads


def _header_lines(head: ResponseHead) -> str:
    kept = [(name, value) for name, value in head.headers if name not in _DROPPED]
    return "".join(f"    ({name!a}, {value!a}),\n" for name, value in kept)


def _read_lines(reads: list[Read], origin: float) -> str:
    return "".join(f"    ({max(0.0, read.at - origin):.6f}, {_literal(read.data)}),\n" for read in reads)


def _literal(data: bytes | str) -> str:
    return ascii(data) if isinstance(data, str) else repr(data)


def _is_cut(run: DerivedRun) -> bool:
    """Whether the link broke before the body's end."""
    problem = run.result.problem if run.result else None
    return problem is not None and problem.kind in ("reset", "disconnected", "idle_timeout", "timeout")


def _path_of(url: str) -> str:
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    return "/" + "".join(character for character in path if character.isalnum() or character in "/._-")
