"""Rules of the house that no linter knows: sizes, names, and what each front end loads."""

from __future__ import annotations

import ast
import contextlib
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import metadata
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


def imported() -> set[str]:
    """The top-level names of all that the package imports, early or late."""
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"tui"}


@pytest.mark.slow
def test_everything_that_is_imported_is_installed_with_the_package() -> None:
    """By name, or with what is named: in this environment the tools of development would hide a missing one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [*project["dependencies"], *project["optional-dependencies"]["local"]]
    installed: set[str] = set()
    while waiting:
        name = re.split(r"[^\w.-]", waiting.pop())[0].lower().replace("_", "-")
        if name not in installed:
            installed.add(name)
            with contextlib.suppress(metadata.PackageNotFoundError):  # the optional one
                waiting += [line for line in metadata.requires(name) or () if "extra ==" not in line]
    owners = metadata.packages_distributions()
    known = {
        name for name in imported() if {owner.lower().replace("_", "-") for owner in owners.get(name, ())} & installed
    }
    assert imported() - known - {"xllamacpp"} == set()


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


def test_no_text_reaches_a_widget_as_markup() -> None:
    """Static, Label and notify read markup unless they are told not to, or get a Content object or nothing."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name_of(node.func) in ("Static", "Label", "notify", "from_markup"):
                is_plain = any(word.arg == "markup" for word in node.keywords)
                given = node.args[0] if node.args else None
                is_safe = given is None or (isinstance(given, ast.Call) and name_of(given.func) in ("Content", "Text"))
                if not (is_plain or is_safe):
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def name_of(called: ast.expr) -> str:
    """The last name of what is called."""
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
