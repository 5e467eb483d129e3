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

from tests.benchmarks.measure import against, in_turn, micros, run_script
from tests.benchmarks.row import Row
from tui.core.capture import CaptureEnd, CaptureHeader, Read, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

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


def checked(work: Callable[[list[bytes]], int], reads: list[bytes], count: int) -> None:
    """One run, which must give every chunk and the one with the finish reason."""
    found = work(reads)
    if found != count + 1:
        raise SystemExit(f"expected {count + 1} chunks, found {found}")


def measured(name: str, chunk_count: int, chunks_a_read: int) -> Row:
    """Ours and the SDK's in turn."""
    reads = reads_of(chunk_count, chunks_a_read)
    works = {
        kind: partial(checked, work, reads, chunk_count) for kind, work in (("sdk", iterate_sdk), ("ours", derive))
    }
    times = in_turn(works)
    note = f"{micros(times['ours'], chunk_count)} a chunk, the SDK {micros(times['sdk'], chunk_count)}"
    what = f"whole pipeline, {name} / the SDK's bare iteration"
    return against(what, times["ours"], times["sdk"], FIGURE, note=note, is_shown=True)


def rows(is_quick: bool) -> Iterator[Row]:
    """One chunk a read, and fifty."""
    count = 2_000 if is_quick else 20_000
    yield measured("one chunk a read", count, 1)
    yield measured("50 chunks a read", count, 50)


if __name__ == "__main__":
    run_script(rows, __doc__)
