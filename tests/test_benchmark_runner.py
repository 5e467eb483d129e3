from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import HERE, kept, run, scripts
from tests.benchmarks.results import Results
from tests.benchmarks.row import row_of

TELLS = "import sys\nprint({line!r}, flush=True)\n"


def ran(folder: Path, name: str, code: str) -> Results:
    script, results = folder / f"bench_{name}.py", Results.begun(is_quick=True)
    script.write_text(code)
    run(script, is_quick=True, results=results)
    return results


def test_the_rows_of_a_script_are_taken_under_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = row_of("work", [1.0, 2.0, 3.0], "x", 1.5)
    results = ran(tmp_path, "good", TELLS.format(line=row.to_line()) + "sys.exit('--quick' not in sys.argv)\n")
    assert (results.rows, results.failed, list(results.seconds)) == ({("good", "work"): row}, [], ["good"])
    assert results.missed_gates() == [row]
    assert "| work | 2.00x |" in capsys.readouterr().out


def test_a_script_that_ends_with_an_error_is_named_and_keeps_its_rows(tmp_path: Path) -> None:
    row = row_of("work", [1.0], "x")
    results = ran(tmp_path, "bad", TELLS.format(line=row.to_line()) + "raise SystemExit(3)\n")
    assert results.failed == ["bad"]
    assert list(results.rows.values()) == [row]


def test_every_benchmark_yields_rows_and_all_are_found() -> None:
    found = scripts(None)
    assert len(found) > 10
    for script in found:
        functions = {node.name for node in ast.parse(script.read_text()).body if isinstance(node, ast.FunctionDef)}
        assert "rows" in functions, script.name
    assert scripts(["peers"]) == [HERE / "bench_peers.py"]


def test_a_run_that_lacks_something_is_not_kept() -> None:
    baseline = (HERE / "baseline.json").read_bytes()
    results = Results.begun(is_quick=False)
    results.failed.append("peers")
    assert kept(results).startswith("not kept: without peers")
    assert (HERE / "baseline.json").read_bytes() == baseline
