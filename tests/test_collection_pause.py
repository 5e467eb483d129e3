"""Garbage collection waits for the first paint, and for nothing else."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.screens.app_driver import running_app, until
from tests.screens.test_live_screen import NOWHERE
from tui.collection_pause import WholeCollections, pause_collection, resume_collection


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    """As it was, whatever a test did."""
    yield
    gc.unfreeze()
    gc.enable()


async def test_the_app_lets_collecting_begin_again_once_it_is_painted() -> None:
    pause_collection()
    async with running_app(NOWHERE) as (_, pilot):
        await until(pilot, gc.isenabled)
        assert gc.get_freeze_count() > 1000, "what was made by then is not looked through"


def test_without_a_pause_nothing_is_set_aside() -> None:
    resume_collection()
    assert gc.get_freeze_count() == 0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def make_garbage() -> None:
    """As much as is collected a dozen times while it is young."""
    for _ in range(12):
        gc.collect(1)


def test_the_whole_is_collected_when_there_is_enough_and_nothing_streams() -> None:
    clock = Clock()
    collections = WholeCollections(clock)
    gc.collect()
    assert not collections.tick(is_streaming=False), "nothing to gain"
    make_garbage()
    assert not collections.tick(is_streaming=True)
    assert collections.tick(is_streaming=False)
    assert gc.get_count()[2] == 0


def test_a_stream_that_goes_on_is_interrupted_once_a_minute() -> None:
    clock = Clock()
    collections = WholeCollections(clock)
    make_garbage()
    clock.now = 61.0
    assert collections.tick(is_streaming=True)
    make_garbage()
    clock.now = 100.0
    assert not collections.tick(is_streaming=True)


def test_between_begin_and_end_nothing_else_collects_the_whole() -> None:
    before = gc.get_threshold()
    collections = WholeCollections(Clock())
    collections.begin()
    assert gc.get_threshold()[2] > 10**6
    collections.end()
    assert gc.get_threshold() == before
