"""What the Live screen costs in a real terminal: `python tests/benchmarks/live_pty.py [--quick] [--only NAME]`.

Starts the real app (and its probe) on a local endpoint that sends as fast as it is read, types, and waits for the
answer in the bytes that come out. Prints a Markdown table; figures with a control are ratios within this run,
medians of interleaved rounds. The rest is milliseconds and shares of a core of this machine.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks.fast_server import TEXT, sent_chars
from tests.benchmarks.pty_driver import Program
from tui.panes.wrapped_text import WrappedText

HERE = Path(__file__).parent
CONTROLS, GROWING, STAMPED = (str(HERE / f"{name}.py") for name in ("live_controls", "growing_run", "stamped_run"))
_COUNTED = re.compile(r"(\d+) char  (\d+) frames")
_CPU = re.compile(rb"cpu=([0-9.]+);")
_SLOW_LINE = 200_000


class Figure(NamedTuple):
    """A row of the table; `value` is to be at most `limit`."""

    what: str
    value: float
    limit: float
    unit: str
    note: str = ""


class Bench:
    """The local endpoint, a folder for settings, and how much is to be run."""

    def __init__(self, port: int, folder: Path, *, is_quick: bool) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.folder = folder
        self.is_quick = is_quick
        self.rounds = 1 if is_quick else 5

    def app(self, bytes_per_s: int | None = None) -> Program:
        """The app on the endpoint, over the direct transport."""
        arguments = ("-m", "tui", "--url", self.url, "--transport", "direct")
        return Program(*arguments, folder=self.folder, bytes_per_s=bytes_per_s)

    @contextmanager
    def warm_app(self, bytes_per_s: int | None = None) -> Iterator[Program]:
        """The app with its probe at rest."""
        with self.app(bytes_per_s) as program:
            program.wait_for("○ IDLE".encode())
            program.settle()
            yield program

    def control_us(self, kind: str, tokens: int) -> float:
        """CPU microseconds a token of a control."""
        with Program(CONTROLS, kind, self.url, f"flat {tokens}", folder=self.folder) as program:
            while (found := _CPU.search(program.recent)) is None and program.process.poll() is None:
                program.pump(0.05)
            program.pump(0.1)
            found = found or _CPU.search(program.recent)
            assert found is not None, program.words()[-400:]
            return float(found[1]) / tokens * 1e6


def send(program: Program, prompt: str) -> None:
    """Types a prompt, lets it be drawn, sends it, and goes back to the prompt."""
    program.type(prompt)
    program.pump(0.5)
    program.type("\r")
    program.pump(0.2)
    program.type("i")


def quantile(values: list[float], share: float) -> float:
    """The value below which that share lies; the largest for a share beyond the number of values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def flat_out(bench: Bench) -> list[Figure]:
    """CPU a token of app, probe and pipe against the SDK with print and against Textual's MarkdownStream."""
    tokens, small = (20_000, 2_000) if bench.is_quick else (100_000, 10_000)
    app, printing, markdown = [], [], []
    for _ in range(bench.rounds if bench.is_quick else 3):
        app.append(app_us(bench, tokens))
        printing.append(bench.control_us("sdk_print", small * 2))
        markdown.append(bench.control_us("markdown_stream", small))
    note = f"app {median(app):.0f}, SDK with print {median(printing):.0f}, MarkdownStream {median(markdown):.0f} us"
    to_print = median(one / other for one, other in zip(app, printing, strict=True))
    to_markdown = median(one / other for one, other in zip(app, markdown, strict=True))
    return [
        Figure(f"flat out, {tokens} tokens: app + probe / SDK with print, CPU a token", to_print, 0.25, "x", note),
        Figure("the same / Textual's MarkdownStream", to_markdown, 0.05, "x", note),
    ]


def app_us(bench: Bench, tokens: int) -> float:
    """CPU microseconds a token of app and probe, from enter until all is drawn."""
    with bench.warm_app() as program:
        program.type(f"flat {tokens}")
        program.pump(0.5)
        before = program.cpu_s()
        program.type("\r")
        program.wait_for(b"COMPLETED", 180)
        program.settle(0.3)
        assert_whole(program, tokens)
        return (program.cpu_s() - before) / tokens * 1e6


