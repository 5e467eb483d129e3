"""Each target on its seeds, on every input that once failed, and for some seconds on what fuzzing finds."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.corpus import seeds_of
from tests.fuzz.run_fuzz import mutated
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
SECONDS = 120 if os.environ.get("STREAMSCOPE_NIGHTLY") else 10
_TRIED = re.compile(r"number_of_executed_units: (\d+)|: (\d+) inputs")


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_and_findings_hold(target: str) -> None:
    seeds = seeds_of(target)
    assert seeds
    for seed in seeds:
        TARGETS[target](seed)
    dice = random.Random(target)
    for _ in range(30):
        TARGETS[target](mutated(dice, seeds))


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 120)
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found(target: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    command = [sys.executable, "-m", "tests.fuzz.run_fuzz", target, str(SECONDS)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    tried = _TRIED.search(done.stdout + done.stderr)
    assert tried is not None, done.stderr[-500:]
    record_property("reliability", ("fuzzed inputs", target, int(tried[1] or tried[2]), 0, 0, 0))
