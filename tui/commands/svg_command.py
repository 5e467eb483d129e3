"""The picture of `streamscope export --to svg`: the app on a recording, run without a terminal."""

from __future__ import annotations

import asyncio
import os

from tui.captures.open_capture import OpenedCapture

SCREENS = ("live", "wire")


def picture(opened: OpenedCapture, screen: str, size: tuple[int, int]) -> bytes:
    """The SVG of a screen on a recording. Raises CaptureError."""
    from tui.app import StreamscopeApp  # noqa: PLC0415  only this form loads Textual
    from tui.config import load_settings  # noqa: PLC0415  as above
    from tui.screens.svg_picture import draw_recording  # noqa: PLC0415  as above

    app = StreamscopeApp(load_settings({}, os.environ), records=opened)
    return asyncio.run(draw_recording(app, screen, size)).encode()
