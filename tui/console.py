"""How commands speak: data on standard output, narration on standard error, both safe for a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from typing import TextIO

from tui.core.sanitize import sanitize, sanitize_line


def print_data(text: str) -> None:
    """Data to standard output: to a terminal only what is safe to obey, to a pipe as it is, as far as it can be."""
    out = sys.stdout
    encoding = out.encoding or "utf-8"
    safe = sanitize(text) if out.isatty() else text
    out.write(safe.encode(encoding, "replace").decode(encoding))
    out.flush()


def print_lines(lines: Iterable[str]) -> None:
    """Lines of a report to standard output; each stays one line whatever is in it."""
    print_data("".join(f"{sanitize_line(line)}\n" for line in lines))


def narrate(lines: Iterable[str], err: TextIO | None = None) -> None:
    """Lines to standard error; narration that nobody can read changes nothing."""
    with contextlib.suppress(OSError):
        stream = err or sys.stderr
        stream.write("".join(f"{sanitize_line(line)}\n" for line in lines))
        stream.flush()
