"""The contract of a store of logs: every implementation of the interface passes this file."""

from __future__ import annotations

import pytest

from tui.gateway.generation_log import GenerationLog, LogLimits
from tui.gateway.log_store import LogStore, MemoryLogStore, Retention


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def new_store(clock: Clock, count: int = 100, size: int = 1_000_000, seconds: float = 300.0) -> LogStore:
    return MemoryLogStore(LogLimits(1000, 100_000), Retention(count, size, seconds), clock)


def finished(store: LogStore, generation_id: str, text: str = "{}") -> GenerationLog:
    log = store.create(generation_id)
    log.append("chunk", text)
    log.finish("done", "{}")
    store.retire(generation_id)
    return log


def known(store: LogStore, ids: list[str]) -> list[str]:
    return [generation_id for generation_id in ids if store.find(generation_id) is not None]


def test_a_log_is_found_by_its_id_while_it_grows_and_after_its_end() -> None:
    store = new_store(Clock())
    log = store.create("a")
    assert store.find("a") is log
    log.finish("done", "{}")
    store.retire("a")
    kept = store.find("a")
    assert kept is not None
    assert kept.terminal == log.terminal
    assert store.find("b") is None


def test_time_forgets_finished_logs_and_never_running_ones() -> None:
    clock = Clock()
    store = new_store(clock, seconds=300.0)
    store.create("running")
    finished(store, "early")
    clock.now += 299.0
    finished(store, "late")
    assert known(store, ["running", "early", "late"]) == ["running", "early", "late"]
    clock.now += 2.0
    assert known(store, ["running", "early", "late"]) == ["running", "late"]
    clock.now += 300.0
    assert known(store, ["running", "early", "late"]) == ["running"]


@pytest.mark.parametrize("limits", [{"count": 3}, {"size": 3_700}])
def test_count_and_bytes_forget_the_oldest_first(limits: dict[str, int]) -> None:
    store = new_store(Clock(), **limits)
    ids = list("abcdef")
    for generation_id in ids:
        finished(store, generation_id, "x" * 900)
    assert known(store, ids) == ["d", "e", "f"]


def test_what_was_forgotten_no_longer_counts() -> None:
    clock = Clock()
    store = new_store(clock, size=10_000, seconds=10.0)
    for round_number in range(5):
        ids = [f"{round_number}{name}" for name in "abcdefgh"]
        for generation_id in ids:
            finished(store, generation_id, "x" * 900)
        assert known(store, ids) == ids
        clock.now += 11.0
