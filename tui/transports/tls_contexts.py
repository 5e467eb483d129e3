"""TLS settings: always verified, with a private certificate authority added where the plan names one."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from tui.errors import UsageError


@lru_cache(maxsize=4)
def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A context that verifies names and certificates; loading the roots costs some 20 ms, so it is kept.

    `ca_file` adds certificates to those of the system. Raises UsageError when it cannot be read.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(Path(ca_file).expanduser())
        except OSError as error:  # an SSLError is one
            raise UsageError(f"the certificate file {Path(ca_file).name} cannot be read ({error})") from error
    return context


@lru_cache(maxsize=1)
def plain_context() -> ssl.SSLContext:
    """For plain http, where httpx wants a context all the same: it verifies too, and knows no root."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
