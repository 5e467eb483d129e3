"""The app's part that knows where runs and races go, and cancels them: endpoint, demo gateway, models, transport."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from tui.child_process import ChildProcess, start_gateway
from tui.config import Settings
from tui.errors import StreamscopeError
from tui.keymap import checked_keymap
from tui.screens.base_screen import BaseScreen
from tui.screens.endpoint_choice import EndpointChoice, EndpointEntry
from tui.screens.live_screen import LiveScreen
from tui.screens.run_controller import RunController
from tui.view_app import ViewApp

if TYPE_CHECKING:
    from tui.screens.connection_words import ConnectionVerdict
    from tui.screens.race_runs import Race

MODELS_PATH = "/v1/models"
NO_MODELS = "This endpoint named no models. {set.endpoint} sets one by its name."


class EndpointApp(ViewApp):
    """Holds the choice for the next run; forms and lists change it."""

    def __init__(self, settings: Settings, raw_body: str | None = None, *, capture: str | None = None) -> None:
        super().__init__(settings)
        self.keys = checked_keymap(settings.keys)
        self.controller = RunController(capture=capture)
        self.endpoint = EndpointChoice(settings, raw_body)
        self._gateway: ChildProcess | None = None
        self._demo_url: str | None = None
        self._opening = asyncio.Lock()
        self._has_probe = False
        self.race: Race | None = None

    @property
    def live(self) -> LiveScreen:
        """The Live screen, wherever it is in the stack."""
        return next(screen for screen in self.screen_stack if isinstance(screen, LiveScreen))

    @property
    def front(self) -> BaseScreen:
        """The screen that is seen, under whatever boxes are open over it."""
        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, BaseScreen))

    def start_probe(self) -> None:
        """Starts the probe, once."""
        if not self._has_probe:
            self._has_probe = True
            self.run_worker(self.controller.probe.serve(), group="probe", exit_on_error=False)

    async def open_endpoint(self) -> None:
        """The demo gateway if it is wanted and does not run; then the models of the endpoint."""
        self.start_probe()
        endpoint = self.endpoint
        try:
            if endpoint.is_demo:
                await self._open_demo(endpoint)
            endpoint.take_models(await self.controller.probe.ask(endpoint.plan(""), "GET", MODELS_PATH))
        except StreamscopeError as error:
            if endpoint.is_demo:  # another endpoint without a list of models is no fault
                self.toast(str(error), severity="error")
                self.controller.give_up(str(error))
        self.live.model_changed()

    async def _open_demo(self, endpoint: EndpointChoice) -> None:
        async with self._opening:
            if self._demo_url is None:
                from tui.screens.progress_note import progress

                async with progress(self, "starting the demo"):
                    self._gateway, self._demo_url = await start_gateway(os.environ)
            endpoint.url = self._demo_url
        self.controller.release(self._demo_url)

    async def close_endpoint(self) -> None:
        """Ends the children."""
        await self.controller.probe.stop()
        if self._gateway is not None:
            await self._gateway.end()

    def action_cancel_run(self) -> None:
        """Cancels the open run, or every open lane of a race; the lamp says so at once."""
        own = self.controller.note_cancel()
        streams = [*([] if own is None else [own]), *self.controller.note_cancel_of_lanes()]
        for each in streams:
            cancelling = self.controller.cancel(each, self._draw_front)
            self.run_worker(cancelling, group=f"cancel-{each}", exit_on_error=False)
        if streams:
            self._draw_front()

    def _draw_front(self) -> None:
        """Draws what is seen, and the Live screen under it."""
        self.live.draw_slow()
        self.front.draw_anew()

    def action_evidence(self) -> None:
        """What the verdict on the run rests on."""
        from tui.screens.run_evidence import show_evidence

        show_evidence(self)  # type: ignore[arg-type]  # as below

    def action_race(self) -> None:
        """The same prompt over several ways at once, which are chosen in a form."""
        from tui.screens.race_start import start_race

        start_race(self)  # type: ignore[arg-type]  # the app is this class and more

    def action_next_transport(self) -> None:
        """The next transport, for the next run."""
        self.endpoint.next_transport()
        self.live.draw_slow()

    def action_choose_model(self) -> None:
        """A list of the endpoint's models, for the next run."""
        from tui.screens.pick_screen import PickScreen

        if not self.endpoint.models:
            self.toast(self.keys.said(NO_MODELS))
            return

        def choose(name: Any) -> None:
            if name is not None:
                self.endpoint.model = str(name)
                self.live.model_changed()

        models = self.endpoint.models
        self.push_screen(PickScreen("model of the next run", models, self.endpoint.model), choose)

    def action_edit_params(self) -> None:
        """A small form: system prompt, temperature, most tokens."""
        from tui.screens.params_form import ParamsForm

        def take(params: Any) -> None:
            if params is not None:
                self.endpoint.params = params
                self.live.draw_slow()

        self.push_screen(ParamsForm(self.endpoint.params, has_own_body=self.endpoint.has_own_body), take)

    def action_edit_endpoint(self) -> None:
        """A form: URL, transport, model, dialect; tested before it is saved."""
        from tui.screens.endpoint_form import EndpointForm

        def take(saved: Any) -> None:
            if saved is not None:
                self.point_at(*saved)

        models = [name for name, _ in self.endpoint.models]
        self.push_screen(EndpointForm(self.endpoint.entry, models, self.check_entry), take)

    def point_at(self, entry: EndpointEntry, said: str | None = None) -> None:
        """The next runs go there; `said` is what a test found."""
        self.endpoint = self.endpoint.pointed_at(entry, self._demo_url)
        self.toast(f"Saved: {said}." if said else "Saved, though the test was not passed.")
        self.live.model_changed()
        if not self.endpoint.models:
            self.run_worker(self.open_endpoint(), group="models", exit_on_error=False)

    def use_profile(self, settings: Settings) -> None:
        """The next runs go where the settings with another profile say; the parameters of the form stay."""
        params, self.settings = self.endpoint.params, settings
        self.endpoint = EndpointChoice(settings)
        self.endpoint.params = params
        if self.endpoint.is_demo:
            self.endpoint.url = self._demo_url
        self.live.model_changed()
        self.run_worker(self.open_endpoint(), group="models", exit_on_error=False)

    async def check_entry(self, entry: EndpointEntry) -> ConnectionVerdict:
        """A verdict on an endpoint before it is chosen."""
        from tui.screens.connection_check import check_connection

        self.start_probe()
        return await check_connection(self.controller.probe, self.endpoint.pointed_at(entry, self._demo_url))

    def check_endpoint(self) -> None:
        """Tests the endpoint of the next run and says what was found."""
        self.run_worker(self._check_endpoint(), group="check", exclusive=True, exit_on_error=False)

    async def _check_endpoint(self) -> None:
        from tui.screens.progress_note import progress

        async with progress(self, "testing the connection"):
            verdict = await self.check_entry(self.endpoint.entry)
        self.toast(verdict.sentence, severity="information" if verdict.is_good else "warning")

    def refresh_models(self) -> None:
        """Asks the endpoint for its models anew."""
        self.run_worker(self._refresh_models(), group="models", exit_on_error=False)

    async def _refresh_models(self) -> None:
        from tui.screens.progress_note import progress

        async with progress(self, "asking for the models"):
            await self.open_endpoint()
        count = len(self.endpoint.models)
        found = f"{count} model{'' if count == 1 else 's'}. {{set.model}} lists them."
        self.toast(self.keys.said(found if count else NO_MODELS))
