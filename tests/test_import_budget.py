"""What is loaded before the first paint: it waits for every module, so most wait for it instead."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.child_environ import clean_environ
from tests.transports.run_support import open_stream, plan_of, send_end, send_tokens
from tests.transports.scripted_server import Peer, ScriptedServer
from tui.later_modules import FIRST_RUN, OTHERS

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = {
    *("openai", "httpx", "httpx2", "httpcore", "httpcore2", "h11", "websockets", "anyio"),  # the probe's
    *("fastapi", "starlette", "uvicorn", "pydantic"),  # the gateway's
    *("pygments", "markdown_it", "regex", "statistics", "email", "http", "importlib.resources", "importlib.metadata"),
}
# Decoding, buffers, numbers: they come with the first run. Of the screens only Live and what all screens stand on.
OWN = re.compile(
    r"tui\.(?:core\.(?:wire|text|derived_run|pipeline|stats|arrivals|comparison|lane_view|metric\w+|run_facts)\b"
    r"|screens\.(?!live_|base_screen)\w+_screen\b|screens\.(?:compare|wire|help|open)_"
    r"|panes\.(?:metric_cells|number_\w+|extract_(?:items|list)|json_tree|code_highlight|markdown_preview|lane\w*)\b"
    r"|transports|gateway|streams|headless|probe\b)"
)
MOST_OWN_MODULES = 75
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The modules at the first paint of a fresh process: all of them, and the project's own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.modules_at_first_paint"],
        cwd=ROOT,
        env=clean_environ(tmp_path_factory.mktemp("settings")),
        capture_output=True,
        check=True,
        text=True,
        timeout=100,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert "IDLE" in found["header"]
    assert found["paints"] >= 1, "children start after the first paint"
    own = [name for name in found["modules"] if name.split(".")[0] == "tui"]
    return {"all": found["modules"], "own": own}


def test_the_first_paint_waits_for_no_library_that_it_does_not_draw_with(painted: dict[str, list[str]]) -> None:
    assert "textual.app" in painted["all"]
    assert FOREIGN.isdisjoint(painted["all"])


def test_the_first_paint_waits_for_no_decoder_number_or_other_screen(painted: dict[str, list[str]]) -> None:
    assert "tui.screens.live_screen" in painted["own"]
    early = [name for name in painted["own"] if OWN.match(name)]
    assert early == [], "import them where they are used, and name them in tui/later_modules.py"


def test_the_first_paint_waits_for_few_modules(painted: dict[str, list[str]]) -> None:
    assert len(painted["own"]) <= MOST_OWN_MODULES, painted["own"]


def test_what_is_loaded_later_exists_and_was_not_loaded_before(painted: dict[str, list[str]]) -> None:
    later = {*FIRST_RUN, *OTHERS}
    assert [name for name in later if find_spec(name) is None] == []
    assert later.isdisjoint(painted["own"])


@pytest.mark.parametrize("transport", ["direct", "sse", "ws"])
async def test_the_probe_loads_no_library_between_send_and_first_byte(transport: str, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded.txt"  # each module as it is loaded, written by the interpreter

    async def play(peer: Peer) -> None:
        await open_stream(peer, transport)
        await send_tokens(peer, transport, 0, 5)
        await send_end(peer, transport, 5)

    async with ScriptedServer(play) as far:
        with loaded.open("wb") as errors:
            probe = await asyncio.create_subprocess_exec(
                *(sys.executable, "-X", "importtime", "-m", "tui", "probe"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=clean_environ(tmp_path),
            )
        assert probe.stdin is not None
        assert probe.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            assert b'"ready"' in await probe.stdout.readline()
            before = loaded.stat().st_size
            plan = plan_of(transport, far.url).to_json()
            probe.stdin.write(json.dumps({"do": "start", "stream": 1, "plan": plan}).encode() + b"\n")
            lines: list[bytes] = []
            if transport == "direct":  # its SDK loads when it is first wanted, if that is soon: before the clocks begin
                while b'"connecting"' not in (line := await probe.stdout.readline()):
                    lines.append(line)
                before = loaded.stat().st_size
            while not lines or b'"end"' not in lines[-1]:
                lines.append(await probe.stdout.readline())
            probe.stdin.close()
            await probe.wait()
    assert any(b'"completed"' in line for line in lines[-1:])
    names = re.findall(r"^import time:.*\| +(\S+)$", loaded.read_text()[before:], re.MULTILINE)
    late = {name for name in names if name.split(".")[0] in FOREIGN or name.startswith("tui.")}
    assert late == set(), "load it in `preload`"


_LATE_SDK = """
import asyncio, sys
from tui import probe_libraries
from tui.probe_libraries import LateSDK, load_libraries

async def main():
    load_libraries()
    told = ["openai" in sys.modules]
    is_quiet = False
    probe_libraries.QUIET_S = 0.01
    sdk = LateSDK(lambda: is_quiet)
    sdk.load_soon()
    await asyncio.sleep(0.1)
    told.append("openai" in sys.modules)
    if sys.argv[1] == "quiet":
        is_quiet = True
        sdk.load_soon()
        await asyncio.sleep(0.1)
    else:
        await sdk.load_beside()
    print(*told, "openai" in sys.modules)

asyncio.run(main())
"""


@pytest.mark.parametrize("way", ["quiet", "beside others"])
def test_the_probe_loads_the_sdk_when_it_is_quiet_or_wanted(way: str) -> None:
    told = subprocess.run([sys.executable, "-c", _LATE_SDK, way], capture_output=True, check=True, text=True)
    assert told.stdout.split() == ["False", "False", "True"]
