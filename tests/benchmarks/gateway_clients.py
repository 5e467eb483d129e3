"""Clients of the gateway's benchmarks that cost next to nothing: raw sockets that count events and see the end.

The bytes of the events are the gateway's own; a client that decoded them would be measured with it.
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

MADE_EVENT = b'event: chunk\ndata: {"content":"abcd","finish_reason":null,"index":7}\nid: ' + b"0" * 32 + b":7\n\n"
MADE_LAST = b'event: done\ndata: {"done":true}\nid: ' + b"0" * 32 + b":8\n\n"
_END = re.compile(rb"end=([0-9.]+);")
_GENERATION = re.compile(rb"x-streamscope-generation: ([0-9a-f]+)")
_TERMINAL = re.compile(rb'event: (done|error|cancelled)|\{"type":"(done|error|cancelled)"|(\[DONE\])')
_CHUNKS = (b"event: chunk", b'{"type":"chunk"', b'"chat.completion.chunk"')
_TAIL = 64  # longer than any mark, so that none is missed where two reads join


class StreamClient:
    """One answer over one connection; `chunks` and `terminal` are what came of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._tail = b""
        self._ended_at = 0.0
        self.chunks = 0
        self.terminal = ""
        self.behind_s = float("inf")
        self.generation = ""

    async def read_chunks(self, count: int) -> None:
        """Reads until so many chunks came."""
        while self.chunks < count and await self._read():
            pass

    async def read_to_end(self) -> None:
        """Reads until the terminal event, or the end of the connection."""
        while not self.terminal and await self._read():
            pass

    def cancel_over_ws(self) -> None:
        """Sends the message."""
        self._writer.write(ws_message({"type": "cancel"}))

    async def _read(self) -> bool:
        data = await self._reader.read(65536)
        now, joined = time.monotonic(), self._tail + data
        self.chunks += sum(joined.count(mark) - self._tail.count(mark) for mark in _CHUNKS)
        if named := _GENERATION.search(joined):
            self.generation = named[1].decode()
        if ended := _END.search(joined):
            self._ended_at = float(ended[1])
        if told := _TERMINAL.search(joined):
            self.terminal = next(filter(None, told.groups())).decode()
            self.behind_s = now - self._ended_at
        self._tail = joined[-_TAIL:]
        return bool(data)


@asynccontextmanager
async def sse_stream(url: str, prompt: str, path: str = "/v1/stream") -> AsyncIterator[StreamClient]:
    """An answer as server-sent events; leaving closes the connection."""
    async with _connection(url) as (reader, writer):
        writer.write(_post(path, _body(prompt)))
        yield StreamClient(reader, writer)


@asynccontextmanager
async def ws_stream(url: str, prompt: str) -> AsyncIterator[StreamClient]:
    """An answer over a WebSocket."""
    async with _connection(url) as (reader, writer):
        handshake = (
            "GET /v1/ws/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        writer.write(handshake.encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ws_message({"type": "complete", "data": _body(prompt)}))
        yield StreamClient(reader, writer)


async def delete_stream(url: str, generation: str) -> None:
    """`DELETE /v1/stream/{gen}`, answered."""
    async with _connection(url) as (reader, writer):
        writer.write(f"DELETE /v1/stream/{generation} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")


def ws_message(value: object) -> bytes:
    """A text frame; its mask is zero, which is one too (RFC 6455 5.3 only wants it unpredictable in browsers)."""
    data = json.dumps(value).encode()
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    return b"\x81" + size + bytes(4) + data


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    try:
        yield reader, writer
    finally:
        writer.close()


def _body(prompt: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}]}


def _post(path: str, value: object) -> bytes:
    data = json.dumps(value).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
    return head.encode() + b"\r\n\r\n" + data
