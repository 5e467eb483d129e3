"""The commands of the palette: group, action, one line each. What a screen offers beside these is its own list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.core.sanitize import sanitize_line
from tui.panes.prompt_bar import PromptArea
from tui.screens.fault_commands import fault_commands, numbered_fault
from tui.screens.help_screen import HelpScreen
from tui.screens.profile_commands import profile_commands
from tui.screens.settings_commands import settings_commands

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_LINE_WORTH = 0.5  # a word found in the line of a command counts less than one in its name


class CommandsProvider(Provider):
    """Looks in names and lines; what comes from files is made safe and is no markup."""

    async def discover(self) -> Hits:
        """All commands, by name."""
        for command in sorted(self._commands, key=lambda command: command.title):
            text = sanitize_line(command.title)
            yield DiscoveryHit(Content(text), command.callback, text, Content(sanitize_line(command.help)))  # type: ignore[arg-type]

    async def search(self, query: str) -> Hits:
        """The commands whose name, or else whose line, has the query in it."""
        matcher = self.matcher(query)
        for command in self._commands:
            name, line = sanitize_line(command.title), sanitize_line(command.help)
            score = matcher.match(name) or matcher.match(line) * _LINE_WORTH
            if score > 0:
                yield Hit(score, matcher.highlight(name), command.callback, name, Content(line))  # type: ignore[arg-type]
        for command in numbered_fault(self.app, query):  # type: ignore[arg-type]
            yield Hit(1.0, command.title, command.callback, command.title, command.help)

    @property
    def _commands(self) -> Iterable[SystemCommand]:
        return self.app.get_system_commands(self.screen)


def palette_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    """What acts anywhere, and what acts on the screen that is seen."""
    yield from _run_commands(app)
    yield SystemCommand("endpoint: edit", "URL, transport, model, dialect; tested first", app.action_edit_endpoint)
    yield SystemCommand("endpoint: test connection", "whether the next run would work there", app.check_endpoint)
    yield from profile_commands(app)
    yield SystemCommand("endpoint: transport", "SSE, WebSocket or direct for the next run", app.action_next_transport)
    yield SystemCommand("model: choose", "a list of the endpoint's models, for the next run", app.action_choose_model)
    yield SystemCommand("model: refresh list", "asks the endpoint for its models anew", app.refresh_models)
    yield SystemCommand("model: parameters", "system prompt, temperature, most tokens", app.action_edit_params)
    yield from app.front.commands()
    yield SystemCommand("view: jump", "a letter on every pane; the next one goes there", app.front.action_jump)
    yield from app.view_commands()
    for name, theme in app.themes.items():
        shade = "dark" if theme.dark else "light"
        line = f"{shade}; the cursor shows it, enter keeps it for the next starts too"
        yield SystemCommand(f"theme: {name}", line, partial(app.choose_theme, name))
    yield from fault_commands(app)
    yield from settings_commands(app)
    yield from _file_commands(app)
    yield SystemCommand("help: this pane", "what its numbers mean, and every key", app.action_pane_help)
    is_coaching = app.coach.next_step is not None
    yield SystemCommand(
        f"help: coach {'off' if is_coaching else 'on'}",
        "no line that teaches keys, now and later" if is_coaching else "a line that teaches one key after another",
        partial(_turn_coach, app, is_on=not is_coaching),
    )
    yield SystemCommand("help: about", "version, and where the settings stand", partial(_show_about, app))
    yield SystemCommand("app: quit", "end streamscope", app.action_quit)


def _file_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    from tui.core.exports.export_forms import FORMS  # noqa: PLC0415  the forms load with their first use
    from tui.screens.run_exports import copy_card, export_run  # noqa: PLC0415  as above

    yield SystemCommand("file: save", "the run as a capture; of one that is open what came so far", app.action_save_run)
    yield SystemCommand("file: open", "the captures of the folder", app.action_open_folder)
    for form in FORMS.values():
        yield SystemCommand(f"file: export {form.name}", form.line, partial(export_run, app, form.name))
    yield SystemCommand("file: copy card", "12 lines of text for a chat", partial(copy_card, app))


def _turn_coach(app: StreamscopeApp, *, is_on: bool) -> None:
    app.coach.turn(is_on=is_on)
    app.live.draw_slow()


def _show_about(app: StreamscopeApp) -> None:
    from tui.screens.about_text import about  # noqa: PLC0415  package data is read when it is asked for

    app.push_screen(HelpScreen(about(), ()))


def _clear_history(app: StreamscopeApp) -> None:
    app.history.clear()
    app.toast("The prompt history is empty now, in its file too.")


def _turn_resume(app: StreamscopeApp, *, is_on: bool) -> None:
    app.endpoint.resume = is_on
    app.toast(
        "From the next run on, an answer of a gateway that is cut goes on where it was cut."
        if is_on
        else "From the next run on, an answer that is cut stays as it is."
    )


def _run_commands(app: StreamscopeApp) -> Iterable[SystemCommand]:
    is_on = app.endpoint.resume
    yield SystemCommand(
        f"run: resume {'off' if is_on else 'on'}",
        "what is cut stays cut" if is_on else "what a gateway's stream lost is fetched, from the next run on",
        partial(_turn_resume, app, is_on=not is_on),
    )
    yield SystemCommand("run: clear history", "forget the prompts that were sent", partial(_clear_history, app))
    if app.controller.is_streaming:
        yield SystemCommand("run: cancel", "stop the open run; what came is kept", app.action_cancel_run)
        return
    yield SystemCommand("run: send", "send the prompt as it stands", app.live.query_one(PromptArea).action_send)
    yield SystemCommand("run: again", "send the same request again", app.action_run_again)
    yield SystemCommand("run: race", "the same prompt over several ways at once", app.action_race)
