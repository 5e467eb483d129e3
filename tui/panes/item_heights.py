"""Heights of the items of a long list, and which item a row is in. Pure; a binary indexed tree.

Appending, changing one height and finding a row cost the logarithm of the number of items, so a list of a million
items costs a frame no more than a short one.
"""

from __future__ import annotations

from array import array


class ItemHeights:
    """Heights in rows; items and rows count from 0."""

    def __init__(self) -> None:
        self._tree = array("q", [0])  # _tree[i] holds the sum of the (i & -i) heights that end with item i - 1

    def first(self, count: int) -> ItemHeights:
        """Those of the first `count` items; a beginning of the tree is the tree of the beginning."""
        found = ItemHeights()
        found._tree = self._tree[: count + 1]
        return found

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self._tree) - 1

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self.start(self.count)

    def append(self, height: int) -> None:
        """Adds an item at the end."""
        index = len(self._tree)
        part = index - 1
        while part > index - (index & -index):
            height += self._tree[part]
            part -= part & -part
        self._tree.append(height)

    def pop(self) -> None:
        """Takes the last item away."""
        if self.count:
            self._tree.pop()

    def height(self, item: int) -> int:
        """The height of an item."""
        return self.start(item + 1) - self.start(item)

    def set(self, item: int, height: int) -> None:
        """Gives an item another height."""
        change = height - self.height(item)
        index = item + 1
        while change and index < len(self._tree):
            self._tree[index] += change
            index += index & -index

    def start(self, item: int) -> int:
        """The row at which an item begins; `count` gives the total."""
        rows = 0
        while item > 0:
            rows += self._tree[item]
            item -= item & -item
        return rows

    def find(self, row: int) -> tuple[int, int]:
        """The item that holds a row, and the row within it. Raises IndexError for rows outside the list."""
        if not 0 <= row < self.total:
            raise IndexError(f"no row {row}: there are {self.total}")
        item, step = 0, 1 << (self.count.bit_length() - 1)
        while step:
            beyond = item + step
            if beyond <= self.count and self._tree[beyond] <= row:
                item = beyond
                row -= self._tree[beyond]
            step >>= 1
        return item, row
