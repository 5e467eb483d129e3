"""No garbage collection before the first paint: all that is made until then is kept, and looking through it takes time.

Measured: a tenth of the time to the first paint. What was made by then is not looked through later either.
"""

from __future__ import annotations

import gc


def pause_collection() -> None:
    """From before the app is loaded on."""
    gc.disable()


def resume_collection() -> None:
    """Once the first paint is done; nothing where there was no pause."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
