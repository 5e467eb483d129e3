"""The README and the command line say the same: every command and flag in it exists, and its examples run."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tui.cli import run_command_line
from tui.command_flags import COMMANDS, MODULE_COMMANDS, app_parser, config_parser, run_parser, serve_parser

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
OTHER_PROGRAMS = {"--trace", "--trace-time", "--no-deps"}  # of curl and pip
FENCE = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## Recordings\n(.*?)^## ", re.MULTILINE | re.DOTALL)


def parsers() -> list[argparse.ArgumentParser]:
    own = [import_module(module).parser() for name, module in MODULE_COMMANDS.items() if name != "run"]
    return [app_parser(), run_parser(), serve_parser(), config_parser(), *own]


def flags_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001  argparse tells no other way
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  as above
            for child in action.choices.values():
                yield from flags_of(child)


def examples() -> list[list[str]]:
    """The command lines of the recordings' section that need no terminal and no other program, in their order."""
    section = SECTION.search(README)
    assert section is not None
    lines = [line for block in FENCE.findall(section[1]) for line in block.splitlines()]
    found = [shlex.split(line, comments=True) for line in lines if line.startswith("streamscope ")]
    return [words[1:] for words in found if words[1] != "open" and "--serve" not in words]


def test_every_flag_that_the_readme_names_exists() -> None:
    known = {flag for parser in parsers() for flag in flags_of(parser)}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert named - known - OTHER_PROGRAMS == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_and_in_the_help(command: str) -> None:
    assert f"streamscope {command}" in README
    assert f"streamscope {command} " in app_parser().format_help()


@pytest.mark.parametrize("command", [name for name in MODULE_COMMANDS if name not in ("run", "open")])
def test_the_flags_of_the_capture_commands_are_in_the_readme(command: str) -> None:
    module = import_module(MODULE_COMMANDS[command])
    flags = {flag for flag in flags_of(module.parser()) if flag.startswith("--")} - {"--help"}
    assert {flag for flag in flags if flag not in README} == set()


@pytest.mark.slow
def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("STREAMSCOPE_URL", "STREAMSCOPE_TRANSPORT", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    commands = examples()
    assert {words[0] for words in commands} >= {"run", "stats", "check"}
    for words in commands:
        assert run_command_line(words) == 0, words
        said = capsys.readouterr()
        assert said.out or "--out" in words, words
