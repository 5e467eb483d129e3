"""A chat completions endpoint that costs next to nothing: run as `python tests/benchmarks/fast_server.py`.

Prints its port on one line, then answers until its standard input closes. What it sends is said by the prompt, the
last message of the request: `KIND COUNT` (tokens of a kind of text, flat out; `tiny COUNT` is prose in writes of 64
bytes), `paced RATE SECONDS`, or `timed RATE SECONDS`: each token is the moment at which it was sent, on the system's
monotonic clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Iterator

_PROSE = "The quick brown fox jumps over the lazy dog. It was Tuesday, after all, and nobody saw it do so. "
_CODE = "\n\n```python\ndef total(values: list[int]) -> int:\n    return sum(v for v in values if v > 0)\n```\n\n"
_VALUE = '{"name": "fox", "jumps": 12, "over": ["dog", "hedge"], "lazy": false}\n\n'
_PARAGRAPH = "\n\n".join([(_PROSE * 3).strip()] * 4)
TEXT = (_PARAGRAPH + "\n\n") * 2 + _CODE + _PARAGRAPH + "\n\n" + _VALUE
_MARKDOWN = (
    "# A heading\n\nProse with **bold**, *soft* and `code`, and [a link](https://example.org/page).\n\n## A list\n\n"
    "- one item\n- another, with a nested one\n  1. first\n  2. second\n\n> A quotation of some length.\n\n"
    "| name | value | note |\n| --- | ---: | --- |\n| ttft | 0.31 | first |\n| rate | 80 | each second |\n\n---\n\n"
)
_CJK = (
    "速い茶色の狐が怠け者の犬を飛び越える。火曜日のことだった！ 빠른 갈색 여우가 뛰어넘는다. "
    "敏捷的狐狸跳过了懒狗。 👩\u200d🚀🚀 e\u0301 ☕\ufe0f🇯🇵\n\n"
)
TEXTS = {
    "flat": TEXT,
    "line": "abcd " * 400,
    "markdown": _MARKDOWN + _CODE + _PARAGRAPH + "\n\n",
    "json": _VALUE * 12,
    "cjk": _CJK * 8,
}
TOKEN_CHARS = 4
_TOKENS = {
    kind: [text[start : start + TOKEN_CHARS] for start in range(0, len(text), TOKEN_CHARS)]
    for kind, text in TEXTS.items()
}
_PIECE_BYTES = 65536
_TINY_BYTES = 64
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def sent_chars(count: int, kind: str = "flat") -> int:
    """How many characters `count` tokens of a kind hold."""
    rounds, rest = divmod(count, len(_TOKENS[kind]))
    return rounds * len(TEXTS[kind]) + sum(map(len, _TOKENS[kind][:rest]))


def event(content: str) -> bytes:
    """One chunk as such endpoints send it, some 250 bytes."""
    choice = {"index": 0, "delta": {"content": content}, "logprobs": None, "finish_reason": None}
    return _event([choice])


def last_events() -> bytes:
    """The finish reason and `[DONE]`."""
    return _event([{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}]) + b"data: [DONE]\n\n"


def _event(choices: list[dict[str, object]]) -> bytes:
    chunk = {
        "id": "chatcmpl-C0ffeeC0ffeeC0ffeeC0ffee",
        "object": "chat.completion.chunk",
        "created": 1790000000,
        "model": "fast-1",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        "choices": choices,
    }
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


_EVENTS = {kind: [event(token) for token in tokens] for kind, tokens in _TOKENS.items()}


def events(first: int, end: int, kind: str = "flat") -> Iterator[bytes]:
    """The events of tokens `first` to `end`, joined into pieces of about 64 KiB."""
    piece, size, of_kind = [], 0, _EVENTS[kind]
    for index in range(first, end):
        one = of_kind[index % len(of_kind)]
        piece.append(one)
        size += len(one)
        if size >= _PIECE_BYTES:
            yield b"".join(piece)
            piece, size = [], 0
    if piece:
        yield b"".join(piece)


async def _connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # Whoever measures leaves when it has seen enough, and may end this server in the middle of an answer.
    with contextlib.suppress(ConnectionError, asyncio.CancelledError):
        await _answer(reader, writer)
    writer.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"POST"):
        body = b'{"object":"list","data":[{"id":"fast-1","object":"model"}]}'
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n")
        writer.write(b"content-length: %d\r\n\r\n%s" % (len(body), body))
    else:
        headers = head.decode("latin-1").lower().split("\r\n")
        size = next(int(line[15:]) for line in headers if line.startswith("content-length:"))
        prompt = json.loads(await reader.readexactly(size))["messages"][-1]["content"]
        writer.write(_HEAD)
        await _play(prompt.split(), writer)
        await _send(writer, last_events())
        writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _play(words: list[str], writer: asyncio.StreamWriter) -> None:
    match words:
        case ["paced", rate, seconds]:
            await _paced(writer, float(rate), float(seconds))
        case ["timed", rate, seconds]:
            await _timed(writer, float(rate), float(seconds))
        case ["tiny", count]:
            for piece in events(0, int(count)):
                for start in range(0, len(piece), _TINY_BYTES):
                    await _send(writer, piece[start : start + _TINY_BYTES])
        case [kind, count]:
            for piece in events(0, int(count), kind):
                await _send(writer, piece)


async def _paced(writer: asyncio.StreamWriter, rate: float, seconds: float) -> None:
    """Tokens at `rate` a second; several in one piece where the clock does not tick often enough."""
    sent, total, started = 0, int(rate * seconds), time.monotonic()
    while sent < total:
        due = min(total, int((time.monotonic() - started) * rate) + 1)
        for piece in events(sent, due):
            await _send(writer, piece)
        sent = max(sent, due)
        await asyncio.sleep(max(0.001, started + sent / rate - time.monotonic()))


async def _timed(writer: asyncio.StreamWriter, rate: float, seconds: float) -> None:
    """One token a write. It sleeps without the loop, whose clock ticks in whole milliseconds."""
    started = time.monotonic()
    for index in range(int(rate * seconds)):
        time.sleep(max(0.0, started + index / rate - time.monotonic()))  # noqa: ASYNC251  see above
        await _send(writer, event(f"{time.monotonic():.6f} "))


async def _send(writer: asyncio.StreamWriter, piece: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    await writer.drain()


async def _serve() -> None:
    server = await asyncio.start_server(_connected, "127.0.0.1", 0)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
