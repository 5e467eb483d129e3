"""What is fuzzed: each target takes any bytes and holds an invariant; what it may raise is caught in it.

The first bytes of an input choose among the forms of a target and where the rest is cut.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from tui.config import settings_from
from tui.config_file import read_settings_file
from tui.core.derived_run import DerivedRun
from tui.core.readers.detecting_reader import DetectingReader
from tui.core.readers.har_file import HARFile
from tui.core.sanitize import sanitize
from tui.core.text.buffers import make_buffer
from tui.core.text.code_blocks import CodeBlockParser
from tui.core.text.json_parser import JSONStreamParser
from tui.core.wire.response_decoder import ResponseDecoder
from tui.core.wire.sse_codec import SSEDecoder
from tui.core.wire.ws_messages import WSMessage
from tui.errors import CaptureError, ConfigError, UsageError
from tui.setting_checks import check_settings
from tui.theme_files import parse_theme

DIALECTS = ("auto", "openai-chat", "openai-responses", "anthropic", "ollama", "gateway")
MODES = ("word", "sentence", "line", "paragraph", "markdown", "raw")
MEDIA = ("text/event-stream", "application/x-ndjson", "application/json")
_FOLDER = Path(tempfile.gettempdir())
_UNSAFE = "".join(map(chr, [*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2066]))


def pieces_of(data: bytes, cut: int) -> list[bytes]:
    """The data in two or many reads."""
    size = 1 + cut % 61
    return [data[start : start + size] for start in range(0, len(data), size)]


def sse_decoder(data: bytes) -> None:
    """Any cutting gives the same events."""
    head, body = data[:1], data[1:]
    whole, parts = SSEDecoder(), SSEDecoder()
    events = whole.feed(body)
    whole.finish()
    split = [event for piece in pieces_of(body, sum(head)) for event in parts.feed(piece)]
    parts.finish()
    assert (events, whole.retry, whole.last_event_id) == (split, parts.retry, parts.last_event_id)
    for event in events:
        assert SSEDecoder().feed(event.encode().encode("utf-8", "surrogatepass"))


def ws_message(data: bytes) -> None:
    """A message or a ValueError; what was read can be written and read again."""
    with contextlib.suppress(ValueError):
        message = WSMessage.from_json(data.decode("utf-8", "surrogateescape"))
        assert WSMessage.from_json(message.to_json()) == message


def response_decoder(data: bytes) -> None:
    """Any cutting gives the same result, in every dialect."""
    head, body = (data + b"\0\0\0")[:3], data[3:]
    dialect, media = DIALECTS[head[0] % len(DIALECTS)], MEDIA[head[1] % len(MEDIA)]
    results = []
    for pieces in ([body], pieces_of(body, head[2])):
        decoder = ResponseDecoder(dialect, 200, {"content-type": media})
        for piece in pieces:
            decoder.feed(piece)
        result = decoder.finish()
        usage, calls = result.usage, [(call.name, call.arguments) for call in result.tool_calls]
        problem = result.problem and (result.problem.kind, result.problem.message)
        results.append((result.content, result.reasoning, result.outcome, problem, usage, calls, len(result.chunks)))
    assert results[0] == results[1]


def buffers(data: bytes) -> None:
    """Nothing is lost, and any cutting gives the same units."""
    head, text = (data + b"\0\0")[:2], data[2:].decode("utf-8", "surrogateescape")
    mode, size = MODES[head[0] % len(MODES)], 1 + head[1] % 17
    parts, whole = make_buffer(mode), make_buffer(mode)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    split = [unit for piece in pieces for unit in parts.add(piece)] + parts.flush()
    assert "".join(split) == text
    if mode != "raw":
        assert whole.add(text) + whole.flush() == split


def extractors(data: bytes) -> None:
    """Code blocks and JSON values do not depend on the cutting."""
    size, text = 1 + (data[:1] or b"\0")[0] % 13, data[1:].decode("utf-8", "surrogateescape")
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    blocks, whole_blocks = CodeBlockParser(), CodeBlockParser()
    found = [block for piece in pieces for block in blocks.add(piece)] + blocks.flush()
    assert [(b.info, b.code, b.closed) for b in found] == [
        (b.info, b.code, b.closed) for b in whole_blocks.add(text) + whole_blocks.flush()
    ]
    values, whole_values = JSONStreamParser(), JSONStreamParser()
    spans = [(value.start, value.end) for piece in pieces for value in values.add(piece)]
    assert spans == [(value.start, value.end) for value in whole_values.add(text)]


def sanitiser(data: bytes) -> None:
    """The same length, nothing unsafe left, and once is enough."""
    text = data.decode("utf-8", "surrogateescape")
    safe = sanitize(text)
    assert len(safe) == len(text)
    assert not set(safe) & set(_UNSAFE)
    assert sanitize(safe) == safe
    safe.encode("utf-8")


def recording(data: bytes) -> None:
    """A run, or a CaptureError; of a capture, a HAR or a log."""
    size, body = 1 + (data[:1] or b"\0")[0] * 7, data[1:]
    reader = DetectingReader()
    try:
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        records = [record for piece in pieces for record in reader.feed(piece)] + reader.finish()
        assert DerivedRun.of_records(records).is_over
    except CaptureError:
        return


def har_file(data: bytes) -> None:
    """A run, or a CaptureError; in any pieces the same."""
    number, size, body = (data[:1] or b"\0")[0], 1 + (data[1:2] or b"\0")[0] * 7, data[2:]
    found = []
    for pieces in ([body], [body[start : start + size] for start in range(0, len(body), size)]):
        reader = HARFile(number % 4 or None)
        try:
            for piece in pieces:
                assert reader.feed(piece) == []
            records = reader.finish()
            assert DerivedRun.of_records(records).is_over
        except CaptureError as error:
            found.append([str(error)])
        else:
            found.append([repr(record) for record in records])
    assert found[0] == found[1]


def settings_file(data: bytes) -> None:
    """Settings, or a sentence with file, line and key."""
    with tempfile.NamedTemporaryFile(dir=_FOLDER, suffix=".toml") as file:
        Path(file.name).write_bytes(data)
        with contextlib.suppress(ConfigError, UsageError):
            check_settings(settings_from(read_settings_file(Path(file.name)), {}, {}))


def theme_file(data: bytes) -> None:
    """A theme, or a sentence."""
    with contextlib.suppress(ConfigError):
        parse_theme(data.decode("utf-8", "replace"), "theme.toml")


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        *(sse_decoder, ws_message, response_decoder, buffers, extractors, sanitiser),
        *(recording, har_file, settings_file, theme_file),
    )
}
