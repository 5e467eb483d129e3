"""The upstream of the gateway's benchmarks: run as `python tests/benchmarks/gateway_far_end.py`.

Prints its port, then one line for each answer: `open NAME`, and `whole NAME` or `gone NAME SECONDS`, the moment at
which the far side hung up, on the system's monotonic clock. The prompt says what is sent: `NAME RATE COUNT` tokens, at
RATE a second, or as fast as they go with RATE 0; the last token is the moment of the end: `end=SECONDS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time

from tests.benchmarks.fast_server import event, last_events

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
_TOKEN = event("abcd")
_AT_ONCE = 64


async def _connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        if head[0].startswith("post"):
            size = next(int(line[15:]) for line in head if line.startswith("content-length:"))
            prompt = json.loads(await reader.readexactly(size))["messages"][-1]["content"]
            await _answer(prompt.split(), reader, writer)
        else:
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{"data":[]}')
    writer.close()


async def _answer(prompt: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    name, rate, count = prompt
    print("open", name, flush=True)
    writer.write(HEAD)
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(_is_sent(writer, float(rate), int(count)))
        watching = tasks.create_task(_until_gone(reader))
        await asyncio.wait((sending, watching), return_when=asyncio.FIRST_COMPLETED)
        if sending.done() and sending.result():
            print("whole", name, flush=True)
        else:
            print("gone", name, watching.result() if watching.done() else time.monotonic(), flush=True)
        sending.cancel()
        watching.cancel()


async def _is_sent(writer: asyncio.StreamWriter, rate: float, count: int) -> bool:
    try:
        await _send(writer, rate, count)
    except ConnectionError:
        return False
    return True


async def _send(writer: asyncio.StreamWriter, rate: float, count: int) -> None:
    started, sent = time.monotonic(), 0
    while sent < count:
        due = min(count, int((time.monotonic() - started) * rate) + 1) if rate else min(count, sent + _AT_ONCE)
        writer.write(_TOKEN * (due - sent))
        sent = due
        await writer.drain()
        await asyncio.sleep(max(0.001, started + sent / rate - time.monotonic()) if rate else 0)
    writer.write(event(f"end={time.monotonic():.6f};") + last_events())
    await writer.drain()


async def _until_gone(reader: asyncio.StreamReader) -> float:
    with contextlib.suppress(ConnectionError):
        while await reader.read(4096):
            pass
    return time.monotonic()


async def _serve() -> None:
    server = await asyncio.start_server(_connected, "127.0.0.1", 0, backlog=1024)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
