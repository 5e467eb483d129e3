"""Whether the JSON that an answer promises is JSON: in its text, in its fenced blocks, in the arguments of its tools.

Each claim comes with a sentence that names the frame: where it broke, or where it was whole.
"""

from __future__ import annotations

from tui.core.derived_run import DerivedRun
from tui.core.text.json_progress import JSONProgress
from tui.core.tool_calls import ToolCallProgress

_JSON_LANGUAGES = ("json", "jsonc", "json5", "application/json")


def json_claim(run: DerivedRun) -> tuple[bool, str]:
    """Whether all JSON of the answer is valid, and there is some.

    A text that begins with a bracket has to be one JSON value as a whole; JSON blocks of Markdown each one; of other
    texts the values in them, none left open. Arguments of tools always count.
    """
    found = [claim for claim in (_text_claim(run), _tools(run)) if claim is not None]
    if not found:
        return False, "the answer holds no JSON"
    return next((claim for claim in found if not claim[0]), found[0])


def tools_claim(run: DerivedRun) -> tuple[bool, str]:
    """Whether the arguments of every tool call are JSON, and there is a call."""
    return _tools(run) or (False, "the answer calls no tool")


def _tools(run: DerivedRun) -> tuple[bool, str] | None:
    calls = list(run.pipeline.tool_calls.values())
    if not calls:
        return None
    for call in calls:
        if call.valid_frame is None and call.arguments.strip():
            where = f"tool {call.position} {call.name}: {call.progress.describe()}"
            return False, f"{where}, frame {call.last_frame}"
    frames = ", ".join(f"tool {call.position} {call.name} at frame {_valid_frame(call)}" for call in calls)
    return True, f"arguments valid: {frames}"


def _valid_frame(call: ToolCallProgress) -> int:
    """A call without any argument is valid with its last frame."""
    return call.last_frame if call.valid_frame is None else call.valid_frame


def _text_claim(run: DerivedRun) -> tuple[bool, str] | None:
    text = run.pipeline.content.text()
    if text.lstrip()[:1] in ("{", "["):
        return _judged(run, text, 0)
    blocks = [block for block in run.pipeline.code_blocks if (block.language or "").lower() in _JSON_LANGUAGES]
    if blocks:
        start = 0
        claims = []
        for block in blocks:
            start = text.find(block.code, start)
            claims.append(_judged(run, block.code, max(0, start), is_closed=block.closed))
        return next((claim for claim in claims if not claim[0]), claims[-1])
    return _values_claim(run)


def _judged(run: DerivedRun, text: str, start: int, *, is_closed: bool = True) -> tuple[bool, str]:
    """Whether a part of the text, which begins at `start`, is one JSON value."""
    progress = JSONProgress()
    progress.add(text)
    at = start + (progress.length if progress.error_at is None else progress.error_at)
    frame = _frame_of(run, at if progress.error_at is not None else max(start, at - 1))
    if progress.is_valid and is_closed:
        return True, f"valid at frame {frame}"
    why = progress.describe() if not progress.is_valid else "its code block is never closed"
    return False, f"{why}, frame {frame}"


def _values_claim(run: DerivedRun) -> tuple[bool, str] | None:
    partial = run.pipeline.json_parser.partial
    if partial is not None:
        return False, f"the value that begins in frame {_frame_of(run, partial.start)} never ends"
    values = run.pipeline.json_values
    if not values:
        return None
    return (
        True,
        f"{len(values)} JSON values, the last whole at frame {run.pipeline.content.frame_of(values[-1].last_chunk)}",
    )


def _frame_of(run: DerivedRun, offset: int) -> int:
    content = run.pipeline.content
    return content.frame_of(content.chunk_at(offset)) if content.count else 0
