"""The fault cases of `tests/data/cases/faults.json`: what a far end does, and what the user must end up with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "data" / "cases" / "faults.json"
WIRES = {"direct": "openai", "sse": "sse", "ws": "ws"}
"""What the far end speaks, by the transport that looks at it."""


@dataclass(frozen=True)
class Case:
    """One case. `expect` is read by the judges, each of which knows some of its keys."""

    id: str
    title: str
    layer: str
    transports: tuple[str, ...]
    inject: dict[str, Any]
    expect: dict[str, Any]
    loss: str
    config: dict[str, Any] = field(default_factory=dict)
    client: tuple[dict[str, Any], ...] = ()
    source: str = ""

    @classmethod
    def of(cls, value: dict[str, Any]) -> Case:
        """The case that an object of the file is."""
        lists = {name: tuple(value.get(name, ())) for name in ("transports", "client")}
        return cls(**{**value, **lists})

    def script(self, wire: str) -> dict[str, Any]:
        """What the far end does when it speaks this wire."""
        return {**self.inject, **self.inject.get("by_dialect", {}).get(wire, {})}

    @property
    def needs_gateway(self) -> bool:
        """Whether the far end only makes sense behind the project's own gateway."""
        return self.inject.get("topology") == "upstream"

    @property
    def acts(self) -> list[str]:
        """What the user does meanwhile."""
        return [step["do"] for step in self.client]

    @property
    def needs_hands(self) -> bool:
        """Whether the user does more than cancel: these cases are played in a terminal."""
        return bool(set(self.acts) - {"cancel", "start"})

    @property
    def clocks(self) -> tuple[float, float, float]:
        """Connect, first token, idle: in seconds."""
        return 1.0, 2.0, self.config.get("content_timeout_s", 1.0)


CASES = tuple(Case.of(value) for value in json.loads(FILE.read_text("utf-8"))["cases"])


def case(name: str) -> Case:
    """The case of an id. Raises StopIteration."""
    return next(found for found in CASES if found.id == name)
