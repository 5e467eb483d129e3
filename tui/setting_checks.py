"""What is wrong with settings that only their users know: dialects, addresses, key files. Told with where it was said.

Loads what it asks only where there is something to ask, so that a start on the demo waits for none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tui.config import Settings
from tui.core.request import TransportName
from tui.errors import UsageError


def check_settings(settings: Settings) -> None:
    """Raises UsageError on a dialect that nobody speaks and on an address that cannot be used."""
    if settings.dialect != "auto":
        from tui.core.wire.response_decoder import ResponseDecoder

        with _said_at(settings, "dialect"):
            ResponseDecoder(settings.dialect)
    if settings.url is not None:
        from tui.core.endpoints import endpoint_for

        with _said_at(settings, "url"):
            endpoint_for(TransportName(settings.chosen_transport), settings.url)


def check_secrets(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raises UsageError on a key file that is unfit and on a header without its variable."""
    if settings.token_file is not None:
        from tui.transports.credentials import read_token_file

        with _said_at(settings, "token_file"):
            read_token_file(settings.token_file)
    for header, variable in settings.headers:
        if not environ.get(variable, "").strip():
            where = settings.origin("headers")
            raise UsageError(f"{where}: the environment variable {variable} of the header {header} is not set")


@contextmanager
def _said_at(settings: Settings, name: str) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{settings.origin(name)}: {error}") from error
