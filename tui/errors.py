"""The exception tree of streamscope; each class is named for what the caller can do about it.

StreamscopeError
├── UsageError          the command line, an address or a setting is wrong: change it and call again
│   ├── ConfigError     a settings or theme file is wrong: names file, line and key
│   └── InsecureError   a key would travel unprotected: use https or say that the network is trusted
├── CaptureError        a capture file cannot be read: names line and reason
└── GatewayError        a request that the gateway refuses: carries its HTTP status and code

Faults of a *stream* are not exceptions but data: see `tui.core.chunks.StreamProblem`.
"""

from __future__ import annotations


class StreamscopeError(Exception):
    """Base of every error that streamscope raises on purpose."""


class UsageError(StreamscopeError):
    """What was asked for cannot be done as asked; the message says what to change."""


class ConfigError(UsageError):
    """A settings or theme file is wrong; the message names file, line and key."""


class InsecureError(UsageError):
    """A key would cross a network unprotected; the message names the host."""


class CaptureError(StreamscopeError):
    """A capture cannot be read; the message names the line and the reason."""


class GatewayError(StreamscopeError):
    """A request that the gateway refuses.

    Attributes: `status` is the HTTP status, `code` a word for programs, the message a sentence for people.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
