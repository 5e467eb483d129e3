"""Everything that a run derives from its reads against the openai SDK's bare iteration over the same bytes.

Ours is decoder, buffer, extractors, columns and statistics (`DerivedRun.add`); the SDK only makes its chunk objects,
from a body in memory, and nobody looks at them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

import httpx2
from openai import OpenAI, Stream
from openai.types.chat import ChatCompletionChunk

from tests.benchmarks.fast_server import TEXTS
from tests.benchmarks.measure import against, in_turn, micros, run_script
from tests.benchmarks.row import Row
from tui.core.capture import CaptureEnd, CaptureHeader, Read, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

FIGURE, TINY_FIGURE = 0.2, 0.3
ANSWER = (
    "Here is a **short** plan, e.g. for version 3.11 of the tool. It has two parts; both are easy.\n\n"
    "1. Read the file, line by line.\n2. Count the words (not the spaces).\n\n"
    "```python\ndef count(path):\n    with open(path) as file:\n        return sum(len(line.split()) for line in file)"
    '\n```\n\nThe answer is then `{"words": 1024, "lines": [1, 2, 3]}`, as Dr. Smith said. Is that enough? Yes!\n\n'
)
HEADERS = (("content-type", "text/event-stream"),)
FINISH = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "model": "example-model-2026-01"}
ENDS = [f"data: {json.dumps(FINISH)}\n\ndata: [DONE]\n\n".encode()]
WORKLOADS = {  # text, chunks a read (0: reads of 64 bytes, each of which is kept)
    "one chunk a read": (ANSWER, 1),
    "50 chunks a read": (ANSWER, 50),
    "64-byte reads": (ANSWER, 0),
    "JSON, one chunk a read": (TEXTS["json"], 1),
    "Markdown, one chunk a read": (TEXTS["markdown"], 1),
    "CJK and emoji, one chunk a read": (TEXTS["cjk"], 1),
}


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


def reads_of(text: str, chunk_count: int, chunks_a_read: int) -> list[bytes]:
    """The body of an answer in chunks of four characters, and so many chunks in each read; 0: reads of 64 bytes."""
    size = 4 * chunk_count
    text = (text * (size // len(text) + 1))[:size]
    lines = [chunk_line(text[start : start + 4]) for start in range(0, size, 4)]
    if not chunks_a_read:
        return [*cut(b"".join(lines), 64), *ENDS]
    return [*(b"".join(lines[at : at + chunks_a_read]) for at in range(0, len(lines), chunks_a_read)), *ENDS]


def cut(body: bytes, size: int) -> Iterator[bytes]:
    """The body in reads of a size."""
    return (body[at : at + size] for at in range(0, len(body), size))


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


def checked(work: Callable[[list[bytes]], int], reads: list[bytes], count: int) -> None:
    """One run, which must give every chunk and the one with the finish reason."""
    found = work(reads)
    if found != count + 1:
        raise SystemExit(f"expected {count + 1} chunks, found {found}")


def measured(name: str, text: str, chunk_count: int, chunks_a_read: int) -> Row:
    """Ours and the SDK's in turn."""
    reads = reads_of(text, chunk_count, chunks_a_read)
    works = {
        kind: partial(checked, work, reads, chunk_count) for kind, work in (("sdk", iterate_sdk), ("ours", derive))
    }
    times = in_turn(works)
    note = f"{micros(times['ours'], chunk_count)} a chunk, the SDK {micros(times['sdk'], chunk_count)}"
    limit = FIGURE if chunks_a_read else TINY_FIGURE
    what = f"whole pipeline, {name} / the SDK's bare iteration"
    return against(what, times["ours"], times["sdk"], limit, note=note, is_shown=chunks_a_read == 1)


def rows(is_quick: bool) -> Iterator[Row]:
    """One row a workload."""
    count = 500 if is_quick else 5_000
    for name, (text, chunks_a_read) in WORKLOADS.items():
        yield measured(name, text, count, chunks_a_read)


if __name__ == "__main__":
    run_script(rows, __doc__)
