"""The form for what the next runs ask of the model: system prompt, temperature, most tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from tui.panes.prompt_bar import PromptArea
from tui.screens.ask_screen import LineInput
from tui.screens.endpoint_choice import RunParams
from tui.screens.form_screen import FormScreen

if TYPE_CHECKING:
    from tui.app import StreamscopeApp

_HOTTEST = 2.0
_MOST_TOKENS = 10_000_000


class ParamsForm(FormScreen):
    """Gives `RunParams`, or None when it was left."""

    HEADING: ClassVar[str] = "for the next run"
    VERB: ClassVar[str] = "takes them"

    def __init__(self, params: RunParams, *, has_own_body: bool) -> None:
        super().__init__()
        self._params = params
        self._has_own_body = has_own_body

    def fields(self) -> Iterable[tuple[str, Widget, str]]:
        """System prompt, temperature, most tokens; an empty one is left to the server."""
        params = self._params
        system = PromptArea(id="system")
        system.load_text(params.system)
        app: StreamscopeApp = self.app  # type: ignore[assignment]
        told = app.keys.said("what the model is told before the prompt; {prompt.newline} is a new line")
        yield "system", system, told
        heat = "" if params.temperature is None else f"{params.temperature:g}"
        yield "temperature", LineInput(heat, id="temperature", select_on_focus=False), "0 to 2; empty: the server's own"
        most = "" if params.max_tokens is None else str(params.max_tokens)
        yield "max tokens", LineInput(most, id="max-tokens", select_on_focus=False), "empty: the server's own limit"

    def on_mount(self) -> None:
        """Says so where none of it is sent."""
        if self._has_own_body:
            self.say("The body of --body or of a pasted curl command is sent as it is; these are for other runs.")

    def submit(self) -> None:
        """Takes the values, or says what is wrong with the first that is."""
        heat, most = (self.query_one(f"#{name}", LineInput).value for name in ("temperature", "max-tokens"))
        for field, complaint in (("temperature", temperature_complaint(heat)), ("max-tokens", tokens_complaint(most))):
            if complaint:
                self.say(complaint, is_bad=True)
                self.query_one(f"#{field}").focus()
                return
        system = self.query_one("#system", PromptArea).text
        temperature = float(heat) if heat.strip() else None
        self.dismiss(RunParams(system.strip("\n"), temperature, int(most) if most.strip() else None))

    def changed(self) -> None:
        """What was wrong may be right now."""
        if not self._has_own_body:
            self.say("")


def temperature_complaint(text: str) -> str:
    """What is wrong with a temperature, as a sentence; empty for one that can be sent, or none."""
    try:
        is_fit = not text.strip() or 0 <= float(text) <= _HOTTEST
    except ValueError:
        is_fit = False
    return "" if is_fit else f"The temperature is a number from 0 to {_HOTTEST:g}, for example 0.7."


def tokens_complaint(text: str) -> str:
    """What is wrong with a limit of tokens, as a sentence; empty for one that can be sent, or none."""
    digits = text.strip()
    is_whole = digits.isascii() and digits.isdigit() and len(digits) <= len(str(_MOST_TOKENS))
    if not digits or (is_whole and 1 <= int(digits) <= _MOST_TOKENS):
        return ""
    return f"The limit is a whole number of tokens from 1 to {_MOST_TOKENS}, for example 200."
