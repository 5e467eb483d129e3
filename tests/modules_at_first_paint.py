"""Started by a test in a process of its own: prints the modules that were loaded when the first paint was done.

The app takes the way that the command takes; what it would start after its first paint is where this looks.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import tui.cli
from tui.command_flags import app_parser
from tui.config import load_settings


def main() -> None:
    """Prints one JSON object: what stood in the header, how often it was painted, and the names of the modules."""
    app_parser().parse_all([])
    settings = load_settings({}, os.environ)
    from tui.app import StreamscopeApp  # noqa: PLC0415  as the command line does

    class Watched(StreamscopeApp):
        """Notes what is loaded at its first worker, and ends."""

        CSS_PATH = str(Path(tui.__file__).with_name("app.tcss"))  # else it is looked for beside this file
        found: dict[str, Any] | None = None
        paints = 0

        def _display(self, screen: Any, renderable: Any) -> None:
            self.paints += renderable is not None
            super()._display(screen, renderable)

        def run_worker(self, work: Coroutine[Any, Any, Any], *_: Any, **__: Any) -> Any:  # type: ignore[override]
            work.close()
            if self.found is None:
                header = self.live.query_one("#header").render_line(0).text
                self.found = {"header": header, "paints": self.paints, "modules": sorted(sys.modules)}
                self.exit()

    app = Watched(settings)
    asyncio.run(app.run_async(headless=True, size=(120, 40)))
    json.dump(app.found, sys.stdout)


if __name__ == "__main__":
    main()
