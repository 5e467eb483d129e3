"""Makes the demos that no model was recorded for; `python -m tests.gateway.made_demos` writes their files anew.

Two kinds: recorded answers whose times or end were changed, and answers written by hand. Which is which stands in
each demo's label, and a test compares the files with what is made here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui.core.capture import Capture, CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.capture_codec import decode_line, encode_record
from tui.core.chunks import Outcome, StreamProblem
from tui.core.request import StreamRequest
from tui.gateway.demo_recordings import find_demo

FOLDER = Path(__file__).parents[2] / "tui" / "gateway" / "demo"
HEADERS = (("content-type", "text/event-stream"), ("transfer-encoding", "chunked"))
STARTED = "2026-11-25T12:00:00+00:00"
Piece = tuple[float, bytes]
"""Seconds since the piece before, and the bytes of one read."""


def made_demos() -> dict[str, str]:
    """The text of each file by its name."""
    return {
        "tools.jsonl": written("demo/tools", tools()),
        "reasoning.jsonl": written("demo/reasoning", reasoning()),
        "cjk.jsonl": written("demo/cjk", cjk()),
        "escape.jsonl": written("demo/escape", escape()),
        "burst.jsonl": changed("markdown", "burst", in_lumps),
        "stall.jsonl": changed("code", "stall", with_a_silence),
        "error.jsonl": changed("json", "error", ended_by_an_error),
    }


# Written by hand.


def event(delta: dict[str, Any], finish: str | None = None, *, is_ascii: bool = True, **members: Any) -> bytes:
    """One event of a chat completion; `{model}` is filled in later."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 1795608000, "model": "{model}"}
    value = {**chunk, "choices": [choice], **members}
    return b"data: " + json.dumps(value, ensure_ascii=is_ascii, separators=(",", ":")).encode() + b"\n\n"


def ending(finish: str, prompt_tokens: int, completion_tokens: int) -> Iterator[Piece]:
    """The finish reason, the bill in an event without choices, and the end mark."""
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}
    usage["total_tokens"] = prompt_tokens + completion_tokens
    yield 0.021, event({}, finish)
    bill = json.loads(event({})[6:]) | {"choices": [], "usage": usage}
    yield 0.003, b"data: " + json.dumps(bill, separators=(",", ":")).encode() + b"\n\ndata: [DONE]\n\n"


def tools() -> Iterator[Piece]:
    """Two calls; their arguments are cut inside a key, a number and an escape, and the second call interleaves."""
    yield 0.312, event({"role": "assistant", "content": None})
    cities = [("call_par", '{"city":"Paris \\ud83c\\udf27","days":3,"hours":[6,12,18],"unit":"celsius"}')]
    cities.append(("call_tyo", '{"city":"\\u6771\\u4eac","days":13,"hours":[6,12,18],"unit":"celsius"}'))
    for index, (name, _) in enumerate(cities):
        call = {"index": index, "id": name, "type": "function", "function": {"name": "get_weather", "arguments": ""}}
        yield 0.024, event({"tool_calls": [call]})
    pieces = [cut(text, 6) for _, text in cities]
    for first, second in zip(*pieces, strict=True):
        for index, text in enumerate((first, second)):
            yield 0.023, event({"tool_calls": [{"index": index, "function": {"arguments": text}}]})
    yield from ending("tool_calls", 71, 46)


def cut(text: str, size: int) -> list[str]:
    """Twelve pieces, the last of which has the rest."""
    return [text[size * index : size * (index + 1) if index < 11 else None] for index in range(12)]


def words(text: str) -> list[str]:
    """The words of a text, each with the blank behind it."""
    return re.findall(r"\S+\s*", text)


def reasoning() -> Iterator[Piece]:
    """Thinking in a channel of its own, a pause, then the answer."""
    yield 0.205, event({"role": "assistant", "content": None})
    thoughts = (
        "Let the ball cost x. Then the bat costs x + 1.00, and together 2x + 1.00 = 1.10. So 2x = 0.10. "
        "The quick answer, 0.10, would make the bat 1.10 and the sum 1.20, which is wrong. x = 0.05 it is. "
    )
    for word in words(thoughts):
        yield 0.031, event({"reasoning_content": word})
    for index, word in enumerate(words("The ball costs **0.05**.\n\nThe bat costs 1.05, and 0.05 + 1.05 = 1.10.")):
        yield 0.026 if index else 0.412, event({"content": word})
    yield from ending("stop", 48, 74)


def cjk() -> Iterator[Piece]:
    """Unescaped UTF-8, each read ending inside a character."""
    texts = [
        "早上好",
        "！今天",
        "的天气",
        "很好，",
        "我们去",
        "公园散步",
        "吧。\n\n",
        "おはよう",
        "ございます",
        "。今日は",
        "いい天気",
    ]
    texts += [
        "ですね。\n\n",
        "좋은 아침",
        "입니다. ",
        "오늘은 ",
        "날씨가 ",
        "좋네요.",
        "\n\n",
        "👋🏽 ",
        "👨‍👩‍👧 ",
        "e\u0301 ",
        "🇯🇵",
    ]
    stream = event({"role": "assistant", "content": ""}) + b"".join(
        event({"content": t}, is_ascii=False) for t in texts
    )
    cuts = [match.start() + 1 for match in re.finditer(rb"[\xe0-\xf4][\x80-\xbf]+", stream)][::3]
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        yield 0.28 if not begin else 0.034, stream[begin:end]
    yield from ending("stop", 21, 61)


