"""What `help: about` says."""

from __future__ import annotations

from importlib.metadata import version
from platform import python_version

from tui.config_file import config_path
from tui.core.sanitize import sanitize_line
from tui.screens.help_texts import Help
from tui.version import __version__


def about() -> Help:
    """Version, what it is made of, and where the settings stand."""
    return Help(
        "about",
        "streamscope, the inspector for LLM token streams. MIT licence. Nothing is sent anywhere but to the endpoint "
        "that you name.",
        (
            ("streamscope", __version__),
            ("textual", version("textual")),
            ("python", python_version()),
            ("settings", sanitize_line(str(config_path()))),
        ),
    )
