"""The way out of the probe: order, bounds and what happens when nobody reads."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tui.probe_output import PipeWriter

LINE = "x" * 1023 + "\n"


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """Both ends; the writer closes its own."""
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        os.close(reading)


def read_all(reading: int) -> bytes:
    pieces = []
    while piece := os.read(reading, 65536):
        pieces.append(piece)
    return b"".join(pieces)


def numbered(index: int) -> str:
    return f"{index:07d} {LINE}"


def test_what_nobody_reads_spills_to_a_file_and_comes_in_order_later() -> None:
    with pipe() as (reading, writing), PipeWriter(writing, memory_limit_bytes=16 * 1024) as writer:
        for index in range(2000):
            writer.write(numbered(index))
        assert writer.spilled_bytes > 1_500_000
        result: list[bytes] = []
        reader = threading.Thread(target=lambda: result.append(read_all(reading)))
        reader.start()
        writer.close()
        reader.join(10)
        assert result[0].decode() == "".join(map(numbered, range(2000)))
        assert writer.spilled_bytes == 0
        assert not writer.is_broken


def test_lines_written_while_the_spill_is_drained_stay_in_order() -> None:
    with pipe() as (reading, writing), PipeWriter(writing, memory_limit_bytes=4096) as writer:
        result: list[bytes] = []
        for index in range(400):
            writer.write(numbered(index))
        reader = threading.Thread(target=lambda: result.append(read_all(reading)))
        reader.start()
        for index in range(400, 3000):
            writer.write(numbered(index))
        writer.close()
        reader.join(10)
        assert result[0].decode() == "".join(map(numbered, range(3000)))


def test_a_line_larger_than_the_limit_passes() -> None:
    with pipe() as (reading, writing), PipeWriter(writing, memory_limit_bytes=100) as writer:
        result: list[bytes] = []
        reader = threading.Thread(target=lambda: result.append(read_all(reading)))
        reader.start()
        writer.write("y" * 300_000 + "\n")
        writer.close()
        reader.join(10)
        assert len(result[0]) == 300_001


def test_a_reader_that_has_gone_breaks_the_writer_and_costs_no_exception() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with PipeWriter(writing) as writer:
        writer.write(LINE)
        writer.close()
        assert writer.is_broken
        writer.write(LINE)


def test_closing_gives_up_on_a_reader_that_never_reads() -> None:
    with pipe() as (_, writing), PipeWriter(writing, memory_limit_bytes=1024) as writer:
        for _ in range(200):
            writer.write(LINE)
        writer.close(timeout_s=0.05)
        assert not writer.is_broken


def test_a_disk_without_room_ends_the_pipe_instead_of_leaving_a_gap() -> None:
    """The reader gets a prefix and an end; the caller of `write` notices nothing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pipe() as (reading, writing), PipeWriter(writing, memory_limit_bytes=4096) as writer:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
        try:
            for index in range(1000):
                writer.write(numbered(index))
            assert writer.is_broken
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        received = read_all(reading).decode()
    assert "".join(map(numbered, range(1000))).startswith(received)


@pytest.mark.parametrize("count", [0, 1])
def test_the_reader_sees_the_end(count: int) -> None:
    with pipe() as (reading, writing):
        with PipeWriter(writing) as writer:
            for _ in range(count):
                writer.write(LINE)
        assert read_all(reading) == LINE.encode() * count
