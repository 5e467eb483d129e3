"""The Textual application: settings, children, screens. Stream logic is the core's, drawing the panes'."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.actions import ActionParseResult
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.dom import DOMNode
from textual.screen import Screen

from tui.config import Settings
from tui.core.sanitize import count_unsafe
from tui.file_app import FileApp
from tui.later_modules import FIRST_RUN, OTHERS, load_modules
from tui.screens.base_screen import BaseScreen, Palette
from tui.screens.coach import Coach
from tui.screens.live_screen import LiveScreen
from tui.state_folder import StateFolder
from tui.terminal_theme import with_terminal_theme

if TYPE_CHECKING:
    from tui.captures.live_pipe import Records
    from tui.core.comparison import Comparison
    from tui.prompt_history import PromptHistory

_BETWEEN_READERS_S = 0.3  # a typed key comes first


def _commands_provider() -> type[Provider]:
    from tui.screens.palette_commands import CommandsProvider

    return CommandsProvider


class StreamscopeApp(FileApp):
    """One window on token streams."""

    TITLE = "streamscope"
    CSS_PATH = "app.tcss"
    COMMANDS = {_commands_provider}  # noqa: RUF012  the type is Textual's
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", id="app.quit", priority=True, show=False),
        Binding("ctrl+r", "run_again", "again", id="run.again", show=False),
        Binding("ctrl+s", "save_run", "save", id="file.save", show=False),
        Binding("ctrl+o", "open_folder", "open", id="file.open", show=False),
        Binding("f1", "pane_help", "help", id="app.help", show=False),
        Binding("ctrl+p", "command_palette", "palette", id="app.palette", priority=True, show=False),
        Binding("f8", "shot", "screenshot", id="app.shot", show=False),
        Binding("ctrl+z", "suspend_process", "suspend", id="app.suspend", show=False),
    ]

    def __init__(
        self,
        settings: Settings,
        prompt: str | None = None,
        *,
        notice: str | None = None,
        records: Records | None = None,
        raw_body: str | None = None,
        capture: str | None = None,
        state: StateFolder | None = None,
        folder: Path | None = None,
    ) -> None:
        super().__init__(settings, raw_body, capture=capture, folder=folder)
        self.state = state or StateFolder()
        self.coach = Coach(self.state, is_newcomer=settings.url is None)
        self._first_prompt = prompt
        self._notice = notice
        self._records = records
        self._begins_in_folder = records is None and folder is not None
        self._has_children = False

    @cached_property
    def comparison(self) -> Comparison:
        """The lanes and runs that are compared, kept while the Compare screen is closed."""
        from tui.core.comparison import Comparison

        return Comparison()

    @cached_property
    def history(self) -> PromptHistory:
        """The prompts that were sent."""
        from tui.prompt_history import PromptHistory, key_values

        return PromptHistory(self.state, key_values(os.environ, (name for _, name in self.settings.headers)))

    def get_default_screen(self) -> LiveScreen:
        """The Live screen is the first one and stays under all others."""
        return LiveScreen()

    def on_mount(self) -> None:
        """The user's keys, what is wrong with the themes, and after the first paint the child processes."""
        self.set_keymap(self.keys.for_textual())
        for problem in self.theme_problems:
            self.toast(problem, severity="warning")
        if self._records is not None:
            from tui.screens.recording_feed import show_records

            show_records(self, self._records)
        elif self._begins_in_folder:
            self.call_after_refresh(self.action_open_folder)
        else:
            self.call_after_refresh(self.start_children)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """As Textual's; the coach hears which key did it."""
        ran = await super().run_action(action, default_namespace, namespaces)
        if ran and default_namespace is not None and self.coach.is_on:
            keys = default_namespace._bindings.key_to_bindings  # noqa: SLF001  Textual tells no one else
            ids = (binding.id for bindings in keys.values() for binding in bindings if binding.action == action)
            self.note_key(next((found for found in ids if found), ""), default_namespace.id or "")
        return ran

    def note_key(self, binding_id: str, pane: str) -> None:
        """Tells the coach what a key did."""
        if self.coach.note(binding_id, pane):
            self.live.draw_slow()

    def send_prompt(self, text: str) -> bool:
        """Starts a run; says why not when one is open or there is nothing to send."""
        if self.controller.is_streaming:
            self.toast(self.keys.said("A run is streaming. {run.cancel} cancels it; then {prompt.send} sends."))
            return False
        if not text.strip() and not self.endpoint.is_demo:
            self.toast(self.keys.said("The prompt is empty. Type one, then {prompt.send} sends."))
            return False
        if text not in self.endpoint.demo_prompts.values():  # nobody wrote those here
            self.history.add(text)
        self.note_key("prompt.send", "prompt")
        self.start_children()
        if self.endpoint.url is None:  # the demo gateway is still starting
            self.controller.hold(self.endpoint.plan(text))
        else:
            self.controller.send(self.endpoint.plan(text))
        return True

    def copy_text(self, text: str, *, of: str = "") -> None:
        """Copies to the clipboard and says how much, and `of` what."""
        self.copy_to_clipboard(text.encode("utf-8", "replace").decode("utf-8"))  # a lone surrogate has no bytes
        unsafe = count_unsafe(text)
        note = f" It holds {unsafe} control characters, shown as signs here." if unsafe else ""
        self.toast(f"Copied {len(text)} characters{of}.{note}")

    def action_help_quit(self) -> None:
        """ctrl+c with nothing selected: cancels an open run, else says how to quit."""
        if self.controller.is_streaming or self.controller.is_racing:
            self.action_cancel_run()
        else:
            self.toast(self.keys.said("ctrl+c copies a selection. {app.quit} quits."))

    def action_run_again(self) -> None:
        """The same request once more, with the transport and model chosen for the next run."""
        if isinstance(self.screen, BaseScreen) and self.screen.run_again():
            return
        run = self.controller.run
        if run is None:
            self.toast(self.keys.said("Nothing has run yet. {prompt.send} sends the prompt."))
        elif self.controller.is_streaming:
            self.toast(self.keys.said("A run is streaming. {run.cancel} cancels it; then {run.again} runs again."))
        else:
            self.send_prompt(run.plan.request.messages[-1].content)

    def action_pane_help(self) -> None:
        """Help for the focused pane."""
        from tui.screens.help_screen import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.over(self.screen))

    def action_command_palette(self) -> None:
        """The palette, in which ctrl+c means what it means everywhere."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: group, action, one line each; only what acts on the screen that is seen."""
        from tui.screens.palette_commands import palette_commands

        del screen  # a box over one of ours has no commands
        return palette_commands(self)

    async def on_unmount(self) -> None:
        """Ends the children."""
        await self.close_endpoint()

    def start_children(self) -> None:
        """Starts the probe and what the endpoint needs, once."""
        if self._has_children:
            return
        self._has_children = True
        self.start_probe()
        self.run_worker(asyncio.to_thread(load_modules, FIRST_RUN), group="modules", exit_on_error=False)
        self.run_worker(self._begin(), group="endpoint", exit_on_error=False)
        if self._notice:
            self.toast(self._notice)

    async def _begin(self) -> None:
        """The prompt of the command line, then what it needs."""
        if self._first_prompt is not None and self.send_prompt(self._first_prompt):
            self.live.begin_in("text")
        await self.open_endpoint()
        await asyncio.to_thread(load_modules, OTHERS)
        await self._load_readers()

    async def _load_readers(self) -> None:
        """The readers of common languages, one at a time and while nothing streams."""
        from tui.panes.code_highlight import COMMON_LANGUAGES, lexer_of

        for language in COMMON_LANGUAGES:
            await asyncio.sleep(_BETWEEN_READERS_S)
            if not self.controller.is_streaming:
                lexer_of(language)


def main(settings: Settings, prompt: str | None = None, **options: Any) -> int:
    """Runs the app on this terminal until it quits; gives the exit code. `options` are those of the app."""
    settings = with_terminal_theme(settings, os.environ)
    app = StreamscopeApp(settings, prompt, state=StateFolder.of_platform(), **options)
    asyncio.run(app.run_async())
    return app.return_code or 0
