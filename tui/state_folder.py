"""Small files that the app remembers from one start to the next: in the platform's state folder, for their owner alone.

What cannot be read counts as not remembered, and what cannot be written is not remembered: neither stops the app.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Self

from platformdirs import user_state_path


class StateFolder:
    """A folder of text files; without a path nothing is remembered."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path

    @classmethod
    def of_platform(cls) -> Self:
        """Where this platform keeps such files (Linux: ~/.local/state/streamscope)."""
        return cls(user_state_path("streamscope"))

    def read(self, name: str, limit_bytes: int) -> str:
        """A file, no more of it than the limit; empty where there is none that can be read."""
        if self.path is None:
            return ""
        try:
            with (self.path / name).open("rb") as file:
                return file.read(limit_bytes).decode("utf-8", "replace")
        except OSError:
            return ""

    def write(self, name: str, text: str) -> bool:
        """Replaces a file as a whole, mode 0600; gives whether that was possible."""
        if self.path is None:
            return False
        import tempfile  # noqa: PLC0415  it brings much, and nothing is written before the first paint

        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self.path, prefix=f".{name}.")  # 0600, whatever the umask
        except OSError:
            return False
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(self.path / name)
        except OSError:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            return False
        return True

    def remove(self, name: str) -> None:
        """Forgets a file."""
        if self.path is not None:
            with contextlib.suppress(OSError):
                (self.path / name).unlink(missing_ok=True)
