"""Which key the coach teaches, and what it remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.key_table import ROWS
from tui.keymap import Keymap
from tui.screens.coach import FILE_NAME, STEPS, Coach
from tui.state_folder import StateFolder


def newcomer(folder: Path | None) -> Coach:
    return Coach(StateFolder(folder), is_newcomer=True)


def test_it_goes_on_when_the_key_was_pressed_and_remembers_it(tmp_path: Path) -> None:
    coach = newcomer(tmp_path)
    seen = []
    while (step := coach.next_step) is not None:
        seen.append(step)
        assert coach.progress == f"{len(seen)}/{len(coach.steps)}"
        assert coach.note(step.id, step.pane or "text")
    assert seen == coach.steps
    assert newcomer(tmp_path).next_step is None


def test_a_key_counts_in_its_pane_only_and_only_once(tmp_path: Path) -> None:
    coach = newcomer(tmp_path)
    assert not coach.note("item.source", "segments")
    assert coach.note("item.source", "stats")
    assert not coach.note("item.source", "stats")
    assert not coach.note("app.quit", "")


def test_it_is_off_for_those_who_know_and_where_nothing_can_be_remembered(tmp_path: Path) -> None:
    assert newcomer(None).next_step is None
    assert Coach(StateFolder(tmp_path), is_newcomer=False).next_step is None
    coach = Coach(StateFolder(tmp_path), is_newcomer=False)
    coach.turn(is_on=True)
    assert coach.next_step is STEPS[0]
    assert Coach(StateFolder(tmp_path), is_newcomer=False).is_on
    coach.turn(is_on=False)
    assert not newcomer(tmp_path).is_on


@pytest.mark.parametrize(
    "junk", ["", "[]", "{", '{"learned": 3, "is_on": "yes"}', '{"learned": [null, {}]}', "[" * 4000]
)
def test_a_damaged_file_is_no_error(junk: str, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(junk)
    assert newcomer(tmp_path).next_step is STEPS[0]


def test_what_is_said_of_a_step_names_keys_that_exist() -> None:
    for step in STEPS:
        if step.id in ROWS:
            for is_streaming in (True, False):
                said = Keymap().said(step.words(is_streaming=is_streaming))
                assert "{" not in said
                assert ":" in said
                assert len(f" coach 1/8  {said}  next: direct ") <= 80, "whole on a narrow screen, with what comes next"
