"""Short turns on the processor: the kernel knows of them, and nothing else about the process changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ASK = """
import os, re
from pathlib import Path
from tui.probe_turns import ask_for_short_turns
os.nice(3)
agreed = ask_for_short_turns()
turn = re.search(r"se.slice\\s+:\\s+(\\d+)", Path("/proc/self/sched").read_text())[1]
print(agreed, turn, os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0))
"""
_SCHED = Path("/proc/self/sched")


@pytest.mark.skipif(
    not (_SCHED.exists() and "se.slice" in _SCHED.read_text()), reason="this kernel does not tell what turns it gives"
)
def test_the_kernel_gives_turns_of_a_tenth_of_a_millisecond_and_niceness_stays() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, check=True, text=True)
    niceness = os.getpriority(os.PRIO_PROCESS, 0) + 3
    assert done.stdout.split() == ["True", "100000", str(niceness), "0"]
