"""The control of the gateway's benchmarks: FastAPI's StreamingResponse around what httpx reads, and nothing else.

Run as `python tests/benchmarks/bare_stream.py UPSTREAM_URL`; prints its port. The server is configured as the
gateway's is. `POST /v1/stream` asks the upstream as the gateway does and hands on its bytes as they come; `POST /made`
makes the same events itself, `RATE COUNT` in the prompt.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from tests.benchmarks.gateway_clients import MADE_EVENT, MADE_LAST

MEDIA_TYPE = "text/event-stream"


def bare_app(upstream: str) -> FastAPI:
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False})
    client = httpx.AsyncClient(timeout=60, trust_env=False, limits=httpx.Limits(max_connections=None))

    @app.post("/v1/stream")
    async def relayed(request: Request) -> StreamingResponse:
        body = {**json.loads(await request.body()), "stream": True}

        async def pieces() -> AsyncIterator[bytes]:
            async with client.stream("POST", f"{upstream}/chat/completions", json=body) as response:
                async for piece in response.aiter_raw():
                    yield piece

        return StreamingResponse(pieces(), media_type=MEDIA_TYPE)

    @app.post("/made")
    async def made(request: Request) -> StreamingResponse:
        _, rate, count = json.loads(await request.body())["messages"][-1]["content"].split()

        async def pieces() -> AsyncIterator[bytes]:
            started = time.monotonic()
            for index in range(int(count)):
                await asyncio.sleep(max(0.0, started + index / float(rate) - time.monotonic()))
                yield MADE_EVENT
            yield MADE_LAST

        return StreamingResponse(pieces(), media_type=MEDIA_TYPE)

    return app


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


if __name__ == "__main__":
    config = uvicorn.Config(bare_app(sys.argv[1]), port=0, http="h11", log_level="error", access_log=False)
    _Server(config).run()
