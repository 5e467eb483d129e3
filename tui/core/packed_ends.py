"""Where pieces of something end, offsets that do not fall: most pieces are short, and then an end takes one byte.

Pure. Behind the reads of a capture, the pieces of a text and what is drawn of them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice
from operator import sub
from typing import Final

BLOCK_ENDS: Final = 256
"""So many are packed together."""


class PackedEnds:
    """Append-only. `append` takes an end as it comes; whoever appends calls `pack` now and then.

    Offsets are below 2**64. Neighbours are cheap to get: the block asked for last stays unpacked.
    """

    def __init__(self) -> None:
        self._blocks: list[Sequence[int]] = []
        self._origins = array("Q")  # where each block begins
        self._origin = 0  # where the newest begins
        self._newest = array("Q")
        self._unpacked: tuple[int, array[int]] = (-1, self._newest)
        self.append = self._newest.append

    def extend(self, ends: Iterable[int]) -> None:
        """Appends many ends."""
        self._newest.extend(ends)
        self.pack()

    def pack(self) -> None:
        """Packs what is whole blocks; cheap when there is none."""
        newest = self._newest
        if len(newest) < BLOCK_ENDS:
            return
        whole = len(newest) // BLOCK_ENDS * BLOCK_ENDS
        for start in range(0, whole, BLOCK_ENDS):
            ends = newest[start : start + BLOCK_ENDS]
            self._blocks.append(_lengths(self._origin, ends))
            self._origins.append(self._origin)
            self._origin = ends[-1]
        del newest[:whole]

    @property
    def last(self) -> int:
        """The last end; 0 before any."""
        return self._newest[-1] if self._newest else self._origin

    def start_of(self, index: int) -> int:
        """Where a piece begins: the end of the one before, 0 for the first; `last` for one past the end."""
        number, place = divmod(index, BLOCK_ENDS)
        if place == 0 and number <= len(self._blocks):  # known without the block before
            return self._origins[number] if number < len(self._blocks) else self._origin
        return self[index - 1]

    def count_before(self, offset: int) -> int:
        """How many ends are less than an offset."""
        number = bisect_left(self._origins, offset) - 1  # the last block that begins before it
        if number < 0:
            return bisect_left(self._newest, offset)
        return self._counted(number, bisect_left(self._block(number), offset), bisect_left(self._newest, offset))

    def count_until(self, offset: int) -> int:
        """How many ends are not greater than an offset."""
        number = bisect_right(self._origins, offset) - 1
        if number < 0:
            return bisect_right(self._newest, offset)
        return self._counted(number, bisect_right(self._block(number), offset), bisect_right(self._newest, offset))

    def _counted(self, number: int, in_block: int, in_newest: int) -> int:
        """Of all ends; those of the newest count when all of the block do and it is the last one."""
        is_last = number == len(self._blocks) - 1
        return number * BLOCK_ENDS + in_block + (in_newest if is_last and in_block == BLOCK_ENDS else 0)

    def between(self, first: int, end: int) -> array[int]:
        """The ends from `first` (not negative) up to `end`."""
        packed = len(self._blocks) * BLOCK_ENDS
        end = min(end, len(self))
        if first >= min(end, packed):
            return self._newest[max(0, first - packed) : max(0, end - packed)]
        number, until = first // BLOCK_ENDS, min(end, packed)
        blocks = map(self._block, range(number, (until - 1) // BLOCK_ENDS + 1))
        origin = number * BLOCK_ENDS
        found = array("Q", islice(chain.from_iterable(blocks), first - origin, until - origin))
        return found + self._newest[: max(0, end - packed)]

    def _block(self, number: int) -> array[int]:
        """The ends in a packed block."""
        if self._unpacked[0] != number:
            ends = accumulate(self._blocks[number], initial=self._origins[number])
            self._unpacked = number, array("Q", islice(ends, 1, None))
        return self._unpacked[1]

    def __len__(self) -> int:
        return len(self._blocks) * BLOCK_ENDS + len(self._newest)

    def __iter__(self) -> Iterator[int]:
        return iter(self.between(0, len(self)))

    def __getitem__(self, index: int) -> int:
        place = range(len(self))[index]
        number = place // BLOCK_ENDS
        if number < len(self._blocks):
            return self._block(number)[place % BLOCK_ENDS]
        return self._newest[place - len(self._blocks) * BLOCK_ENDS]


def _lengths(origin: int, ends: array[int]) -> Sequence[int]:
    """How long each piece is, in the fewest bytes that all of them fit in."""
    try:
        return bytes(map(sub, ends, chain((origin,), ends)))
    except ValueError:  # one is longer than a byte tells
        lengths = list(map(sub, ends, chain((origin,), ends)))
        return array("H" if max(lengths) < 2**16 else "I" if max(lengths) < 2**32 else "Q", lengths)
