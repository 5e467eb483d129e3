"""What the far ends of the tests have in common: each connection is served in a task, and HTTP is written alike."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterable


class ServedConnections:
    """Serves each connection by `_meet`; what goes wrong there is in `faults`, to be raised in the test."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.faults: list[BaseException] = []

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._meet(reader, writer)
        except (asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
            pass  # the test is over, or the client left: what the test looks at is on its side
        except Exception as error:  # noqa: BLE001  raised in the test, at the end of the server
            self.faults.append(error)
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _raise_fault(self, error: BaseException | None) -> None:
        """Raises the first fault, unless the test has failed already."""
        if error is None and self.faults:
            raise self.faults[0]


def reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def header_values(lines: Iterable[str]) -> dict[str, str]:
    """Header lines as they came, by their names in lower case."""
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def http_head(status: int, reason: str, headers: dict[str, str]) -> bytes:
    """The head of an answer."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode()


def http_chunk(data: bytes) -> bytes:
    """One chunk of a body."""
    return b"%x\r\n%s\r\n" % (len(data), data)
