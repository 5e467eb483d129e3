"""Asks an endpoint through the probe whether the next run would work there."""

from __future__ import annotations

from tui.core.endpoints import endpoint_of
from tui.errors import StreamscopeError
from tui.probe_client import ProbeClient
from tui.screens.connection_words import DEMO_VERDICT, ConnectionVerdict, question_of, verdict_of
from tui.screens.endpoint_choice import EndpointChoice


async def check_connection(probe: ProbeClient, choice: EndpointChoice) -> ConnectionVerdict:
    """One bounded question, and what its answer means. Never raises StreamscopeError."""
    if choice.url is None:
        return DEMO_VERDICT
    plan, path = choice.plan(""), ""
    try:
        path = question_of(plan.transport, is_gateway_route=endpoint_of(plan).is_gateway_route)
        answer = await probe.ask(plan, "GET", path)
    except StreamscopeError as error:
        answer = {"error": str(error)}
    return verdict_of(path, answer)
