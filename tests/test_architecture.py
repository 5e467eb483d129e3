"""Rules of the house that no linter knows: sizes, names, and what each front end loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "tui").rglob("*.py"))
FILE_LIMIT, FUNCTION_LIMIT = 400, 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_grows_past_its_limit(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    limit = 250 if path.name == "app.py" else FILE_LIMIT
    assert len(text.splitlines()) <= limit
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno + 1 <= FUNCTION_LIMIT, node.name


def test_module_names_are_unique() -> None:
    allowed = {"__init__.py", "base.py"}
    counts = Counter(path.name for path in SOURCES if path.name not in allowed)
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_stub_and_no_mark_is_left_behind(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for mark in ("TODO", "FIXME", "XXX", "HACK"):
        assert mark not in text


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys; print(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["tui", "tui.core.derived_run", "tui.core.wire.sse_codec", "tui.core.sanitize"])
def test_the_core_loads_no_network_library_and_no_screen(module: str) -> None:
    assert not loaded_by(f"import {module}") & {"asyncio", "httpx", "openai", "websockets", "textual", "fastapi"}


def test_headless_never_loads_textual_or_the_gateway() -> None:
    assert not loaded_by("import tui.headless") & {"textual", "fastapi", "uvicorn"}


def test_the_probe_never_loads_textual_or_the_gateway() -> None:
    assert not loaded_by("import tui.probe") & {"textual", "fastapi", "uvicorn"}


def test_the_app_loads_no_network_library() -> None:
    assert not loaded_by("import tui.app") & {"httpx", "httpx2", "openai", "websockets", "fastapi", "uvicorn"}
