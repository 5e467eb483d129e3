"""The closed set of problem kinds: for each a title and a hint with the next step, in plain words.

Names and meanings: `StreamProblem.kind` of the design; `http_NNN` and `ws_NNNN` stand for families.
"""

from __future__ import annotations

import re

_FAMILY = re.compile(r"(http)_([0-9]{3})|(ws)_([0-9]{4})")
_KINDS: dict[str, tuple[str, str]] = {
    "connect": (
        "Connection failed",
        "Start the server or fix the port: u (--url). streamscope serve starts a gateway; ctrl+r tries again.",
    ),
    "dns": ("The host name was not found", "Check the spelling of the host: u (--url), or the network and its DNS."),
    "tls": (
        "The secure connection failed",
        "Check the scheme (https or http) and the host name; a private certificate needs --ca-file FILE.",
    ),
    "insecure": (
        "A key would travel unprotected",
        "Use https, or --insecure-http if this network is trusted.",
    ),
    "timeout": (
        "No answer in time",
        "The server may be slow or out of reach. ctrl+r tries again; --first-token-timeout waits longer.",
    ),
    "idle_timeout": (
        "The stream went silent",
        "--idle-timeout raises the limit. t tries another transport, which may deliver.",
    ),
    "disconnected": ("The server closed the connection", "ctrl+r tries again; the server's log may say why."),
    "reset": (
        "The stream was cut",
        "What came is kept; ctrl+r runs again. Many SDKs report this as a normal end.",
    ),
    "truncated": (
        "The stream was cut",
        "What came is kept; ctrl+r runs again. Many SDKs report this as a normal end.",
    ),
    "no_terminal": (
        "The stream was cut",
        "What came is kept; ctrl+r runs again. Many SDKs report this as a normal end.",
    ),
    "unterminated_event": (
        "The last event was cut",
        "The event has no blank line after it, so it does not count. ctrl+r runs again.",
    ),
    "auth": (
        "The server does not accept the key (401)",
        "Set the variable anew and restart, or choose another profile: u (--profile). The key is shown nowhere.",
    ),
    "redirect": (
        "The server points to another host",
        "Redirects are not followed, so that key and prompt go nowhere unasked. If you trust it: u (--url).",
    ),
    "handshake": (
        "The WebSocket handshake failed",
        "Is this a streamscope gateway, and does a proxy before it pass upgrades? t tries another transport.",
    ),
    "content_type": (
        "Not a stream",
        "Check the path: u shows the URL that was used. Usually it is a login page or a wrong path.",
    ),
    "decode": (
        "The bytes cannot be decoded",
        "A proxy may have damaged or recompressed the body. ctrl+r tries again.",
    ),
    "bad_json": (
        "An event is not JSON",
        "The text up to it is kept; the frame shows where it broke. --dialect sets the reader by hand.",
    ),
    "protocol": (
        "The server broke the protocol",
        "The text up to it is kept. A proxy may be in the way; t tries another transport.",
    ),
    "too_large": ("One event is too large", "The limit is 16 MiB for one event; --event-limit raises it."),
    "server_error": ("The server reports an error", "The message is the server's own. ctrl+r tries again."),
    "server_going_away": ("The server is going away (1001)", "It shuts down or restarts: wait, then ctrl+r."),
    "try_again_later": ("The server is busy", "It asks to come back later: wait, then ctrl+r."),
    "sequence": ("Events are missing", "The numbers of the events have a gap; ctrl+r runs again."),
    "resume_expired": (
        "The answer can no longer be resumed",
        "The gateway's log no longer has it. ctrl+r runs again.",
    ),
    "disk": (
        "The capture could not be written",
        "Free some space or choose another folder; the stream itself went on.",
    ),
    "internal": (
        "streamscope itself failed",
        "Please report it; ctrl+r tries again.",
    ),
}
_HTTP: dict[int, tuple[str, str]] = {
    404: (
        "The path or the model does not exist (404)",
        "Check the URL: u (--url), and the model: m lists them.",
    ),
    429: ("Too many requests (429)", "Wait, then ctrl+r; --retries N waits and tries again by itself."),
    403: (
        "The server refuses (403)",
        "The key is not allowed to do this, or the Origin or Host is not accepted.",
    ),
}


def kind_exists(kind: str) -> bool:
    """Whether `kind` belongs to the closed set."""
    return kind in _KINDS or _family(kind) is not None


def title_of(kind: str) -> str:
    """The heading shown for a kind; total on any word."""
    return _entry(kind)[0]


def hint_of(kind: str) -> str:
    """What to do next, in one or two plain sentences; total on any word."""
    return _entry(kind)[1]


def _family(kind: str) -> tuple[str, int] | None:
    match = _FAMILY.fullmatch(kind)
    return None if match is None else (match[1] or match[3], int(match[2] or match[4]))


def _entry(kind: str) -> tuple[str, str]:
    if kind in _KINDS:
        return _KINDS[kind]
    family = _family(kind)
    if family is None:
        return _KINDS["internal"]
    name, code = family
    if name == "ws":
        return (f"The WebSocket closed with code {code}", "The text up to it is kept; ctrl+r tries again.")
    if code in _HTTP:
        return _HTTP[code]
    if code >= 500:
        return (
            f"The server failed ({code})",
            "Try again in a moment: ctrl+r. --retries N does so by itself.",
        )
    return (
        f"The server refuses the request ({code})",
        "The message is the server's own.",
    )
