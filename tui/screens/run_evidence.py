"""The verdict on one run, or on a race, as a list: the sentence, then what it rests on; enter goes to the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tui.core.race_verdict import Evidence, RaceVerdict, lanes_of, race_verdict
from tui.screens.pick_screen import PickScreen

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_NO_RUN = "Nothing has run yet, so there is nothing to judge."
_OPEN = "The run is still open: what it shows so far stands under the arrivals. The verdict comes at its end."


def show_evidence(app: StreamscopeApp) -> None:
    """Of the run that is seen; says why not where it has not ended."""
    run = app.controller.run
    if run is None or run.derived is None or not run.derived.is_over:
        app.toast(_NO_RUN if run is None else _OPEN)
        return
    verdict = race_verdict(lanes_of([("", run.derived)]))
    list_evidence(app, verdict, lambda row: app.live.show_wire(row.frame))


def list_evidence(app: StreamscopeApp, verdict: RaceVerdict, show: Callable[[Evidence], object]) -> None:
    """The rows in a box; the chosen one is given to `show`."""
    rows = {f"{number} {row.letter} frame {row.frame}": row for number, row in enumerate(verdict.evidence, start=1)}
    options = [("verdict", verdict.sentence), *((name, row.text) for name, row in rows.items())]

    def choose(name: Any) -> None:
        if name in rows:
            show(rows[name])

    if rows:
        first = next(iter(rows))
        app.push_screen(PickScreen("evidence: enter shows the frame on Wire", options, first), choose)
    else:
        app.toast(f"{verdict.sentence} There is no evidence to show.")
