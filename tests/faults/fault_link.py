"""One connection of a far end: it plays its script over a real socket and notes what it saw.

What is noted is what proves a cancel, a closed socket or a wait: times are those of the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as HandshakeRequest
from websockets.server import ServerProtocol

from tests.far_end import header_values, http_chunk, http_head, reset
from tests.faults.fault_wires import frame, said

_LONGEST_S = 60.0
_GOODBYE_S = 2.0
_UNBROKEN = 256  # tokens


@dataclass(frozen=True)
class Note:
    """Something that a far end saw: `open`, `request`, `message`, `cancel`, `client_close`, `gone` or `closed`."""

    at: float
    connection: int
    what: str
    detail: str = ""


class FarEnd(Protocol):
    """What a connection needs to know of its server."""

    wire: str
    cut: Cut | None
    log: list[Note]

    @property
    def is_websocket(self) -> bool:
        """Whether its connections are upgraded."""


@dataclass
class Cut:
    """A body is cut at this byte (of what goes over the wire after the head) by RST, by FIN or by silence."""

    at: int
    how: str


class _EndOfScriptError(Exception):
    """The script closes the connection: `how` is `fin` or `reset`."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


@dataclass
class Link:
    """One connection and where its script is."""

    far: FarEnd
    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seq: int = 0
    is_chunked: bool = False
    finish_reason: str = "stop"
    head: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    handshake: HandshakeRequest | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    closed_by_peer: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    protocol: ServerProtocol = field(default_factory=lambda: ServerProtocol(max_size=None))
    listener: asyncio.Task[None] | None = None
    body_bytes: int = 0

    def note(self, what: str, detail: str = "") -> None:
        self.far.log.append(Note(asyncio.get_running_loop().time(), self.number, what, detail))

    async def play(self, steps: list[dict[str, Any]], tasks: asyncio.TaskGroup) -> str:
        """Plays the steps and gives how the connection ended."""
        self.note("open")
        try:
            for step in steps:
                await self._do(step, tasks)
        except _EndOfScriptError as end:
            return end.how
        except (ConnectionError, asyncio.IncompleteReadError):
            return "left"
        return "fin"

    def end(self, how: str) -> None:
        """Ends the socket as the script said."""
        if self.listener is not None:
            self.listener.cancel()
        self.note("closed", how)
        if how == "reset":
            reset(self.writer)
        self.writer.close()

    async def _do(self, step: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        match step["op"]:
            case "open":
                await self._open(step, tasks)
            case "finale":
                await self._finale()
            case "request":
                await self._request(tasks)
            case "head":
                await self._head(step)
            case "ws_accept":
                await self._accept(step.get("bad", ""))
            case "token" | "done" | "error":
                await self._say(step["op"], step)
            case "finish":
                self.finish_reason = step.get("reason", "stop")
                await self._say("finish", step)
            case "tokens":
                await self._tokens(step)
            case "loop":
                await self._loop(step, tasks)
            case _:
                await self._do_bytes(step)

    async def _do_bytes(self, step: dict[str, Any]) -> None:
        match step["op"]:
            case "body":
                await self._body(_bytes_of(step), step)
            case "raw":
                await self._write(_bytes_of(step), step)
            case "ws_frame":
                is_final = step.get("fin", True)
                await self._write(frame(step["opcode"], _bytes_of(step), is_final=is_final), step)
            case "ws_ping":
                await self._write(frame(Opcode.PING, _bytes_of(step)), step)
            case "ws_close":
                await self._close_websocket(step.get("code", 1000), step.get("reason", ""))
            case _:
                await self._do_waiting(step)

    async def _do_waiting(self, step: dict[str, Any]) -> None:
        match step["op"]:
            case "end":
                if self.is_chunked and not self.far.is_websocket:
                    await self._write(b"0\r\n\r\n", {})
            case "sleep" | "stall":
                await self._wait(self.gone, step["ms"])
            case "wait_cancel":
                await self._wait(self.cancelled, step["ms"])
            case "close":
                raise _EndOfScriptError("fin")
            case "reset":
                raise _EndOfScriptError("reset")
            case unknown:
                raise LookupError(unknown)

    async def _open(self, step: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        await self._request(tasks)
        if self.far.is_websocket:
            await self._accept("")
            await self.asked.wait()
        else:
            await self._head(step)
        await self._say("start", {})

    async def _finale(self) -> None:
        await self._say("finish", {})
        await self._say("done", {"reason": self.finish_reason})
        await self._do_waiting({"op": "end"})
        if self.far.is_websocket:
            await self._close_websocket(1000, "")

    async def _request(self, tasks: asyncio.TaskGroup) -> None:
        """Reads a request and goes on looking for a client that leaves."""
        head = self.head.decode("latin-1").split("\r\n")
        self.headers = header_values(head[1:])
        if self.far.is_websocket:
            self.protocol.receive_data(self.head)
            self.handshake = next(e for e in self.protocol.events_received() if isinstance(e, HandshakeRequest))
        else:
            await self.reader.readexactly(int(self.headers.get("content-length", 0)))
        self.note("request", head[0])
        self.listener = tasks.create_task(self._listen())

    async def _listen(self) -> None:
        """Reads until the client has left; of a WebSocket each message and close is noted, and pings are answered."""
        with contextlib.suppress(ConnectionError):
            while data := await self.reader.read(65536):
                if self.far.is_websocket:
                    self._take(data)
        self.note("gone")
        self.gone.set()

    def _take(self, data: bytes) -> None:
        self.protocol.receive_data(data)
        for event in self.protocol.events_received():
            if not isinstance(event, Frame):
                continue
            if event.opcode is Opcode.TEXT:
                text = bytes(event.data).decode()
                self.note("message", text)
                self.asked.set()
                if '"cancel"' in text:
                    self.note("cancel")
                    self.cancelled.set()
            elif event.opcode is Opcode.CLOSE:
                self.note("client_close", str(int.from_bytes(event.data[:2], "big")) if event.data else "")
                self.closed_by_peer.set()
        for answer in self.protocol.data_to_send():
            if answer and not self.writer.is_closing():
                self.writer.write(answer)

    async def _head(self, step: dict[str, Any]) -> None:
        framing = step.get("framing", "chunked")
        values = {"content-type": "text/event-stream", **{k.lower(): v for k, v in step.get("headers", {}).items()}}
        self.is_chunked = framing == "chunked"
        if self.is_chunked:
            values["transfer-encoding"] = "chunked"
        else:
            values["content-length"] = framing.removeprefix("length:")
        self.writer.write(http_head(step.get("status", 200), "Fault", values))
        await self.writer.drain()

    async def _accept(self, bad: str) -> None:
        """The handshake, whole or spoilt in one of two ways."""
        assert self.handshake is not None
        if bad.startswith("status:"):
            response = self.protocol.reject(int(bad.removeprefix("status:")), "no\n")
        else:
            response = self.protocol.accept(self.handshake)
        if bad == "accept":
            del response.headers["Sec-WebSocket-Accept"]
            response.headers["Sec-WebSocket-Accept"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
        self.protocol.send_response(response)
        for data in self.protocol.data_to_send():
            self.writer.write(data)
        await self.writer.drain()

    async def _say(self, what: str, values: dict[str, Any]) -> None:
        text = said(self.far.wire, what, self.seq, {"reason": self.finish_reason, **values})
        if what == "token":
            self.seq += 1
        if text:
            await self._body(text.encode("utf-8", "surrogatepass"), values)

    async def _tokens(self, step: dict[str, Any]) -> None:
        first = self._resumed_at() if step.get("from") == "last_event_id" else self.seq
        self.seq = first
        pattern, gap_s = step.get("text", "tok{i} "), step.get("gap_ms", 0) / 1000
        for _ in range(first, step["n"] if step.get("from") else first + step["n"]):
            await self._say("token", {"text": pattern.replace("{i}", str(self.seq))})
            if gap_s:
                await self._wait(self.gone, gap_s * 1000)
            elif not self.seq % _UNBROKEN:
                await asyncio.sleep(0)  # a socket that takes everything leaves nobody else a turn
            if self.gone.is_set() or (self.cancelled.is_set() and step.get("obey_cancel")):
                break

    def _resumed_at(self) -> int:
        """The number after the last one that the client says it has."""
        return int(self.headers.get("last-event-id", ":-1").rpartition(":")[2]) + 1

    async def _loop(self, step: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        for _ in range(step["n"]):
            for inner in step["ops"]:
                await self._do(inner, tasks)
            if self.gone.is_set():
                break

    async def _body(self, data: bytes, step: dict[str, Any]) -> None:
        """A piece of the body in its framing: a chunk, a message, or as it is."""
        if self.far.is_websocket:
            data = frame(Opcode.TEXT, data)
        elif self.is_chunked:
            data = http_chunk(data)
        await self._write(data, step)

    async def _write(self, data: bytes, step: dict[str, Any]) -> None:
        cut = self.far.cut
        room = len(data) if cut is None else max(0, cut.at - self.body_bytes)
        self.body_bytes += len(data)
        await self._write_pieces(data[:room], step)
        if cut is not None and room < len(data):
            await self._cut(cut.how)

    async def _write_pieces(self, data: bytes, step: dict[str, Any]) -> None:
        size = step.get("split") or max(1, len(data))
        for start in range(0, len(data), size):
            if self.gone.is_set():
                raise ConnectionError
            self.writer.write(data[start : start + size])
            await self.writer.drain()
            if step.get("split") and step.get("gap_ms"):
                await asyncio.sleep(step["gap_ms"] / 1000)

    async def _cut(self, how: str) -> NoReturn:
        if how == "stall":
            await self._wait(self.gone, _LONGEST_S * 1000)
        if how == "reset":
            await self._wait(self.gone, 20)  # a reset discards what has not left yet
        raise _EndOfScriptError("reset" if how == "reset" else "fin")

    async def _close_websocket(self, code: int, reason: str) -> NoReturn:
        await self._write(frame(Opcode.CLOSE, struct.pack("!H", code) + reason.encode()), {})
        await self._wait(self.closed_by_peer, _GOODBYE_S * 1000)
        raise _EndOfScriptError("fin")

    async def _wait(self, event: asyncio.Event, milliseconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(milliseconds / 1000, _LONGEST_S)):
                await event.wait()


def _bytes_of(step: dict[str, Any]) -> bytes:
    """What a step writes."""
    data = bytes.fromhex(step["hex"]) if "hex" in step else step.get("text", "").encode("utf-8", "surrogatepass")
    return data * int(step.get("repeat", 1))
