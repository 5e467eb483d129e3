"""A JSONPath-like rule for streams of no known dialect: which member of each object is the text.

The rule is `$` followed by `.name`, `['name']`, `[index]`, `.*` or `[*]`; nothing else of JSONPath is known.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tui.core.wire.dialects.base import Dialect
from tui.core.wire.reported_errors import looks_like_error, problem_of
from tui.core.wire.stream_assembly import StreamAssembly
from tui.errors import UsageError

_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]'"*\s]+)|\[(?P<index>-?\d{1,9})\]|\[(['"])(?P<quoted>.*?)\3\]|(?P<all>\.\*|\[\*\])"""
)

Step = str | int | None


def parse_rule(rule: str) -> tuple[Step, ...]:
    """The steps of a rule: a name, an index, or None for all members. Raises UsageError where it cannot be read."""
    steps: list[Step] = []
    at = 1
    while at < len(rule):
        step = _STEP.match(rule, at)
        if step is None:
            raise UsageError(
                f"the path {rule!r} cannot be read from character {at + 1}: expected .name, [0], ['name'] or [*]"
            )
        steps.append(_step_of(step))
        at = step.end()
    if not rule.startswith("$") or not steps:
        raise UsageError(f"the path {rule!r} names nothing: expected such as $.choices[0].delta.content")
    return tuple(steps)


class PathRule(Dialect):
    """Takes the text at the path as content. Complete means `[DONE]`, or an object with `done` true."""

    name: ClassVar[str] = "path"

    def __init__(self, rule: str, assembly: StreamAssembly) -> None:
        super().__init__(assembly)
        self._steps = parse_rule(rule)

    def read(self, value: Any, event: str | None, event_id: str | None) -> None:
        """One value; an error object ends the stream."""
        del event_id
        found = _follow([value], self._steps)
        texts = [item for item in found if isinstance(item, str)]
        self.assembly.add("".join(texts))
        if any(item is not None and not isinstance(item, str) for item in found):
            self.assembly.oddities.remark("wrong_shape", detail="the member at the path is not text")
        if isinstance(value, dict) and looks_like_error(value, event):
            self.assembly.fail(problem_of(value))
        elif isinstance(value, dict) and value.get("done") is True:
            self.assembly.complete("done")
        elif not found:
            self.assembly.oddities.remark("nothing_at_path")

    def read_end_mark(self) -> None:
        """`[DONE]`."""
        self.assembly.complete("[DONE]")


def _step_of(step: re.Match[str]) -> Step:
    if step["all"]:
        return None
    if step["index"] is not None:
        return int(step["index"])
    return step["name"] if step["name"] is not None else step["quoted"]


def _follow(values: list[Any], steps: tuple[Step, ...]) -> list[Any]:
    """The members at the end of the path, in order."""
    for step in steps:
        values = [member for value in values for member in _members(value, step)]
    return values


def _members(value: Any, step: Step) -> list[Any]:
    if step is None:
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if isinstance(step, str):
        return [value[step]] if isinstance(value, dict) and step in value else []
    return [value[step]] if isinstance(value, list) and -len(value) <= step < len(value) else []
