"""A far end that plays the script of a fault case on a free loopback port.

The nth connection plays the nth script; the last one repeats.
"""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Any, Self

from tests.far_end import ServedConnections
from tests.faults.fault_link import Cut, Link, Note

_PATIENCE_S = 5.0
_LOOK_S = 0.002


class FaultServer(ServedConnections):
    """Plays one script (`inject` of a case) on a free port while it is entered; another one after `play`."""

    def __init__(self, script: dict[str, Any], wire: str, *, cut: Cut | None = None) -> None:
        super().__init__()
        self.script = script
        self.wire = wire
        self.cut = cut
        self.log: list[Note] = []
        self.body_bytes = 0
        self._port = 0
        self._connections = 0
        self._listener: asyncio.Server | None = None
        self._sockets: list[socket.socket] = []
        self._is_released = asyncio.Event()
        self._is_released.set()

    @property
    def is_websocket(self) -> bool:
        """Whether its connections are upgraded."""
        return self.wire == "ws"

    @property
    def url(self) -> str:
        """Where a client looks for it, which need not be where it is."""
        scheme = "https" if self.script.get("client_scheme") == "tls" else "http"
        return f"{scheme}://{self.script.get('target_host', '127.0.0.1')}:{self._port}"

    @property
    def connections(self) -> int:
        """How many connections came since the script began."""
        return self._connections

    def noted(self, *what: str) -> list[Note]:
        """What was noted under these words, in order."""
        return [note for note in self.log if note.what in what]

    async def until_seen(self, since: float, *what: str) -> float:
        """Waits until something was noted at or after a moment; gives when. Raises TimeoutError."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                found = [note.at for note in self.noted(*what) if note.at >= since]
                if found:
                    return found[0]
                await asyncio.sleep(_LOOK_S)

    async def __aenter__(self) -> Self:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        self._port = listening.getsockname()[1]
        await self._listen(listening)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_listening()
        await self._end_tasks()
        self._raise_fault(error)

    async def _end_tasks(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def play(self, script: dict[str, Any], *, is_held: bool = False) -> None:
        """Begins another script on the same port, with an empty log; held, it is played from `release` on."""
        self._stop_listening()
        await self._end_tasks()
        (self.hold if is_held else self.release)()
        self.script = script
        self.log.clear()
        self._connections = 0
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        await self._listen(listening)

    def hold(self) -> None:
        """Whoever asks from now on is answered after `release`."""
        self._is_released.clear()

    def release(self) -> None:
        """Lets the script go on."""
        self._is_released.set()

    async def _listen(self, listening: socket.socket) -> None:
        match self.script.get("listen", "tcp"):
            case "refuse":
                listening.close()
            case "backlog":
                await self._fill(listening)
            case _:
                self._listener = await asyncio.start_server(self._serve, sock=listening, limit=1 << 20)

    async def _fill(self, listening: socket.socket) -> None:
        """A queue that is full: later clients get no answer from the system."""
        listening.listen(0)
        self._sockets.append(listening)
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self._port))
            self._sockets.append(waiting)
        await asyncio.sleep(0.05)

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for held in self._sockets:
            held.close()
        self._sockets.clear()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The next script, unless somebody asks for something else than a stream: the health, a list of models."""
        head = await reader.readuntil(b"\r\n\r\n") if self._begins_with_request else b""
        if head and not (head.startswith(b"POST ") or (self.is_websocket and b"pgrade: websocket" in head)):
            writer.write(b"HTTP/1.1 404 Fault\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            return
        await self._is_released.wait()
        scripts = self.script.get("connections") or [[]]
        steps = scripts[min(self._connections, len(scripts) - 1)]
        link = Link(self, self._connections, reader, writer, head=head)
        self._connections += 1
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            async with asyncio.TaskGroup() as tasks:
                link.end(await link.play(steps, tasks))
        except asyncio.CancelledError:
            link.end("stopped")
            raise
        finally:
            self.body_bytes = link.body_bytes

    @property
    def _begins_with_request(self) -> bool:
        """Whether the scripts read a request before anything else."""
        steps = (self.script.get("connections") or [[]])[0]
        return bool(steps) and steps[0]["op"] in ("open", "request")
