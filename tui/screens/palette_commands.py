"""The commands of the palette: group, action, one line each. Data about actions; the actions are the screens'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from tui.screens.compare_screen import CompareScreen

if TYPE_CHECKING:
    from tui.app import StreamscopeApp


def palette_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    """Those that act on the screen that is seen."""
    if app.controller.is_streaming:
        yield SystemCommand("run: cancel", "stop the open run; what came is kept", app.action_cancel_run)
    else:
        yield SystemCommand("run: again", "send the same request again", app.action_run_again)
    yield SystemCommand("endpoint: transport", "SSE, WebSocket or direct for the next run", app.action_next_transport)
    yield SystemCommand("model: choose", "a list of the endpoint's models", app.action_choose_model)
    compare = next((screen for screen in app.screen_stack if isinstance(screen, CompareScreen)), None)
    yield from _live_commands(app) if compare is None else _compare_commands(compare)
    yield SystemCommand("theme: choose", "colours of the app", app.action_change_theme)
    yield SystemCommand("file: screenshot", "the screen as SVG in the current folder", app.action_shot)
    yield SystemCommand("help: this pane", "what its numbers mean, and every key", app.action_pane_help)
    yield SystemCommand("app: quit", "end streamscope", app.action_quit)


def _live_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    live = app.live
    yield SystemCommand("buffer: next mode", "word, sentence, line; re-derives at once", live.action_next_mode)
    yield SystemCommand("numbers: definitions", "the next definition set of the numbers", live.action_next_definition)
    yield SystemCommand("view: joints", "where frames and reads join in the text", live.action_joints)
    yield SystemCommand("view: Markdown", "the ended answer drawn as Markdown", live.action_next_view)
    yield SystemCommand("view: zoom", "the focused pane alone", live.action_zoom)
    yield SystemCommand("compare: buffer modes", "the same text under several buffers", live.action_compare)


def _compare_commands(screen: CompareScreen) -> Iterable[SystemCommand]:
    yield SystemCommand("compare: mode", "the buffer mode of the focused lane", screen.action_choose_mode)
    yield SystemCommand("compare: add lane", "one lane more, four at most", screen.action_add_lane)
    yield SystemCommand("compare: remove lane", "the focused lane away, two are left", screen.action_remove_lane)
    yield SystemCommand("compare: reader speed", "who reads: a voice, a reader, your own", screen.action_choose_reader)
    yield SystemCommand("compare: export", "the table as Markdown to the clipboard", screen.action_export)
    yield SystemCommand("compare: close", "back to the Live screen", screen.action_back)
    yield SystemCommand("view: zoom", "the focused lane alone", screen.action_zoom)
