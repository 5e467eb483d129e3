"""Where the next run goes: endpoint, transport, model; and what is known of the endpoint. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

from tui.config import Settings
from tui.core.public_url import public_url
from tui.core.request import RunPlan, StreamRequest, TransportName
from tui.local_model import LOCAL_MODEL
from tui.setting_checks import clocks_of, memory_limit_of

DEFAULT_DEMO = "demo/markdown"
_LIVE = "LIVE"  # the label of a model that a demo gateway runs itself
TRANSPORT_ORDER = ("sse", "ws", "direct")
TRANSPORT_WORDS = {"sse": "SSE", "ws": "WS", "direct": "direct"}


@dataclass(frozen=True, slots=True)
class RunParams:
    """`system` empty and the others None: left to the server."""

    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None

    def parts(self, *, is_short: bool = False) -> list[str]:
        """What is set, for the prompt line: `temp 0.2`, `max 200`, `system 34 char`; short only the first of them."""
        parts = []
        if self.temperature is not None:
            parts.append(f"temp {self.temperature:g}")
        if self.max_tokens is not None:
            parts.append(f"max {self.max_tokens}")
        if self.system:
            parts.append(f"system {len(self.system)} char")
        return [f"{parts[0]} …"] if is_short and len(parts) > 1 else parts


@dataclass(frozen=True, slots=True)
class EndpointEntry:
    """What a form says about an endpoint; `url` None is the embedded demo."""

    url: str | None
    transport: str
    model: str
    dialect: str


class EndpointChoice:
    """The choice for the next run. `url` is None until the demo gateway listens.

    `alias` stands for the address where that is not to be shown. `fault` is what a gateway is asked to do to the
    answers. `models` are (name, one line) pairs; `demo_prompts` maps a demo's name to the prompt that was recorded,
    `demo_labels` to how it was made.
    """

    def __init__(self, settings: Settings, raw_body: str | None = None) -> None:
        self._settings = settings
        self._raw_body = raw_body
        self.alias: str | None = None
        self.is_demo = settings.url is None
        self.url = settings.url
        self.transport = settings.chosen_transport
        self.model = settings.model or (DEFAULT_DEMO if self.is_demo else "")
        self.params = RunParams()
        self.fault: str | None = None
        self.models: list[tuple[str, str]] = []
        self.demo_prompts: dict[str, str] = {}
        self.demo_labels: dict[str, str] = {}
        self.demo_urls: frozenset[str] = frozenset()

    def url_for(self, transport: str) -> str:
        """Where a transport goes: the host that the settings name for it, else the endpoint's; empty if not known."""
        own = self.url or ""
        return own if self.is_demo else dict(self._settings.hosts).get(transport, own)

    def has_host_of(self, transport: str) -> bool:
        """Whether the settings name a host for a transport."""
        return not self.is_demo and transport in dict(self._settings.hosts)

    def plan(self, prompt: str, transport: str | None = None) -> RunPlan:
        """The plan of a run of this prompt, over the chosen transport or another one.

        A fault is asked of the endpoint that was found to make them, and of no other host.
        """
        transport = transport or self.transport
        settings = self._settings.of_transport(transport)
        return RunPlan(
            transport=TransportName(transport),
            url=self.url_for(transport),
            request=StreamRequest.of_prompt(
                prompt,
                system=self.params.system or None,
                model=self.model or None,
                temperature=self.params.temperature,
                max_tokens=self.params.max_tokens,
            ),
            dialect=settings.dialect,
            header_env=settings.headers,
            token_file=settings.token_file,
            is_gateway=self.is_demo or settings.is_gateway,
            resume=settings.resume,
            clocks=clocks_of(settings),
            retries=settings.retries,
            memory_limit_bytes=memory_limit_of(settings),
            insecure_http=settings.insecure_http,
            ca_file=settings.ca_file,
            raw_body=self._raw_body,
            fault=self.fault if self.url_for(transport) == (self.url or "") else None,
        )

    @property
    def resume(self) -> bool:
        """Whether the answer of a gateway that is cut is taken up by itself."""
        return self._settings.resume

    @resume.setter
    def resume(self, is_on: bool) -> None:
        self._settings = replace(self._settings, resume=is_on)

    @property
    def settings(self) -> Settings:
        """The settings with which a start would go where the next run goes."""
        model = None if self.is_demo and self.model == DEFAULT_DEMO else self.model or None
        return replace(self._settings, transport=self.transport, model=model)

    @property
    def entry(self) -> EndpointEntry:
        """What stands in the form."""
        return EndpointEntry(None if self.is_demo else self.url, self.transport, self.model, self._settings.dialect)

    @property
    def has_own_body(self) -> bool:
        """Whether a body of the user's is posted as it is."""
        return self._raw_body is not None

    def pointed_at(self, entry: EndpointEntry, demo_url: str | None = None) -> Self:
        """The choice after the form; `demo_url` is where the demo gateway listens, None while it does not.

        What was said of one address (its keys above all) does not go to another.
        """
        settings = replace(self._settings, url=entry.url, dialect=entry.dialect, transport=entry.transport)
        if _origin(entry.url) != _origin(self._settings.url):
            own = Settings()
            settings = replace(
                settings,
                headers=own.headers,
                token_file=own.token_file,
                is_gateway=own.is_gateway,
                hosts=own.hosts,
                insecure_http=own.insecure_http,
                ca_file=own.ca_file,
            )
        is_same = entry.url == self._settings.url
        other = type(self)(replace(settings, model=entry.model or None), self._raw_body if is_same else None)
        other.params, other.alias = self.params, self.alias
        other.demo_urls = self._known_demo_urls
        if other.is_demo:
            other.url = demo_url
        if is_same:
            other.models, other.demo_prompts, other.demo_labels = self.models, self.demo_prompts, self.demo_labels
            other.fault = self.fault
        return other

    def next_transport(self) -> None:
        """Chooses the next transport."""
        index = TRANSPORT_ORDER.index(self.transport)
        self.transport = TRANSPORT_ORDER[(index + 1) % len(TRANSPORT_ORDER)]

    def take_models(self, answer: dict[str, Any]) -> None:
        """Learns the models from the endpoint's answer to `GET /v1/models`; another shape teaches nothing."""
        body = answer.get("body")
        data = body.get("data") if isinstance(body, dict) else None
        self.models = []
        for model in data if isinstance(data, list) else []:
            if isinstance(model, dict) and isinstance(model.get("id"), str):
                name, label = model["id"], str(model.get("label") or "")
                shows = str(model.get("shows") or model.get("owned_by") or "")
                self.models.append((name, f"{label}: {shows}" if label and shows else shows))
                if label:
                    self.demo_labels[name] = label
                if model.get("prompt"):
                    self.demo_prompts[name] = str(model["prompt"])

    def demo_of(self, plan: RunPlan | None) -> str:
        """The recording that a run plays, or the next one; empty where a model reads the prompt."""
        model, url = self._target(plan)
        is_here = self._is_here(url)
        if self._is_live(model):
            return ""
        if is_here and model in self.demo_labels:
            return model
        plays_demos = url in self._known_demo_urls if url else self.is_demo
        default = self.models[0][0] if is_here and self.models else DEFAULT_DEMO
        return (model or default) if plays_demos else ""

    def labelled(self, plan: RunPlan | None, *, is_wide: bool) -> str:
        """What the header says of a demo gateway's answer, empty for any other: `RECORDED  demo/code`, `LIVE  local`.

        A recording that was changed or made is called by the word for that.
        """
        demo = self.demo_of(plan)
        if not demo:
            model, url = self._target(plan)
            plays_demos = url in self._known_demo_urls if url else self.is_demo
            return f"LIVE  {model}" if plays_demos and self._is_live(model) else ""
        made = self.demo_labels.get(demo, "").partition(" ")[0].strip(",")
        words = made if made in ("RECORDED", "SYNTHETIC") else f"RECORDED, {made}" if made else "RECORDED"
        return f"{words}  {demo}" + (": your prompt is not read" if is_wide else "")

    def described(self, plan: RunPlan | None, *, is_wide: bool) -> str:
        """Transport, address and model of a run, or of the next one; a label names the model already."""
        transport = TRANSPORT_WORDS[str(plan.transport) if plan is not None else self.transport]
        model, url = self._target(plan)
        is_here = self._is_here(url)
        if self.is_demo and is_here:
            return f"{transport}  demo gateway" if is_wide else transport
        address = public_url(url)
        address = self.alias if self.alias and is_here else address if is_wide else urlsplit(address).netloc or address
        return f"{transport}  {address}  {'' if self.labelled(plan, is_wide=False) else model}".rstrip()

    def _target(self, plan: RunPlan | None) -> tuple[str, str]:
        """Model and URL of a run, or of the next one; each may be empty."""
        if plan is None:
            return self.model, self.url_for(self.transport)
        return plan.request.model or "", plan.url

    def _is_here(self, url: str) -> bool:
        """Whether an address is one of the endpoint's own."""
        return url in ("", self.url) or url in dict(self._settings.hosts).values()

    def _is_live(self, model: str) -> bool:
        """Whether a demo gateway lets a real model answer under this name."""
        return model == LOCAL_MODEL or self.demo_labels.get(model) == _LIVE

    @property
    def _known_demo_urls(self) -> frozenset[str]:
        """Where nothing but demos is played: the embedded gateway, and one all of whose models are demos."""
        plays_demos = self.is_demo or (bool(self.models) and all(name in self.demo_labels for name, _ in self.models))
        return self.demo_urls | {self.url} if self.url and plays_demos else self.demo_urls


def transport_for(url: str) -> str:
    """The transport that a URL is for where nobody chose one."""
    return Settings(url=url).chosen_transport


def _origin(url: str | None) -> tuple[bool, str | None, int | None] | None:
    """Whether it is secure, host and port: where a key that was meant for a URL may go."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_secure = parts.scheme in ("https", "wss")
        return is_secure, parts.hostname, parts.port or (443 if is_secure else 80)
    except ValueError:
        return False, url, None
