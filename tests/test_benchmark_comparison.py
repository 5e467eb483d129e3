from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.comparison import changes
from tests.benchmarks.report import quantity, table_line
from tests.benchmarks.results import Results
from tests.benchmarks.row import Row, row_of
from tests.benchmarks.summary import BEGIN, END, MISSED_BEGIN, MISSED_END, judgement, keep_in_readme, keep_missed


def rows(
    *values: float, unit: str = "x", limit: float | None = None, is_floor: bool = False
) -> dict[tuple[str, str], Row]:
    return {("one", "work"): row_of("work", list(values), unit, limit, is_floor=is_floor)}


def factors(before: dict[tuple[str, str], Row], after: dict[tuple[str, str], Row], speed: float = 1.0) -> list[float]:
    return [round(change.factor, 2) for change in changes(before, after, is_same_machine=True, speed=speed)]


def test_a_ratio_that_grew_beyond_noise_is_named() -> None:
    assert factors(rows(0.19, 0.20, 0.21), rows(0.29, 0.30, 0.31)) == [1.5]


def test_rounds_that_overlap_are_noise() -> None:
    assert factors(rows(0.10, 0.20, 0.30), rows(0.29, 0.40, 0.50)) == []


def test_medians_near_each_other_are_noise_though_no_round_overlaps() -> None:
    assert factors(rows(0.999, 1.0, 1.001), rows(1.07, 1.08, 1.09)) == []


def test_single_values_move_by_half_before_they_are_named() -> None:
    assert factors(rows(1.0), rows(1.45)) == []
    assert factors(rows(1.0), rows(1.6)) == [1.6]


def test_a_floor_became_worse_when_it_fell() -> None:
    before, after = rows(9, 10, 11, is_floor=True), rows(4, 5, 6, is_floor=True)
    assert factors(before, after) == [2.0]
    assert factors(after, before) == [0.5]


def test_a_rate_is_better_when_it_grew() -> None:
    assert factors(rows(10, unit="MB/s"), rows(20, unit="MB/s")) == [0.5]


def test_seconds_are_set_against_the_speed_of_the_machine() -> None:
    assert factors(rows(10, unit="ms"), rows(20, unit="ms"), speed=2.0) == []
    assert factors(rows(10, unit="ms"), rows(20, unit="ms")) == [2.0]
    assert factors(rows(10, unit="MB/s"), rows(5, unit="MB/s"), speed=2.0) == []


def test_seconds_of_another_machine_are_not_compared_and_ratios_are() -> None:
    for unit, count in (("ms", 0), ("x", 1), ("B", 1)):
        found = changes(rows(1, unit=unit), rows(3, unit=unit), is_same_machine=False)
        assert len(list(found)) == count


def test_what_one_run_lacks_is_not_compared_and_the_worst_comes_first() -> None:
    before = {("s", name): row_of(name, [value], "x") for name, value in (("a", 1.0), ("b", 1.0), ("gone", 1.0))}
    after = {("s", name): row_of(name, [value], "x") for name, value in (("a", 2.0), ("b", 4.0), ("new", 9.0))}
    assert factors(before, after) == [4.0, 2.0]


@pytest.mark.parametrize(
    ("unit", "value", "limit", "is_floor", "is_met", "is_gate"),
    [
        ("x", 0.2, 0.2, False, True, True),
        ("x", 0.21, 0.2, False, False, True),
        ("x", 4.9, 5.0, True, False, True),
        ("B", 65.0, 64.0, False, False, True),
        ("ms", 120.0, 100.0, False, False, False),
        ("x", 7.0, None, False, True, False),
    ],
)
def test_ratios_and_bytes_fail_a_run_and_seconds_do_not(
    unit: str, value: float, limit: float | None, *, is_floor: bool, is_met: bool, is_gate: bool
) -> None:
    row = row_of("work", [value], unit, limit, is_floor=is_floor)
    assert (row.is_met, row.is_gate) == (is_met, is_gate)


def test_a_row_is_the_median_with_its_spread_and_survives_its_line() -> None:
    row = row_of("work", [3.0, 1.0, 2.0], "x", 2.5, walls=[5.0, 4.0, 6.0], note="of 3")
    assert (row.value, row.low, row.high, row.wall) == (2.0, 1.0, 3.0, 5.0)
    assert Row.from_line(row.to_line()) == row
    assert table_line(row) == "| work | 2.00x | 1.00 to 3.00 | 5.00x | at most 2.5x | met | of 3 |"


