"""`streamscope run PROMPT`: one stream headless, or the same request several times."""

from __future__ import annotations

import argparse

from tui.command_flags import run_parser
from tui.headless import HeadlessOptions, finished, run_headless
from tui.headless_series import run_series
from tui.run_plans import job_of


def main(arguments: list[str]) -> int:
    """Runs; gives the exit code, which is the outcome. Raises UsageError before anything is sent."""
    flags = run_parser().parse_all(arguments)
    job = job_of(flags)
    options = options_of(flags, on_demo=job.on_demo)
    if flags.repeat is None:
        return finished(run_headless(job.plan, options))
    return finished(run_series(job.plan, options, flags.repeat))


def options_of(flags: argparse.Namespace, *, on_demo: bool) -> HeadlessOptions:
    """How to run, by the flags of `run_parser`."""
    return HeadlessOptions(
        output="json" if flags.json else "jsonl" if flags.jsonl else "text",
        buffer=flags.buffer,
        cancel_after_ms=flags.cancel_after_ms,
        cancel_after_chunks=flags.cancel_after_chunks,
        on_demo=on_demo,
        capture=flags.capture,
    )
