"""Line 1 of a run's capture: what was asked, where, with which software. Never a key."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata

from tui.core.capture import CaptureHeader
from tui.core.public_url import public_url
from tui.core.readers.safe_records import safe_request
from tui.core.request import IDENTITY, RunPlan, TransportName
from tui.version import __version__

_LIBRARIES = {TransportName.DIRECT: "openai", TransportName.SSE: "httpx", TransportName.WS: "websockets"}


def header_of(plan: RunPlan, clock: float) -> CaptureHeader:
    """The header of a run that begins now; `clock` is the monotonic clock's value."""
    return CaptureHeader(
        transport=str(plan.transport),
        url=public_url(plan.url),
        request=plan.request.to_body() if plan.raw_body is None else safe_request(plan.raw_body),
        dialect=plan.dialect,
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        clock=clock,
        software=dict(_software(plan.transport)),
        accept_encoding=IDENTITY if plan.transport is TransportName.WS else plan.accept_encoding,
    )


@lru_cache(maxsize=4)
def _software(transport: TransportName) -> tuple[tuple[str, str], ...]:
    """Looked up once: reading a package's metadata is a file read."""
    library = _LIBRARIES[transport]
    try:
        version = metadata.version(library)
    except metadata.PackageNotFoundError:
        version = "unknown"
    return (("streamscope", __version__), ("python", platform.python_version()), (library, version))