def test_numbers_have_three_digits() -> None:
    assert [quantity(value, "x") for value in (1234.5, 12.34, 1.234, 0.0321)] == ["1,234x", "12.3x", "1.23x", "0.032x"]


def results(*found: Row, date: str = "today") -> Results:
    made = Results("full", date, {"processor": "p", "cores": "2", "system": "s", "python": "3"}, VERSIONS, [30.0])
    for row in found:
        made.add("one", row)
    return made


VERSIONS = dict.fromkeys(("openai", "textual", "llm", "httpx-sse"), "1.0")


def test_a_run_survives_its_file_and_another_format_is_refused(tmp_path: Path) -> None:
    path, made = tmp_path / "run.json", results(row_of("a", [1.0, 2.0, 3.0], "x"), row_of("b", [4.0], "ms", 5.0))
    made.write_json(path)
    assert Results.read(path) == made
    path.write_text(json.dumps({"format": 0}))
    with pytest.raises(ValueError, match="expected format 1"):
        Results.read(path)


def test_the_same_words_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="measured twice: a"):
        results(row_of("a", [1.0], "x"), row_of("a", [2.0], "x"))


def test_the_judgement_names_failures_missed_figures_and_what_became_worse() -> None:
    now = results(row_of("a", [3.0], "x", 2.0), row_of("b", [300.0], "ms", 100.0))
    now.failed.append("two")
    said = list(judgement(now, results(row_of("a", [1.0], "x", 2.0), date="yesterday")))
    assert said[0].startswith("- **two failed**")
    assert said[1] == "- missed (ratio, fails the run): a: 3.00x, at most 2x"
    assert said[2] == "- missed (of this machine, told only): b: 300 ms, at most 100 ms"
    assert said[3].startswith("- against the run of yesterday")
    assert said[3].endswith("1 worse")
    assert said[4] == "- **worse**: one: a: 1.00x (one round) -> 3.00x (one round)"
    assert now.missed_gates() == [now.rows["one", "a"]]


def test_the_table_of_the_readme_stands_between_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    shown = row_of("a", [3.0], "x", 2.0, is_shown=True)
    keep_in_readme(path, results(shown, row_of("b", [1.0], "x")))
    text = path.read_text()
    assert text.startswith(f"before\n{BEGIN}\nMeasured today on p")
    assert text.endswith(f"{END}\nafter\n")
    assert "| a | 3.00x | at most 2x | **missed** |  |" in text
    assert "| b |" not in text
    assert "old" not in text
    path.write_text("no marks")
    with pytest.raises(ValueError, match="expected the marks"):
        keep_in_readme(path, results(shown))


def test_what_a_kept_run_misses_stands_between_its_marks_with_its_rounds(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"before\n{MISSED_BEGIN}\nold\n{MISSED_END}\nafter\n")
    met, missed = row_of("a", [1.0], "x", 2.0), row_of("b", [2.0, 3.0, 4.0], "ms", 2.5, note="of 3")
    run = results(met, missed, row_of("c", [1.0], "x"))
    run.loads += [0.25, 1.5]
    keep_missed(path, run)
    head = "Run of today, 2 cores, load 0.2 to 1.5 before each benchmark: 1 of 2 figures missed."
    line = "- *b*: 3.00 ms (2.00 to 4.00), at most 2.5 ms; of 3"
    assert path.read_text() == f"before\n{MISSED_BEGIN}\n{head}\n\n{line}\n{MISSED_END}\nafter\n"
    keep_missed(path, results(met))
    assert f"{MISSED_BEGIN}\nRun of today, 2 cores: 0 of 1 figures missed.\n{MISSED_END}" in path.read_text()


def test_the_pages_have_the_marks() -> None:
    root = Path(__file__).parents[1]
    assert all(mark in (root / "README.md").read_text() for mark in (BEGIN, END))
    assert all(mark in (root / "tests/benchmarks/README.md").read_text() for mark in (MISSED_BEGIN, MISSED_END))


def test_a_peer_that_is_not_installed_is_named() -> None:
    run = results(row_of("a", [1.0], "x"))
    run.versions = VERSIONS | {"llm": "not installed"}
    assert "- left out, not installed: llm (`make bench` installs the extra `bench`)" in list(judgement(run, None))
