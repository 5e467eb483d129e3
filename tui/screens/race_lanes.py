"""What the lanes of a race are: where each goes, over which transport, which model, which option. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tui.core.endpoints import CHAT_ROUTE, endpoint_for
from tui.core.public_url import public_url
from tui.core.request import IDENTITY, USUAL_ENCODINGS, RunPlan, TransportName
from tui.core.sanitize import sanitize_line
from tui.errors import UsageError
from tui.screens.endpoint_choice import TRANSPORT_WORDS, EndpointChoice

LETTERS: Final = ("A", "B", "C", "D")
MOST_LANES: Final = len(LETTERS)
_NAME_CELLS: Final = 16
_IDENTITY_SUFFIX: Final = "-identity"
WAYS: Final = (
    ("direct", "direct"),
    ("sse", "SSE"),
    ("ws", "WS"),
    ("sse-identity", "SSE identity"),
    ("direct-identity", "direct identity"),
)
"""How a lane can go, and the words for it; identity asks for an answer without compression."""


@dataclass(frozen=True, slots=True)
class LaneEntry:
    """One lane: its endpoint, one of WAYS, its model (empty: as the endpoint's next run), and what stands there.

    A lane with a `capture` sends nothing: it is what that file holds.
    """

    choice: EndpointChoice
    way: str
    role: str
    model: str = ""
    capture: Path | None = None

    @property
    def transport(self) -> TransportName:
        """The transport of its way."""
        return TransportName(self.way.removesuffix(_IDENTITY_SUFFIX))

    @property
    def asks_identity(self) -> bool:
        """Whether it asks for an answer without compression."""
        return self.way.endswith(_IDENTITY_SUFFIX)

    @property
    def name(self) -> str:
        """`SSE gateway`, `direct provider`, `SSE identity`; with its own model that."""
        if self.capture is not None:
            return sanitize_line(self.capture.stem)[:_NAME_CELLS]
        what = "identity" if self.asks_identity else self.model or self.role
        return f"{TRANSPORT_WORDS[self.transport]} {what}"

    @property
    def route(self) -> str:
        """The address that is asked, or the file. Raises UsageError where the transport has none."""
        if self.capture is not None:
            return str(self.capture)
        route = public_url(endpoint_for(self.transport, self.choice.url_for(self.transport)).url)
        return route + CHAT_ROUTE if self.transport is TransportName.DIRECT else route

    def plan(self, prompt: str) -> RunPlan:
        """The plan of its run."""
        plan = self.choice.plan(prompt, self.transport)
        request = replace(plan.request, model=self.model) if self.model else plan.request
        encoding = IDENTITY if self.asks_identity else USUAL_ENCODINGS
        return replace(plan, request=request, accept_encoding=encoding)


def first_entries(choice: EndpointChoice) -> list[LaneEntry | None]:
    """The lanes that a race begins with; None is the place of the hop behind the gateway, whose address is not known.

    A full path can be asked in one way only, with and without compression.
    """
    if _way_fails(choice, "ws"):
        return [LaneEntry(choice, "sse", "endpoint"), LaneEntry(choice, "sse-identity", "endpoint")]
    direct = LaneEntry(choice, "direct", "gateway" if choice.is_demo else "provider")
    sse, ws = LaneEntry(choice, "sse", "gateway"), LaneEntry(choice, "ws", "gateway")
    if choice.transport == "direct":
        return [direct, sse, ws, LaneEntry(choice, "direct-identity", direct.role)]
    is_known = choice.is_demo or choice.has_host_of("direct")
    return [sse, ws, direct if is_known else None, LaneEntry(choice, "sse-identity", "gateway")]


def with_lane(entries: Sequence[LaneEntry | None], added: LaneEntry) -> list[LaneEntry | None]:
    """The lanes with one more: in the place of the hop that is not known, else behind the others."""
    if None in entries:
        place = list(entries).index(None)
        return [*entries[:place], added, *entries[place + 1 :]]
    return [*entries, added]


def another_way(entry: LaneEntry, way: str) -> LaneEntry:
    """The same lane over another transport; what stands there is called anew where it is the endpoint's own."""
    role = entry.role
    if role in ("gateway", "provider") and not entry.choice.is_demo:
        role = "provider" if way.startswith("direct") else "gateway"
    return replace(entry, way=way, role=role)


def _way_fails(choice: EndpointChoice, way: str) -> bool:
    try:
        endpoint_for(TransportName(way), choice.url_for(way))
    except UsageError:
        return True
    return False
