"""What is asked of a model, and how a run is to be made: plain values, JSON in and out, never a key.

A `RunPlan` crosses the pipe to the probe, so it holds only names of environment variables and files, never
their contents.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

IDENTITY = "identity"
USUAL_ENCODINGS = "gzip, deflate"
"""What most HTTP clients say they can decode, and so how a hop may compress for them."""
DEFAULT_EVENT_LIMIT_BYTES = 16 * 1024 * 1024
DEFAULT_MEMORY_LIMIT_BYTES = 512 * 1024 * 1024


class TransportName(StrEnum):
    """The three ways to the same tokens."""

    DIRECT = "direct"
    SSE = "sse"
    WS = "ws"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the conversation; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """What the model is asked. `None` leaves a setting to the server."""

    messages: tuple[ChatMessage, ...]
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    buffer_type: str | None = None

    @classmethod
    def of_prompt(cls, prompt: str, *, system: str | None = None, **settings: Any) -> Self:
        """A request of one user message, behind a system message if there is one."""
        head = (ChatMessage("system", system),) if system else ()
        return cls(messages=(*head, ChatMessage("user", prompt)), **settings)

    def to_body(self) -> dict[str, Any]:
        """The JSON body of the gateway's routes (and, with `stream`, of chat completions); no null members."""
        body: dict[str, Any] = {"messages": [asdict(m) for m in self.messages]}
        for name in ("model", "temperature", "max_tokens", "buffer_type"):
            if (value := getattr(self, name)) is not None:
                body[name] = value
        return body

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        """The inverse of `to_body`; raises KeyError or TypeError on another shape."""
        messages = tuple(ChatMessage(m["role"], m["content"]) for m in body["messages"])
        rest = {k: body[k] for k in ("model", "temperature", "max_tokens", "buffer_type") if k in body}
        return cls(messages=messages, **rest)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The three time-outs of a run, in seconds, all on the monotonic clock.

    `connect_s`: until the connection (TLS and WebSocket handshake included) stands. `first_token_s`: from the
    request being sent to the first content, reasoning or tool call. `idle_s`: between two such; keep-alives do
    not count.
    """

    connect_s: float = 10.0
    first_token_s: float = 120.0
    idle_s: float = 30.0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """All that a run needs but the keys.

    `url` is what the user gave. `header_env` holds (header name, name of an environment variable) pairs.
    `token_file` is a 0600 file with the key. `is_gateway` marks an endpoint that the app started or a profile
    calls a gateway: it gets the gateway token, never the OpenAI key. `retries` counts further attempts after
    the first, all before the first token. `raw_body` replaces the request body on a full path. `capture_file` is
    where the probe records the run while it goes on. `fault` asks a gateway that allows it to disturb the answer.
    `accept_encoding` is what an HTTP request says it can decode; compression hides when each token came.
    """

    transport: TransportName
    url: str
    request: StreamRequest
    dialect: str = "auto"
    clocks: Clocks = field(default_factory=Clocks)
    retries: int = 0
    resume: bool = False
    header_env: tuple[tuple[str, str], ...] = ()
    token_file: str | None = None
    is_gateway: bool = False
    raw_body: str | None = None
    insecure_http: bool = False
    ca_file: str | None = None
    event_limit_bytes: int = DEFAULT_EVENT_LIMIT_BYTES
    memory_limit_bytes: int = DEFAULT_MEMORY_LIMIT_BYTES
    capture_file: str | None = None
    fault: str | None = None
    accept_encoding: str = IDENTITY

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `from_json` makes an equal plan."""
        plan = {f.name: getattr(self, f.name) for f in fields(self)}
        plan["transport"] = str(self.transport)
        plan["request"] = self.request.to_body()
        plan["clocks"] = asdict(self.clocks)
        plan["header_env"] = [list(pair) for pair in self.header_env]
        return plan

    @classmethod
    def from_json(cls, plan: dict[str, Any]) -> Self:
        """The inverse of `to_json`; raises KeyError, TypeError or ValueError on another shape."""
        values = dict(plan)
        values["transport"] = TransportName(values["transport"])
        values["request"] = StreamRequest.from_body(values["request"])
        values["clocks"] = Clocks(**values["clocks"])
        values["header_env"] = tuple((name, env) for name, env in values["header_env"])
        return cls(**values)
