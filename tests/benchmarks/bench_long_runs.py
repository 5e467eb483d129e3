"""The app on a run that is long already: nothing may cost more because of what is there.

`growing_run.py` brings a run to a thousand tokens and then to a million inside the app, in a real terminal, and takes
the CPU time of the frames in which it grows on. Kinds of text that are hard in another way are compared with prose.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.fast_server import TEXT
from tests.benchmarks.measure import run_script, spent_on
from tests.benchmarks.pty_driver import Program
from tests.benchmarks.row import Row, row_of
from tui.panes.wrapped_text import WrappedText

GROWTH, PANE_BYTES, REWRAP_MS = 1.25, 64, 60
SHORT, LONG = 1_000, 1_000_000
KINDS = {"flat": "prose", "line": "one line without an end", "markdown": "Markdown"}
HARD = {"cjk": "CJK and emoji", "json": "JSON"}


def grown(folder: Path, kind: str, long: int, frames: int) -> list[dict[str, Any]]:
    """What `growing_run.py` told of a short and a long run."""
    out = folder / f"{kind}.json"
    script = str(Path(__file__).with_name("growing_run.py"))
    with Program(script, str(out), kind, str(frames), str(SHORT), str(long), folder=folder) as program:
        until = time.monotonic() + 300
        while program.process.poll() is None and time.monotonic() < until:
            program.pump(0.5)
    found: list[dict[str, Any]] = json.loads(out.read_text())
    return found


def grown_rows(name: str, found: list[dict[str, Any]]) -> Iterator[Row]:
    """A frame late against a frame early, what a token took until it was drawn, and what the panes hold."""
    short, long = found
    count = f"{long['count']:,}"
    frames = f"{short['frame_ms']:.1f} and {long['frame_ms']:.1f} ms CPU; {short['drawn']} and {long['drawn']} frames"
    what = f"a frame at {count} tokens of {name} / at {SHORT:,}"
    yield row_of(what, [long["frame_ms"] / short["frame_ms"]], "x", GROWTH, note=frames, is_shown=True)
    held = f"capture {long['capture_bytes']:.0f} B, with it decoder, units and numbers {long['derived_bytes']:.0f} B"
    what = f"memory of all panes, a token of {count} of {name}"
    limit = PANE_BYTES if long["count"] >= LONG else None  # what panes hold of any run is spread over fewer tokens
    yield row_of(what, [max(0.0, long["pane_bytes"])], "B", limit, note=held, is_shown=name == "prose")
    took = long["derived_us"] + long["shown_us"]
    yield row_of(f"{count} tokens of {name} at once: deriving and drawing, a token", [took], "us")


def rewrap(*, is_quick: bool) -> Row:
    """A million tokens wrapped for another width."""
    text = WrappedText(70)
    for start in range(0, 4_000_000, len(TEXT)):
        text.append(TEXT[: min(len(TEXT), 4_000_000 - start)])
    widths = (71, 40, 100) if is_quick else (71, 40, 100, 69, 72, 55)
    taken = [spent_on(lambda width=width: text.set_width(width)).cpu_s * 1000 for width in widths]  # type: ignore[misc]
    return row_of("1M tokens wrapped for another width", taken, "ms", REWRAP_MS, note=f"{text.row_count:,} rows")


def rows(is_quick: bool) -> Iterator[Row]:
    """Prose, one line and Markdown to a million; other texts at a fifth of it. A quick run has prose alone."""
    long, frames = (30_000, 30) if is_quick else (LONG, 75)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prose = grown(folder, "flat", long, frames)
        yield from grown_rows("prose", prose)
        for kind in () if is_quick else ("line", "markdown"):
            yield from grown_rows(KINDS[kind], grown(folder, kind, long, frames))
        for kind, words in () if is_quick else HARD.items():
            found = grown(folder, kind, long // 5, frames)
            yield from grown_rows(words, found)
            ratio = found[0]["frame_ms"] / prose[0]["frame_ms"]
            yield row_of(f"a frame of {words} / a frame of prose", [ratio], "x")
    yield rewrap(is_quick=is_quick)


if __name__ == "__main__":
    run_script(rows, __doc__)
