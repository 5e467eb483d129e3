"""An OpenAI-compatible far end that follows a script and counts who hangs up: real sockets, raw HTTP/1.1.

No library of the gateway is used here, so that a fault of one cannot hide in the other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Exchange:
    """One request, and the means to answer it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    writer: asyncio.StreamWriter = field(repr=False)

    async def head(self, status: int = 200, content_type: str = "text/event-stream", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {content_type}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def event(self, delta: dict[str, Any], finish_reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}
        await self.send(f"data: {json.dumps(chunk)}\n\n".encode())

    async def tokens(self, *texts: str) -> None:
        for text in texts:
            await self.event({"content": text})

    async def finish(self, reason: str = "stop") -> None:
        await self.event({}, reason)
        await self.send(b"data: [DONE]\n\n")


Script = Callable[[Exchange], Awaitable[None]]


class ScriptedUpstream:
    """Serves `script` on a free loopback port while it is open.

    `requests` are those that came; `hang_ups` counts connections that the far side closed before the script ended.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self.requests: list[Exchange] = []
        self.hang_ups = 0
        self.open_count = 0
        self.address = ""
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self.open_count == 0)

    @property
    def url(self) -> str:
        return f"http://{self.address}/v1"

    async def wait_for_hang_ups(self, count: int, within_s: float = 3.0) -> None:
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(lambda: self.hang_ups >= count)

    async def wait_for_requests(self, count: int, within_s: float = 3.0) -> None:
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_count += 1
        try:
            exchange = await _read_request(reader, writer)
            if exchange is not None:
                self.requests.append(exchange)
                await self._notify()
                await self._follow_script(exchange, reader)
        finally:
            writer.close()
            self.open_count -= 1
            await self._notify()

    async def _follow_script(self, exchange: Exchange, reader: asyncio.StreamReader) -> None:
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(_is_followed_to_its_end(self._script(exchange)))
            watching = tasks.create_task(_until_end(reader))
            await asyncio.wait((following, watching), return_when=asyncio.FIRST_COMPLETED)
            if not (following.done() and following.result()):
                self.hang_ups += 1
            following.cancel()
            watching.cancel()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")[:-2]
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Exchange(method, path, headers, body, writer)


async def _is_followed_to_its_end(script: Awaitable[None]) -> bool:
    try:
        await script
    except ConnectionError:
        return False
    return True


async def _until_end(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(4096):
            pass
    except ConnectionError:
        return


async def for_ever() -> None:
    """A silence that only a hang-up ends."""
    await asyncio.Event().wait()


async def three_words_then_silence(exchange: Exchange) -> None:
    """An answer that never ends by itself."""
    await exchange.head()
    await exchange.tokens("one", " two", " three")
    await for_ever()
