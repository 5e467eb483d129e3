"""What the probe loads, and when: never between sending and the first byte, and nothing before it is needed.

The openai SDK takes as long as everything else together (measured: 0.35 s of 0.75 s), and only one transport uses
it; so the probe is ready without it, and loads it in a quiet moment. Knows transports by name; runs are the probe's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

QUIET_S: Final = 0.3
"""So long after an answer or a run the next one may be on its way."""


def load_libraries() -> None:
    """All that a run over SSE or WebSocket uses, and a question: before `ready`."""
    import tui.transports.websocket  # noqa: F401, PLC0415  as the module says
    from tui.transports import direct, sse  # noqa: F401, PLC0415  as above
    from tui.transports.network_backend import warm_up_network  # noqa: PLC0415  as above

    sse.preload()
    warm_up_network()


class LateSDK:
    """The openai SDK. `is_quiet` tells whether nothing streams."""

    def __init__(self, is_quiet: Callable[[], bool]) -> None:
        self._is_quiet = is_quiet
        self._is_loaded = False

    def load_soon(self) -> None:
        """Loads it in a moment, if it is quiet then; to be called at each end of what was asked or sent."""
        if not self._is_loaded:
            asyncio.get_running_loop().call_later(QUIET_S, self._load_if_quiet)

    async def load_beside(self) -> None:
        """Loads it while others stream: in a thread, so that their stamps are late by milliseconds alone."""
        if not self._is_loaded:
            await asyncio.to_thread(self._load)

    def _load_if_quiet(self) -> None:
        if not self._is_loaded and self._is_quiet():
            self._load()

    def _load(self) -> None:
        from tui.transports import direct  # noqa: PLC0415  as the module says

        direct.preload()
        self._is_loaded = True
