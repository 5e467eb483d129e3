"""A far end whose every word is hostile: its list of models, a long stream, then one failure after another.

Each POST plays the next script, so that a test goes on with ctrl+r.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.pty.hostile_texts import LONE_SURROGATE, SHORT, SINGLE, HostileTexts, canary, is_unsafe
from tests.transports.scripted_server import Peer

# As long as the words that a stall is named after.
STALLED = "stq\x1b]0;x\x07\x9b2J"
STALLED_SHOWN = "stq␛]0;x␇\ufffd2J"
_SILENCE_S = 1.5  # longer than a busy machine holds up what was sent in one go
_PIECE, _BETWEEN_S = 150, 0.02  # events the far end sends together, and its pace
_ENTITIES = "".join(f"&#x{ord(sign):x};" for payload in SINGLE for sign in payload if is_unsafe(sign))


class HostileFarEnd:
    """Says the given texts in every member that an app may show. `play` is the script of a ScriptedServer."""

    def __init__(self, texts: HostileTexts) -> None:
        self._texts = texts
        self._posts = 0
        self._plays: tuple[Callable[[Peer], Awaitable[None]], ...] = (
            self._stream,
            self._reported_error,
            self._remarks,
            _unauthorized,
            _web_page,
        )

    @property
    def rest(self) -> str:
        """What comes after the silence: prose, code, JSON and Markdown."""
        return f"\n{self._answer()}{LONE_SURROGATE} {STALLED}\n"

    @property
    def whole(self) -> str:
        """All text of the stream, as a clipboard can take it."""
        return (STALLED + self.rest).encode("utf-8", "replace").decode()

    async def play(self, peer: Peer) -> None:
        """The list of models to a GET; else what is next."""
        request = await peer.read_request()
        if request.line.startswith("GET"):
            body = self._models()
            await peer.head(200, str(len(body)), content_type="application/json")
            await peer.raw(body)
            return
        self._posts += 1
        await self._plays[min(self._posts, len(self._plays)) - 1](peer)

    def _answer(self) -> str:
        tagged = self._texts.tagged
        prose = "".join(f"{line} end.\n" for line in tagged("tx"))
        blocks = "".join(f"\n```{line}\n{line.replace('la', 'co', 1)}\n```\n" for line in tagged("la"))
        value = dict(zip(tagged("jk"), tagged("jv"), strict=True))
        return f"{prose}{blocks}\n{json.dumps(value)}\n\n{_markdown()}"

    def _models(self) -> bytes:
        """Every payload as the name of a model and as its line; the first plays a recording and brings its prompt."""
        pairs = zip(self._texts.tagged("ml"), self._texts.tagged("ms"), strict=True)
        listed = [{"id": name, "shows": shows} for name, shows in pairs]
        recording = {
            "id": "suggests",
            "prompt": self._texts.in_three_lines("sg"),
            "label": self._texts.in_one_row("lb"),
        }
        return json.dumps({"data": [recording, *listed]}).encode()

    async def _stream(self, peer: Peer) -> None:
        await peer.head(server_timing='tm;desc="[/bad]";dur=3')
        await peer.chunks(*self._first_part())
        await asyncio.sleep(_SILENCE_S)  # the silence is what is shown
        rest = self._second_part()
        for start in range(0, len(rest), _PIECE):  # at once it would be a lump, and of a lump no stall is told
            await peer.chunks(*rest[start : start + _PIECE])
            await asyncio.sleep(_BETWEEN_S)
        await peer.end()

    def _first_part(self) -> list[str]:
        """Reasoning and tool calls, then a text before a silence."""
        pairs = enumerate(zip(self._texts.tagged("tn"), self._texts.tagged("ta"), strict=True))
        calls = [{"index": at, "id": f"c{at}", "name": name, "arguments": arguments} for at, (name, arguments) in pairs]
        thinking = "\n".join([*self._texts.tagged("th"), LONE_SURROGATE])
        opening = event("chunk", 0, content="", index=0, model="m", reasoning=thinking, tool_calls=calls)
        return [opening, event("chunk", 1, content=STALLED, index=1)]

    def _second_part(self) -> list[str]:
        """One code point a token, so that every sequence is split at every place."""
        events = [event("chunk", seq, content=sign, index=seq) for seq, sign in enumerate(self.rest, 2)]
        reason = self._texts.in_one_row("fr")
        return [*events, event("done", len(events) + 2, done=True, finish_reason=reason, usage=None)]

    async def _reported_error(self, peer: Peer) -> None:
        message, kind, code = (" ".join(self._texts.tagged(place)) for place in ("me", "ty", "cd"))
        complaint = {"message": message, "type": kind, "code": code, "kind": "server_error"}
        await peer.head()
        await peer.chunks(event("chunk", 0, content="kept", index=0), event("error", 1, **complaint))
        await peer.end()

    async def _remarks(self, peer: Peer) -> None:
        """A completed run about which the server complained."""
        await peer.head()
        complaint = {"message": f"{canary('re', 0)}{SHORT}", "kind": "protocol", "outcome": None}
        await peer.chunks(event("chunk", 0, content="kept", index=0), event("error", 1, **complaint))
        await peer.chunks(event("done", 2, done=True, finish_reason="stop", usage=None))
        await peer.end()


async def _unauthorized(peer: Peer) -> None:
    """A status whose message is the server's own."""
    body = json.dumps({"error": {"message": f"{canary('un', 0)}{SHORT}", "type": SHORT, "code": SHORT}}).encode()
    await peer.head(401, str(len(body)), content_type="application/json")
    await peer.raw(body)


async def _web_page(peer: Peer) -> None:
    """A type, as far as HTTP lets one be hostile, and a body that is no stream."""
    body = f"<html>{canary('pg', 0)}{SHORT}".encode()
    await peer.head(200, str(len(body)), content_type=f"text/{canary('ct', 0)}\x9b2J\x9d0;x\x9c\u202e")
    await peer.raw(body)


def event(name: str, seq: int, **members: Any) -> str:
    """One event of a gateway."""
    return f"id: g:{seq}\nevent: {name}\ndata: {json.dumps(members)}\n\n"


def _markdown() -> str:
    """What only the Markdown view reads: entities and percent signs stand for other signs there."""
    cells = "".join(f"| hx{number} {cell} | {cell} |\n" for number, cell in enumerate(("[/bad]", "[@click=app.quit]x")))
    links = "<http://127.0.0.1/mdlink%1b%5d52;c;T1dORUQ=%07%9b> [mdclick](app.quit) ![mdalt&#x202e;](x)"
    return f"\n\n# mdhead {_ENTITIES}\n\n{links}\n\n| mdcell &#x202e; | b |\n| --- | --- |\n{cells}\n"
