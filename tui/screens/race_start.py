"""Starts a race from wherever its key was pressed: what is asked, which lanes there are, where a further one goes."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.captures.open_capture import open_capture
from tui.config import settings_from
from tui.config_file import read_settings_file
from tui.errors import CaptureError, UsageError
from tui.panes.prompt_bar import PromptArea
from tui.screens.endpoint_choice import EndpointChoice, EndpointEntry, transport_for
from tui.screens.race_form import RaceForm
from tui.screens.race_lanes import LaneEntry, first_entries
from tui.screens.race_runs import Race
from tui.screens.race_screen import RaceScreen
from tui.setting_checks import check_settings

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_OPEN = "A run is streaming. {run.cancel} cancels it; then {run.race} races."
_STARTING = "The demo is starting; {run.race} again in a moment."
_NO_PROMPT = "The prompt is empty. Type one; then {run.race} sends it over several ways at once."


def start_race(app: StreamscopeApp) -> None:
    """Opens the form with the lanes of the race before, or those that fit the endpoint; says why not."""
    app.start_children()
    complaint = _why_not(app)
    if complaint:
        app.toast(app.keys.said(complaint))
        return
    prompt = _prompt_of(app)
    before = app.race.entries if app.race is not None and app.race.choice is app.endpoint else None
    hint = "A URL, a profile, another model of this endpoint, or the file of a capture, for which nothing is sent."
    form = RaceForm(before or first_entries(app.endpoint), prompt, partial(new_lane, app), hint)
    app.push_screen(form, partial(_begin, app, prompt, form))


def new_lane(app: StreamscopeApp, text: str) -> LaneEntry:
    """A lane from what was typed: a URL, a file, a profile, else the name of a model. Raises UsageError."""
    if not text:
        raise UsageError("a URL, a file, or the name of a profile or of a model is needed")
    choice, file = app.endpoint, app.folder / Path(text).expanduser()
    if "://" in text:
        other = choice.pointed_at(EndpointEntry(text, transport_for(text), choice.model, "auto"))
        other.alias = None
        return _checked(LaneEntry(other, other.transport, "upstream"))
    if file.is_file():
        return _captured(choice, file)
    if text in app.settings.profiles and app.settings.file is not None:
        settings = settings_from(read_settings_file(app.settings.file), {"profile": text}, os.environ)
        check_settings(settings)
        other = EndpointChoice(settings)
        other.params = choice.params
        if other.is_demo:
            raise UsageError(f"profile {text} names no URL")
        return _checked(LaneEntry(other, other.transport, text))
    return LaneEntry(choice, choice.transport, "gateway", model=text)


def _captured(choice: EndpointChoice, file: Path) -> LaneEntry:
    try:
        open_capture(file).close()
    except CaptureError as error:
        raise UsageError(str(error)) from error
    return LaneEntry(choice, choice.transport, "capture", capture=file)


def _checked(entry: LaneEntry) -> LaneEntry:
    _ = entry.route  # raises where there is none
    return entry


def _why_not(app: StreamscopeApp) -> str:
    if app.controller.is_streaming or app.controller.is_racing:
        return _OPEN
    if app.endpoint.url is None:
        return _STARTING
    has_prompt = bool(_prompt_of(app).strip()) or app.endpoint.has_own_body or bool(app.endpoint.demo_of(None))
    return "" if has_prompt else _NO_PROMPT


def _prompt_of(app: StreamscopeApp) -> str:
    """The prompt of the latest run, else the one that is typed."""
    run = app.controller.run
    messages = run.plan.request.messages if run is not None else ()
    return messages[-1].content if messages else app.live.query_one(PromptArea).text


def _begin(app: StreamscopeApp, prompt: str, form: RaceForm, chosen: Any) -> None:
    if chosen is None:
        return
    if app.race is not None:
        app.race.close()
    app.race = Race(app.controller, app.endpoint, chosen, prompt, form.entries)
    if isinstance(app.screen, RaceScreen):
        app.screen.show_race(app.race)
    else:
        app.push_screen(RaceScreen(app.race))
