"""What the palette offers on faults: a gateway that allows it disturbs the next runs, until that is switched off."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from tui.errors import StreamscopeError
from tui.screens.connection_words import HEALTH_PATH, fault_refusal
from tui.screens.fault_words import FAULT_LINES, fault_words, typed_fault

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_ASKS = "asks the gateway; needs --allow-faults"


def fault_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    """One for each fault, and one that ends them."""
    for name, line in FAULT_LINES.items():
        yield _command(app, name, f"{line}; {_ASKS}")
    if app.endpoint.fault is not None:
        words = fault_words(app.endpoint.fault)
        yield SystemCommand("fault: off", f"no more {words} in the next runs", partial(_end_faults, app))


def numbered_fault(app: StreamscopeApp, query: str) -> Iterable[SystemCommand]:
    """What `cut after 20` asks for, typed in the palette: the fault from that event on."""
    fault = typed_fault(query)
    if fault is not None:
        yield _command(app, fault, f"{FAULT_LINES[fault.partition(':')[0]]}; {_ASKS}")


def _command(app: StreamscopeApp, fault: str, line: str) -> SystemCommand:
    return SystemCommand(f"fault: {fault_words(fault)}", line, partial(_ask_for, app, fault))


def _ask_for(app: StreamscopeApp, fault: str) -> None:
    app.run_worker(_ask_if_allowed(app, fault), group="fault", exclusive=True, exit_on_error=False)


async def _ask_if_allowed(app: StreamscopeApp, fault: str) -> None:
    """The endpoint is asked first: of one that makes no faults a run would only be refused."""
    from tui.screens.progress_note import progress  # noqa: PLC0415  as all screens but Live

    endpoint = app.endpoint
    async with progress(app, "asking for faults"):
        refusal = await _refusal(app)
    if app.endpoint is not endpoint:
        return
    if refusal is not None:
        app.toast(refusal, severity="warning")
        return
    endpoint.fault = fault
    app.toast(f"The next runs ask the gateway for: {fault_words(fault)}. The palette's fault: off ends that.")
    app.live.draw_slow()


async def _refusal(app: StreamscopeApp) -> str | None:
    if app.endpoint.is_demo:  # it is the app's own, and was started so
        return None
    app.start_probe()
    try:
        return fault_refusal(await app.controller.probe.ask(app.endpoint.plan(""), "GET", HEALTH_PATH))
    except StreamscopeError as error:
        return fault_refusal({"error": str(error)})


def _end_faults(app: StreamscopeApp) -> None:
    app.endpoint.fault = None
    app.toast("The next runs are not disturbed.")
    app.live.draw_slow()
