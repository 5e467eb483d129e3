"""Garbage collection waits for the first paint, and for nothing else."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.screens.app_driver import running_app, until
from tests.screens.test_live_screen import NOWHERE
from tui.collection_pause import pause_collection, resume_collection


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
