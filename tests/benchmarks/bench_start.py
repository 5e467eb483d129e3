"""The start of the app: imports, first paint, first key, first token of the demo, memory.

What is imported was compiled before, as an installed package is. The controls are the least Textual app that takes
keys, and what Textual itself imports. The demo runs with nothing configured: the app starts its gateway, enter is
pressed at the first paint, and the answer is a recording with its own time to the first token.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from compileall import compile_dir
from pathlib import Path
from statistics import median
from typing import NamedTuple

import tui
from tests.benchmarks.endpoint import CONTROLS, IDLE, Endpoint, endpoint
from tests.benchmarks.measure import run_script
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row, row_of
from tests.child_environ import clean_environ

PAINT_TO_HELLO, KEY_S, OWN_IMPORTS = 2.0, 1.0, 0.6
DEMO_NOTE = "enter at the first paint; 0.29 s of it are the recording's own"
STREAMING, LETTER = b"STREAMING", "Ж"
_IMPORTED = re.compile(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", re.MULTILINE)


class Started(NamedTuple):
    """One start, in s since the process was started; memory in MB."""

    hello: float
    hello_mb: float
    paint: float
    key: float
    app_mb: float
    children_mb: float
    demo_token: float


def started(there: Endpoint) -> Started:
    """A hello-world, the app on an endpoint, and the app with nothing configured, one after the other."""
    with Program(CONTROLS, "hello", folder=there.folder) as program:
        hello = program.wait_for(b"ello-world") - program.started_at
        program.settle(0.5)
        hello_mb, _ = megabytes(program)
    with there.app() as program:
        paint = program.wait_for(IDLE) - program.started_at
        program.type(LETTER)
        key = program.wait_for(LETTER.encode()) - program.started_at
        program.settle(0.5)
        app_mb, children_mb = megabytes(program)
    with tempfile.TemporaryDirectory() as folder, Program("-m", "tui", folder=Path(folder)) as program:
        program.wait_for(IDLE)
        program.type("\r")
        token = program.wait_for(STREAMING) - program.started_at
    return Started(hello, hello_mb, paint, key, app_mb, children_mb, token)


def megabytes(program: Program) -> tuple[float, float]:
    """What the program and what its children hold, shared pages by their share."""
    found = []
    for number in program.process_ids():
        told = Path(f"/proc/{number}/smaps_rollup").read_text()
        found.append(next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1024)
    return found[0], sum(found[1:])


def imported_ms() -> tuple[float, float]:
    """What the app's imports take: our own modules, and all others, by `python -X importtime`."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", "import tui.cli, tui.app"],
            env=clean_environ(Path(folder)),
            capture_output=True,
            check=True,
            text=True,
        )
    found = [(int(micros), name) for micros, name in _IMPORTED.findall(done.stderr)]
    own = sum(micros for micros, name in found if name.partition(".")[0] == "tui")
    return own / 1000, sum(micros for micros, _ in found) / 1000 - own / 1000


def rows(is_quick: bool) -> Iterator[Row]:
    """Some starts."""
    count = 1 if is_quick else 4
    compile_dir(Path(tui.__file__).parent, quiet=1)  # whoever forbids Python to write byte code measures the compiler
    imports = [imported_ms() for _ in range(count)]
    own, others = median(own for own, _ in imports), median(others for _, others in imports)
    note = f"{own:.0f} ms of ours, {others:.0f} ms of Textual and Python"
    ratios = [own / others for own, others in imports]
    yield row_of("imports before the first paint, ours / all others", ratios, "x", OWN_IMPORTS, note=note)
    with endpoint() as there:
        found = [started(there) for _ in range(count)]
    yield from timed_rows(found)
    hello_mb = median(one.hello_mb for one in found)
    note = f"hello-world {hello_mb:.0f} MB; the probe of its own {median(one.children_mb for one in found):.0f} MB"
    yield row_of("memory at start, the app", [one.app_mb for one in found], "MB", note=note, is_shown=True)
    yield row_of("memory at start, the app / a Textual hello-world", [one.app_mb / one.hello_mb for one in found], "x")


def timed_rows(found: list[Started]) -> Iterator[Row]:
    """First paint, first key, first token."""
    note = f"{median(one.paint for one in found):.2f} s, hello-world {median(one.hello for one in found):.2f} s"
    ratios = [one.paint / one.hello for one in found]
    what = "first paint / that of a Textual hello-world"
    yield row_of(what, ratios, "x", PAINT_TO_HELLO, note=note, is_shown=True)
    keys = [one.key for one in found]
    yield row_of("from the start to a typed key on screen", keys, "s", KEY_S, is_shown=True)
    tokens = [one.demo_token for one in found]
    yield row_of("from the start to the first token of the demo", tokens, "s", note=DEMO_NOTE, is_shown=True)


if __name__ == "__main__":
    run_script(rows, __doc__)
