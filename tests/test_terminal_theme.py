"""Which theme a terminal begins with where nobody chose one."""

from __future__ import annotations

import pytest

from tui.config import Settings
from tui.terminal_theme import with_terminal_theme


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "xterm-256color"}, "streamscope-dark"),
        ({"TERM": "tmux-256color"}, "streamscope-dark"),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, "streamscope-dark"),
        ({"TERM": "xterm-kitty"}, "streamscope-dark"),
        ({"TERM": "xterm-16color"}, "ansi"),
        ({"TERM": "screen"}, "ansi"),
        ({"TERM": "linux", "COLORTERM": ""}, "ansi"),
        ({}, "ansi"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "ansi"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "ansi"),
    ],
)
def test_few_or_no_colours_mean_those_of_the_terminal(environ: dict[str, str], theme: str) -> None:
    assert with_terminal_theme(Settings(), environ).theme == theme


def test_a_chosen_theme_stays() -> None:
    chosen = Settings(theme="streamscope-dark", origins={"theme": "--theme"})
    assert with_terminal_theme(chosen, {"TERM": "linux", "NO_COLOR": "1"}) is chosen
