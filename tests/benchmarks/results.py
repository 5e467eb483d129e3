"""The rows of a whole run, with the machine they come from; kept as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.machine import NOT_INSTALLED, machine, versions
from tests.benchmarks.row import Row

FORMAT = 1
_HEAD = ("mode", "date", "machine", "versions", "yardsticks", "loads", "seconds", "failed")


@dataclass(slots=True)
class Results:
    """What was measured, when, and on what."""

    mode: str
    date: str
    machine: dict[str, str]
    versions: dict[str, str]
    yardsticks: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)  # of the machine, before each benchmark
    seconds: dict[str, float] = field(default_factory=dict)
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    @staticmethod
    def begun(*, is_quick: bool) -> Results:
        """A run that begins now, on this machine."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return Results("quick" if is_quick else "full", now, machine(), versions())

    @staticmethod
    def read(path: Path) -> Results:
        """What `write_json` wrote. Raises OSError, and ValueError for another format."""
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("format", None) != FORMAT:
            raise ValueError(
                f"{path.name}: expected format {FORMAT} of the benchmarks' JSON; measure again with --keep"
            )
        told["rows"] = {(row.pop("script"), row["what"]): Row(**row) for row in told["rows"]}
        return Results(**told)

    def add(self, script: str, row: Row) -> None:
        """One more. Raises ValueError when that script told the same before."""
        if (script, row.what) in self.rows:
            raise ValueError(f"{script} measured twice: {row.what}")
        self.rows[script, row.what] = row

    @property
    def yardstick_ms(self) -> float:
        """How fast the machine was during the run."""
        return median(self.yardsticks) if self.yardsticks else 0.0

    def missed(self) -> list[Row]:
        """The rows that miss their figure."""
        return [row for row in self.rows.values() if not row.is_met]

    def missed_gates(self) -> list[Row]:
        """The ratios that miss their figure."""
        return [row for row in self.missed() if row.is_gate]

    def absent(self) -> list[str]:
        """The packages that were to take part and are not installed."""
        return [name for name, found in self.versions.items() if found == NOT_INSTALLED]

    def write(self, folder: Path, text: str) -> None:
        """The Markdown and the JSON of the run into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.mode}.md").write_text(text, encoding="utf-8")
        self.write_json(folder / f"{self.mode}.json")

    def write_json(self, path: Path) -> None:
        """One row a line, so that a change of the kept run can be read."""
        members = {"format": FORMAT, **{name: getattr(self, name) for name in _HEAD}}
        head = json.dumps(members, indent=1, ensure_ascii=False)[:-2]
        rows = ",\n".join(
            "  " + json.dumps({"script": script, **asdict(row)}, ensure_ascii=False)
            for (script, _), row in self.rows.items()
        )
        path.write_text(f'{head},\n "rows": [\n{rows}\n ]\n}}\n', encoding="utf-8")
