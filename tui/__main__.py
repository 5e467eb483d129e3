"""`python -m tui` and the command `streamscope`."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line of this process and gives the exit code."""
    try:
        from tui.cli import run_command_line  # noqa: PLC0415  an interrupt while it loads is caught here too

        return run_command_line(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