def assert_whole(program: Program, tokens: int) -> None:
    """The title of the text counts every character and every frame that was sent."""
    counted = _COUNTED.findall(program.words())[-1:]
    assert counted == [(str(sent_chars(tokens)), str(tokens + 2))], f"sent {tokens} tokens, shown {counted}"


def paced(bench: Bench) -> list[Figure]:
    """Keys while 20,000 tokens a second come; nothing may be lost."""
    rate, seconds, presses, wall = 20_000, 4, [], []
    for _ in range(bench.rounds):
        with bench.warm_app() as program:
            send(program, f"paced {rate} {seconds}")
            program.watch_for(b"COMPLETED")
            started = time.monotonic()
            program.pump(0.1)
            presses += press_until(program, started + seconds)
            if not program.saw_watched:
                program.wait_for(b"COMPLETED", 60)
            wall.append(time.monotonic() - started)
            program.settle(0.3)
            assert_whole(program, rate * seconds)
    note = f"{len(presses)} presses, p50 {median(presses) * 1000:.0f} ms; whole after {median(wall):.2f} s; none lost"
    note += "; " + resting_keys(bench)
    return [Figure("20k tok/s for 4 s: key to screen p99", quantile(presses, 0.99) * 1000, 100, "ms", note)]


def slow_line(bench: Bench) -> list[Figure]:
    """Keys while 10,000 tokens a second come and the terminal takes 200 kB/s."""
    presses: list[float] = []
    for _ in range(bench.rounds):
        with bench.warm_app(_SLOW_LINE) as program:
            send(program, "paced 10000 4")
            started = time.monotonic()
            program.pump(0.1)
            presses += press_until(program, started + 4)
    note = f"{len(presses)} presses, p50 {median(presses) * 1000:.0f} ms, 10k tok/s; {resting_keys(bench)}"
    return [Figure("terminal of 200 kB/s: key to screen p99", quantile(presses, 0.99) * 1000, 250, "ms", note)]


def resting_keys(bench: Bench) -> str:
    """How long a key takes in a Textual app that does nothing, on this machine at this moment."""
    with Program(CONTROLS, "hello", folder=bench.folder) as program:
        program.wait_for(b"ello-world")
        program.settle(0.5)
        taken = press_until(program, time.monotonic() + 3)
    return f"an app at rest: p50 {median(taken) * 1000:.0f}, p99 {quantile(taken, 0.99) * 1000:.0f} ms"


def press_until(program: Program, end: float) -> list[float]:
    """Types letters at uneven distances until a moment; gives the time that each took to the screen, in s."""
    source, taken = random.Random(1), []
    while time.monotonic() < end:
        taken.append(program.key_to_screen_s())
        program.pump(source.uniform(0.02, 0.06))
    return taken


def usual(bench: Bench) -> list[Figure]:
    """The share of a core at 150 tokens a second, and at rest."""
    seconds = 5 if bench.is_quick else 10
    shares, rest = [], []
    for _ in range(min(3, bench.rounds)):
        with bench.warm_app() as program:
            rest.append(share_of_core(program, seconds))
            send(program, f"paced 150 {seconds + 3}")
            program.pump(2)
            shares.append(share_of_core(program, seconds))
    return [
        Figure("150 tok/s: app + probe", median(shares) * 100, 15, "% of a core", f"{seconds} s"),
        Figure("at rest: app + probe", median(rest) * 100, 1, "% of a core", f"{seconds} s"),
    ]


def share_of_core(program: Program, seconds: float) -> float:
    """CPU time used in a stretch of time, as a share of it."""
    before, started = program.cpu_s(), time.monotonic()
    program.pump(seconds)
    return (program.cpu_s() - before) / (time.monotonic() - started)


def stamps(bench: Bench) -> list[Figure]:
    """How late reads are stamped while the screen paints, against the clock of the sender."""
    return [
        Figure(f"time stamps at {rate} reads/s: error p99", quantile(errors, 0.99) * 1000, 1, "ms", note)
        for rate in (150, 2000)
        for errors, note in [stamp_errors(bench, rate, 5 if bench.is_quick else 10)]
    ]


