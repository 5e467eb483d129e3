"""The dialects by name, and the path rule `$...` beside them.

Front ends list the names; the response decoder makes the reader.
"""

from __future__ import annotations

from typing import Final

from tui.core.wire.dialects.anthropic import Anthropic
from tui.core.wire.dialects.base import Dialect
from tui.core.wire.dialects.chat_completions import ChatCompletions
from tui.core.wire.dialects.gateway import Gateway
from tui.core.wire.dialects.ollama import Ollama
from tui.core.wire.dialects.path_rule import PathRule
from tui.core.wire.dialects.responses import Responses
from tui.core.wire.stream_assembly import StreamAssembly
from tui.errors import UsageError

_CLASSES: Final[dict[str, type[Dialect]]] = {
    dialect.name: dialect for dialect in (ChatCompletions, Responses, Anthropic, Ollama, Gateway)
}
DIALECT_NAMES: Final = ("auto", *_CLASSES)


def dialect_of(name: str, assembly: StreamAssembly) -> Dialect:
    """The reader of a dialect, or of a path rule such as `$.choices[0].delta.content`.

    Raises UsageError on an unknown name or a rule that cannot be read; `auto` is none.
    """
    if name.startswith("$"):
        return PathRule(name, assembly)
    if name not in _CLASSES:
        known = ", ".join(DIALECT_NAMES)
        raise UsageError(
            f"there is no dialect {name!r}: expected {known}, or a path such as $.choices[0].delta.content"
        )
    return _CLASSES[name](assembly)
