"""One number as text with all its digits, for screens and reports alike. Pure."""

from __future__ import annotations

from math import isfinite
from typing import Final

from tui.core.run_facts import Metric

NOT_DEFINED: Final = "n/a"


def exact(metric: Metric) -> str:
    """A value with all the digits that mean something: a tenth of a millisecond, a hundredth of a rate."""
    value = metric.value
    if value is None or not isfinite(value):
        return NOT_DEFINED
    match metric.unit:
        case "s":
            text = f"{value:.4f} s"
        case "share":
            text = f"{value * 100:.2f} %"
        case "" | "tokens":
            text = f"{value:.0f} {metric.unit}".rstrip()
        case unit:
            text = f"{value:.2f} {unit}"
    return text + ("~" if metric.is_estimate else "")
