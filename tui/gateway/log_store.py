"""Where the logs of all generations are: made, found by id, and kept for a bounded while after their end.

`LogStore` is the interface that a store shared by several gateways would have; `MemoryLogStore` keeps the logs in
this process, bounded by count, bytes and time. An id that it does not know was never given, or is forgotten.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tui.gateway.generation_log import GenerationLog, LogLimits, MemoryLog
from tui.gateway.packed_log import PackedLog


@dataclass(frozen=True, slots=True)
class Retention:
    """How many finished logs are kept, how much they may cost together, and for how long."""

    count: int
    bytes: int
    seconds: float


class LogStore(Protocol):
    """The logs of all generations by id."""

    def create(self, generation_id: str) -> GenerationLog:
        """A new, empty log under this id."""

    def find(self, generation_id: str) -> GenerationLog | None:
        """The log of that id; None when there is none, or no longer."""

    def retire(self, generation_id: str) -> None:
        """The log has its terminal event: it stays readable until it is too old, or others need its room."""


class MemoryLogStore:
    """A `LogStore` in this process; the oldest finished logs go first. `clock` is monotonic."""

    def __init__(self, limits: LogLimits, retention: Retention, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._retention = retention
        self._clock = clock
        self._running: dict[str, MemoryLog] = {}
        self._finished: OrderedDict[str, tuple[PackedLog, float]] = OrderedDict()
        self._finished_bytes = 0

    def create(self, generation_id: str) -> MemoryLog:
        """A new, empty log under this id."""
        log = self._running[generation_id] = MemoryLog(self._limits)
        return log

    def find(self, generation_id: str) -> MemoryLog | PackedLog | None:
        """The log of that id; None when there is none, or no longer."""
        self._forget_old()
        if generation_id in self._running:
            return self._running[generation_id]
        return self._finished[generation_id][0] if generation_id in self._finished else None

    def retire(self, generation_id: str) -> None:
        """Begins the time that a finished log is kept; who reads it now goes on with what it has."""
        log = PackedLog(self._running.pop(generation_id).entries)
        self._finished[generation_id] = (log, self._clock())
        self._finished_bytes += log.cost_bytes
        self._forget_old()

    def _forget_old(self) -> None:
        kept = self._retention
        horizon = self._clock() - kept.seconds
        while self._finished:
            generation_id, (log, ended_at) = next(iter(self._finished.items()))
            is_too_much = len(self._finished) > kept.count or self._finished_bytes > kept.bytes
            if not is_too_much and ended_at > horizon:
                return
            del self._finished[generation_id]
            self._finished_bytes -= log.cost_bytes
