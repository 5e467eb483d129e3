"""Whether the upstream answers, asked seldom enough that nobody can flood it by asking the gateway."""

from __future__ import annotations

import asyncio

from tui.gateway.upstreams import Upstream

PROBE_FRESH_S = 1.0
"""How long one look at the upstream serves all who ask, so that asking cannot flood it."""


class UpstreamProbe:
    """Looks whether the upstream answers, at most once at a time and once in `PROBE_FRESH_S`."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._lock = asyncio.Lock()
        self._seen_at = float("-inf")
        self._is_reachable = False

    async def is_reachable(self) -> bool:
        """What the last fresh look found."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._seen_at > PROBE_FRESH_S:
                self._is_reachable = await self._upstream.is_reachable()
                self._seen_at = asyncio.get_running_loop().time()
        return self._is_reachable
