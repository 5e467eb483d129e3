"""streamscope: the inspector for LLM token streams, in the terminal.

The public names of the package, each loaded when it is first asked for, so that `import tui.core` loads no
network library and no Textual.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tui.version import __version__

_HOMES: dict[str, str] = {
    "StreamRequest": "tui.core.request",
    "StreamChunk": "tui.core.chunks",
    "StreamResult": "tui.core.chunks",
    "StreamBuffer": "tui.core.text.buffers",
    "WordBuffer": "tui.core.text.buffers",
    "SentenceBuffer": "tui.core.text.buffers",
    "LineBuffer": "tui.core.text.buffers",
    "CodeBlockParser": "tui.core.text.code_blocks",
    "StreamParser": "tui.core.text.json_parser",
    "JSONStreamParser": "tui.core.text.json_parser",
    "SSEEvent": "tui.core.wire.sse_codec",
    "WSMessage": "tui.core.wire.ws_messages",
    "StreamingClient": "tui.transports.direct",
    "SSEClient": "tui.transports.sse",
    "WebSocketStreamClient": "tui.transports.websocket",
    "BufferedStreamProcessor": "tui.streams.processors",
    "StreamTransformer": "tui.streams.processors",
    "StreamAggregator": "tui.streams.aggregator",
    "SSEStreamAdapter": "tui.gateway.sse_adapter",
    "WebSocketStreamHandler": "tui.gateway.ws_handler",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604  every key is a str


def __getattr__(name: str) -> Any:
    """The object of a public name; raises AttributeError for any other."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tui' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(__all__)
