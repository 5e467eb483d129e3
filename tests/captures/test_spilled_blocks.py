"""A run larger than its limit keeps the rest of its bytes in a file, and says the same."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from tests.transports.scripted_server import CHAT_DONE, chat_event
from tui.captures.spilled_blocks import SpilledBlocks
from tui.core.byte_store import ByteStore
from tui.core.capture import CaptureEnd, CaptureHeader, Read, ResponseHead
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun

MIB = 1024 * 1024
HEAD = ResponseHead(200, (("content-type", "text/event-stream"),), 0.0)


def test_bytes_in_the_file_are_read_as_those_in_memory() -> None:
    dice, blocks = random.Random(8), SpilledBlocks(2 * MIB)
    store, data = ByteStore(blocks), bytearray()
    for _ in range(200):
        piece = dice.randbytes(dice.randint(1, 80_000))
        data += piece
        store.append(piece)
    assert blocks.spilled_bytes >= 4 * MIB
    for _ in range(200):
        start = dice.randint(0, len(data))
        end = dice.randint(start, len(data))
        assert store.between(start, end) == bytes(data[start:end])


def test_a_spilled_run_says_the_same_and_opens_again() -> None:
    blocks = SpilledBlocks(MIB)
    runs = [DerivedRun(CaptureHeader("direct", "http://h", {}, clock=0.0), keep=keep) for keep in (None, blocks)]
    for run in runs:
        run.add(HEAD)
        for index in range(400):
            run.add(Read(0.01 * index, (chat_event(f"{index} " * 2000)).encode()))
        run.add(Read(5.0, (chat_event("", "stop") + CHAT_DONE).encode()))
        run.add(CaptureEnd(5.1, Outcome.COMPLETED))
    assert blocks.spilled_bytes >= MIB
    plain, spilled = runs
    assert list(spilled.capture.records()) == list(plain.capture.records())
    again = DerivedRun.of_records(spilled.capture.records())
    assert list(again.chunks) == list(plain.chunks)
    assert (again.outcome, spilled.pipeline.content.text()) == (plain.outcome, plain.pipeline.content.text())


def test_without_room_for_a_file_memory_is_used_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    blocks = SpilledBlocks(0)
    assert blocks(b"x" * 10)[2:5] == b"xxx"
    assert blocks.spilled_bytes == 0
