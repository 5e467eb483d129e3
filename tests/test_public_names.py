"""The names of the article: each in one file, importable from `tui`, with its methods; the README's table agrees."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import tui
from tui import StreamBuffer

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What each class must have, its own data included.
MEMBERS: dict[str, tuple[str, ...]] = {
    "StreamChunk": ("content", "finish_reason", "index", "model"),
    "StreamResult": ("content", "chunks", "finish_reason", "total_tokens"),
    "StreamRequest": ("messages", "model", "temperature", "max_tokens", "buffer_type"),
    "StreamingClient": ("stream", "stream_iter"),
    "StreamBuffer": ("append", "mark_complete", "mark_error", "content", "is_complete", "chunk_count"),
    "WordBuffer": ("add", "flush"),
    "SentenceBuffer": ("add", "flush"),
    "LineBuffer": ("add", "flush"),
    "BufferedStreamProcessor": ("process_stream",),
    "StreamParser": ("add", "flush"),
    "JSONStreamParser": ("add", "flush", "partial"),
    "CodeBlockParser": ("add", "flush", "open_block"),
    "StreamTransformer": ("transform_stream",),
    "StreamAggregator": ("merge_streams",),
    "SSEEvent": ("data", "event", "id", "retry", "encode"),
    "SSEStreamAdapter": ("stream_sse",),
    "SSEClient": ("stream",),
    "WSMessage": ("type", "data", "to_json", "from_json"),
    "WebSocketStreamHandler": ("handle_connection",),
    "WebSocketStreamClient": ("connect", "disconnect", "stream_completion"),
}
NAMES = pytest.mark.parametrize("name", MEMBERS)


def table_rows() -> dict[str, tuple[str, str]]:
    """Name to file and difference, from the README's section; no name may stand twice."""
    section = README.partition("\n## The names of the article\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) == len({name for name, _, _ in rows}) == section.count("\n|") - 2
    return {name: (file, difference) for name, file, difference in rows}


def defined_names(path: Path) -> list[str]:
    """Every class, function and assigned name of a module, at any depth."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
    return names


HOMES = [
    (name, str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "tui").rglob("*.py"))
    for name in defined_names(path)
    if name in MEMBERS
]


def test_the_table_lists_every_name_of_the_package_and_no_other() -> None:
    assert set(table_rows()) == set(MEMBERS) == set(tui.__all__) - {"__version__"}


@NAMES
def test_a_name_is_defined_once_in_the_file_that_the_table_names(name: str) -> None:
    file, difference = table_rows()[name]
    assert HOMES.count((name, file)) == 1
    assert [home for other, home in HOMES if other == name] == [file]
    assert difference.strip()


@NAMES
def test_a_name_is_importable_from_the_package(name: str) -> None:
    imported: dict[str, object] = {}
    exec(f"from tui import {name}", imported)  # noqa: S102  the very statement that the table promises
    found = imported[name]
    assert inspect.isclass(found)
    assert found.__name__ == name
    assert found.__module__.replace(".", "/") + ".py" == table_rows()[name][0]


@NAMES
def test_a_class_has_the_members_of_the_design(name: str) -> None:
    found = StreamBuffer() if name == "StreamBuffer" else getattr(tui, name)
    fields = getattr(found, "__dataclass_fields__", {})  # without a default they are no attributes of the class
    assert [member for member in MEMBERS[name] if not hasattr(found, member) and member not in fields] == []


@pytest.mark.parametrize("name", ["stream_chunk", "Capture", "_HOMES_"])
def test_the_package_has_no_other_name(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(tui, name)
