"""What the palette offers of the Live screen beyond its keys: a mode, a definition set or a number by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.panes.metric_cells import STAMP_KEY
from tui.panes.stats_pane import StatsPane
from tui.screens.live_words import NO_NUMBERS
from tui.screens.pattern_question import pattern_question
from tui.screens.pick_screen import PickScreen

if TYPE_CHECKING:
    from tui.screens.live_screen import LiveScreen


def choose_mode(live: LiveScreen, mode: str) -> None:
    """Another buffer mode, for this run at once and for the next ones; for a pattern one question more."""
    if mode != "regex":
        live.set_mode(mode)
        return

    def take(pattern: Any) -> None:
        if pattern is not None:
            live.set_mode("regex", str(pattern))

    live.app.push_screen(pattern_question(live.scope.controller.pattern or ""), take)


def choose_definition(live: LiveScreen, name: str) -> None:
    """Another definition set; pane 4 comes to the front and shows what it changes."""
    live.action_focus_pane("stats")
    live.query_one(StatsPane).set_definition(name)
    live.draw_slow()


def choose_number(live: LiveScreen) -> None:
    """A list of all numbers; the chosen one is asked for its formula."""
    pane = live.query_one(StatsPane)
    numbers = pane.listed_numbers
    if not numbers:
        live.scope.toast(live.scope.keys.said(NO_NUMBERS))
        return
    keys = {name: key for key, name, _ in numbers}

    def take(name: Any) -> None:
        if name is not None:
            pane.ask(keys[name])

    options = [(name, value) for _, name, value in numbers]
    live.app.push_screen(PickScreen(f"numbers as defined by {pane.definition}", options), take)


def ask_stamp_error(live: LiveScreen) -> None:
    """How late stamps may be, with its source."""
    pane = live.query_one(StatsPane)
    if pane.listed_numbers:
        pane.ask(STAMP_KEY)
    else:
        live.scope.toast(live.scope.keys.said(NO_NUMBERS))
