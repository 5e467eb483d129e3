"""`python -m tests.fuzz.run_fuzz TARGET SECONDS`: coverage-guided where atheris is installed, else by mutation alone.

Prints how many inputs were tried. What fails is written to the current folder, and the exit code is not 0.
"""

from __future__ import annotations

import importlib.util
import random
import sys
import tempfile
import time
from pathlib import Path

_LONGEST = 4096
_SLOWEST_S = 10


def main(target: str, seconds: int) -> None:
    """Fuzzes a target for so long."""
    if importlib.util.find_spec("atheris") is None:
        print(f"{target}: {_mutate(target, seconds)} inputs, mutated without coverage")  # noqa: T201  its purpose
        return
    import atheris  # noqa: PLC0415  it need not be there

    with atheris.instrument_imports(include=["tui"], exclude=["tui.gateway", "tui.transports"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415  instrumented while it is imported
    from tests.fuzz.corpus import seeds_of  # noqa: PLC0415  after what is instrumented

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds_of(target)):
            (Path(folder) / f"{number}").write_bytes(seed)
        bounds = [
            f"-max_total_time={seconds}",
            f"-max_len={_LONGEST}",
            f"-timeout={_SLOWEST_S}",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *bounds, folder], TARGETS[target])
        atheris.Fuzz()


def _mutate(target: str, seconds: int) -> int:
    """Seeds with bytes changed, cut out, doubled and joined; gives how many inputs were tried."""
    from tests.fuzz.corpus import seeds_of  # noqa: PLC0415  as above
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415  as above

    dice, seeds, tried = random.Random(8), seeds_of(target), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(dice, seeds)
        try:
            TARGETS[target](data)
        except Exception:
            Path(f"crash-{target}.bin").write_bytes(data)
            raise
        tried += 1
    return tried


def mutated(dice: random.Random, seeds: list[bytes]) -> bytes:
    """One input."""
    data = bytearray(dice.choice(seeds)[:_LONGEST])
    for _ in range(dice.randint(1, 8)):
        at = dice.randint(0, len(data))
        match dice.randint(0, 3):
            case 0:
                data[at : at + 1] = bytes([dice.randint(0, 255)])
            case 1:
                del data[at : at + dice.randint(1, 16)]
            case 2:
                data[at:at] = data[at : at + dice.randint(1, 64)]
            case _:
                other = dice.choice(seeds)
                data[at:at] = other[: dice.randint(0, 64)]
    return bytes(data[:_LONGEST])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
