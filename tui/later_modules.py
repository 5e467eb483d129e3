"""The modules that the app needs soon but not for its first paint; they load in a thread once that is on the screen.

Those of the first run come first; the rest waits until probe and gateway, which start at the same time, are up.
Names only: whoever uses one imports it where it is used, and finds it loaded. Layers are held by those imports.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Final

FIRST_RUN: Final = (
    "tui.core.derived_run",
    "tui.panes.extract_list",
    "tui.panes.number_sheet",
    "tui.core.comparison",
    "tui.core.run_view",
    "tui.core.stats_prefix",
    "tui.prompt_history",
)
OTHERS: Final = (
    "tui.screens.palette_commands",
    "tui.screens.help_screen",
    "tui.screens.pick_screen",
    "tui.screens.compare_screen",
    "tui.screens.metric_screen",
    "tui.screens.wire_screen",
    "tui.screens.oddities_screen",
    "tui.screens.save_extract",
    "tui.screens.open_screen",
    "tui.screens.run_exports",
    "tui.screens.endpoint_form",
    "tui.screens.params_form",
    "tui.screens.connection_check",
)


def load_modules(names: Iterable[str]) -> None:
    """Loads them, in their order."""
    for name in names:
        import_module(name)
