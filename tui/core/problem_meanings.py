"""What each kind of problem means, at more length than its sentence: what happened, who may have done it. Data.

The closed set is that of `problem_kinds`; `http_NNN` and `ws_NNNN` have one text a family.
"""

from __future__ import annotations

_MEANINGS = {
    "connect": (
        "No connection could be made: nothing listens at that port, a firewall refuses, or there is no way there. "
        "Nothing was sent, so trying again costs nothing."
    ),
    "dns": (
        "The name of the host could not be turned into an address. Either it is misspelt, or the machine has no "
        "name server just now. Nothing was sent."
    ),
    "tls": (
        "The connection stands, but its encryption does not: the certificate is not trusted, has another name or "
        "has run out, or the other side does not speak TLS at all. Verification cannot be switched off; a private "
        "authority is named with --ca-file."
    ),
    "insecure": (
        "The address is plain http on another machine and a key would go with the request, readable on the way. "
        "Nothing was sent."
    ),
    "timeout": (
        "The clock for the connection or for the first token ran out. Keep-alives and empty chunks do not count "
        "as a token. A model that is loaded first, or a long prompt, may simply need more."
    ),
    "idle_timeout": (
        "The connection is open, but no text came for longer than the idle limit. Keep-alives prove the "
        "connection, not progress, so they do not reset it; thinking does. Time in which this machine slept does "
        "not count."
    ),
    "disconnected": (
        "The other side closed the connection before it answered, or while it did, without saying why. Servers do "
        "this when they restart, run out of memory or drop idle connections."
    ),
    "reset": (
        "The connection was torn down (TCP RST) instead of being closed. A crashed server, a load balancer with a "
        "time limit or a firewall does that. All bytes that had come are kept."
    ),
    "truncated": (
        "The body ended before its own framing said so: a chunk was missing, or fewer bytes came than announced. "
        "Often a proxy with a time limit; the time of the cut tells, if it is a round one."
    ),
    "no_terminal": (
        "The bytes ended in good order, but the mark with which this protocol proves a whole answer never came. "
        "Many clients take that for success. Here nothing is complete without its proof."
    ),
    "unterminated_event": (
        "The last event has no blank line behind it. By the rules of server-sent events it does not count, "
        "because nobody can tell whether more was to follow."
    ),
    "auth": (
        "The server was reached and does not accept the key. It may be of another account, expired, or read from "
        "another place than you think: the sentence names where it was read."
    ),
    "redirect": (
        "The server answered with another address. It is not followed, because key and prompt would go there "
        "without your word, and a POST may arrive as something else."
    ),
    "handshake": (
        "The server did not agree to speak WebSocket, or agreed wrongly. A proxy that does not pass upgrades on "
        "does this; the same gateway over SSE needs none."
    ),
    "content_type": "A 200 came, but its body is no stream: a login page, an error page of a proxy, a whole answer.",
    "decode": (
        "The bytes could not be decompressed, or a message is not UTF-8. Something between you and the model "
        "recompressed or damaged them."
    ),
    "bad_json": (
        "An event that must be JSON is none. What came before it is kept, what comes after is recorded but not "
        "trusted: a damaged stream may be damaged anywhere."
    ),
    "protocol": (
        "The server broke the rules of HTTP or WebSocket: a chunk without a size, a reserved frame, a message in "
        "the wrong order."
    ),
    "too_large": (
        "One event or message is larger than the limit, which keeps a broken or hostile server from filling the "
        "memory. Nothing of it was taken."
    ),
    "server_error": (
        "The server itself said that it failed, in the stream or by a close code. The message is its own."
    ),
    "server_going_away": (
        "The WebSocket was closed with 1001: the server shuts down or moves. Some clients end silently on it, as "
        "if all had come."
    ),
    "try_again_later": "The WebSocket was closed with 1012 or 1013: the server restarts or has too much to do.",
    "sequence": (
        "The numbers of the events have a gap or come twice, or the checksum at the end is another one. Text is "
        "missing or doubled somewhere between the gateway and here."
    ),
    "resume_expired": (
        "The gateway keeps an answer for a while, and this one is gone. The text up to the cut is kept; the rest "
        "can only be asked for anew, as another answer."
    ),
    "disk": (
        "The recording could not be written any further: no room, no right, a disk that is gone. The file holds "
        "every line up to there and can be opened; the stream was not disturbed."
    ),
    "internal": (
        "A fault of streamscope. Only the name of the error is shown, because its words may hold what is yours."
    ),
}
_FAMILIES = {
    "http": (
        "The server answered with a status that means failure. Its own words, if it had any, are in the sentence. "
        "A 4xx is about the request, a 5xx about the server; 408, 429 and 5xx may pass by themselves."
    ),
    "ws": (
        "The WebSocket was closed with this code before the answer was proved. 1006 stands for no close at all: "
        "the connection just ended. Codes from 4000 on are the server's own."
    ),
}


def meaning_of(kind: str) -> str:
    """What a kind means; total on any word."""
    return _MEANINGS.get(kind) or _FAMILIES.get(kind.partition("_")[0]) or _MEANINGS["internal"]
