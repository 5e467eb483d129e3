"""What fits on a screen of a size, as the classes that the style sheet knows. Pure."""

from __future__ import annotations

from typing import NamedTuple

WIDE_COLUMNS = 100
HUGE_COLUMNS = 240
_LEAST_COLUMNS, _LEAST_ROWS = 80, 24  # for more than one pane at a time
_TINY_COLUMNS, _TINY_ROWS = 40, 10
_LOW_ROWS = 14  # fewer have no room for the verdict line beside one pane
_TALL_ROWS = 40


class Fit(NamedTuple):
    """The size of a screen in cells.

    It is narrow (panes 2 to 4 are tabs), wide (all panes beside and under each other) or huge (four columns); too
    small for more than one pane at a time, whatever its width; or tiny, with the lamp, the last line and the key
    that cancels.
    """

    width: int = 120
    height: int = 40

    @property
    def is_tiny(self) -> bool:
        """Whether no pane fits at all."""
        return self.width < _TINY_COLUMNS or self.height < _TINY_ROWS

    @property
    def is_small(self) -> bool:
        """Whether one pane at a time is shown, or none."""
        return self.width < _LEAST_COLUMNS or self.height < _LEAST_ROWS

    @property
    def is_wide(self) -> bool:
        """Whether a line has room for all that is said in it."""
        return self.width >= WIDE_COLUMNS

    @property
    def shows_numbers(self) -> bool:
        """Whether the pane of numbers is always in sight."""
        return self.is_wide and not self.is_small

    @property
    def classes(self) -> dict[str, bool]:
        """The classes of a screen of this size."""
        return {
            "-narrow": not self.is_wide,
            "-wide": self.is_wide,
            "-huge": self.width >= HUGE_COLUMNS and not self.is_small,
            "-small": self.is_small and not self.is_tiny,
            "-tiny": self.is_tiny,
            "-low": self.height < _LOW_ROWS,
            "-tall": self.height >= _TALL_ROWS,
        }
