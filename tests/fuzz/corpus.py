"""With what fuzzing begins: the conformance cases, the recordings, the themes and the commented settings file."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path

from tui.config_template import template_text
from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.core.chunks import Outcome
from tui.core.exports.har_export import har_text
from tui.core.readers.har_file import OWN_RECORDS, SSE_MESSAGES

_ROOT = Path(__file__).parents[2]
_DATA = _ROOT / "tests" / "data"
_LONGEST = 20_000


def seeds_of(target: str) -> list[bytes]:
    """The seeds of a target, and every input that once made it fail."""
    found = [path.read_bytes() for path in sorted((_DATA / "findings").glob(f"{target}-*.bin"))]
    return found + [seed[:_LONGEST] for seed in _seeds(target)]


def _seeds(target: str) -> list[bytes]:
    return _SEEDS[target]()


def _numbered(texts: list[bytes], *, bytes_before: int) -> list[bytes]:
    """Each with its number before it, which chooses a form."""
    return [bytes([number % 6, number % 3, 7])[:bytes_before] + text for number, text in enumerate(texts)]


def _cases(name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((_DATA / "cases" / name).read_text("utf-8"))
    return found


def _bodies() -> list[bytes]:
    files = sorted((_DATA / "cases" / "dialects").glob("*.json"))
    cases = [case for file in files for case in json.loads(file.read_text("utf-8"))]
    return [base64.b64decode(c["body_b64"]) if "body_b64" in c else c.get("body", "").encode() for c in cases]


def _texts() -> list[bytes]:
    texts = []
    for name in ("sentences", "words", "lines", "code_blocks", "json_values"):
        value = json.loads((_DATA / "cases" / f"{name}.json").read_text("utf-8"))
        cases = value["cases"] if isinstance(value, dict) else value
        texts += [str(case.get("text") or "".join(case.get("chunks", ()))) for case in cases]
    return [text.encode("utf-8", "surrogatepass") for text in texts if text]


def _recordings() -> list[Path]:
    return [
        *sorted((_DATA / "captures").glob("*.jsonl")),
        *sorted((_ROOT / "tui" / "gateway" / "demo").glob("*.jsonl")),
    ]


def _hars() -> list[bytes]:
    """Our own HAR of a run over SSE and over WebSocket, then what browsers write: the same without our records."""
    own = [json.loads(har_text([_short_run(transport)], "0")) for transport in ("sse", "ws", "direct")]
    browsers = copy.deepcopy(own)
    for value in browsers:
        for entry in value["log"]["entries"]:
            del entry[OWN_RECORDS]
    plain = copy.deepcopy(browsers[0])
    plain["log"]["entries"][0].pop(SSE_MESSAGES)
    together = copy.deepcopy(plain)
    together["log"]["entries"] += browsers[1]["log"]["entries"]
    values = [json.dumps(value, separators=(",", ":")) for value in (*own, *browsers, plain, together)]
    return [b"\0" + bytes([number]) + text.encode() for number, text in enumerate(values)]


def _short_run(transport: str) -> list[Record]:
    """A run in few bytes, so that its HAR is whole within what one input may have."""
    texts = ['{"type":"chunk","data":{"content":"Hi"}}', '{"type":"done","data":{}}']
    reads = [Read(0.3 + 0.1 * index, text) for index, text in enumerate(texts)]
    if transport != "ws":
        reads = [Read(0.3 + 0.1 * index, f"data: {text}\n\n".encode()) for index, text in enumerate(texts)]
    header = CaptureHeader(transport, "http://127.0.0.1:1/v1", {}, "gateway", "2026-11-22T16:17:35.500Z")
    head = ResponseHead(101 if transport == "ws" else 200, (("content-type", "text/event-stream"),), 0.2)
    return [header, Marker("sent", 0.1), head, *reads, CaptureEnd(0.5, Outcome.COMPLETED)]


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "sse_decoder": lambda: [b"\x07" + base64.b64decode(case["bytes_b64"]) for case in _cases("sse.json")],
    "response_decoder": lambda: _numbered(_bodies(), bytes_before=3),
    "ws_message": lambda: [f.encode() for case in _cases("dialects/gateway.json") for f in case.get("frames", ())],
    "buffers": lambda: _numbered(_texts(), bytes_before=2),
    "extractors": lambda: _numbered(_texts(), bytes_before=1),
    "sanitiser": lambda: [*_texts(), "\x1b]0;x\x07\x9b2J\u202e\u200b\x7f".encode()],
    "recording": lambda: [b"\x40" + data for data in (*(path.read_bytes() for path in _recordings()), *_bodies())],
    "har_file": _hars,
    "settings_file": lambda: [
        template_text(["streamscope-dark"]).replace("\n#", "\n").encode(),
        b"[keys]\nx = ['a']\n",
    ],
    "theme_file": lambda: [path.read_bytes() for path in sorted((_ROOT / "themes").glob("*.toml"))],
}
