"""Keeps the first bytes of a run in memory and the rest in a temporary file, so that a long run fills no memory."""

from __future__ import annotations

import os
import tempfile
from typing import BinaryIO

from tui.core.byte_store import Block


class SpilledBlocks:
    """Keeps blocks: up to `limit_bytes` of them in memory, what comes after in a file without a name.

    `spilled_bytes` are in the file, which ends with this object. Where there is no room for it, memory is used on.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._kept = 0
        self._file: BinaryIO | None = None
        self.spilled_bytes = 0

    def __call__(self, block: bytes) -> Block:
        """Keeps a block and gives what reads it."""
        if self._kept + len(block) <= self._limit:
            self._kept += len(block)
            return block
        try:
            return self._spill(block)
        except OSError:
            return block

    def __del__(self) -> None:
        """The file goes with the run."""
        if self._file is not None:
            self._file.close()

    def _spill(self, block: bytes) -> Block:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="streamscope-", buffering=0)  # noqa: SIM115  closed with this
        start = self.spilled_bytes
        written = os.pwrite(self._file.fileno(), block, start)
        if written < len(block):
            raise OSError("no room")
        self.spilled_bytes += len(block)
        return _BlockInFile(self, start, len(block))

    def read(self, offset: int, size: int) -> bytes:
        """Bytes of the file. Raises OSError."""
        if self._file is None:
            return b""
        return os.pread(self._file.fileno(), size, offset)


class _BlockInFile:
    def __init__(self, blocks: SpilledBlocks, start: int, size: int) -> None:
        self._blocks = blocks
        self._start = start
        self._size = size

    def __getitem__(self, part: slice, /) -> bytes:
        first, last, _ = part.indices(self._size)
        return self._blocks.read(self._start + first, max(0, last - first))