def escape() -> Iterator[Piece]:
    """What would clear the screen, set the title, write the clipboard, hide or turn text round; and markup."""
    yield 0.21, event({"role": "assistant", "content": ""})
    lines = [
        ("clear the screen", "\x1b[2J\x1b[H"),
        ("red for ever", "\x1b[31m"),
        ("the title of the window", "\x1b]0;owned\x07"),
        ("the clipboard", "\x1b]52;c;cm0gLXJmIH4=\x07"),
        ("a link that lies", "\x1b]8;;http://evil.example\x1b\\https://bank.example\x1b]8;;\x1b\\"),
        ("C1 controls, one byte each", "\x9b2J \x9d0;owned\x9c"),
        ("a carriage return that writes over the line", "rm -rf ~\rls      "),
        ("a bell, a NUL, a backspace", "\x07\x00x\x08"),
        ("text from right to left", "file\u202etxt.exe\u202c"),
        ("letters of no width", "pass\u200bword, ad\u00admin, \ufeff"),
        ("markup", "[bold]not bold[/bold] [@click=app.quit]no link[/] [/"),
        ("half of a surrogate pair", "\ud83d"),
    ]
    for name, text in lines:
        yield 0.06, event({"content": f"- {name}: "})
        for index in range(0, len(text), 3):  # sequences are cut, so that nobody finds them in one token
            yield 0.017, event({"content": text[index : index + 3]})
        yield 0.017, event({"content": "\n"})
    yield from ending("stop", 17, 118)


def written(name: str, pieces: Iterable[Piece]) -> str:
    """The capture of an answer that was written by hand."""
    at = 0.0
    reads = []
    for gap, data in pieces:
        at = round(at + gap, 6)
        reads.append(Read(at, data.replace(b"{model}", name.encode())))
    request = StreamRequest.of_prompt(find_demo(name).prompt, model=name).to_body()
    url = "http://127.0.0.1/v1/chat/completions"
    header = CaptureHeader("direct", url, request, "openai-chat", STARTED, software={"written": "by hand"})
    return lines_of(
        [
            header,
            Marker("sent", 0.0),
            ResponseHead(200, HEADERS, 0.05),
            *reads,
            CaptureEnd(at, Outcome.COMPLETED),
        ]
    )


# Recorded, then changed.


def recording(name: str) -> Capture:
    """A demo as it was recorded."""
    records = [decode_line(line)[0] for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
    assert isinstance(records[0], CaptureHeader)
    capture = Capture(records[0])
    for record in records[1:]:
        capture.add(record)
    return capture


def changed(source: str, name: str, change: Any) -> str:
    """A recorded demo under another name, with its records changed."""
    records = list(change(list(recording(source).records())))
    old, new = f'"demo/{source}"'.encode(), f'"demo/{name}"'.encode()
    return lines_of(
        replace(record, data=record.data.replace(old, new))
        if isinstance(record, Read) and isinstance(record.data, bytes)
        else record
        for record in records
    )


def in_lumps(records: list[Record]) -> Iterator[Record]:
    """What came until 0.9, 1.8 and 2.7 seconds comes in one read then: as from behind a buffering proxy."""
    lump, due = b"", 0.9
    for record in records:
        if isinstance(record, Read):
            assert isinstance(record.data, bytes)
            while record.at > due:
                yield Read(due, lump)
                lump, due = b"", round(due + 0.9, 6)
            lump += record.data
        elif isinstance(record, CaptureEnd):
            yield Read(due, lump)
            yield replace(record, at=due)
        else:
            yield record


def with_a_silence(records: list[Record]) -> Iterator[Record]:
    """Three seconds of nothing after the fortieth read."""
    count = 0
    for record in records:
        later = 3.0 if count >= 40 else 0.0
        count += isinstance(record, Read)
        if isinstance(record, Read | CaptureEnd):
            yield replace(record, at=round(record.at + later, 6))
        else:
            yield record


def ended_by_an_error(records: list[Record]) -> Iterator[Record]:
    """An error in the stream after the sixtieth read, as a provider that is overloaded sends it."""
    count = 0
    for record in records:
        yield record
        count += isinstance(record, Read)
        if isinstance(record, Read) and count == 60:
            at = round(record.at + 0.4, 6)
            error = {"message": "The server is overloaded. Please try again later.", "type": "overloaded_error"}
            yield Read(at, b"data: " + json.dumps({"error": error}).encode() + b"\n\n")
            problem = StreamProblem.of("server_error", error["message"], type=error["type"])
            yield CaptureEnd(at, Outcome.FAILED, problem)
            return


def lines_of(records: Iterable[Record]) -> str:
    """The text of a capture file."""
    return "".join(map(encode_record, records))


def main() -> None:
    """Writes the files."""
    for name, text in made_demos().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
