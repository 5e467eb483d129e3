"""Gives the recorded bytes at the recorded paths, each read in one piece and at its time; all else passes.

Stands inside the guards, so that what a capture holds is given to nobody whom the gateway would not answer.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator

from starlette.types import ASGIApp, Receive, Scope, Send

from tui.gateway.live_response import until_client_leaves
from tui.gateway.recorded_exchange import RecordedExchange, RecordedResponse

_METHODS = ("GET", "POST")
_CLOSE_NORMAL, _CLOSE_ABNORMAL = 1000, 1011


class RecordedRoutes:
    """Plays an exchange to those who ask for it."""

    def __init__(self, app: ASGIApp, exchange: RecordedExchange) -> None:
        self._app = app
        self._exchange = exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a recorded path, passes every other on."""
        exchange = self._exchange
        is_ours = scope.get("path") in exchange.paths
        if is_ours and scope["type"] == "http" and not exchange.is_ws and scope["method"] in _METHODS:
            await until_client_leaves(receive, self._answer(exchange.take(), send))
        elif is_ours and scope["type"] == "websocket" and exchange.is_ws:
            await self._converse(exchange.take(), receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, response: RecordedResponse, send: Send) -> None:
        """The response; a cut one is left without its end, so that the connection is closed."""
        began = asyncio.get_running_loop().time()
        await self._until(began, response.head_at)
        headers = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in response.headers
        ]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        async for data in self._paced(response, began):
            body = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
            await send({"type": "http.response.body", "body": body, "more_body": True})
        if not response.is_cut:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _converse(self, response: RecordedResponse, receive: Receive, send: Send) -> None:
        """The messages, from the client's first one on."""
        await receive()
        await send({"type": "websocket.accept"})
        if (await receive())["type"] == "websocket.disconnect":
            return
        await until_client_leaves(receive, self._send_messages(response, send))

    async def _send_messages(self, response: RecordedResponse, send: Send) -> None:
        async for data in self._paced(response, asyncio.get_running_loop().time()):
            await send({"type": "websocket.send", "text" if isinstance(data, str) else "bytes": data})
        await send({"type": "websocket.close", "code": _CLOSE_ABNORMAL if response.is_cut else _CLOSE_NORMAL})

    async def _paced(self, response: RecordedResponse, began: float) -> AsyncIterator[bytes | str]:
        for at, data in response.reads:
            await self._until(began, at)
            yield data

    async def _until(self, began: float, at: float) -> None:
        speed = self._exchange.speed
        due = began if math.isinf(speed) else began + at / speed
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
