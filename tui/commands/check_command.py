"""`streamscope check FILE` and `streamscope check run PROMPT`: whether a run is as expected; exit code 1 if not."""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from dataclasses import replace

from tui.command_flags import Parser, run_parser
from tui.console import narrate, print_data, print_lines
from tui.core.checks.expectations import Expectation, Verdict, parse_expectation
from tui.core.derived_run import DerivedRun
from tui.errors import UsageError

_EPILOG = """expectations:
  NAME OPERATOR VALUE, or a NAME alone that holds or not. Operators: < <= > >= == != ~ !~ (a pattern in a text).
  ttft<2s  max_gap<1s  gap_p99<=80ms  stalls==0  tokens_per_s>20  outcome==completed  finish_reason==stop
  problem==none  content~'\\bhello\\b'  json.valid  tools.valid  code.closed  traps==0  reads>10  duration<1min
  Every number of `streamscope stats --json` can be named; one that the run does not define meets nothing."""


def main(arguments: list[str]) -> int:
    """Checks; gives 0 when all expectations hold, else 1. Raises UsageError and CaptureError: nothing was judged."""
    if arguments[:1] == ["run"]:
        return _check_run(arguments[1:])
    flags = parser().parse_all(arguments)
    expectations = [parse_expectation(text) for text in flags.expect]
    from tui.commands.opened_run import open_run  # noqa: PLC0415  a check of a run needs no file

    opened = open_run(flags.file, flags.entry)
    narrate(f"note: {note}" for note in opened.notes)
    return _report(opened.run, expectations, as_json=flags.json)


def parser() -> Parser:
    """The flags of `streamscope check FILE`."""
    flags = Parser(
        prog="streamscope check",
        description="Whether a recorded run, or with `check run PROMPT ...` a run made now, is as expected.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    flags.too_much = "expected one FILE"
    flags.add_argument("file", metavar="FILE", help="a recording, - for standard input; or the word run")
    flags.add_argument("--entry", type=int, metavar="N", help="entry of a HAR, from 1 (the one that streams)")
    _add_expect_flag(flags)
    flags.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    return flags


def _check_run(arguments: list[str]) -> int:
    from tui.commands.run_command import options_of  # noqa: PLC0415  a check of a file needs no transports
    from tui.headless import finished, run_quietly  # noqa: PLC0415  as above
    from tui.run_plans import job_of  # noqa: PLC0415  as above

    flags_parser = run_parser()
    flags_parser.prog = "streamscope check run"
    _add_expect_flag(flags_parser)
    flags = flags_parser.parse_all(arguments)
    if flags.repeat is not None:
        raise UsageError("check judges one run: leave --repeat out")
    expectations = [parse_expectation(text) for text in flags.expect]
    job = job_of(flags)
    options = replace(options_of(flags, on_demo=job.on_demo), output="none")

    async def work() -> int:
        run = await run_quietly(job.plan, options)
        return _report(run, expectations, as_json=flags.json)

    return finished(work())


def _add_expect_flag(flags: Parser) -> None:
    flags.add_argument("--expect", action="append", required=True, metavar="E", help="an expectation; may be repeated")


def _report(run: DerivedRun, expectations: list[Expectation], *, as_json: bool) -> int:
    verdicts = [expectation.judge(run) for expectation in expectations]
    has_failed = not all(verdict.holds for verdict in verdicts)
    if as_json:
        print_data(json.dumps({"ok": not has_failed, "expectations": [_members(v) for v in verdicts]}) + "\n")
    else:
        print_lines(verdict.line for verdict in verdicts)
    return int(has_failed)


def _members(verdict: Verdict) -> dict[str, object]:
    return {"expect": verdict.expectation, "ok": verdict.holds, "found": verdict.found, "where": verdict.where}