def stamp_errors(bench: Bench, rate: int, seconds: int) -> tuple[list[float], str]:
    """The error of each token's stamp, in s; and the count of reads and other quantiles."""
    out = bench.folder / f"stamps{rate}.json"
    with Program(STAMPED, str(out), bench.url, folder=bench.folder) as program:
        program.wait_for("○ IDLE".encode())
        program.settle()
        program.watch_for(b"COMPLETED")
        send(program, f"timed {rate} {seconds}")
        if not program.saw_watched:
            program.wait_for(b"COMPLETED", 60)
        program.settle(0.3)
        program.type("\x11")  # ctrl+q
        program.process.wait(20)
    told = json.loads(out.read_text())
    errors: list[float] = told["errors"]
    middle, largest = (quantile(errors, share) * 1000 for share in (0.5, 1))
    return errors, f"{len(errors)} tokens in {told['reads']} reads; p50 {middle:.2f} ms, largest {largest:.1f}"


def growing(bench: Bench) -> list[Figure]:
    """A frame at a million tokens against one at a thousand, and what the panes hold."""
    large = 100_000 if bench.is_quick else 1_000_000
    out = bench.folder / "growing.json"
    with Program(GROWING, str(out), "1000", str(large), folder=bench.folder) as program:
        until = time.monotonic() + 600
        while program.process.poll() is None and time.monotonic() < until:
            program.pump(0.5)
    small, big = json.loads(out.read_text())
    times = f"{small['frame_ms']:.1f} and {big['frame_ms']:.1f} ms CPU; {small['drawn']} and {big['drawn']} frames"
    cost = f"capture {big['capture_bytes']:.0f} B, decoder, units and numbers {big['derived_bytes']:.0f} B with it"
    return [
        Figure(f"a frame at {large} tokens / at 1,000", big["frame_ms"] / small["frame_ms"], 1.25, "x", times),
        Figure("memory of all panes, a token", big["pane_bytes"], 64, "B", cost),
    ]


def rewrap(bench: Bench) -> list[Figure]:
    """A million tokens wrapped for another width, in this process."""
    text = WrappedText(70)
    for start in range(0, 4_000_000, len(TEXT)):
        text.append(TEXT[: min(len(TEXT), 4_000_000 - start)])
    taken = []
    for width in (71, 40, 100, 69, 72, 55)[: 3 if bench.is_quick else 6]:
        started = time.process_time()
        text.set_width(width)
        taken.append(time.process_time() - started)
    note = f"{text.row_count} rows, {len(taken)} widths, the dearest {max(taken) * 1000:.0f} ms"
    return [Figure("re-wrap of 1M tokens", median(taken) * 1000, 60, "ms", note)]


def start(bench: Bench) -> list[Figure]:
    """From the start of the process to the first paint and to the first key."""
    app, control, keys = [], [], []
    for _ in range(bench.rounds * 2):
        with Program(CONTROLS, "hello", folder=bench.folder) as program:
            control.append(program.wait_for(b"ello-world") - program.started_at)
        with bench.app() as program:
            app.append(program.wait_for("○ IDLE".encode()) - program.started_at)
            program.type("Ж")
            keys.append(program.wait_for("Ж".encode()) - program.started_at)
    note = f"app {median(app):.2f} s, hello-world {median(control):.2f} s"
    return [
        Figure("first paint / that of a Textual hello-world", median(app) / median(control), 2, "x", note),
        Figure("from the start to a typed key on screen", median(keys), 1, "s", f"{len(keys)} starts"),
    ]


PARTS: dict[str, Callable[[Bench], list[Figure]]] = {
    part.__name__: part for part in (flat_out, paced, growing, usual, stamps, slow_line, rewrap, start)
}


def main() -> None:
    """Runs the parts and prints the table, row by row."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer tokens and rounds")
    parser.add_argument("--only", choices=PARTS, action="append")
    options = parser.parse_args()
    print("| what | measured | at most | | how |\n| --- | --- | --- | --- | --- |", flush=True)
    server = subprocess.Popen(
        [sys.executable, str(HERE / "fast_server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with server, tempfile.TemporaryDirectory() as folder:
        assert server.stdout is not None
        bench = Bench(int(server.stdout.readline()), Path(folder), is_quick=options.quick)
        for name in options.only or PARTS:
            for figure in PARTS[name](bench):
                print(row_of(figure), flush=True)
        assert server.stdin is not None
        server.stdin.close()


def row_of(figure: Figure) -> str:
    """A figure as a row of the table."""
    word = "met" if figure.value <= figure.limit else "**not met**"
    unit = figure.unit
    return f"| {figure.what} | {figure.value:.3g} {unit} | {figure.limit:g} {unit} | {word} | {figure.note} |"


if __name__ == "__main__":
    main()
