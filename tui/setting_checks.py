"""What settings mean for a run, and what is wrong with those that only their users know: dialects and addresses.

Loads what it asks only where there is something to ask, so that a start on the demo waits for none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tui.config import Settings
from tui.core.request import DEFAULT_MEMORY_LIMIT_BYTES, Clocks, TransportName
from tui.errors import UsageError
from tui.local_model import LOCAL_MODEL, check_local_model

_CLOCKS = ("connect_s", "first_token_s", "idle_s")


def check_settings(settings: Settings) -> None:
    """Raises UsageError on a dialect that nobody speaks, an address that cannot be used, a model that is not there."""
    if settings.dialect != "auto":
        from tui.core.wire.response_decoder import ResponseDecoder

        with said_at(settings, "dialect"):
            ResponseDecoder(settings.dialect)
    if settings.url is None and settings.model == LOCAL_MODEL:
        with said_at(settings, "model"):
            check_local_model()
    if settings.url is not None:
        from tui.core.endpoints import endpoint_for

        with said_at(settings, "url"):
            endpoint_for(TransportName(settings.chosen_transport), settings.url)
        with said_at(settings, "hosts"):
            for transport, address in settings.hosts:
                endpoint_for(TransportName(transport), address)


def clocks_of(settings: Settings) -> Clocks:
    """The three clocks of a run, each as it was set or as it usually is."""
    said = zip(_CLOCKS, (settings.connect_timeout, settings.first_token_timeout, settings.idle_timeout), strict=True)
    return Clocks(**{name: seconds for name, seconds in said if seconds is not None})


def memory_limit_of(settings: Settings) -> int:
    """How many bytes of a run stay in memory."""
    return DEFAULT_MEMORY_LIMIT_BYTES if settings.memory_limit is None else settings.memory_limit * 1024 * 1024


@contextmanager
def said_at(settings: Settings, name: str) -> Iterator[None]:
    """Puts where a setting was said before what is said against it."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{settings.origin(name)}: {error}") from error
