"""The programs that the app is compared with: `python live_controls.py sdk_print|markdown_stream|hello [URL PROMPT]`.

Each does the least that its kind does. The CPU time of the streaming alone, imports left out, is their last line.
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator


def report(cpu_s: float) -> None:
    """The line that the benchmark waits for."""
    print(f"\ncpu={cpu_s:.4f};", flush=True)


def sdk_print(url: str, prompt: str) -> None:
    """The openai SDK, and every piece of text printed as it comes."""
    from openai import OpenAI  # noqa: PLC0415  only this control pays for it

    client = OpenAI(base_url=url, api_key="none")
    started = time.process_time()
    for chunk in client.chat.completions.create(
        model="fast-1", messages=[{"role": "user", "content": prompt}], stream=True
    ):
        if chunk.choices and chunk.choices[0].delta.content:
            print(chunk.choices[0].delta.content, end="", flush=True)
    report(time.process_time() - started)


async def pieces_of(url: str, prompt: str) -> AsyncIterator[str]:
    """The text of an answer through the openai SDK."""
    from openai import AsyncOpenAI  # noqa: PLC0415  as above

    client = AsyncOpenAI(base_url=url, api_key="none")
    stream = await client.chat.completions.create(
        model="fast-1", messages=[{"role": "user", "content": prompt}], stream=True
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            yield chunk.choices[0].delta.content


def markdown_stream(url: str, prompt: str) -> None:
    """Textual's own way: the Markdown widget fed through its MarkdownStream."""
    import openai  # noqa: F401, PLC0415  half a second that is not measured
    from textual.app import App, ComposeResult  # noqa: PLC0415  only this control pays for it
    from textual.containers import VerticalScroll  # noqa: PLC0415
    from textual.widgets import Markdown  # noqa: PLC0415

    class Streaming(App[float]):
        def compose(self) -> ComposeResult:
            with VerticalScroll() as view:
                view.anchor()
                yield Markdown()

        def on_mount(self) -> None:
            self.run_worker(self.feed())

        async def feed(self) -> None:
            started = time.process_time()
            stream = Markdown.get_stream(self.query_one(Markdown))
            async for piece in pieces_of(url, prompt):
                await stream.write(piece)
            await stream.stop()
            self.call_after_refresh(lambda: self.exit(time.process_time() - started))

    report(Streaming().run() or 0.0)


def hello() -> None:
    """The least Textual app there is that takes keys."""
    from textual.app import App, ComposeResult  # noqa: PLC0415  only this control pays for it
    from textual.widgets import Input  # noqa: PLC0415

    class Hello(App[None]):
        def compose(self) -> ComposeResult:
            yield Input(placeholder="Hello-world")  # the cursor stands on its first letter

    Hello().run()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sdk_print", url, prompt]:
            sdk_print(url, prompt)
        case ["markdown_stream", url, prompt]:
            markdown_stream(url, prompt)
        case _:
            hello()
