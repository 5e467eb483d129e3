"""The wheel as a user gets it: built, installed away from the checkout, and run."""

from __future__ import annotations

import site
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.child_environ import clean_environ
from tests.pty.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
THEMES = sorted(path.name for path in (ROOT / "themes").glob("*.toml"))
DEMOS = sorted(path.name for path in (ROOT / "tui" / "gateway" / "demo").iterdir() if path.is_file())
LOAD_THEMES = """
from tui.theme_files import load_themes
themes, problems = load_themes()
assert not problems, problems
print(__import__("tui").__file__, *(theme.name for theme in themes), sep="\\n")
"""

WEAR_THEMES = """
import asyncio
from tui.app import StreamscopeApp
from tui.config import Settings
async def main():
    app = StreamscopeApp(Settings(url="http://127.0.0.1:9"), records=[])
    async with app.run_test(size=(120, 40)) as pilot:
        for name in app.themes:
            app.theme = name
            await pilot.pause()
            assert "streamscope" in app.export_screenshot(simplify=True), name
            print(name)
asyncio.run(main())
"""

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command away from the checkout and without the user's settings; it must succeed."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        check=False,
        cwd=folder,
        env=clean_environ(folder / "config"),
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds this wheel; its dependencies are those of this one.

    They are reached through a path file, which is written after the install: pip must not see the project that is
    installed here.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    commands = home / "bin"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", commands / "python")
    run(*pip, "install", "-q", "--no-deps", "--no-index", wheel, folder=home)
    packages = home / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return commands


def test_the_data_of_the_app_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert THEMES
    assert {f"tui/themes/{name}" for name in THEMES} <= names
    assert any(name.endswith(".jsonl") for name in DEMOS)
    assert {f"tui/gateway/demo/{name}" for name in DEMOS} <= names
    assert {"tui/app.tcss", "tui/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "screenshots/"))]


def test_the_installed_command_knows_its_version_and_its_themes(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "streamscope", "--version", folder=tmp_path).stdout
    assert said.split()[0] == "streamscope"
    module, *themes = run(installed / "python", "-c", LOAD_THEMES, folder=tmp_path).stdout.split("\n")[:-1]
    assert Path(module).is_relative_to(installed.parent), "the themes of the checkout prove nothing"
    texts = ((ROOT / "themes" / name).read_text(encoding="utf-8") for name in THEMES)
    names = sorted(tomllib.loads(text)["name"] for text in texts)
    assert sorted(themes) == names
    assert sorted(run(installed / "python", "-c", WEAR_THEMES, folder=tmp_path).stdout.split()) == names


def test_the_installed_command_writes_settings_that_it_reads(installed: Path, tmp_path: Path) -> None:
    path = run(installed / "streamscope", "config", "init", folder=tmp_path).stdout.strip()
    done = run(installed / "streamscope", "config", "show", folder=tmp_path)
    assert done.stdout.startswith(f"{path}\n")
    assert done.stderr == ""


def test_the_installed_command_plays_the_demo_without_a_terminal(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "streamscope", folder=tmp_path)
    assert "A Python list is" in done.stdout
    assert "TTFT" in done.stderr
    assert "tok/s" in done.stderr


async def test_the_installed_app_plays_the_demo_in_a_terminal(installed: Path, tmp_path: Path) -> None:
    python = str(installed / "python")
    async with Terminal((120, 40), folder=tmp_path / "config", cwd=tmp_path, python=python) as terminal:
        await terminal.until("○ IDLE", "demo/markdown", "enter plays it")
        terminal.send("enter")
        await terminal.until("✓ COMPLETED", "A Python list is")
        terminal.send("ctrl+q")
        assert await terminal.ended() == 0
