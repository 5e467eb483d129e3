"""Everything that a run derives from its reads against the openai SDK's bare iteration over the same bytes.

Run it as a script: python tests/benchmarks/bench_pipeline.py [--quick]. Ours is decoder, buffer, extractors, columns
and statistics (`DerivedRun.add`); the SDK only makes its chunk objects, from a body in memory, and nobody looks at
them. CPU time, interleaved, medians; the exit status is 1 when a figure of the design is missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import httpx2
from openai import OpenAI, Stream
from openai.types.chat import ChatCompletionChunk

from tui.core.capture import CaptureEnd, CaptureHeader, Read, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

ROUNDS = 5
FIGURE = 0.2
ANSWER = (
    "Here is a **short** plan, e.g. for version 3.11 of the tool. It has two parts; both are easy.\n\n"
    "1. Read the file, line by line.\n2. Count the words (not the spaces).\n\n"
    "```python\ndef count(path):\n    with open(path) as file:\n        return sum(len(line.split()) for line in file)"
    '\n```\n\nThe answer is then `{"words": 1024, "lines": [1, 2, 3]}`, as Dr. Smith said. Is that enough? Yes!\n\n'
)
HEADERS = (("content-type", "text/event-stream"),)


def chunk_line(text: str) -> bytes:
    """One chat-completions chunk as the API sends it."""
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": None}
    chunk = {
        "id": "chatcmpl-b3f1c0de4a7d4c0f9a55",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000,
        "model": "example-model-2026-01",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        "choices": [choice],
    }
    return f"data: {json.dumps(chunk, separators=(',', ':'))}\n\n".encode()


def reads_of(chunk_count: int, chunks_a_read: int) -> list[bytes]:
    """The body of an answer in chunks of four characters, and so many chunks in each read."""
    size = 4 * chunk_count
    text = (ANSWER * (size // len(ANSWER) + 1))[:size]
    lines = [chunk_line(text[start : start + 4]) for start in range(0, size, 4)]
    body = [b"".join(lines[start : start + chunks_a_read]) for start in range(0, len(lines), chunks_a_read)]
    finish = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "model": "example-model-2026-01"}
    return [*body, f"data: {json.dumps(finish)}\n\ndata: [DONE]\n\n".encode()]


class _Body(httpx2.SyncByteStream):
    """A response body that is in memory."""

    def __init__(self, reads: list[bytes]) -> None:
        self._reads = reads

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._reads)


def iterate_sdk(reads: list[bytes]) -> int:
    """The SDK's chunks, counted."""
    client = OpenAI(api_key="not-a-key", base_url="http://127.0.0.1:9")
    request = httpx2.Request("POST", "http://127.0.0.1:9/v1/chat/completions")
    response = httpx2.Response(200, headers=HEADERS, stream=_Body(reads), request=request)
    stream = Stream[ChatCompletionChunk](cast_to=ChatCompletionChunk, response=response, client=client)
    return sum(1 for _ in stream)


def derive(reads: list[bytes]) -> int:
    """A whole run, up to its result; gives the number of its chunks."""
    run = DerivedRun(CaptureHeader("direct", "http://127.0.0.1:9/v1", {}))
    run.add(ResponseHead(200, HEADERS, 0.0))
    at = 0.0
    for data in reads:
        at += 0.01
        run.add(Read(at, data))
    run.add(CaptureEnd(at, Outcome.COMPLETED))
    return len(run.chunks)


def cpu_seconds(work: Callable[[list[bytes]], int], reads: list[bytes], count: int) -> float:
    """CPU time of one run, which must give every chunk and the one with the finish reason."""
    gc.collect()
    start = time.process_time()
    found = work(reads)
    spent = time.process_time() - start
    if found != count + 1:
        raise SystemExit(f"expected {count + 1} chunks, found {found}")
    return spent


def measure(name: str, chunk_count: int, chunks_a_read: int) -> bool:
    """Prints one row; says whether the figure was reached."""
    reads = reads_of(chunk_count, chunks_a_read)
    ours, sdk = [], []
    for _ in range(ROUNDS):
        sdk.append(cpu_seconds(iterate_sdk, reads, chunk_count))
        ours.append(cpu_seconds(derive, reads, chunk_count))
    ratio = median(ours) / median(sdk)
    print(
        f"{name:22} ours {median(ours) / chunk_count * 1e6:6.2f} us a chunk   SDK"
        f" {median(sdk) / chunk_count * 1e6:6.2f}   x{ratio:.3f}   figure x{FIGURE}"
        f"   {'ok' if ratio <= FIGURE else 'MISSED'}",
        flush=True,
    )
    return ratio <= FIGURE


def main() -> int:
    """Runs both; 0 when the figure is reached in both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the chunks")
    count = 2_000 if parser.parse_args().quick else 20_000
    reached = [measure("one chunk a read", count, 1), measure("50 chunks a read", count, 50)]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
