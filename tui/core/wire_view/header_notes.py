"""What the headers of a response mean for streaming: a sign, a word for the head line, a sentence for who asks.

Only headers that can hold a stream back or show who stands between are judged; all others are listed as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tui.core.capture import ResponseHead

GOOD, LOOK, PLAIN = "✓", "◄", ""
_ABSENT: Final = "-"


@dataclass(frozen=True, slots=True)
class HeaderNote:
    """One header: `sign` is ✓ (good for streaming), ◄ (look at it) or empty; `word` is short, `sentence` whole."""

    name: str
    value: str
    sign: str = PLAIN
    word: str = ""
    sentence: str = ""


def header_notes(head: ResponseHead) -> list[HeaderNote]:
    """The headers that matter for streaming, in a fixed order; some matter by their absence."""
    first: dict[str, str] = {}
    for name, value in head.headers:
        first.setdefault(name, value)
    judges = _HANDSHAKE_JUDGES if head.status == 101 else _JUDGES
    return [note for name, judge in judges.items() if (note := judge(name, first)) is not None]


def all_notes(head: ResponseHead) -> list[HeaderNote]:
    """Those that matter, then every other header as it came."""
    judged = header_notes(head)
    names = {note.name for note in judged}
    return judged + [HeaderNote(name, value) for name, value in head.headers if name not in names]


def _content_type(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    if value is None:
        return HeaderNote(
            name, _ABSENT, LOOK, "missing", "No content type: a client cannot know that this is a stream."
        )
    media = value.partition(";")[0].strip().lower()
    if media == "text/event-stream":
        return HeaderNote(name, value, GOOD, "", "Server-sent events: proxies know that it must not be collected.")
    if "ndjson" in media or "jsonl" in media or media == "application/stream+json":
        return HeaderNote(name, value, GOOD, "", "One JSON value a line, each of use as soon as its line is whole.")
    sentence = "This is not the type of a stream: a proxy may collect it, and EventSource refuses it."
    return HeaderNote(name, value, LOOK, "no stream", sentence)


def _accel(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    if value is not None:
        if value.strip().lower() == "no":
            return HeaderNote(name, value, GOOD, "", "It tells nginx, and others that heed it, to pass each piece on.")
        return HeaderNote(name, value, LOOK, "buffers", "It asks nginx to buffer: the text comes in lumps.")
    if "nginx" not in (headers.get("via", "") + headers.get("server", "")).lower():
        return None
    sentence = (
        "nginx is in between and buffers unless the answer says x-accel-buffering: no (or proxy_buffering is off)."
    )
    return HeaderNote(name, _ABSENT, LOOK, "missing", sentence)


def _encoding(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    if value is None or value.strip().lower() == "identity":
        return HeaderNote(name, value or _ABSENT, GOOD, "", "Not compressed: nothing waits for a block to be full.")
    sentence = "A compressor collects text until its block is full, unless it is flushed after each event."
    return HeaderNote(name, value, LOOK, "compressed", sentence)


def _length(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    if value is None:
        return None
    sentence = "The length was known before the first byte was sent: the whole answer was collected somewhere."
    return HeaderNote(name, value, LOOK, "collected", sentence)


def _cache(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    if value is None:
        return None
    if any(word in value.lower() for word in ("no-cache", "no-store", "private", "no-transform")):
        return HeaderNote(name, value, GOOD, "", "No shared cache may keep it and answer from there.")
    return HeaderNote(name, value, LOOK, "cached", "A cache in between may collect the answer before it passes it on.")


def _proxy(word: str, sentence: str) -> Callable[[str, Mapping[str, str]], HeaderNote | None]:
    def judge(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
        value = headers.get(name)
        return None if value is None else HeaderNote(name, value, LOOK, word, sentence)

    return judge


def _server(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    if value is None:
        return None
    if any(word in value.lower() for word in _PROXIES):
        return HeaderNote(
            name, value, LOOK, "a proxy", "This server is mostly a proxy before another one; it may buffer."
        )
    return HeaderNote(name, value, PLAIN, "", "What the answering server calls itself.")


def _retry(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    sentence = "The server asks to wait so long before the next try."
    return None if value is None else HeaderNote(name, value, LOOK, "wait", sentence)


def _extensions(name: str, headers: Mapping[str, str]) -> HeaderNote | None:
    value = headers.get(name)
    if value is None or "permessage-deflate" not in value:
        return HeaderNote(name, value or _ABSENT, GOOD, "", "Messages are not compressed.")
    sentence = "Each message is compressed alone, so none waits for another; it costs both sides some work."
    return HeaderNote(name, value, PLAIN, "compressed", sentence)


_PROXIES: Final = ("nginx", "cloudflare", "envoy", "openresty", "varnish", "awselb", "cloudfront", "caddy", "traefik")
_JUDGES: Final[Mapping[str, Callable[[str, Mapping[str, str]], HeaderNote | None]]] = {
    "content-type": _content_type,
    "x-accel-buffering": _accel,
    "content-encoding": _encoding,
    "content-length": _length,
    "cache-control": _cache,
    "via": _proxy("a proxy", "The answer came through the servers named here; each of them may buffer."),
    "x-cache": _proxy("a cache", "A cache answered or passed it on; it may collect the answer first."),
    "cf-ray": _proxy(
        "a proxy", "The answer came through Cloudflare, which may buffer a type it does not know as a stream."
    ),
    "server": _server,
    "retry-after": _retry,
}
_HANDSHAKE_JUDGES: Final = {
    "sec-websocket-extensions": _extensions,
    **{name: _JUDGES[name] for name in ("via", "cf-ray", "server")},
}
