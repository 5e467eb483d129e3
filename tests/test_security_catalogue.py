"""SECURITY.md names tests that exist, and the locks hold what they say."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = (ROOT / "SECURITY.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w*]+)`")


def test_every_threat_has_tests_that_exist() -> None:
    rows = ROW.findall(CATALOGUE)
    assert [int(number) for number, *_ in rows] == list(range(1, 46))
    for number, _, _, proofs in rows:
        named = TEST.findall(proofs)
        assert named, number
        for file, name in named:
            text = (ROOT / file).read_text("utf-8")
            assert "def test_" in text if name == "*" else f"def {name}(" in text, f"{number}: {file}::{name}"


def test_every_dependency_is_locked_with_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==\S+.*\\$", text, re.MULTILINE)
        assert len(pinned) > 10
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(blocks) == len(pinned)
        assert all("--hash=sha256:" in block for block in blocks), name
