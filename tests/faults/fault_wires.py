"""How a far end says one thing on each of the three wires: what an upstream says, and a gateway over SSE and WebSocket.

Also the bytes of WebSocket frames, whole or broken, which no library would write.
"""

from __future__ import annotations

import json
import struct
from typing import Any

GENERATION = "fault"


def said(wire: str, what: str, seq: int, values: dict[str, Any]) -> str:
    """The body (or message) for `start`, `token`, `finish`, `done` and `error`; empty where a wire has none."""
    match wire:
        case "openai":
            return _openai(what, values)
        case "sse":
            return _sse(what, seq, values)
        case "ws":
            return _ws(what, seq, values)
    raise LookupError(wire)


def _openai(what: str, values: dict[str, Any]) -> str:
    match what:
        case "start":
            return _choice({"role": "assistant", "content": ""})
        case "token":
            return _choice({"content": values["text"]})
        case "finish":
            return _choice({}, values.get("reason", "stop"))
        case "done":
            return "data: [DONE]\n\n"
        case "error":
            error = {"message": values["message"], "type": "server_error", "code": values.get("code")}
            return f"data: {_json({'error': error})}\n\n"
    raise LookupError(what)


def _choice(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    value = {"id": "f", "object": "chat.completion.chunk", "created": 1, "model": "fault-1", "choices": [choice]}
    return f"data: {_json(value)}\n\n"


def _sse(what: str, seq: int, values: dict[str, Any]) -> str:
    match what:
        case "start":
            return ""
        case "token":
            return _event("chunk", seq, {"content": values["text"], "finish_reason": None, "index": seq})
        case "finish":
            return ""  # a gateway says it with the end
        case "done":
            return _event("done", seq, {"done": True, "finish_reason": values.get("reason", "stop"), "usage": None})
        case "error":
            return _event("error", seq, {"message": values["message"], "code": values.get("code")})
    raise LookupError(what)


def _event(name: str, seq: int, data: dict[str, Any]) -> str:
    return f"id: {GENERATION}:{seq}\nevent: {name}\ndata: {_json(data)}\n\n"


def _ws(what: str, seq: int, values: dict[str, Any]) -> str:
    match what:
        case "start":
            return _json({"type": "start", "data": {"gen": GENERATION}})
        case "token":
            return _json({"type": "chunk", "data": {"content": values["text"], "index": seq, "seq": seq}})
        case "finish":
            return ""
        case "done":
            return _json({"type": "done", "data": {"done": True, "finish_reason": "stop", "seq": seq}})
        case "error":
            return _json({"type": "error", "data": {"message": values["message"], "code": values.get("code")}})
    raise LookupError(what)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def frame(opcode: int, data: bytes, *, is_final: bool = True) -> bytes:
    """One frame as a server sends it: not masked."""
    size = len(data)
    first = bytes([(0x80 if is_final else 0) | opcode])
    if size < 126:
        return first + bytes([size]) + data
    if size < 1 << 16:
        return first + bytes([126]) + struct.pack("!H", size) + data
    return first + bytes([127]) + struct.pack("!Q", size) + data
