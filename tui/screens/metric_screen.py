"""Where a number comes from: value, formula, anchors, source, and what the other definition sets say instead.

A modal over the current screen. It asks the statistics anew twice a second, so that it stays true during a run.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from tui.core.metric_definitions import DEFINITIONS, metrics_of
from tui.core.metric_text import exact
from tui.core.run_facts import Anchor, Metric, RunFacts
from tui.core.sanitize import sanitize, sanitize_line
from tui.panes.line_view import Span
from tui.panes.metric_cells import STAMP_KEY, MetricQuestion, label_of, same_named, stamp_metric
from tui.panes.rows_pane import Row, RowsPane
from tui.panes.wrapped_text import WrappedText
from tui.screens.base_screen import BaseModal

_REFRESH_S = 0.5
_SET_CELLS, _VALUE_CELLS, _DIFFERENCE_CELLS, _TIME_CELLS = 13, 16, 15, 14
_INDENT = 2


class MetricRows(RowsPane):
    """The receipt of a number; stays where the reader is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"metric--title", "metric--value", "metric--dim", "metric--differs"}
    DEFAULT_CSS = """
    MetricRows {
        & .metric--title { text-style: bold; color: $accent; }
        & .metric--value { text-style: bold; }
        & .metric--dim { text-style: dim; }
        & .metric--differs { text-style: bold; color: $text-warning; }
    }
    """

    def rows_changed(self, first_row: int | None = None) -> None:
        """As in LineView, without following the end."""
        self.is_following = False
        super().rows_changed(first_row)


class MetricScreen(BaseModal):
    """Answers a `MetricQuestion`; any of its keys closes it, y copies it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "close", id="metric.close"),
        Binding("y", "copy", "copy", id="item.copy"),
    ]
    DEFAULT_CSS = """
    MetricScreen { align: center middle; }
    MetricScreen > Vertical {
        width: 90%; max-width: 92; height: 90%; max-height: 36;
        border: round $accent; background: $surface; padding: 0 1;
    }
    MetricScreen MetricRows { background: $surface; }
    """

    def __init__(self, question: MetricQuestion) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """One view in a frame."""
        with Vertical() as frame:
            frame.border_title = Content(sanitize_line(label_of(self._question.key)))
            frame.border_subtitle = "y copies, esc closes"
            yield MetricRows(id="metric")

    def on_mount(self) -> None:
        """The view has the focus, so that arrows scroll it."""
        self.query_one(MetricRows).focus()
        self.set_interval(_REFRESH_S, self._fill)

    def on_resize(self) -> None:
        """Wraps for the width there is."""
        self.call_after_refresh(self._fill)

    def action_copy(self) -> None:
        """Copies the receipt as text."""
        rows = metric_rows(self._question, self._room)
        text = "\n".join("".join(span.text for span in row).rstrip() for row in rows)
        app = self.app
        if hasattr(app, "copy_text"):
            app.copy_text(text)

    @property
    def _room(self) -> int:
        return max(30, self.query_one(MetricRows).scrollable_content_region.width)

    def _fill(self) -> None:
        for view in self.query(MetricRows):  # none once it was closed
            view.show([], metric_rows(self._question, self._room))


def metric_rows(question: MetricQuestion, width: int) -> list[Row]:
    """The receipt in rows of `width` columns; everything in it is safe to show."""
    facts = question.stats.facts()
    if question.key == STAMP_KEY:
        return _own_rows(stamp_metric(question.stamp_error_s), "", width)
    metric = same_named(question.key, metrics_of(facts, question.definition))
    about = f"{question.definition}: {DEFINITIONS[question.definition]}"
    if metric is None:
        own = _wrapped(f"{question.definition} defines no such number.", width, "metric--value")
        own += _wrapped(about, width, "metric--dim")
    else:
        own = _own_rows(metric, about, width)
    return [*own, [], _title("in the other sets"), *_other_rows(question, metric, facts, width)]


def _own_rows(metric: Metric, about: str, width: int) -> list[Row]:
    rows: list[Row] = [
        [Span(sanitize_line(metric.name), "metric--title"), Span("   "), Span(exact(metric), "metric--value")]
    ]
    rows += _wrapped(about, width, "metric--dim") if about else []
    rows += [[], _title("formula"), *_wrapped(metric.formula, width, indent=_INDENT)]
    if metric.anchors:
        rows += [[], _title("rests on"), *(_anchor_row(anchor) for anchor in metric.anchors)]
    if metric.value is None:
        rows += [[], *_wrapped("n/a: this run does not define it, at least not yet.", width)]
    if metric.source:
        rows += [[], _title("source"), *_wrapped(metric.source, width, indent=_INDENT)]
    if metric.is_estimate:
        rows += _wrapped("~ tokens were counted in chunks, for want of usage.", width, "metric--dim", indent=_INDENT)
    return rows


def _anchor_row(anchor: Anchor) -> Row:
    frame = "" if anchor.frame is None else f"frame {anchor.frame}"
    at = f"{anchor.at_s:.4f} s"
    return [Span(f"{'':{_INDENT}}{at:>{_TIME_CELLS - 4}}  {frame:<14}"), Span(sanitize_line(anchor.label))]


def _other_rows(question: MetricQuestion, own: Metric | None, facts: RunFacts, width: int) -> list[Row]:
    """For each other set: its name, its value, by how much it differs, and in whose words."""
    rows: list[Row] = []
    for name in DEFINITIONS:
        if name == question.definition:
            continue
        other = same_named(question.key, metrics_of(facts, name))
        head = Span(f"{'':{_INDENT}}{name:<{_SET_CELLS}}", "metric--value")
        if other is None:
            rows.append([head, Span("-", "metric--dim"), Span("  defines no such number", "metric--dim")])
            continue
        difference = _difference(own, other)
        style = "metric--dim" if difference in ("same", "") else "metric--differs"
        rows.append([head, Span(f"{exact(other):<{_VALUE_CELLS}}"), Span(difference, style)])
        rows += _wrapped(f"{other.name}: {other.formula}", width, "metric--dim", indent=_INDENT + _SET_CELLS)
    return rows


def _difference(own: Metric | None, other: Metric) -> str:
    """By how much another set's value is greater; `same`, or nothing where the two cannot be compared."""
    if own is None or own.value is None or other.value is None or own.unit != other.unit:
        return ""
    if exact(own) == exact(other):
        return "same"
    apart = other.value - own.value
    return f"{'+' if apart > 0 else ''}{apart:.4f} {other.unit}".rstrip()


def _title(text: str) -> Row:
    return [Span(text, "metric--title")]


def _wrapped(text: str, width: int, style: str = "", *, indent: int = 0) -> list[Row]:
    wrapped = WrappedText(max(10, width - indent))
    wrapped.append(sanitize(text))
    texts = (wrapped.row_text(row).rstrip() for row in range(wrapped.row_count))
    return [[Span(" " * indent), Span(text, style)] for text in texts]
