"""A child process that reads a live pipe for the app: stamps each read at once, turns it into capture lines.

`python -m tui.pipe_relay` with the pipe as standard input. Reading begins before anything else is loaded, so that
what comes early has its own time. It ends with the pipe, or when nobody reads its output any more.
"""

from __future__ import annotations

import os
import queue
import select
import threading
import time

_BEGAN = time.monotonic()
_PIECES: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
_READ_BYTES = 65536
_LOOK_S = 2.0  # how often it looks whether its reader is still there while the pipe is silent


def _stamp_reads() -> None:
    """Every read of standard input with its time; an empty one is the end."""
    data = b"-"
    while data:
        try:
            data = os.read(0, _READ_BYTES)
        except OSError:
            data = b""
        _PIECES.put((round(time.monotonic() - _BEGAN, 6), data))


def _has_reader(descriptor: int) -> bool:
    """Whether the other end of the output is open (poll tells an error once it is not)."""
    output = select.poll()
    output.register(descriptor, 0)
    return not output.poll(0)


def main() -> None:
    """Relays until the pipe ends."""
    threading.Thread(target=_stamp_reads, daemon=True, name="stamps").start()
    from tui.captures.relay_lines import RelayLines  # noqa: PLC0415  reading has begun
    from tui.probe_output import PipeWriter  # noqa: PLC0415  as above

    with PipeWriter(os.dup(1)) as writer:
        lines = RelayLines(_BEGAN)
        while _has_reader(1) and not (lines.is_over or writer.is_broken):
            try:
                at, data = _PIECES.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            for line in lines.take(at, data):
                writer.write(line)


if __name__ == "__main__":
    main()
