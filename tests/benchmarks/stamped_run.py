"""The app, which tells when it is left how late the reads of its last run were stamped: `stamped_run.py OUT URL`.

For a server whose tokens are the moments at which it sent them (`timed RATE SECONDS` of `fast_server.py`). Writes to
OUT, as JSON, the number of reads and, for each token, the seconds from there to the stamp of the read it came in.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path

from tui.app import StreamscopeApp
from tui.config import Settings
from tui.core.capture import Capture

_SENT = re.compile(rb'"content":"([0-9]+\.[0-9]+) "')


class StampedRun(StreamscopeApp):
    """The app as it is."""

    CSS_PATH = str(
        Path(inspect.getfile(StreamscopeApp)).with_name("app.tcss")
    )  # else it is looked for beside this file


def stamp_errors(capture: Capture) -> list[float]:
    """Seconds from the sending of each token to its stamp."""
    clock = capture.header.clock or 0.0
    errors = []
    for index in range(capture.read_count):
        read = capture.read(index)
        data = read.data if isinstance(read.data, bytes) else read.data.encode()
        errors += [clock + read.at - float(sent) for sent in _SENT.findall(data)]
    return errors


def main(out: str, url: str) -> None:
    """Runs the app on an endpoint until it is left."""
    app = StampedRun(Settings(transport="direct", url=url))
    app.run()
    assert app.controller.derived is not None
    capture = app.controller.derived.capture
    Path(out).write_text(json.dumps({"reads": capture.read_count, "errors": stamp_errors(capture)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
