"""Jump mode: a letter on every place that can have the focus; the next letter goes there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.widgets import Static

from tui.screens.base_screen import BaseModal, JumpTarget

LETTERS = "asdfghjklqwertyuiopzxcvbnm"  # those under the fingers first


class JumpOverlay(BaseModal):
    """Lies over the screen, which stays to be seen; gives the chosen `go`, or None. Any other key closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close", id="jump.close")]
    DEFAULT_CSS = """
    JumpOverlay Static { position: absolute; width: 3; height: 1; text-style: bold reverse; color: $accent; }
    """

    def __init__(self, targets: Sequence[JumpTarget]) -> None:
        super().__init__()
        self._goes: dict[str, Callable[[], object]] = {}
        self._labels: list[tuple[str, Offset]] = []
        for letter, target in zip(LETTERS, targets, strict=False):
            self._goes[letter] = target.go
            self._labels.append((letter, target.offset))

    def compose(self) -> ComposeResult:
        """The letters."""
        for letter, offset in self._labels:
            label = Static(f" {letter} ", markup=False)
            label.styles.offset = (offset.x, offset.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """A letter that stands on the screen goes there."""
        if event.key in ("escape", "f1", "f8") or event.key.startswith("ctrl+"):
            return
        event.stop()
        self.dismiss(self._goes.get(event.character or ""))
