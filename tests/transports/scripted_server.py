"""A far end that plays a script over a real loopback socket: HTTP in any framing, WebSocket, and every way to break.

A script is a coroutine function of one `Peer`; the nth connection plays the nth script, and the last one repeats.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as HandshakeRequest
from websockets.server import ServerProtocol

from tests.far_end import ServedConnections, header_values, http_chunk, http_head, reset

PATIENCE_S = 5.0
CERTIFICATE = Path(__file__).parents[1] / "data" / "tls" / "localhost.pem"


def server_tls() -> ssl.SSLContext:
    """TLS with a certificate that only its own file vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    return context


@dataclass(frozen=True)
class SeenRequest:
    """A request as it came: its line, its headers in lower case, its body."""

    line: str
    headers: dict[str, str]
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Peer:
    """The server's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request: SeenRequest | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    close_code: int | None = None
    protocol: ServerProtocol | None = None

    async def read_request(self) -> SeenRequest:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = header_values(head[1:])
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        self.request = SeenRequest(head[0], headers, body)
        return self.request

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int = 200, framing: str = "chunked", **headers: str) -> None:
        """`framing` is chunked, close or a content length. An underscore in a header's name is a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        values = {"content-type": "text/event-stream", **named}
        if framing == "chunked":
            values["transfer-encoding"] = "chunked"
        elif framing != "close":
            values["content-length"] = framing
        await self.raw(http_head(status, "X", values))

    async def answer(self, status: int, body: bytes, **headers: str) -> None:
        """Request, head and a whole body."""
        await self.read_request()
        await self.head(status, str(len(body)), **{"content_type": "application/json", **headers})
        await self.raw(body)

    async def chunks(self, *parts: str) -> None:
        """Each part as one HTTP chunk, all in one write."""
        await self.raw(b"".join(http_chunk(part.encode()) for part in parts))

    async def end(self) -> None:
        await self.raw(b"0\r\n\r\n")

    async def accept_websocket(self, **headers: str) -> None:
        """The handshake, with further headers, then the client's first message."""
        protocol = self.protocol = ServerProtocol(max_size=None)
        while True:
            protocol.receive_data(await self.reader.read(65536))
            event = next(iter(protocol.events_received()), None)
            if isinstance(event, HandshakeRequest):
                break
        self.request = SeenRequest(event.path, {k.lower(): v for k, v in event.headers.raw_items()})
        response = protocol.accept(event)
        for name, value in headers.items():
            response.headers[name.replace("_", "-")] = value
        protocol.send_response(response)
        await self._send_pending()
        await self.read_message()

    async def read_message(self) -> dict[str, Any] | None:
        """The next message of the client; None once it has closed."""
        seen = len(self.messages)
        while len(self.messages) == seen:
            assert self.protocol is not None
            data = await self.reader.read(65536)
            if not data:
                return None
            self.protocol.receive_data(data)
            for event in self.protocol.events_received():
                assert isinstance(event, Frame)
                if event.opcode is Opcode.TEXT:
                    self.messages.append(json.loads(bytes(event.data)))
                elif event.opcode is Opcode.CLOSE:
                    self.close_code = struct.unpack("!H", event.data[:2])[0] if event.data else None
            await self._send_pending()
        return self.messages[-1]

    async def messages_out(self, *values: Any) -> None:
        """Each value as one text message, all in one write."""
        await self.raw(b"".join(text_frame(json.dumps(value)) for value in values))

    async def close_websocket(self, code: int, reason: str = "") -> None:
        assert self.protocol is not None
        self.protocol.send_close(code, reason)
        await self._send_pending()
        await self.read_message()

    async def wait_gone(self) -> None:
        """Returns once the client has closed its end; raises TimeoutError when it does not."""
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionError):
                while await self.reader.read(65536):
                    pass

    def reset(self) -> None:
        """RST instead of FIN."""
        reset(self.writer)

    async def _send_pending(self) -> None:
        assert self.protocol is not None
        for data in self.protocol.data_to_send():
            if data:
                await self.raw(data)


Script = Callable[[Peer], Awaitable[None]]


class ScriptedServer(ServedConnections):
    """Listens on a free port of this machine while it is entered. `peers` are the connections so far."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._scripts = scripts
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._port = 0
        self.peers: list[Peer] = []

    @property
    def url(self) -> str:
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        try:
            if kind is None:  # a script that still waits would hide that the client never left
                async with asyncio.timeout(PATIENCE_S):
                    while self._tasks:
                        await asyncio.wait(tuple(self._tasks))
        finally:
            for task in self._tasks:
                task.cancel()
        self._raise_fault(error)

    def stop_listening(self) -> None:
        """Refuses further connections; those that stand go on."""
        assert self._server is not None
        self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self.peers.append(peer)
        await self._scripts[min(len(self.peers), len(self._scripts)) - 1](peer)


def text_frame(text: str) -> bytes:
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def chat_event(text: str, finish: str | None = None) -> str:
    """One event of a chat completions stream."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    value = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(value)}\n\n"


CHAT_DONE = "data: [DONE]\n\n"


def gateway_event(seq: int, text: str, generation: str = "g") -> str:
    """One chunk event of a gateway."""
    data = {"content": text, "finish_reason": None, "index": seq}
    return f"id: {generation}:{seq}\nevent: chunk\ndata: {json.dumps(data)}\n\n"


def gateway_done(seq: int, generation: str = "g") -> str:
    data = {"done": True, "finish_reason": "stop", "usage": None}
    return f"id: {generation}:{seq}\nevent: done\ndata: {json.dumps(data)}\n\n"


def ws_chunk(seq: int, text: str) -> dict[str, Any]:
    return {"type": "chunk", "data": {"content": text, "finish_reason": None, "index": seq, "seq": seq}}


WS_START: dict[str, Any] = {"type": "start", "data": {"gen": "g"}}


def ws_done(seq: int) -> dict[str, Any]:
    return {"type": "done", "data": {"done": True, "finish_reason": "stop", "usage": None, "seq": seq}}
