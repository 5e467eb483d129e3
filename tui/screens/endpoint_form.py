"""The form for where the next runs go: one URL, whose three routes stand under it; enter tests before it saves."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from textual import on
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui.core.endpoints import CHAT_ROUTE, endpoint_for
from tui.core.public_url import public_url
from tui.core.request import TransportName
from tui.core.sanitize import sanitize_line
from tui.core.wire.dialects.catalogue import DIALECT_NAMES
from tui.errors import UsageError
from tui.panes.choice_line import ChoiceLine
from tui.screens.ask_screen import LineInput
from tui.screens.connection_words import ConnectionVerdict
from tui.screens.endpoint_choice import TRANSPORT_WORDS, EndpointEntry, transport_for
from tui.screens.form_screen import FormScreen

Check = Callable[[EndpointEntry], Awaitable[ConnectionVerdict]]
_TOLD_AFTER_S = 0.5
_DEMO = "empty: the embedded demo, recorded answers without key and network"


class EndpointForm(FormScreen):
    """Gives (entry, what the test said) once it was saved, or None when it was left."""

    HEADING: ClassVar[str] = "endpoint of the next run"
    VERB: ClassVar[str] = "tests and saves"

    def __init__(self, entry: EndpointEntry, models: list[str], check: Check) -> None:
        super().__init__()
        self._entry = entry
        self._models = models
        self._check = check
        self._shown_url = sanitize_line(public_url(entry.url or ""))
        self._is_transport_chosen = entry.url is not None and entry.transport != transport_for(entry.url)
        self._refused: EndpointEntry | None = None
        self._started_at = 0.0
        self._clock: Timer | None = None

    def fields(self) -> Iterable[tuple[str, Widget, str]]:
        """URL with its routes, transport, model, dialect."""
        entry = self._entry
        yield "URL", LineInput(self._shown_url, id="url", select_on_focus=False, placeholder=_DEMO), ""
        transports = [(name, TRANSPORT_WORDS[name]) for name in ("direct", "sse", "ws")]
        yield "transport", ChoiceLine(transports, entry.transport, id="transport"), "left and right choose"
        known = ", ".join(self._models[:6])
        model = LineInput(sanitize_line(entry.model), id="model", select_on_focus=False)
        yield "model", model, sanitize_line(f"known: {known}" if known else "empty: the server's own choice")
        dialects = [(name, name) for name in DIALECT_NAMES]
        yield "dialect", ChoiceLine(dialects, entry.dialect, id="dialect"), "how the stream is read; auto finds out"

    def on_mount(self) -> None:
        """The routes of the URL as it stands."""
        self._show_routes()

    @property
    def entry(self) -> EndpointEntry:
        """What stands in the fields; a URL that was not touched is the one that it was, secrets included."""
        shown = self.query_one("#url", LineInput).value.strip()
        url = self._entry.url if shown == self._shown_url else shown or None
        transport, dialect = (self.query_one(f"#{name}", ChoiceLine).value for name in ("transport", "dialect"))
        return EndpointEntry(url, transport, self.query_one("#model", LineInput).value.strip(), dialect)

    def submit(self) -> None:
        """Tests, and saves what the test finds good; what it does not is saved by a second enter."""
        entry = self.entry
        if self._clock is not None:
            return
        if entry == self._refused:
            self.dismiss((entry, None))
            return
        if entry.url is not None:
            try:
                endpoint_for(TransportName(entry.transport), entry.url)
            except UsageError as error:
                self._complain(str(error))
                return
        self._started_at = time.monotonic()
        self._clock = self.set_interval(0.1, self._show_clock)
        self.run_worker(self._test(entry), exclusive=True, exit_on_error=False)

    def changed(self) -> None:
        """Another entry is another test."""
        self._stop_clock()
        self.workers.cancel_node(self)
        self._refused = None
        self.say("")

    async def _test(self, entry: EndpointEntry) -> None:
        verdict = await self._check(entry)
        self._stop_clock()
        if verdict.is_good:
            self.dismiss((entry, verdict.sentence))
        else:
            self._refused = entry
            self.say(f"{verdict.sentence} enter saves it all the same.", is_bad=True)

    def _show_clock(self) -> None:
        passed = time.monotonic() - self._started_at
        if passed >= _TOLD_AFTER_S:
            self.say(f"Testing for {passed:.1f} s. esc leaves.")

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    def _complain(self, sentence: str) -> None:
        self.say(sentence[:1].upper() + sentence[1:] + ".", is_bad=True)

    @on(Input.Changed, "#url")
    def _url_changed(self) -> None:
        """The transport follows the URL until one is chosen."""
        url = self.entry.url
        if url is not None and not self._is_transport_chosen:
            self.query_one("#transport", ChoiceLine).choose(transport_for(url))
        self._show_routes()

    @on(ChoiceLine.Changed)
    def _transport_chosen(self, message: ChoiceLine.Changed) -> None:
        if message.line.id == "transport":
            self._is_transport_chosen = True
            self._show_routes()

    def _show_routes(self) -> None:
        entry = self.entry
        self.note("url", [] if entry.url is None else route_lines(entry.url, entry.transport))


def route_lines(url: str, chosen: str) -> list[str]:
    """The three routes that follow from a URL, the chosen one marked; a transport that has none says why."""
    lines = []
    for transport in TransportName.DIRECT, TransportName.SSE, TransportName.WS:
        try:
            route = public_url(endpoint_for(transport, url).url)
            if transport is TransportName.DIRECT:
                route += CHAT_ROUTE
        except UsageError as error:
            route = str(error)
        lines.append(f"{'►' if transport == chosen else ' '} {TRANSPORT_WORDS[transport]:<7} {route}")
    return lines
