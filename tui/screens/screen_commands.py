"""The commands that the Live, the Compare and the Wire screen add to the palette. Data about actions of the screens."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from tui.core.metric_definitions import DEFINITIONS
from tui.core.text.buffers import BUFFER_MODES
from tui.screens.compare_words import MODES
from tui.screens.help_screen import HelpScreen
from tui.screens.live_choices import ask_stamp_error, choose_definition, choose_mode, choose_number
from tui.screens.trap_help import trap_help

if TYPE_CHECKING:
    from tui.screens.compare_screen import CompareScreen
    from tui.screens.live_screen import LiveScreen
    from tui.screens.playback_keys import PlaybackKeys
    from tui.screens.race_screen import RaceScreen
    from tui.screens.wire_screen import WireScreen


def live_commands(live: LiveScreen) -> Iterable[SystemCommand]:
    """Buffers, numbers, views."""
    for mode in BUFFER_MODES:
        yield SystemCommand(f"buffer: {mode}", MODES[mode], partial(choose_mode, live, mode))
    for name, line in DEFINITIONS.items():
        yield SystemCommand(f"numbers: definitions {name}", line, partial(choose_definition, live, name))
    yield SystemCommand(
        "numbers: formula of", "where a number comes from: formula and moments", partial(choose_number, live)
    )
    yield SystemCommand("numbers: stamp error", "how late a time stamp may be", partial(ask_stamp_error, live))
    yield from play_commands(live)
    yield SystemCommand("view: joints", "where frames and reads join in the text", live.action_joints)
    yield SystemCommand("view: Markdown", "the ended answer drawn as Markdown, and back", live.action_next_view)
    yield SystemCommand("view: zoom", "the focused pane alone, and back", live.action_zoom)
    yield SystemCommand("view: find", "in the text, the units or the extracts", live.action_find_open)
    yield SystemCommand("view: follow", "to the end of the focused pane, and stay there", live.action_follow)
    yield SystemCommand("compare: buffer modes", "the same text under several buffers", live.action_compare)
    yield SystemCommand("wire: show", "every frame on the wire", live.action_wire)
    yield from _trap_commands(live)


def play_commands(screen: PlaybackKeys) -> Iterable[SystemCommand]:
    """The view in time."""
    step, mark, speed = screen.action_play_step, screen.action_play_mark, screen.action_play_speed
    yield SystemCommand("play: hold", "hold the view, or follow again; of an ended run: play", screen.action_play_hold)
    yield SystemCommand("play: go to", "a time, a frame or a share of the run", screen.action_play_goto)
    yield SystemCommand("play: step", "one frame on", partial(step, 1))
    yield SystemCommand("play: step back", "one frame back", partial(step, -1))
    yield SystemCommand("play: next mark", "token, stall, unit, extract, trap, problem", partial(mark, 1))
    yield SystemCommand("play: mark before", "the mark before this moment", partial(mark, -1))
    yield SystemCommand("play: faster", "up to a hundredfold, and at once", partial(speed, 1))
    yield SystemCommand("play: slower", "down to a quarter", partial(speed, -1))


def compare_commands(screen: CompareScreen) -> Iterable[SystemCommand]:
    """Lanes, reader, table."""
    yield from play_commands(screen)
    yield SystemCommand("compare: mode", "the buffer mode of the focused lane", screen.action_choose_mode)
    yield SystemCommand("compare: add lane", "one lane more, four at most", screen.action_add_lane)
    yield SystemCommand("compare: remove lane", "the focused lane away, two are left", screen.action_remove_lane)
    yield SystemCommand("compare: reader speed", "who reads: a voice, a reader, your own", screen.action_choose_reader)
    yield SystemCommand("compare: export", "the table as Markdown to the clipboard", screen.action_export)
    yield SystemCommand("compare: close", "back to the Live screen", screen.action_back)
    yield SystemCommand("view: zoom", "the focused lane alone, and back", screen.action_zoom)


def race_commands(screen: RaceScreen) -> Iterable[SystemCommand]:
    """The view in time, evidence, copies."""
    yield from play_commands(screen)
    yield SystemCommand("race: evidence", "what the verdict rests on, each with its frame", screen.action_evidence)
    yield SystemCommand("race: by text", "who has the same place of the text later; and back", screen.action_next_view)
    yield SystemCommand("race: copy as", "card, verdict, text of a lane", screen.action_copy_as)
    yield SystemCommand("race: frames", "the frames of the focused lane on Wire", screen.action_wire)
    yield SystemCommand("race: close", "back to the screen before", screen.action_back)
    yield SystemCommand("view: zoom", "the focused lane alone, and back", screen.action_zoom)


def wire_commands(screen: WireScreen) -> Iterable[SystemCommand]:
    """Filter, time, detail, copies."""
    yield SystemCommand("wire: filter", "show only the rows that match some words", screen.action_filter)
    yield SystemCommand("wire: time mode", "gap, since the start, clock", screen.action_next_time)
    yield SystemCommand("wire: only events", "hide comments and all else that is no frame", screen.action_only_events)
    yield SystemCommand("wire: hide keep-alives", "hide comments and empty frames", screen.action_hide_keep_alives)
    yield SystemCommand("wire: detail", "JSON, raw or hex", screen.action_next_view)
    yield SystemCommand("wire: reads", "which rows and bytes came in one network read", screen.action_reads)
    yield SystemCommand("wire: copy as", "data, raw, text, JSON lines, curl, card", screen.action_copy_as)
    yield SystemCommand(
        "wire: save as", "the row or range to a file: data, raw, text, JSON lines", screen.action_save_as
    )
    yield SystemCommand("wire: close", "back to the screen before", screen.action_back)
    yield from _trap_commands(screen)
    yield SystemCommand("traps: next", "the next trap, problem or stall", partial(screen.action_play_mark, 1))
    yield from play_commands(screen)
    yield SystemCommand("view: follow", "all there is again, and what comes", screen.action_follow)
    yield SystemCommand("view: zoom", "the table or the detail alone, and back", screen.action_zoom)


def _trap_commands(screen: LiveScreen | WireScreen) -> Iterable[SystemCommand]:
    yield SystemCommand("traps: list", "problems, remarks, stalls and traps", screen.action_problems)
    explain = partial(screen.app.push_screen, HelpScreen(trap_help(), ()))
    yield SystemCommand("traps: explain", "what breaks other parsers though it is legal", explain)
