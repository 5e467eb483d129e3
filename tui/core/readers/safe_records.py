"""What may stand in a capture of what was asked and answered: never a key. Allow-lists and name rules; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

HIDDEN: Final = "(hidden)"

_BODY_MEMBERS: Final = frozenset(
    {"model", "messages", "system", "prompt", "input", "instructions", "suffix"}
    | {"temperature", "top_p", "top_k", "min_p", "n", "seed", "stop", "stop_sequences", "logprobs", "top_logprobs"}
    | {"max_tokens", "max_completion_tokens", "max_output_tokens", "frequency_penalty", "presence_penalty"}
    | {"stream", "stream_options", "buffer_type", "options", "format", "response_format", "text", "truncation"}
    | {"tools", "tool_choice", "parallel_tool_calls", "reasoning", "reasoning_effort", "thinking", "think", "verbosity"}
)
"""The members of a request body that a capture keeps. A member that is not here is left out, whatever it holds."""

_SECRET_HEADER: Final = re.compile(
    r"cookie|authori[sz]ation|authenticat|api-?key|access-?key|secret|passw|credential|session|signature|csrf|xsrf|jwt"
    r"|(?:^|[-_])(?:token|key|auth)$",
    re.IGNORECASE,
)


def safe_request(body: Any) -> dict[str, Any]:
    """The allowed members of a request body that is a JSON object (as value, text or bytes); else an empty object."""
    if isinstance(body, bytes | str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return {}
    if not isinstance(body, dict):
        return {}
    return {name: value for name, value in body.items() if name in _BODY_MEMBERS}


def safe_headers(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Response headers in lower case; the value of one that by its name is a cookie or a key is hidden."""
    return tuple((name.lower(), HIDDEN if _SECRET_HEADER.search(name) else value) for name, value in pairs)
