"""How all screens are drawn, whatever they show: with plain signs, for an audience, without movement."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from textual import on
from textual.app import SystemCommand
from textual.driver import Driver
from textual.events import DescendantFocus, Event, Key, Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from tui.collection_pause import WholeCollections, resume_collection
from tui.config import Settings
from tui.core.public_url import public_url
from tui.screens.base_screen import BaseScreen
from tui.themed_app import ThemedApp

if TYPE_CHECKING:
    from tui.panes.plain_signs import NamesForHosts
    from tui.screens.endpoint_choice import EndpointChoice
    from tui.screens.run_controller import RunController

PRESENTING_THEME = "high-contrast"
_KEY_SHOWN_S = 2.0
_COLLECTING_EVERY_S = 2.0
_TEXT_FIELDS = "Input, TextArea"


class ViewApp(ThemedApp):
    """`has_plain_signs` and `is_presenting` are for this start; the first begins as the settings say."""

    controller: RunController
    endpoint: EndpointChoice

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.set_class(self.no_color, "-no-color", update=False)
        self.is_presenting = False
        self._theme_at_desk: str | None = None
        self._key_timer: Timer | None = None
        self._sign_filter = self._new_sign_filter() if settings.plain else None
        self._host_filter: NamesForHosts | None = None
        self._collections = WholeCollections(time.monotonic)

    def get_driver_class(self) -> type[Driver]:
        """As Textual's; its driver for terminals is mended."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from tui.terminal_driver import TerminalDriver  # noqa: PLC0415  not every platform has its modules

        return TerminalDriver

    def terminal_is_behind(self) -> bool:
        """Whether what was drawn has not come out yet, where the driver can tell."""
        tell: Callable[[], bool] | None = getattr(self._driver, "is_behind", None)
        return tell is not None and tell()

    def on_mount(self) -> None:
        """After the first paint collecting may begin."""
        self._collections.begin()
        self.call_after_refresh(resume_collection)
        self.set_interval(_COLLECTING_EVERY_S, self._collect)

    async def on_unmount(self) -> None:
        """Leaves the collecting as it was."""
        self._collections.end()

    def _collect(self) -> None:
        self._collections.tick(is_streaming=self.controller.is_streaming)

    def on_resize(self, event: Resize) -> None:
        """Asks again where the terminal has another size: two signals at once may be told in the wrong order."""
        size = Size(*shutil.get_terminal_size())
        if not self.is_headless and size != event.size:
            self.post_message(Resize(size, size))

    def post_message(self, message: Message) -> bool:
        """As Textual's; what else there is to do makes way for a key."""
        if isinstance(message, Key):
            self.controller.key_way.clear()
        return super().post_message(message)

    @property
    def has_plain_signs(self) -> bool:
        """Whether signs are drawn as ASCII."""
        return self._sign_filter is not None

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is written."""
        own = (self._name_filter() if self.is_presenting else None, self._sign_filter)
        return [*super().get_line_filters(), *(own_filter for own_filter in own if own_filter is not None)]

    def view_commands(self) -> Iterable[SystemCommand]:
        """What it adds to the palette."""
        yield SystemCommand(
            "view: present",
            f"{_now(self.is_presenting)}; profile names for hosts, the last key and its action for 2 s, high contrast",
            self.action_present,
        )
        yield SystemCommand(
            "view: plain signs",
            f"{_now(self.has_plain_signs)}; signs as ASCII, in texts too; what is copied keeps them",
            self.action_plain_signs,
        )
        yield SystemCommand(
            f"view: animation {'off' if self.animation_level != 'none' else 'on'}",
            "cursors that blink, pages and messages that glide",
            self.action_animation,
        )

    def action_plain_signs(self) -> None:
        """Signs as ASCII, or as they are."""
        self._sign_filter = None if self.has_plain_signs else self._new_sign_filter()
        self._draw_anew()
        if self.has_plain_signs:
            self.toast("Plain signs. plain = true in config.toml, or STREAMSCOPE_PLAIN=1, keeps them.")

    def action_present(self) -> None:
        """For an audience, or back at the desk."""
        self.is_presenting = not self.is_presenting
        self.endpoint.alias = self._name_of_hosts if self.is_presenting else None
        self._theme_before = None  # a preview of the palette is over
        if self.is_presenting and not self.current_theme.ansi:
            self._theme_at_desk, self.theme = self.theme, PRESENTING_THEME
        elif not self.is_presenting and self._theme_at_desk is not None and self.theme == PRESENTING_THEME:
            self.theme = self._theme_at_desk
        if not self.is_presenting:
            self._theme_at_desk = None
        self._draw_anew()

    def action_animation(self) -> None:
        """Movement on the screen, or none."""
        self.animation_level = "none" if self.animation_level != "none" else "full"
        for screen in self.screen_stack:
            for field in screen.query(_TEXT_FIELDS):
                self._set_blinking(field)

    def _name_filter(self) -> NamesForHosts | None:
        """Names for the hosts that can be seen now: those of the next run and of the one on the screen."""
        from tui.panes.plain_signs import NamesForHosts  # noqa: PLC0415  for those who present

        self.endpoint.alias = self._name_of_hosts  # of another endpoint too; a host cut on its line escapes the filter
        run = self.controller.run
        lanes = [lane.plan.url for lane in self.controller.lanes]
        own = (self.endpoint.url, run.plan.url if run is not None else None, *lanes)
        urls = () if self.endpoint.is_demo else own
        names = {host: self._name_of_hosts for url in urls for host in _hosts_of(url or "")}
        if self._host_filter is None or self._host_filter.names != names:
            self._host_filter = NamesForHosts(names)
        return self._host_filter if names else None

    @property
    def _name_of_hosts(self) -> str:
        return self.settings.profile or "endpoint"

    async def on_event(self, event: Event) -> None:
        """As Textual's; before an audience each key is shown with what it does."""
        if self.is_presenting and isinstance(event, Key) and not event.is_forwarded:
            self._show_key(event.key)
        await super().on_event(event)

    @on(DescendantFocus)
    def _field_focused(self, event: DescendantFocus) -> None:
        self._set_blinking(event.widget)

    def _set_blinking(self, field: Any) -> None:
        if hasattr(field, "cursor_blink") and self.animation_level == "none":
            field.cursor_blink = False
        elif hasattr(field, "cursor_blink"):
            field.cursor_blink = True

    def _show_key(self, key: str) -> None:
        """A key and its action over the last rows of the screen; what is typed is seen where it is typed."""
        from tui.key_names import is_typed, key_name, parse_key  # noqa: PLC0415  for those who present
        from tui.screens.bound_keys import bound_keys  # noqa: PLC0415  as above
        from tui.screens.help_screen import focused_pane  # noqa: PLC0415  as above

        screen, name = self.screen, key_name(key)
        is_in_field = screen.focused is not None and hasattr(screen.focused, "cursor_blink")
        if is_in_field and is_typed(parse_key(key) or key):
            return
        known = bound_keys(screen, focused_pane(screen))
        words = next((bound.words for bound in known if name in bound.keys.split(", ")), "")
        if words:
            self._show_over(f" {name}  {words.partition(';')[0]} ")

    def _show_over(self, text: str) -> None:
        screen = self.screen
        self._hide_key()
        shown = Static(text[: screen.size.width], classes="key-shown", markup=False)
        shown.styles.offset = (max(0, screen.size.width - len(text) - 1), max(0, screen.size.height - 3))
        screen.mount(shown)
        self._key_timer = self.set_timer(_KEY_SHOWN_S, self._hide_key)

    def _hide_key(self) -> None:
        if self._key_timer is not None:
            self._key_timer.stop()
        for screen in self.screen_stack:
            screen.query(".key-shown").remove()

    @staticmethod
    def _new_sign_filter() -> LineFilter:
        from tui.panes.plain_signs import PlainSigns  # noqa: PLC0415  for those who have it on

        return PlainSigns()

    def _draw_anew(self) -> None:
        """Every line of every screen once more, through the filters as they are now."""
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.draw_anew()
            for widget in screen.walk_children(with_self=True):
                widget.notify_style_update()
                widget.refresh()


def _now(is_on: bool) -> str:
    return "on now" if is_on else "off now"


def _hosts_of(url: str) -> tuple[str, ...]:
    """How the host of a URL may be written: the URL itself, with its port, and alone."""
    parts = urlsplit(url)
    written = (public_url(url), parts.netloc.rpartition("@")[2], parts.hostname or "")
    return tuple(host for host in written if host)
