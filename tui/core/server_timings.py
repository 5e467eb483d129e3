"""What the server itself says about its times: response headers and members of frames, in seconds.

Known are llama.cpp `timings`, Ollama's durations, vLLM's `metrics`, the times in Groq's usage, `Server-Timing` and
`openai-processing-ms`. What the wire does not say is unknown; nothing is estimated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

_MS: Final = 1e-3
_NS: Final = 1e-9
_ENTRY_LIMIT: Final = 64  # a header can name as many as it likes

# Path of the member, the part of the work it is the time of, its unit in seconds, whose word it is.
_MEMBERS: Final = (
    (("timings", "prompt_ms"), "prefill", _MS, "llama.cpp"),
    (("timings", "predicted_ms"), "decode", _MS, "llama.cpp"),
    (("load_duration",), "load", _NS, "Ollama"),
    (("prompt_eval_duration",), "prefill", _NS, "Ollama"),
    (("eval_duration",), "decode", _NS, "Ollama"),
    (("total_duration",), "total", _NS, "Ollama"),
    (("metrics", "queue_time_ms"), "queue", _MS, "vLLM"),
    (("metrics", "time_to_first_token_ms"), "prefill", _MS, "vLLM"),
    (("metrics", "generation_time_ms"), "decode", _MS, "vLLM"),
    (("usage", "queue_time"), "queue", 1.0, "Groq"),
    (("usage", "prompt_time"), "prefill", 1.0, "Groq"),
    (("usage", "completion_time"), "decode", 1.0, "Groq"),
    (("usage", "total_time"), "total", 1.0, "Groq"),
    (("x_groq", "usage", "queue_time"), "queue", 1.0, "Groq"),
    (("x_groq", "usage", "prompt_time"), "prefill", 1.0, "Groq"),
    (("x_groq", "usage", "completion_time"), "decode", 1.0, "Groq"),
    (("x_groq", "usage", "total_time"), "total", 1.0, "Groq"),
)
PARTS: Final = ("queue", "load", "prefill", "decode", "processing", "total")
# A frame without any of these holds no timing, and need not be parsed to know.
MEMBER_WORDS: Final = ('"timings"', '_duration"', '"metrics"', '_time"')

_SERVER_TIMING_ENTRY: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_SERVER_TIMING_DURATION: Final = re.compile(r';\s*dur\s*=\s*"?\s*([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)', re.IGNORECASE)
_QUOTED_DESCRIPTION: Final = re.compile(r';\s*desc\s*=\s*"(?:[^"\\]|\\.)*"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServerTiming:
    """One time that the server told: of which part of its work, in seconds, where it stands, in which frame.

    `part` is one of `PARTS`, or the server's own name of a Server-Timing entry. `at` is when it was told on the
    capture's clock; `frame` is None for a header.
    """

    part: str
    seconds: float
    source: str
    at: float
    frame: int | None = None


class ServerTimings:
    """The server's own times of one run; a later word on the same part from the same source replaces the earlier."""

    def __init__(self) -> None:
        self._timings: dict[tuple[str, str], ServerTiming] = {}

    def note_headers(self, headers: Iterable[tuple[str, str]], at: float) -> None:
        """Takes a response's headers, (name, value) pairs, complete at `at`."""
        for name, value in headers:
            match name.lower():
                case "server-timing":
                    for entry in _SERVER_TIMING_ENTRY.findall(value)[:_ENTRY_LIMIT]:
                        self._note_entry(entry, at)
                case "openai-processing-ms":
                    self._note("processing", _number_of(value, _MS), "header openai-processing-ms", at)

    def note_value(self, value: Any, at: float, frame: int) -> None:
        """Takes the JSON value of one frame that came at `at`; any shape."""
        for path, part, unit, owner in _MEMBERS:
            found = value
            for name in path:
                found = found.get(name) if isinstance(found, dict) else None
            if isinstance(found, (int, float)) and not isinstance(found, bool):
                self._note(part, _number_of(found, unit), f"{owner} {'.'.join(path)}", at, frame)

    def copy(self) -> ServerTimings:
        """Another one that knows the same and learns on its own."""
        found = ServerTimings()
        found._timings = dict(self._timings)
        return found

    def find(self, part: str) -> ServerTiming | None:
        """What the server said about this part; of several sources the first."""
        return next((timing for timing in self._timings.values() if timing.part == part), None)

    def all(self) -> list[ServerTiming]:
        """Everything that it said, in order of arrival."""
        return list(self._timings.values())

    def _note_entry(self, entry: str, at: float) -> None:
        name = entry.split(";", 1)[0].strip()
        found = _SERVER_TIMING_DURATION.search(_QUOTED_DESCRIPTION.sub("", entry))
        if name and found:
            part = name.lower() if name.lower() in PARTS else name
            self._note(part, _number_of(found[1], _MS), f"header Server-Timing {name}", at)

    def _note(self, part: str, seconds: float | None, source: str, at: float, frame: int | None = None) -> None:
        if seconds is not None and isfinite(seconds) and seconds >= 0:
            self._timings[part, source] = ServerTiming(part, seconds, source, at, frame)


def _number_of(value: str | float, unit: float) -> float | None:
    """The value in seconds; None for no number, or one too large."""
    try:
        return float(value) * unit
    except (ValueError, OverflowError):
        return None
