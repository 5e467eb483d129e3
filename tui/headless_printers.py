"""What a headless run prints while it goes on and at its end: text, units, lines of JSON, one object, or nothing.

A printer gets the chunks as they come and the run that is derived from the same reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol, TextIO

from tui.core.chunks import StreamChunk, StreamResult
from tui.core.derived_run import DerivedRun
from tui.core.run_report import run_members
from tui.core.sanitize import sanitize


class SafeOutput:
    """A stream that takes any text: a terminal gets what is safe to obey, a pipe the text as far as it can be written.

    `is_lost` says that nobody reads any more.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.is_lost = False

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks at it."""
        return self._out.isatty()

    def write(self, text: str) -> None:
        """Writes at once."""
        encoding = self._out.encoding or "utf-8"
        safe = sanitize(text) if self.is_terminal else text
        try:
            self._out.write(safe.encode(encoding, "replace").decode(encoding))
            self._out.flush()
        except OSError:
            self.is_lost = True


class Printer(Protocol):
    """Prints a run."""

    narrates: bool
    """Whether numbers are told on standard error at the end."""

    def take(self, chunks: Sequence[StreamChunk], run: DerivedRun | None) -> None:
        """The chunks of a read came."""

    def finish(self, result: StreamResult, run: DerivedRun | None, attempts: int) -> None:
        """The run ended."""


class NoPrinter:
    """Prints nothing."""

    narrates = False

    def take(self, chunks: Sequence[StreamChunk], run: DerivedRun | None) -> None:
        """Nothing."""

    def finish(self, result: StreamResult, run: DerivedRun | None, attempts: int) -> None:
        """Nothing."""


class TextPrinter:
    """The answer as it comes; half a surrogate pair waits for its other half."""

    narrates = True

    def __init__(self, out: SafeOutput) -> None:
        self._out = out
        self._printed_length = 0
        self._half_pair = ""

    def take(self, chunks: Sequence[StreamChunk], run: DerivedRun | None) -> None:  # noqa: ARG002  the interface
        """Prints the text of the answer in them."""
        for chunk in chunks:
            if chunk.choice == 0:
                self._print(chunk.content)

    def finish(self, result: StreamResult, run: DerivedRun | None, attempts: int) -> None:  # noqa: ARG002  as above
        """Prints what is left; a terminal gets a line end."""
        self._print(result.content[self._printed_length :], is_last=True)
        if self._out.is_terminal and result.content and not result.content.endswith("\n"):
            self._out.write("\n")

    def _print(self, text: str, *, is_last: bool = False) -> None:
        self._printed_length += len(text)
        text = self._half_pair + text
        self._half_pair = text[-1:] if not is_last and "\ud800" <= text[-1:] <= "\udbff" else ""
        text = text.removesuffix(self._half_pair)
        if not text.isascii():
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if text:
            self._out.write(text)


class UnitPrinter:
    """The answer in whole units of the run's buffer mode, each in one write; joined they are the text."""

    narrates = True

    def __init__(self, out: SafeOutput) -> None:
        self._out = out
        self._text = TextPrinter(out)
        self._count = 0

    def take(self, chunks: Sequence[StreamChunk], run: DerivedRun | None) -> None:  # noqa: ARG002  the interface
        """Prints the units that are out."""
        for unit in new_units(run, self._count):
            self._count += 1
            self._text.take([StreamChunk(unit["text"])], run)

    def finish(self, result: StreamResult, run: DerivedRun | None, attempts: int) -> None:
        """Prints what the end released."""
        self.take((), run)
        self._text.finish(result, run, attempts)


class LinesPrinter:
    """One JSON object a line, as things happen: `chunk`, with `has_units` also `unit`, and `result` last."""

    narrates = False

    def __init__(self, out: SafeOutput, *, has_units: bool = False) -> None:
        self._out = out
        self._has_units = has_units
        self._count = 0

    def take(self, chunks: Sequence[StreamChunk], run: DerivedRun | None) -> None:
        """Prints a line for each chunk, then one for each unit that is out."""
        for chunk in chunks:
            self._line("chunk", chunk_members(chunk))
        if self._has_units:
            for unit in new_units(run, self._count):
                self._count += 1
                self._line("unit", unit)

    def finish(self, result: StreamResult, run: DerivedRun | None, attempts: int) -> None:
        """Prints the last units and the object of `--json`."""
        self.take((), run)
        self._line("result", run_members(result, run, attempts))

    def _line(self, kind: str, members: dict[str, Any]) -> None:
        self._out.write(json.dumps({"type": kind, **members}) + "\n")


class ObjectPrinter:
    """One JSON object at the end."""

    narrates = False

    def __init__(self, out: SafeOutput) -> None:
        self._out = out

    def take(self, chunks: Sequence[StreamChunk], run: DerivedRun | None) -> None:
        """Nothing yet."""

    def finish(self, result: StreamResult, run: DerivedRun | None, attempts: int) -> None:
        """Prints the object."""
        self._out.write(json.dumps(run_members(result, run, attempts)) + "\n")


def printer_of(output: str, buffer: str | None, out: SafeOutput) -> Printer:
    """The printer of an output: `text`, `json`, `jsonl` or `none`. `buffer` releases whole units."""
    match output:
        case "json":
            return ObjectPrinter(out)
        case "jsonl":
            return LinesPrinter(out, has_units=buffer is not None)
        case "none":
            return NoPrinter()
    return TextPrinter(out) if buffer is None else UnitPrinter(out)


def chunk_members(chunk: StreamChunk) -> dict[str, Any]:
    """A chunk without its empty members; `at` in seconds since the run began, `frame` as in the capture."""
    members: dict[str, Any] = {"at": chunk.at, "frame": chunk.frame}
    for name in ("content", "reasoning", "refusal", "finish_reason", "model"):
        if value := getattr(chunk, name):
            members[name] = value
    if chunk.choice:
        members["choice"] = chunk.choice
    if chunk.tool_calls:
        members["tool_calls"] = [
            {"index": call.position, "name": call.name, "arguments": call.arguments} for call in chunk.tool_calls
        ]
    if chunk.usage is not None:
        members["usage"] = {"input": chunk.usage.input, "output": chunk.usage.output, "total": chunk.usage.total}
    return members


def new_units(run: DerivedRun | None, known: int) -> list[dict[str, Any]]:
    """The units from the `known`th on: text, release and hold time in seconds, and whether only the end released it."""
    if run is None:
        return []
    log = run.pipeline.segments
    units = [log.segment(index) for index in range(known, log.count)]
    return [
        {"text": unit.text, "at": unit.emitted_at, "held_s": round(unit.hold_s, 6), "is_flushed": unit.is_flushed}
        for unit in units
    ]
