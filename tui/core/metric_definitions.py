"""Whose TTFT? The definition sets as data: for each set its numbers in order, with value, formula and anchors.

The moments (t0, t1, tn, ...) are those of `run_facts.MOMENT_LABELS`. Sources: the tools' published rules and
source code as of 2026; where a tool tokenizes the text itself, usage stands in for its count here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tui.core.gap_series import GapSeries
from tui.core.run_facts import Anchor, Metric, RunFacts
from tui.core.streamscope_metrics import FIRST_TOKEN, STREAMSCOPE
from tui.core.metric_rows import Row
from tui.errors import UsageError
