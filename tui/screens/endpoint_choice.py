"""Where the next run goes: endpoint, transport, model; and what is known of the endpoint. No widgets."""

from __future__ import annotations

from typing import Any

from tui.config import Settings
from tui.core.public_url import public_url
from tui.core.request import RunPlan, StreamRequest, TransportName

DEFAULT_DEMO = "demo/markdown"
TRANSPORT_ORDER = ("sse", "ws", "direct")
TRANSPORT_WORDS = {"sse": "SSE", "ws": "WS", "direct": "direct"}


class EndpointChoice:
    """The choice for the next run. `url` is None until the demo gateway listens.

    `alias` stands for the address where that is not to be shown. `models` are (name, one line) pairs; `demo_prompts`
    maps a demo's name to the prompt that was recorded, `demo_labels` to how it was made.
    """

    def __init__(self, settings: Settings, raw_body: str | None = None) -> None:
        self._settings = settings
        self._raw_body = raw_body
        self.alias: str | None = None
        self.is_demo = settings.url is None
        self.url = settings.url
        self.transport = settings.chosen_transport
        self.model = settings.model or (DEFAULT_DEMO if self.is_demo else "")
        self.models: list[tuple[str, str]] = []
        self.demo_prompts: dict[str, str] = {}
        self.demo_labels: dict[str, str] = {}

    def plan(self, prompt: str) -> RunPlan:
        """The plan of a run of this prompt."""
        settings = self._settings
        return RunPlan(
            transport=TransportName(self.transport),
            url=self.url or "",
            request=StreamRequest.of_prompt(prompt, model=self.model or None),
            dialect=settings.dialect,
            header_env=settings.headers,
            token_file=settings.token_file,
            is_gateway=self.is_demo or settings.is_gateway,
            resume=settings.resume,
            insecure_http=settings.insecure_http,
            ca_file=settings.ca_file,
            raw_body=self._raw_body,
        )

    def next_transport(self) -> None:
        """Chooses the next transport."""
        index = TRANSPORT_ORDER.index(self.transport)
        self.transport = TRANSPORT_ORDER[(index + 1) % len(TRANSPORT_ORDER)]

    def take_models(self, answer: dict[str, Any]) -> None:
        """Learns the models from the endpoint's answer to `GET /v1/models`; another shape teaches nothing."""
        body = answer.get("body")
        data = body.get("data") if isinstance(body, dict) else None
        for model in data if isinstance(data, list) else []:
            if isinstance(model, dict) and isinstance(model.get("id"), str):
                name, label = model["id"], str(model.get("label") or "")
                shows = str(model.get("shows") or model.get("owned_by") or "")
                self.models.append((name, f"{label}: {shows}" if label and shows else shows))
                if label:
                    self.demo_labels[name] = label
                if model.get("prompt"):
                    self.demo_prompts[name] = str(model["prompt"])

    def recorded(self, plan: RunPlan | None, *, is_wide: bool) -> str:
        """What the header says of a demo: `RECORDED  demo/code`, with the word for one that was joined or paced."""
        demo = (plan.request.model if plan is not None else None) or self.model
        made = self.demo_labels.get(demo, "").partition(" ")[0].strip(",")
        words = "RECORDED" if made in ("", "RECORDED") else f"RECORDED, {made}"
        return f"{words}  {demo}" + (": your prompt is not read" if is_wide else "")

    def described(self, plan: RunPlan | None, *, is_wide: bool) -> str:
        """Transport, address and model of a run, or of the next one, for the header."""
        transport = TRANSPORT_WORDS[str(plan.transport) if plan is not None else self.transport]
        if self.is_demo:
            return f"{transport}  demo gateway" if is_wide else transport
        model = (plan.request.model if plan is not None else self.model) or ""
        return f"{transport}  {self.alias or public_url(self.url or '')}  {model}".rstrip()
