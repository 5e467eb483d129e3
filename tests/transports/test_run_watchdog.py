import asyncio

import pytest

from tui.transports import run_watchdog
from tui.transports.interruptible import Interruptible
from tui.transports.run_watchdog import Watchdog


class HandClock:
    """A clock that moves as the loop's does, and jumps when told."""

    def __init__(self) -> None:
        self._jump = 0.0

    def __call__(self) -> float:
        return asyncio.get_running_loop().time() + self._jump

    def jump(self, seconds: float) -> None:
        self._jump += seconds


async def test_it_barks_once_when_the_time_is_over() -> None:
    barks: list[float] = []
    fired = asyncio.Event()
    loop = asyncio.get_running_loop()

    def bark() -> None:
        barks.append(loop.time())
        fired.set()

    watchdog = Watchdog(loop.time, bark)
    begin = loop.time()
    watchdog.allow(0.05)
    async with asyncio.timeout(10):
        await fired.wait()
    assert len(barks) == 1
    assert barks[0] - begin >= 0.05


async def test_a_later_deadline_replaces_the_earlier_one_and_an_earlier_one_the_later() -> None:
    fired = asyncio.Event()
    loop = asyncio.get_running_loop()
    watchdog = Watchdog(loop.time, fired.set)
    watchdog.allow(0.02)
    watchdog.allow(100)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await fired.wait()
    watchdog.allow(0.02)
    async with asyncio.timeout(10):
        await fired.wait()


async def test_stop_means_stop() -> None:
    fired = asyncio.Event()
    watchdog = Watchdog(asyncio.get_running_loop().time, fired.set)
    watchdog.allow(0.01)
    watchdog.stop()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await fired.wait()


async def test_time_in_which_this_process_was_stopped_is_not_charged() -> None:
    fired = asyncio.Event()
    clock = HandClock()
    watchdog = Watchdog(clock, fired.set)
    watchdog.allow(0.3)
    clock.jump(run_watchdog.STOPPED_S + 30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await fired.wait()
    async with asyncio.timeout(10):
        await fired.wait()


async def test_an_interruption_ends_the_call_and_a_foreign_cancel_passes_through() -> None:
    call = Interruptible()
    asyncio.get_running_loop().call_later(0.01, call.interrupt)
    await call.run(asyncio.sleep(60))
    assert call.was_interrupted
    async with asyncio.TaskGroup() as group:
        task = group.create_task(call.run(asyncio.sleep(60)))
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()


async def test_a_fault_of_the_call_itself_passes_through() -> None:
    call = Interruptible()
    with pytest.raises(ZeroDivisionError):
        await call.run(fails())
    assert not call.was_interrupted


async def fails() -> None:
    raise ZeroDivisionError
