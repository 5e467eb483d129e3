"""What recording costs a read, and how soon and in how much memory a large capture opens.

Figures: at most 10 us to write a read; the first chunk of a 100 MB capture within 1 s; at most the file's size and
64 MiB held while it is opened and derived, above what the program holds without it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import ROUNDS, run_script
from tests.benchmarks.row import Row, row_of
from tui.captures.capture_writer import CaptureWriter
from tui.captures.open_capture import open_capture
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

WRITE_US, FIRST_S, ABOVE_BYTES = 10.0, 1.0, 64 * 2**20


def resident_bytes() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def event(index: int) -> bytes:
    """A chat completions event of the usual size, 270 bytes."""
    value = {
        "id": "chatcmpl-CJv2ELQ5W0zMb3iGIHrVb7PyLWIYr",
        "object": "chat.completion.chunk",
        "created": 1795364255,
        "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default",
        "system_fingerprint": "fp_560af6e559",
        "choices": [{"index": 0, "delta": {"content": f" w{index}"}, "logprobs": None, "finish_reason": None}],
    }
    return f"data: {json.dumps(value, separators=(',', ':'))}\n\n".encode()


def write(path: Path, count: int) -> float:
    """Writes a capture of `count` reads; gives the microseconds of CPU a read."""
    reads = [Read(index / 1000, event(index), 300) for index in range(count)]
    with CaptureWriter(path) as writer:
        writer.add(CaptureHeader("direct", "http://127.0.0.1/v1", {}, "openai-chat", clock=0.0))
        writer.add(Marker("sent", 0.0))
        writer.add(ResponseHead(200, (("content-type", "text/event-stream"),), 0.0))
        started = time.process_time()
        for read in reads:
            writer.add(read)
        spent = time.process_time() - started
        writer.add(CaptureEnd(count / 1000, Outcome.INCOMPLETE, is_recorded=False))
    return spent / count * 1e6


def open_all(path: Path) -> tuple[float, float, int]:
    """Seconds to the first chunk, CPU seconds to the end, and the most memory held above that of before, in bytes."""
    before = resident_bytes()
    started, cpu = time.perf_counter(), time.process_time()
    records = iter(open_capture(path))
    header = next(records)
    assert isinstance(header, CaptureHeader)
    run, first, most = DerivedRun(header), 0.0, 0
    for number, record in enumerate(records):
        run.add(record)
        if not first and run.chunks:
            first = time.perf_counter() - started
        if number % 4096 == 0:
            most = max(most, int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    return first, time.process_time() - cpu, max(most, resident_bytes()) - before


def rows(is_quick: bool) -> Iterator[Row]:
    """Writing against the bare write of the same lines, and opening."""
    megabytes = 10 if is_quick else 100
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.jsonl"
        yield row_of("capture: writing a read", [write(path, 20_000) for _ in range(ROUNDS)], "us", WRITE_US)
        write(path, int(20_000 * megabytes * 1e6 / path.stat().st_size))
        size = path.stat().st_size
        first, whole, above = open_all(path)
    yield row_of(f"capture of {megabytes} MB: first chunk", [first], "s", FIRST_S, is_shown=True)
    yield row_of(f"capture of {megabytes} MB: all derived", [whole], "s")
    limit = (size + ABOVE_BYTES) / size
    yield row_of(f"capture of {megabytes} MB: held at most / its size", [above / size], "x", limit, is_shown=True)


if __name__ == "__main__":
    run_script(rows, __doc__)
