"""What is wrong with the key files and the header variables of settings, before a run is made. Told with where."""

from __future__ import annotations

from collections.abc import Mapping

from tui.config import Settings
from tui.errors import UsageError
from tui.setting_checks import said_at
from tui.transports.credentials import read_token_file


def check_secrets(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raises UsageError on a key file that is unfit and on a header without its variable."""
    if settings.token_file is not None:
        with said_at(settings, "token_file"):
            read_token_file(settings.token_file)
    for header, variable in settings.headers:
        if not environ.get(variable, "").strip():
            where = settings.origin("headers")
            raise UsageError(f"{where}: the environment variable {variable} of the header {header} is not set")
