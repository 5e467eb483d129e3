"""The programs that ours are compared with: `python live_controls.py KIND [URL PROMPT]`; the kinds are at the end.

Each does the least that its kind does. Seconds of the streaming alone, imports left out, are their last line.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.benchmarks.measure import Spent, Stopwatch

if TYPE_CHECKING:  # each control pays for its own imports alone
    from openai import AsyncOpenAI

# ruff: noqa: PLC0415  as above


def report(spent: Spent) -> None:
    """The line that the benchmark waits for."""
    print(f"\ncpu={spent.cpu_s:.4f};wall={spent.wall_s:.4f};", flush=True)


def body_of(prompt: str) -> dict[str, object]:
    """The request of those that have no SDK."""
    return {"model": "fast-1", "stream": True, "messages": [{"role": "user", "content": prompt}]}


async def reads_of(url: str, prompt: str) -> AsyncIterator[bytes]:
    """Whatever an asyncio socket brings, head and all, until the answer ends."""
    there, body = urlsplit(url), json.dumps(body_of(prompt)).encode()
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    tail = b""
    while not tail.endswith(b"\r\n0\r\n\r\n"):
        read = await reader.read(65536)
        tail = (tail + read)[-8:]
        yield read
    writer.close()


def socket(url: str, prompt: str) -> None:
    """The limit of a Python program that reads a network: an asyncio socket, and the events in it counted."""

    async def count() -> int:
        found, last = 0, b""
        async for read in reads_of(url, prompt):
            found += (last + read).count(b"\n\n")
            last = read[-1:] if read[-2:] != b"\n\n" else b""
        return found

    watch = Stopwatch()
    count_events(asyncio.run(count()), prompt)
    report(watch.spent())


def count_events(found: int, prompt: str) -> None:
    """The events of the tokens, the finish reason and the end mark. Raises SystemExit when some are missing."""
    if found != int(prompt.split()[1]) + 2:
        raise SystemExit(f"{prompt}: {found} events")


def decoding(url: str, prompt: str) -> None:
    """The limit of a Python program that looks into the events: `json.loads` of each, from memory."""
    from tests.benchmarks.fast_server import events

    del url
    data = [line[6:] for piece in events(0, int(prompt.split()[1])) for line in piece.split(b"\n\n") if line]
    watch = Stopwatch()
    for one in data:
        json.loads(one)
    report(watch.spent())


def httpx_sse(url: str, prompt: str) -> None:
    """httpx-sse, and `json.loads` of each event."""
    import httpx
    from httpx_sse import aconnect_sse

    async def count() -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            watch, found = Stopwatch(), 0
            async with aconnect_sse(client, "POST", f"{url}/chat/completions", json=body_of(prompt)) as source:
                async for event in source.aiter_sse():
                    found += 1
                    if event.data != "[DONE]":
                        json.loads(event.data)
        count_events(found, prompt)
        report(watch.spent())

    asyncio.run(count())


def sdk(url: str, prompt: str, *, is_printing: bool = False) -> None:
    """The openai SDK's chunks; nobody looks at them, or each piece of text is printed as it comes."""
    from openai import OpenAI

    client = OpenAI(base_url=url, api_key="none")
    watch = Stopwatch()
    for chunk in client.chat.completions.create(
        model="fast-1", messages=[{"role": "user", "content": prompt}], stream=True
    ):
        if is_printing and chunk.choices and chunk.choices[0].delta.content:
            print(chunk.choices[0].delta.content, end="", flush=True)
    report(watch.spent())


def sdk_print(url: str, prompt: str) -> None:
    """As `sdk`."""
    sdk(url, prompt, is_printing=True)


async def pieces_of(client: AsyncOpenAI, prompt: str) -> AsyncIterator[str]:
    """The text of an answer through the openai SDK."""
    stream = await client.chat.completions.create(
        model="fast-1", messages=[{"role": "user", "content": prompt}], stream=True
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            yield chunk.choices[0].delta.content


def markdown_stream(url: str, prompt: str) -> None:
    """Textual's own way: the Markdown widget fed through its MarkdownStream."""
    from openai import AsyncOpenAI
    from textual.app import App, ComposeResult
    from textual.containers import VerticalScroll
    from textual.widgets import Markdown

    class Streaming(App[Spent]):
        def compose(self) -> ComposeResult:
            with VerticalScroll() as view:
                view.anchor()
                yield Markdown()

        def on_mount(self) -> None:
            self.run_worker(self.feed())

        async def feed(self) -> None:
            client = AsyncOpenAI(base_url=url, api_key="none")
            watch = Stopwatch()
            stream = Markdown.get_stream(self.query_one(Markdown))
            async for piece in pieces_of(client, prompt):
                await stream.write(piece)
            await stream.stop()
            self.call_after_refresh(lambda: self.exit(watch.spent()))

    report(Streaming().run() or Spent(0, 0))


def log(url: str, prompt: str, *, is_rich: bool = False) -> None:
    """Textual's Log, which a piece is appended to, or its RichLog, to which it is a line."""
    from openai import AsyncOpenAI
    from textual.app import App, ComposeResult
    from textual.widgets import Log, RichLog

    def writer(app: App[Spent]) -> Callable[[str], object]:
        return app.query_one(RichLog).write if is_rich else app.query_one(Log).write

    class Streaming(App[Spent]):
        def compose(self) -> ComposeResult:
            yield RichLog() if is_rich else Log()

        def on_mount(self) -> None:
            self.run_worker(self.feed())

        async def feed(self) -> None:
            client, write = AsyncOpenAI(base_url=url, api_key="none"), writer(self)
            watch = Stopwatch()
            async for piece in pieces_of(client, prompt):
                write(piece)
            self.call_after_refresh(lambda: self.exit(watch.spent()))

    report(Streaming().run() or Spent(0, 0))


def rich_log(url: str, prompt: str) -> None:
    """As `log`."""
    log(url, prompt, is_rich=True)


def hello() -> None:
    """The least Textual app there is that takes keys."""
    from textual.app import App, ComposeResult
    from textual.widgets import Input

    class Hello(App[None]):
        def compose(self) -> ComposeResult:
            yield Input(placeholder="Hello-world")  # the cursor stands on its first letter

    Hello().run()


def command(words: list[str]) -> None:
    """Any other program, in the place of this one: its whole life is measured from outside."""
    os.execvp(words[0], words)  # noqa: S606  that is the point


KINDS: dict[str, Callable[[str, str], None]] = {
    kind.__name__: kind for kind in (socket, decoding, httpx_sse, sdk, sdk_print, log, rich_log, markdown_stream)
}

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["command", *words]:
            command(words)
        case [kind, url, prompt]:
            KINDS[kind](url, prompt)
        case _:
            hello()
