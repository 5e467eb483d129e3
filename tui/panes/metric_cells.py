"""The numbers of a definition set as short cells: which come first, how they are called, written and compared.

Pure values in, text out. Metrics come from `core.stats`; what is drawn where is for the pane and the modal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from tui.core.metric_text import NOT_DEFINED
from tui.core.run_facts import Metric
from tui.core.stats import StreamStats

STAMP_KEY: Final = "stamp_error_s"

_SERIES: Final = ("gap", "icl", "itl", "chunk")
# Numbers that different sets give for the same question, in the order in which they are looked for.
_FAMILIES: Final = (
    ("ttft_s", "ttfc_s"),
    ("tokens_per_s", "e2e_tokens_per_s"),
    ("e2e_s", "duration_s"),
    ("decode_s", "generation_s"),
    ("itl_s", "tpot_s"),
    *(tuple(f"{series}_{which}_s" for series in _SERIES) for which in ("mean", "p50", "p90", "p99", "max")),
)
_LABELS: Final[Mapping[str, str]] = {
    "ttfb_s": "TTFB",
    "head_s": "head",
    "ttfc_s": "TTFC",
    "ttft_s": "TTFT",
    "ttfo_s": "TTFO",
    "ttst_s": "TTST",
    "ttf_word_s": "1st word",
    "ttf_sentence_s": "1st sentence",
    "ttf_line_s": "1st line",
    "itl_s": "ITL",
    "tpot_s": "TPOT",
    "jitter_s": "jitter",
    "jitter_p99_p50_s": "p99 - p50",
    "decode_s": "decode",
    "generation_s": "generation",
    "duration_s": "duration",
    "e2e_s": "E2E",
    "tail_s": "tail",
    "tokens": "tokens",
    "input_tokens": "prompt",
    "tokens_per_s": "speed",
    "e2e_tokens_per_s": "E2E speed",
    "prefill_tokens_per_s": "prefill",
    "stalls": "stalls",
    "stall_total_s": "stalled",
    "longest_stall_s": "longest",
    "stall_share": "stall share",
    "frames_per_read": "frames/read",
    "burst_share": "burst share",
    "hold_p50_s": "hold p50",
    "hold_max_s": "hold max",
    "server_queue_s": "server queue",
    "server_load_s": "server load",
    "server_prefill_s": "server read",
    "server_processing_s": "server work",
    "server_decode_s": "server write",
    "server_total_s": "server total",
    "ttft_unexplained_s": "unexplained",
    STAMP_KEY: "stamps",
}
_SERIES_NAMES: Final = {"gap": "gap", "icl": "ICL", "itl": "ITL", "chunk": "gap"}
_FIRST_ROW: Final = ("ttft_s", "ttfo_s", "tokens_per_s", "stalls")
_SECOND_ROW: Final = ("gap_p50_s", "gap_max_s")
# What most people look for next stands before the rest of a set.
_SOON: Final = (
    "ttfb_s",
    "e2e_s",
    "tokens",
    "longest_stall_s",
    "itl_s",
    "tpot_s",
    "itl_p99_s",
    "gap_p99_s",
    "icl_p99_s",
)
# Times of a rhythm are told in milliseconds up to a second, those of a whole run only up to a tenth.
_RHYTHM: Final = (*_SERIES, "itl", "tpot", "ttst", "jitter", "hold")


@dataclass(frozen=True, slots=True)
class MetricCell:
    """One number as it is shown: its key, its label (may be empty), and the value in words."""

    key: str
    label: str
    value: str

    @property
    def text(self) -> str:
        """Label and value."""
        return f"{self.label} {self.value}" if self.label else self.value


@dataclass(frozen=True, slots=True)
class MetricQuestion:
    """Asks where a number comes from: that of `key` in a definition set, of these statistics.

    `stamp_error_s` is how late stamps may be, in seconds, None where it is unknown.
    """

    stats: StreamStats
    key: str
    definition: str
    stamp_error_s: float | None = None


def headline(metrics: Sequence[Metric], stamp_error_s: float | None) -> tuple[list[MetricCell], list[MetricCell]]:
    """The two rows that are always in the same place, whatever the set calls its numbers."""
    first = [_slot(key, metrics) for key in _FIRST_ROW]
    stamps = MetricCell(STAMP_KEY, "stamps", _stamp_error(stamp_error_s))
    return first, [*(_slot(key, metrics) for key in _SECOND_ROW), stamps]


def other_cells(metrics: Sequence[Metric], shown: Sequence[MetricCell]) -> list[MetricCell]:
    """The numbers of the set that are not shown yet, the most useful first."""
    known = {cell.key for cell in shown}
    rest = [metric for metric in metrics if metric.key not in known]
    rest.sort(key=lambda metric: _SOON.index(metric.key) if metric.key in _SOON else len(_SOON))
    return [MetricCell(metric.key, label_of(metric.key), written(metric)) for metric in rest]


def label_of(key: str) -> str:
    """A label of at most 12 characters."""
    series, _, rest = key.partition("_")
    if key not in _LABELS and series in _SERIES_NAMES:
        return f"{_SERIES_NAMES[series]} {rest.removesuffix('_s')}"
    return _LABELS.get(key, key.removesuffix("_s").replace("_", " "))[:12]


def same_named(key: str, metrics: Sequence[Metric]) -> Metric | None:
    """What a set answers to the same question: the number of this key, else one of its family; None without one."""
    by_key = {metric.key: metric for metric in metrics}
    if key in by_key:
        return by_key[key]
    kin = (other for family in _FAMILIES if key in family for other in family)
    return next((by_key[other] for other in kin if other in by_key), None)


def changes_between(before: Sequence[Metric], after: Sequence[Metric]) -> dict[str, str]:
    """What another set changes in the values as shown: by the key of the cell, in words (`TTFT 0.31 -> 0.21 s`).

    Numbers of the two fixed rows count also where a set lacks them, all others only where both sets have them.
    """
    found = {}
    for key in (*_FIRST_ROW, *_SECOND_ROW):
        old, new = _slot(key, before), _slot(key, after)
        if old.value != new.value:
            found[new.key] = _change(_name_of_slot(key), old.value, new.value)
    fixed = {_slot(key, after).key for key in (*_FIRST_ROW, *_SECOND_ROW)}
    was = {metric.key: metric for metric in before}
    for metric in after:
        if metric.key in was and metric.key not in fixed and written(was[metric.key]) != written(metric):
            found[metric.key] = _change(label_of(metric.key), written(was[metric.key]), written(metric))
    return found


def written(metric: Metric) -> str:
    """A value in at most ten cells as a rule, with its unit; n/a where it is not defined."""
    value = metric.value
    if value is None or not isfinite(value):
        return NOT_DEFINED
    return _short(metric, value) + ("~" if metric.is_estimate else "")


def stamp_metric(stamp_error_s: float | None) -> Metric:
    """The error bar of the time stamps, with its receipt."""
    return Metric(
        key=STAMP_KEY,
        name="stamp error",
        value=stamp_error_s,
        unit="s",
        formula=(
            "How much later than it arrived data may have been stamped. A stamp is taken when the probe reads the "
            "socket; while the probe's loop is busy or the machine gives it no time, data waits in the socket and is "
            "stamped late, never early. Measured: while a stream is open a timer of 100 ms in the same loop compares "
            "when it should have run with when it ran, on the monotonic clock; the 99th percentile of each second, "
            "the worst second of this run."
        ),
        source="the probe's own timer"
        if stamp_error_s is not None
        else "unknown: no probe measured this run, or it was over before the first measurement",
    )


def _slot(key: str, metrics: Sequence[Metric]) -> MetricCell:
    metric = same_named(key, metrics)
    label = {"tokens_per_s": "", "gap_max_s": "max"}.get(key)
    if label is None:
        label = label_of(metric.key if metric is not None else key)
    if metric is None or metric.value is None:
        value = f"{NOT_DEFINED} tok/s" if key == "tokens_per_s" else NOT_DEFINED
        return MetricCell(metric.key if metric is not None else key, label, value)
    return MetricCell(metric.key, label, written(metric))


def _name_of_slot(key: str) -> str:
    return {"gap_max_s": "gap max"}.get(key, label_of(key))


def _change(name: str, old: str, new: str) -> str:
    number, _, unit = old.partition(" ")
    return f"{name} {number if unit and unit == new.partition(' ')[2] else old} -> {new}"


def _short(metric: Metric, value: float) -> str:
    match metric.unit:
        case "s":
            limit = 0.9995 if metric.key.partition("_")[0] in _RHYTHM else 0.0995
            return _milliseconds(value) if abs(value) < limit else _seconds(value)
        case "tok/s":
            return f"{_amount(value)} tok/s"
        case "chunks/s":
            return f"{_amount(value)} chunk/s"
        case "share":
            return f"{value * 100:.1f} %"
        case "" | "tokens":
            return f"{value:.0f}" if abs(value) < 1e8 else f"{value:.2e}"
        case _:
            return f"{value:.2f}"


def _seconds(value: float) -> str:
    if abs(value) >= 1e6:
        return f"{value:.1e} s"
    return f"{value:.{2 if abs(value) < 100 else 1 if abs(value) < 1000 else 0}f} s"


def _milliseconds(value: float) -> str:
    return f"{value * 1000:.{1 if abs(value) < 0.00995 else 0}f} ms"


def _amount(value: float) -> str:
    if value < 9.95:
        return f"{value:.1f}"
    if value < 9999.5:
        return f"{value:.0f}"
    return f"{value / 1000:.0f}k" if value < 9_999_500 else f"{value:.1e}"


def _stamp_error(seconds: float | None) -> str:
    if seconds is None or not isfinite(seconds):
        return NOT_DEFINED
    return f"±{_milliseconds(seconds) if seconds < 0.9995 else _seconds(seconds)}"
