"""Takes keys out of bytes that are passed on piece by piece: stars in their place, so that lengths stay."""

from __future__ import annotations

from collections.abc import Iterable


class SecretFilter:
    """`feed` it each piece, then `flush`; a key that is cut by the end of a piece is found too."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret.encode() for secret in secrets if secret}, key=len, reverse=True)
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """What can be passed on now; an end that may be the beginning of a key waits for the next piece."""
        data = self._held + piece
        for secret in self._secrets:
            data = data.replace(secret, b"*" * len(secret))
        kept = max((_overlap(data, secret) for secret in self._secrets), default=0)
        self._held = data[len(data) - kept :]
        return data[: len(data) - kept]

    def flush(self) -> bytes:
        """The rest."""
        held, self._held = self._held, b""
        return held


def _overlap(data: bytes, secret: bytes) -> int:
    """How many bytes at the end of `data` are the beginning of the secret."""
    longest = min(len(data), len(secret) - 1)
    return next((size for size in range(longest, 0, -1) if data.endswith(secret[:size])), 0)
