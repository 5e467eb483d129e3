"""The environment of a child process of a test: nothing of the user's settings, keys or proxies reaches it."""

from __future__ import annotations

import os
from pathlib import Path

_DROPPED = ("STREAMSCOPE_", "OPENAI_", "TEXTUAL", "PYTEST_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


def clean_environ(folder: Path, **members: str) -> dict[str, str]:
    """The environment of this process without the user's own choices; `folder` holds the settings files instead."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_DROPPED) and name.lower() not in _PROXIES
    }
    folders = {"XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    return {**environ, **folders, "LC_ALL": "C.UTF-8", **members}
