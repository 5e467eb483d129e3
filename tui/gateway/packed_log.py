"""A log whose answer has ended, in a third of the memory: one text, of which entries are made again for a reader.

Most of what a gateway holds are answers that nobody comes back for; as entries they would also keep their
surroundings in memory, because small objects share pages.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from tui.gateway.generation_log import BATCH, LogEntry, check_cursor_in

_OWN_COST_BYTES = 288
"""What a packed log costs beside its text: by sys.getsizeof itself, its id, the terminal entry and its place."""


class PackedLog:
    """A `GenerationLog` that has its terminal event, which is the last of `entries`."""

    __slots__ = ("_first_seq", "_text", "next_seq", "terminal")

    def __init__(self, entries: Sequence[LogEntry]) -> None:
        self.terminal = entries[-1]
        self.next_seq = self.terminal.seq + 1
        self._first_seq = entries[0].seq
        self._text = "\n".join(f"{entry.event} {entry.data}" for entry in entries).encode("ascii")

    @property
    def cost_bytes(self) -> int:
        """What it costs in memory."""
        return len(self._text) + _OWN_COST_BYTES

    def append(self, event: str, data: str) -> int:  # noqa: ARG002  the interface
        """Raises ValueError: it has ended."""
        raise ValueError(f"the log has its terminal event: {event} came after it")

    def finish(self, event: str, data: str) -> int:
        """Raises ValueError: it has ended."""
        return self.append(event, data)

    def check_cursor(self, after: int) -> None:
        """Raises LogGapError when event `after` was never written, or what follows it was dropped."""
        check_cursor_in(after, self._first_seq, self.next_seq)

    async def read(self, after: int, wait_s: float) -> AsyncGenerator[Sequence[LogEntry], None]:  # noqa: ARG002  nothing is waited for
        """Batches of the entries after `after`, to the terminal one. Raises LogGapError as `check_cursor`."""
        self.check_cursor(after)
        entries = self._entries()
        for begin in range(after + 1 - self._first_seq, len(entries), BATCH):
            yield entries[begin : begin + BATCH]

    async def room(self) -> None:
        """Returns at once: nobody appends."""

    def _entries(self) -> list[LogEntry]:
        parts = (line.partition(" ") for line in self._text.decode("ascii").split("\n"))
        return [LogEntry(self._first_seq + index, event, data) for index, (event, _, data) in enumerate(parts)]
