"""A reverse proxy as it stands before many gateways: WebSockets pass, an HTTP answer is held until it is whole."""

from __future__ import annotations

import asyncio
from typing import Self

_HEAD_END = b"\r\n\r\n"


class BufferingHop:
    """Forwards to a gateway on this machine; `requests` counts what came."""

    def __init__(self, url: str) -> None:
        self._target = url.removeprefix("http://").split(":")
        self._server: asyncio.Server | None = None
        self.url = ""
        self.requests: list[str] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(_HEAD_END)
            self.requests.append(head.decode("latin-1"))
            far_reader, far_writer = await asyncio.open_connection(self._target[0], int(self._target[1]))
            if b"upgrade: websocket" in head.lower():
                far_writer.write(head)
                await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
            else:
                await self._hold_back(head, reader, writer, far_reader, far_writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _hold_back(
        self,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        """The whole answer, read to its end, then passed on at once."""
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        far_writer.write(b"\r\n".join([lines[0], b"connection: close", *lines[1:]]) + await reader.readexactly(length))
        answer = await far_reader.read(-1)
        far_writer.close()
        first, rest = answer.split(b"\r\n", 1)
        named, body = rest.split(_HEAD_END, 1)
        kept = [line for line in named.split(b"\r\n") if not line.lower().startswith(b"x-accel-buffering:")]
        writer.write(b"\r\n".join([first, b"via: 1.1 nginx", *kept]) + _HEAD_END + body)
        await writer.drain()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
