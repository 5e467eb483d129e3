"""The SSE decoder against the one in the openai SDK, on the same reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median

from openai._streaming import SSEDecoder as SDKDecoder

from tests.benchmarks.measure import in_turn, run_script, times_faster
from tests.benchmarks.row import Row
from tui.core.wire.sse_codec import SSEDecoder, SSEEvent

READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Workload:
    """Reads to decode, the events in them, and how many times faster than the SDK the design asks for."""

    name: str
    reads: list[bytes]
    event_count: int
    figure: float
    is_shown: bool = False


def small_payload(index: int) -> str:
    """A chat-completions chunk of about 260 characters."""
    choice = {"index": 0, "delta": {"content": f" word{index % 997}"}, "logprobs": None, "finish_reason": None}
    chunk = {
        "id": "chatcmpl-b3f1c0de4a7d4c0f9a55",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000 + index,
        "model": "example-model-2026-01",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        "choices": [choice],
    }
    return json.dumps(chunk, separators=(",", ":"))


def pair(index: int) -> bytes:
    """An event line and a data line, as the Responses and Messages interfaces send them."""
    data = json.dumps(
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f" w{index}"}}
    )
    return f"event: content_block_delta\ndata: {data}\n\n".encode()


def gateway_event(index: int) -> bytes:
    """A chunk of our own gateway: a name, an id and a data line."""
    data = json.dumps({"content": f" word{index % 997}", "finish_reason": None, "index": index})
    return SSEEvent(data, "chunk", f"0f3a9c51b7e2:{index}").encode().encode()


def cut(body: bytes, size: int) -> list[bytes]:
    """The body in reads of `size` bytes."""
    return [body[start : start + size] for start in range(0, len(body), size)]


def workloads(scale: int) -> Iterator[Workload]:
    """The six workloads of the design and two of the gateway, with `scale` times a thousand small events each."""
    count = 1000 * scale
    small = [f"data: {small_payload(index)}\n\n".encode() for index in range(count)]
    body = b"".join(small)
    yield Workload("small events, 64 KiB reads", cut(body, READ_BYTES), count, 5.0, is_shown=True)
    yield Workload("one event a read", small, count, 2.5, is_shown=True)
    yield Workload("event + data pairs", cut(b"".join(map(pair, range(count))), READ_BYTES), count, 4.5)
    yield Workload("small events, CRLF", cut(body.replace(b"\n", b"\r\n"), READ_BYTES), count, 3.0)
    large = b'data: {"text":"' + b"0123456789abcdef" * (8 * 65536) + b'"}\n\n'
    yield Workload("one 8 MB event", cut(large, READ_BYTES), 1, 2.5)
    named = [gateway_event(index) for index in range(count)]
    yield Workload("gateway events, 64 KiB reads", cut(b"".join(named), READ_BYTES), count, 4.5)
    yield Workload("one gateway event a read", named, count, 2.5)
    yield Workload("64-byte reads", cut(b"".join(small[: count // 5]), 64), count // 5, 2.0, is_shown=True)


def decode_ours(reads: list[bytes]) -> int:
    """How many events our decoder finds."""
    decoder, count = SSEDecoder(), 0
    for read in reads:
        for _event in decoder.feed(read):
            count += 1
    decoder.finish()
    return count


def decode_sdk(reads: list[bytes]) -> int:
    """How many events the SDK's decoder finds, fed as the SDK feeds it."""
    count = 0
    for _event in SDKDecoder().iter_bytes(iter(reads)):
        count += 1
    return count


def checked(decode: Callable[[list[bytes]], int], workload: Workload) -> None:
    """One decoding, or four of a single event; every event must be found."""
    for _ in range(4 if workload.event_count == 1 else 1):
        found = decode(workload.reads)
        if found != workload.event_count:
            raise SystemExit(f"{workload.name}: expected {workload.event_count} events, found {found}")


def measured(workload: Workload) -> Row:
    """Our decoder and the SDK's in turn."""
    times = in_turn({"sdk": partial(checked, decode_sdk, workload), "ours": partial(checked, decode_ours, workload)})
    repeats = 4 if workload.event_count == 1 else 1
    seconds = median(spent.cpu_s for spent in times["ours"]) / repeats
    note = f"{sum(map(len, workload.reads)) / 1e6 / seconds:.0f} MB/s, {workload.event_count / 1e3 / seconds:.0f}k/s"
    what = f"SSE decoder, {workload.name}: times the SDK's speed"
    return times_faster(what, times["ours"], times["sdk"], workload.figure, note=note, is_shown=workload.is_shown)


def rows(is_quick: bool) -> Iterator[Row]:
    """One row a workload."""
    yield from map(measured, workloads(5 if is_quick else 100))


if __name__ == "__main__":
    run_script(rows, __doc__)
