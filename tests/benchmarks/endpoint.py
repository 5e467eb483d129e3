"""The local endpoint of the benchmarks, and programs that stream from it in a real terminal, one at a time."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.fast_server import sent_chars
from tests.benchmarks.measure import Spent
from tests.benchmarks.pty_driver import Program

HERE = Path(__file__).parent
CONTROLS = str(HERE / "live_controls.py")
IDLE, COMPLETED = "○ IDLE".encode(), b"COMPLETED"
_TOLD = re.compile(rb"cpu=([0-9.]+);wall=([0-9.]+);")
_COUNTED = re.compile(r"(\d+) char  (\d+) frames")


class Endpoint:
    """Where it listens, and a folder for the settings of whoever comes."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.folder = folder

    def app(self, bytes_per_s: int | None = None) -> Program:
        """The app on it, over the direct transport."""
        arguments = ("-m", "tui", "--url", self.url, "--transport", "direct")
        return Program(*arguments, folder=self.folder, bytes_per_s=bytes_per_s)

    @contextmanager
    def warm_app(self, bytes_per_s: int | None = None) -> Iterator[Program]:
        """The app with its probe at rest."""
        with self.app(bytes_per_s) as program:
            program.wait_for(IDLE)
            program.settle(0.5)
            yield program

    def control(self, kind: str, prompt: str) -> Spent:
        """What the streaming took in one of the controls, its start left out."""
        with Program(CONTROLS, kind, self.url, prompt, folder=self.folder) as program:
            while (found := _TOLD.search(program.recent)) is None and program.process.poll() is None:
                program.pump(0.05)
            program.pump(0.1)
            found = found or _TOLD.search(program.recent)
            assert found is not None, program.words()[-400:]
            return Spent(float(found[1]), float(found[2]))

    def command(self, *words: str, environ: dict[str, str] | None = None) -> Spent:
        """What a whole command took, from its start to its end."""
        before = _children_cpu_s()
        with Program(CONTROLS, "command", *words, folder=self.folder, environ=environ) as program:
            while program.process.poll() is None:
                program.pump(0.01)
            wall = time.monotonic() - program.started_at
            program.pump(0.05)
            assert program.process.returncode == 0, program.words()[-400:]
        return Spent(_children_cpu_s() - before, wall)

    def streamed_by_app(self, prompt: str) -> Spent:
        """What app and probe take from enter until all is drawn; by the clock, until COMPLETED stands there."""
        with self.warm_app() as program:
            program.type(prompt)
            program.pump(0.5)
            before, started = program.cpu_s(), time.monotonic()
            program.type("\r")
            wall = program.wait_for(COMPLETED, 300) - started
            program.settle(0.3)
            cpu = program.cpu_s() - before
            assert_whole(program, int(prompt.split()[1]))
            return Spent(cpu, wall)


def assert_whole(program: Program, tokens: int, ends: int = 2) -> None:
    """The title of the text counts every character and every frame that was sent; two of them end the answer."""
    program.redraw()
    counted = _COUNTED.findall(program.words())[-1:]
    assert counted == [(str(sent_chars(tokens)), str(tokens + ends))], f"sent {tokens} tokens, shown {counted}"


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A running one."""
    command = [sys.executable, str(HERE / "fast_server.py")]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert server.stdout is not None
        assert server.stdin is not None
        yield Endpoint(int(server.stdout.readline()), Path(folder))
        server.stdin.close()


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
