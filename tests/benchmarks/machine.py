"""Where and with what a run was made."""

from __future__ import annotations

import os
import platform
import shutil
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

NOT_INSTALLED = "not installed"
_PACKAGES = ("streamscope", "textual", "openai", "httpx", "httpx-sse", "llm", "websockets", "fastapi", "uvicorn")


def machine() -> dict[str, str]:
    """Processor, cores, system and interpreter."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The packages that take part, as they are installed."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = NOT_INSTALLED
    found["curl"] = "of this system" if shutil.which("curl") else NOT_INSTALLED
    return found


def yardstick_ms() -> float:
    """What a fixed loop of arithmetic costs at this moment: what one machine takes for it at two times is its noise."""
    taken = []
    for _ in range(5):
        started, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number & 3
        taken.append((time.process_time() - started) * 1000)
    return median(taken)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
