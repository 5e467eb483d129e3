"""A TCP proxy that cuts its first connection inside the response: after so many bytes of the body, by RST or FIN."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self
from urllib.parse import urlsplit

from tests.far_end import reset


class CuttingProxy:
    """Passes connections on to the server at `url`; the first one ends after `cut_at` bytes behind the head.

    `body_bytes` counts what the first connection's body had until then; `connections` those that were made.
    """

    def __init__(self, url: str, cut_at: int, how: str, cuts: int = 1) -> None:
        parts = urlsplit(url)
        self._far = (parts.hostname, parts.port)
        self._cut_at = cut_at
        self._how = how
        self._cuts = cuts
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.body_bytes = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        limit = self._cut_at if self.connections <= self._cuts else None
        far_reader, far_writer = await asyncio.open_connection(*self._far)
        try:
            async with asyncio.TaskGroup() as tasks:
                up = tasks.create_task(_pipe(reader, far_writer))
                down = tasks.create_task(self._down(far_reader, writer, limit))
                await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
                up.cancel()
                down.cancel()
        finally:
            self._tasks.discard(task)
            for end in (far_writer, writer):
                end.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        sent = 0
        while data := await reader.read(65536):
            part = data if limit is None else data[: limit - sent]
            sent += len(part)
            if self.connections == 1:
                self.body_bytes = sent
            if part:
                writer.write(part)
                await writer.drain()
            if limit is not None and sent >= limit:
                break
        else:
            return
        if self._how == "rst":
            await _until_taken(writer)
            reset(writer)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def _until_taken(writer: asyncio.StreamWriter) -> None:
    """A reset discards what the far end has not read yet; the cut is to be at its byte and not before."""
    for _ in range(3):
        await asyncio.sleep(0.01)
    await writer.drain()
