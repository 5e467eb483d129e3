"""The gateway under load: what it costs above a bare StreamingResponse, 200 streams, 1,000 cancels, its memory.

Far end, gateway, control and the clients are processes of their own on this machine. Figures: at most 2x the processor
time of FastAPI's StreamingResponse around what httpx reads; 200 answers at 50 events a second each with its terminal
event, at most 1 s behind the upstream's end; upstream closed within 500 ms (p99) of a cancel, and always; at most 20 MB
more after 1,000 answers than before the first. A figure in seconds is told as its share of what is allowed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from statistics import quantiles

from tests.benchmarks.gateway_bench_parts import Parts, Served
from tests.benchmarks.gateway_clients import StreamClient, delete_stream, sse_stream, ws_stream
from tests.benchmarks.measure import run_script
from tests.benchmarks.row import Row, row_of

OVERHEAD, BEHIND_S, CANCEL_S, GROWTH_BYTES = 2.0, 1.0, 0.5, 20e6
RATE, LOAD_STREAMS, STREAMS = 50, 20, 200
AT_ONCE, CANCELS_AT_ONCE = 50, 8
_ENDLESS = 1_000_000


def opened(kind: str, url: str, prompt: str) -> AbstractAsyncContextManager[StreamClient]:
    """A client of that kind on one answer."""
    match kind:
        case "ws":
            return ws_stream(url, prompt)
        case "made":
            return sse_stream(url, prompt, "/made")
        case _:
            return sse_stream(url, prompt)


async def load(served: Served, kind: str, streams: int, count: int) -> tuple[float, list[StreamClient]]:
    """So many answers at a time, read to their ends; CPU microseconds an event, and what the clients saw."""

    async def one(number: int) -> StreamClient:
        async with opened(kind, served.url, f"{kind}{number} {RATE} {count}") as client:
            await client.read_to_end()
            return client

    before = served.cpu_s()
    clients = await asyncio.gather(*(one(number) for number in range(streams)))
    spent = served.cpu_s() - before
    return spent / max(1, sum(client.chunks for client in clients)) * 1e6, clients


async def overhead(parts: Parts, rounds: int, count: int) -> AsyncIterator[Row]:
    """The gateway's processor time an event against that of the control, in turn."""
    served = {"sse": parts.gateway, "ws": parts.gateway, "bare": parts.bare, "made": parts.bare}
    taken: dict[str, list[float]] = {kind: [] for kind in served}
    for kind, server in served.items():
        await load(server, kind, LOAD_STREAMS, 25)
    for _ in range(rounds):
        for kind, server in served.items():
            taken[kind].append((await load(server, kind, LOAD_STREAMS, count))[0])
    for kind in ("sse", "ws"):
        ratios = [ours / bare for ours, bare in zip(taken[kind], taken["bare"], strict=True)]
        note = f"{min(taken[kind]):.0f} us against {min(taken['bare']):.0f}, {LOAD_STREAMS} answers at {RATE} events/s"
        yield row_of(f"gateway over {kind}: an event / a bare relay", ratios, "x", OVERHEAD, note=note, is_shown=True)
    ratios = [ours / made for ours, made in zip(taken["sse"], taken["made"], strict=True)]
    note = "the control makes its events itself, without an upstream to read"
    yield row_of("gateway over sse: an event / a bare response of ready events", ratios, "x", note=note)


async def many(parts: Parts, kind: str, count: int) -> AsyncIterator[Row]:
    """200 answers at a time."""
    cost, clients = await load(parts.gateway, kind, STREAMS, count)
    proven = sum(client.terminal == "done" for client in clients)
    what = f"{STREAMS} answers over {kind} at {RATE} events/s"
    yield row_of(f"{what}: with their terminal event / all", [proven / STREAMS], "x", 1.0, is_floor=True, is_shown=True)
    worst = max(client.behind_s for client in clients)
    note = f"{worst * 1000:.0f} ms; {cost:.0f} us of CPU an event"
    yield row_of(f"{what}: slowest end / 1 s allowed", [worst / BEHIND_S], "x", 1.0, note=note, is_shown=True)


async def cancel_one(parts: Parts, number: int) -> float:
    """Seconds from a cancel to the upstream's closed connection; each way of cancelling in its turn."""
    name, kind = f"cancel{number}", ("sse", "ws", "delete")[number % 3]
    async with opened(kind, parts.gateway.url, f"{name} {RATE * 4} {_ENDLESS}") as client:
        await client.read_chunks(3)
        started = time.monotonic()
        if kind == "ws":
            client.cancel_over_ws()
        elif kind == "delete":
            await delete_stream(parts.gateway.url, client.generation)
        if kind != "sse":
            return await parts.far.until_gone(name) - started
    return await parts.far.until_gone(name) - started


async def cancels(parts: Parts, count: int) -> AsyncIterator[Row]:
    """A third each: the connection closed, `cancel` over WebSocket, DELETE."""
    gate = asyncio.Semaphore(CANCELS_AT_ONCE)

    async def one(number: int) -> float:
        async with gate:
            return await cancel_one(parts, number)

    taken = await asyncio.gather(*(one(number) for number in range(count)))
    p99 = quantiles(taken, n=100)[98]
    note = f"{p99 * 1000:.0f} ms, at most {max(taken) * 1000:.0f}"
    yield row_of(f"{count} cancels: upstream closed, p99 / 0.5 s", [p99 / CANCEL_S], "x", 1.0, note=note, is_shown=True)
    closed = 1 - len(parts.far.open_names) / count
    yield row_of(f"{count} cancels: upstreams closed / all", [closed], "x", 1.0, is_floor=True)


async def memory(parts: Parts, count: int) -> AsyncIterator[Row]:
    """What 1,000 answers leave behind, half of them over WebSocket; the finished ones are kept for resuming."""
    before, gate = parts.gateway.resident_bytes(), asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate, opened("ws" if number % 2 else "sse", parts.gateway.url, f"memory{number} 0 60") as client:
            await client.read_to_end()

    await asyncio.gather(*(one(number) for number in range(count)))
    grown = parts.gateway.resident_bytes() - before
    note = f"{AT_ONCE} at a time, as fast as they go, 61 events each"
    yield row_of(f"memory after {count} answers", [grown], "B", GROWTH_BYTES, note=note, is_shown=True)


async def measured(is_quick: bool) -> list[Row]:
    """All rows; memory first, while nothing has run."""
    found: list[Row] = []
    async with Parts.running() as parts:
        for rows_of in (
            memory(parts, 100 if is_quick else 1_000),
            overhead(parts, 1 if is_quick else 3, 25 if is_quick else 150),
            many(parts, "sse", 50 if is_quick else 300),
            many(parts, "ws", 50 if is_quick else 300),
            cancels(parts, 60 if is_quick else 1_000),
        ):
            found += [row async for row in rows_of]
    return found


def rows(is_quick: bool) -> Iterator[Row]:
    """Memory, overhead, 200 streams, cancels."""
    yield from asyncio.run(measured(is_quick))


if __name__ == "__main__":
    run_script(rows, __doc__)
