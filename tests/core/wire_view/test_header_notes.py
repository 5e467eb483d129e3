"""Headers that matter for streaming are judged, all others are listed."""

from __future__ import annotations

import pytest

from tui.core.capture import ResponseHead
from tui.core.wire_view.header_notes import all_notes, header_notes


def signs(*headers: tuple[str, str], status: int = 200) -> dict[str, str]:
    return {note.name: note.sign for note in header_notes(ResponseHead(status, headers, 0.0))}


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [
        ("content-type", "text/event-stream; charset=utf-8", "✓"),
        ("content-type", "application/x-ndjson", "✓"),
        ("content-type", "application/json", "◄"),
        ("x-accel-buffering", "no", "✓"),
        ("x-accel-buffering", "yes", "◄"),
        ("content-encoding", "gzip", "◄"),
        ("content-encoding", "identity", "✓"),
        ("content-length", "42", "◄"),
        ("cache-control", "no-cache", "✓"),
        ("cache-control", "max-age=60", "◄"),
        ("via", "1.1 nginx", "◄"),
        ("x-cache", "MISS", "◄"),
        ("cf-ray", "8a", "◄"),
        ("server", "uvicorn", ""),
        ("server", "nginx/1.27", "◄"),
        ("retry-after", "3", "◄"),
    ],
)
def test_header_is_judged(name: str, value: str, sign: str) -> None:
    assert signs((name, value))[name] == sign


def test_what_matters_by_its_absence_is_named() -> None:
    assert signs() == {"content-type": "◄", "content-encoding": "✓"}
    assert signs(("via", "1.1 nginx"))["x-accel-buffering"] == "◄"
    assert "x-accel-buffering" not in signs(("via", "1.1 varnish"))


def test_a_handshake_has_other_headers_that_matter() -> None:
    assert signs(status=101) == {"sec-websocket-extensions": "✓"}
    extensions = ("sec-websocket-extensions", "permessage-deflate")
    assert signs(extensions, ("via", "x"), status=101) == {"sec-websocket-extensions": "", "via": "◄"}


def test_all_headers_are_listed_once_those_that_matter_first() -> None:
    head = ResponseHead(200, (("x-a", "1"), ("via", "p"), ("via", "q"), ("x-a", "2")), 0.0)
    names = [(note.name, note.value) for note in all_notes(head)]
    assert names == [("content-type", "-"), ("content-encoding", "-"), ("via", "p"), ("x-a", "1"), ("x-a", "2")]
    assert all(note.sentence for note in header_notes(head))
