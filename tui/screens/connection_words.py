"""What a test of a connection found, in one plain sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui.core.endpoints import NOT_A_GATEWAY
from tui.core.problem_kinds import title_of
from tui.core.request import TransportName

HEALTH_PATH, MODELS_PATH, ANY_PATH = "/health", "/v1/models", "/"
_HEALTHS = ("healthy", "degraded")
_REDIRECTS = range(300, 400)
_NEXT_STEPS = {
    "connect": "Start the server or fix address and port.",
    "dns": "Check the spelling of the host.",
    "tls": "Check http or https; a private certificate needs --ca-file FILE.",
    "insecure": "Use https, or start with --insecure-http if this network is trusted.",
}


@dataclass(frozen=True, slots=True)
class ConnectionVerdict:
    """`is_good`: the next run can be expected to work."""

    is_good: bool
    sentence: str


DEMO_VERDICT = ConnectionVerdict(True, "the embedded demo starts when it is wanted")


def question_of(transport: TransportName, *, is_gateway_route: bool) -> str:
    """The path that an endpoint is asked for: its health, its models, or anything where only a run would tell."""
    if transport is TransportName.DIRECT:
        return MODELS_PATH
    return HEALTH_PATH if is_gateway_route else ANY_PATH


def verdict_of(path: str, answer: dict[str, Any]) -> ConnectionVerdict:
    """What the answer to such a question means."""
    status = answer.get("status")
    if answer.get("error") or not isinstance(status, int):
        return _bad(_failure(answer))
    if status == 401:
        return _bad("The server does not accept the key (401). Set its variable anew and restart, or choose a profile.")
    if status in _REDIRECTS:
        return _bad(f"It points to another address ({status}); if you trust that one, write it here.")
    if path == ANY_PATH:
        return ConnectionVerdict(True, f"it answers, {_took(answer)}; whether it streams, only a run tells")
    if path == HEALTH_PATH:
        return _gateway_verdict(status, answer)
    return _provider_verdict(status, answer)


def fault_refusal(answer: dict[str, Any]) -> str | None:
    """Why an endpoint makes no faults, by its answer to a question for its health; None where it does."""
    status, body = answer.get("status"), answer.get("body")
    if answer.get("error") or not isinstance(status, int):
        return f"{_failure(answer)} No fault can be asked for."
    if not isinstance(body, dict) or body.get("status") not in _HEALTHS:
        return f"This endpoint is {NOT_A_GATEWAY}, so no fault can be asked for."
    if "faults" not in body:  # what a gateway keeps from strangers
        return "This gateway wants its token before it makes a fault. Set STREAMSCOPE_TOKEN and restart."
    return None if body["faults"] else "This gateway makes no faults: start it with serve --allow-faults."


def _failure(answer: dict[str, Any]) -> str:
    said = str(answer.get("error") or "no answer").strip()
    sentence = said[0].upper() + said[1:]
    step = _NEXT_STEPS.get(str(answer.get("kind")), "")
    return f"{sentence}{'' if sentence.endswith('.') else '.'} {step}".strip()


def _gateway_verdict(status: int, answer: dict[str, Any]) -> ConnectionVerdict:
    body = answer.get("body")
    health = body.get("status") if isinstance(body, dict) else None
    if status != 200 or health not in _HEALTHS:
        return _bad(
            f"It answers ({status}) but is {NOT_A_GATEWAY}. For an OpenAI-compatible server choose direct; for another "
            "endpoint give its whole path."
        )
    upstream = body.get("upstream") if isinstance(body, dict) else None
    if not isinstance(upstream, dict):  # what a gateway keeps from strangers
        return _bad(_stranger(health, answer))
    if not upstream.get("reachable"):
        return _bad(f"{health}, {_took(answer)}, upstream down: the gateway answers, but what it asks does not.")
    return ConnectionVerdict(True, f"{health}, {_took(answer)}, upstream up, {_key_word(answer, 'token')}")


def _stranger(health: str, answer: dict[str, Any]) -> str:
    if answer.get("has_key"):
        return f"{health}, {_took(answer)}, but the token is not accepted. Set STREAMSCOPE_TOKEN anew and restart."
    return f"{health}, {_took(answer)}, but it wants a token. Set STREAMSCOPE_TOKEN and restart."


def _provider_verdict(status: int, answer: dict[str, Any]) -> ConnectionVerdict:
    if status == 404:
        return _bad("It answers, but lists no models (404): check the path; most end in /v1.")
    if status != 200:
        return _bad(f"{title_of(f'http_{status}')}.")
    body = answer.get("body")
    models = body.get("data") if isinstance(body, dict) else None
    if not isinstance(models, list):
        return _bad("It answers, but not as an OpenAI-compatible server does: check the path; most end in /v1.")
    count = f"{len(models)} model" + ("" if len(models) == 1 else "s")
    return ConnectionVerdict(True, f"healthy, {_took(answer)}, {count}, {_key_word(answer, 'key')}")


def _key_word(answer: dict[str, Any], name: str) -> str:
    return f"{name} accepted" if answer.get("has_key") else f"no {name} needed"


def _took(answer: dict[str, Any]) -> str:
    return f"{answer.get('took_s', 0.0) * 1000:.0f} ms"


def _bad(sentence: str) -> ConnectionVerdict:
    return ConnectionVerdict(False, sentence)
