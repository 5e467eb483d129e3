"""The recorded streams: each shows what its name says, is saved and exported whole, and damage is no crash."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.core.readers.test_har_file import entry, har
from tests.core.readers.test_log_readers import WORDS
from tui.captures.capture_writer import save_capture
from tui.captures.open_capture import open_capture, read_capture
from tui.core.chunks import Outcome
from tui.core.derived_run import DerivedRun
from tui.core.exports.export_forms import FORMS, SVG, NamedRun, export_bytes
from tui.errors import CaptureError

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
PATHS = sorted(CAPTURES.glob("*.jsonl"))
STRIDE = 499  # every byte of a capture is tried in tests/core/readers on a small one


class Says(NamedTuple):
    """What the name of a file says."""

    finish: str | None
    outcome: Outcome = Outcome.COMPLETED
    code: int = 0
    values: int = 0
    tools: tuple[str, ...] = ()
    text: str = ""


EXPECTED = {
    "aimock-slow": Says("stop"),
    "aimock-weather": Says("tool_calls", tools=("get_weather",)),
    "litellm-smol": Says("length"),
    "llmock-tool": Says("tool_calls", tools=("get_weather",)),
    "smol-cancelled": Says(None, Outcome.CANCELLED),
    "smol-code": Says("stop", code=1, text="def reverse_string"),
    "smol-json": Says("stop", values=1, text="{"),
    "smol-plain": Says("length", text="The sky appears blue"),
    "smol-truncated": Says("length"),
}


def test_every_file_is_known() -> None:
    assert {path.stem for path in PATHS} == set(EXPECTED)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_file_shows_what_its_name_says(path: Path) -> None:
    run, says = DerivedRun.of_records(open_capture(path)), EXPECTED[path.stem]
    assert run.result is not None
    assert (run.result.outcome, run.result.finish_reason) == (says.outcome, says.finish)
    pipeline = run.pipeline
    assert (len(pipeline.code_blocks), len(pipeline.json_values)) == (says.code, says.values)
    assert tuple(call.name for call in pipeline.tool_calls.values()) == says.tools
    assert says.text in pipeline.content.text()
    assert (run.stats.gap_p50_s or 0) > 0.03 if path.stem == "aimock-slow" else True


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_what_is_saved_or_exported_opens_as_the_same_text(path: Path, tmp_path: Path) -> None:
    run = DerivedRun.of_records(open_capture(path))
    assert run.result is not None
    save_capture(run.capture.records(), tmp_path / "saved.jsonl")
    assert read_capture(tmp_path / "saved.jsonl") == (list(run.capture.records()), [])
    for form in FORMS:
        if form != SVG:
            (tmp_path / form).write_bytes(export_bytes(form, [NamedRun(path.name, run)], version="1"))
    again = DerivedRun.of_records(open_capture(tmp_path / "har"))
    assert list(again.capture.records()) == list(run.capture.records())
    log = DerivedRun.of_records(open_capture(tmp_path / "sse"))
    assert log.pipeline.content.text() == run.pipeline.content.text()
    assert [call.name for call in log.pipeline.tool_calls.values()] == list(EXPECTED[path.stem].tools)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_cut_opens_as_a_beginning_and_damage_never_breaks_the_reader(path: Path, tmp_path: Path) -> None:
    whole, text = path.read_bytes(), DerivedRun.of_records(open_capture(path)).pipeline.content.text()
    broken = tmp_path / path.name
    for place in range(0, len(whole), STRIDE):
        for data in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x11]) + whole[place + 1 :]):
            broken.write_bytes(data)
            with suppress(CaptureError):
                run = DerivedRun.of_records(open_capture(broken))
                assert run.result is not None
                if data == whole[:place]:
                    assert text.startswith(run.pipeline.content.text())


def test_no_key_of_a_har_is_in_what_is_saved_of_it(tmp_path: Path) -> None:
    cookies = [{"name": "sid", "value": "CANARY"}]
    query = [{"name": "api_key", "value": "CANARY"}]
    asked = entry()
    asked["request"] = asked["request"] | {"cookies": cookies, "queryString": query}
    asked["request"]["url"] = "https://me:CANARY@gw.example.net/v1/chat/completions?api_key=CANARY#CANARY"
    asked["response"] |= {"cookies": cookies, "redirectURL": "https://CANARY@x/"}
    asked["response"]["headers"] += [{"name": name, "value": "CANARY"} for name in ("X-Api-Key", "Set-Cookie2")]
    asked |= {"serverIPAddress": "CANARY", "connection": "CANARY", "comment": "CANARY"}
    (tmp_path / "browser.har").write_bytes(har(asked))
    run = DerivedRun.of_records(open_capture(tmp_path / "browser.har"))
    assert run.pipeline.content.text() == "".join(WORDS)
    save_capture(run.capture.records(), tmp_path / "saved.jsonl")
    assert b"CANARY" not in (tmp_path / "saved.jsonl").read_bytes()
    for form in FORMS:
        if form != SVG:
            assert b"CANARY" not in export_bytes(form, [NamedRun("browser.har", run)], version="1", with_hosts=True)
