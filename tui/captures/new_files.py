"""Files that did not exist before: nothing is overwritten, and only their owner can read them."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path


def write_new(path: Path, data: bytes) -> None:
    """Writes a file that did not exist; what could not be written whole is removed.

    Raises FileExistsError where there is something by that name, be it a link; other OSError as they come.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """`stem` with the suffix, or with a number behind the stem if that exists."""
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{suffix}" for number in count(1))
    return next(folder / name for name in names if not os.path.lexists(folder / name))


def current_folder() -> Path:
    """The whole path of the current folder; one that was removed is named by its dot."""
    try:
        return Path.cwd()
    except OSError:
        return Path()
