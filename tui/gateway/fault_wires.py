"""How a fault takes hold of the two wires: events of an event stream, messages of a WebSocket.

Pure: what is a frame, which ones count, how one is broken, and the ASGI messages that carry the result.
"""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from websockets.frames import Frame, Opcode

_SSE_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_SSE_DATA = re.compile(rb"^data:[ ]?(.*)$", re.MULTILINE)
_SSE_DONE = re.compile(rb'^event: done$|^data: \{"done":true|^data:[ ]?\[DONE\]', re.MULTILINE)
_MULTI_BYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_MOST_CUTS = 16
"""How many characters of one frame are cut: each cut costs a short wait."""


class FaultWire(Protocol):
    """One wire. Frames are bytes: an event with its blank line, or the text of a message."""

    def frames(self, message: Any) -> list[bytes]:
        """The whole frames that an ASGI message completes."""

    def rest(self) -> list[bytes]:
        """What was left of an unfinished frame, at the end."""

    def is_counted(self, frame: bytes) -> bool:
        """Whether it is an event, and no comment or greeting."""

    def is_done(self, frame: bytes) -> bool:
        """Whether it says that the answer is complete."""

    def is_last(self, frame: bytes) -> bool:
        """Whether nothing of this answer follows, and no end of a body will say so."""

    def broken(self, frame: bytes) -> bytes:
        """The frame with JSON that ends in the middle."""

    def with_crlf(self, frame: bytes) -> bytes:
        """The frame with CR LF in it, still legal."""

    def split(self, frame: bytes) -> list[bytes]:
        """The frame with its characters unescaped, cut inside each that has several bytes."""

    def together(self, frames: list[bytes]) -> Any:
        """The ASGI message that sends whole frames in one write."""

    def in_pieces(self, pieces: list[bytes]) -> list[Any]:
        """The ASGI messages that send the pieces of one frame, one write each."""

    def ping(self) -> Any:
        """The ASGI message of a keep-alive."""

    def farewell(self) -> Any | None:
        """The ASGI message that ends the connection cleanly where no end of a body does; else None."""


class SSEWire:
    """An event stream, whoever made it."""

    def __init__(self) -> None:
        self._carry = b""

    def frames(self, message: Any) -> list[bytes]:
        """The whole events; an unfinished one waits."""
        data = self._carry + message.get("body", b"")
        ends = [match.end() for match in _SSE_END.finditer(data)]
        self._carry = data[ends[-1] :] if ends else data
        return [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]

    def rest(self) -> list[bytes]:
        """What has no blank line behind it."""
        rest, self._carry = self._carry, b""
        return [rest] if rest else []

    def is_counted(self, frame: bytes) -> bool:
        """Whether it has data."""
        return _SSE_DATA.search(frame) is not None

    def is_done(self, frame: bytes) -> bool:
        """Whether it is `done` in any of the shapes, or `[DONE]`."""
        return _SSE_DONE.search(frame) is not None

    def is_last(self, frame: bytes) -> bool:  # noqa: ARG002  the interface
        """No: the body has an end."""
        return False

    def broken(self, frame: bytes) -> bytes:
        """The first data line loses its second half."""
        return _SSE_DATA.sub(lambda line: line[0][: 6 + len(line[1]) // 2], frame, count=1)

    def with_crlf(self, frame: bytes) -> bytes:
        """Each line end doubled in kind."""
        return frame.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def split(self, frame: bytes) -> list[bytes]:
        """The data unescaped, then cut."""
        return _cut_inside(_SSE_DATA.sub(lambda line: b"data: " + _unescaped(line[1]), frame))

    def together(self, frames: list[bytes]) -> Any:
        """One piece of the body."""
        return {"type": "http.response.body", "body": b"".join(frames), "more_body": True}

    def in_pieces(self, pieces: list[bytes]) -> list[Any]:
        """One piece of the body each."""
        return [self.together([piece]) for piece in pieces]

    def ping(self) -> Any:
        """A comment."""
        return self.together([b": ping\n\n"])

    def farewell(self) -> None:
        """None: the body has an end."""


class WSWire:
    """The gateway's WebSocket. Its frames go out as raw bytes, so that several can be one write, and one several."""

    def frames(self, message: Any) -> list[bytes]:
        """The one message."""
        return [message["text"].encode()]

    def rest(self) -> list[bytes]:
        """Nothing: messages are whole."""
        return []

    def is_counted(self, frame: bytes) -> bool:
        """Whether it is no `start`."""
        return not frame.startswith(b'{"type":"start"')

    def is_done(self, frame: bytes) -> bool:
        """Whether it is `done`."""
        return frame.startswith(b'{"type":"done"')

    def is_last(self, frame: bytes) -> bool:
        """Whether it is a terminal event."""
        return frame.startswith((b'{"type":"done"', b'{"type":"error"', b'{"type":"cancelled"'))

    def broken(self, frame: bytes) -> bytes:
        """The first half."""
        return frame[: len(frame) // 2]

    def with_crlf(self, frame: bytes) -> bytes:
        """White space around the JSON."""
        return b"\r\n" + frame + b"\r\n"

    def split(self, frame: bytes) -> list[bytes]:
        """The JSON unescaped, then cut."""
        return _cut_inside(_unescaped(frame))

    def together(self, frames: list[bytes]) -> Any:
        """Messages in one write."""
        return _raw(b"".join(_serialized(Opcode.TEXT, frame) for frame in frames))

    def in_pieces(self, pieces: list[bytes]) -> list[Any]:
        """Fragments of one message (RFC 6455 5.4), one write each."""
        last = len(pieces) - 1
        return [
            _raw(_serialized(Opcode.CONT if index else Opcode.TEXT, piece, is_last=index == last))
            for index, piece in enumerate(pieces)
        ]

    def ping(self) -> Any:
        """A ping frame."""
        return _raw(_serialized(Opcode.PING, b""))

    def farewell(self) -> Any:
        """A normal closure."""
        return {"type": "websocket.close", "code": 1000}


def _raw(data: bytes) -> dict[str, Any]:
    return {"type": "streamscope.raw", "data": data}


def _serialized(opcode: Opcode, data: bytes, *, is_last: bool = True) -> bytes:
    return Frame(opcode, data, fin=is_last).serialize(mask=False, extensions=[])


def _unescaped(text: bytes) -> bytes:
    """The JSON with its characters as UTF-8; as it was where it is no JSON, or has half a surrogate pair."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError:
        return text


def _cut_inside(frame: bytes) -> list[bytes]:
    cuts = [match.start() + 1 for match in _MULTI_BYTE.finditer(frame)][:_MOST_CUTS]
    return [frame[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(frame)], strict=True)]
