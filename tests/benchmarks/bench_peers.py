"""Ours and the peers on the same bytes, in turn: an endpoint on this machine that sends as fast as it is read.

What draws or prints does so in a real terminal of 120x40. A token is one chat-completions event of some 250 bytes with
four characters of text. Of commands that cannot tell (curl, llm, our own `run`) a short answer is taken from a long
one, so that their start does not count; of the others the streaming alone is measured.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from tests.benchmarks.endpoint import Endpoint, endpoint
from tests.benchmarks.measure import Spent, run_script
from tests.benchmarks.row import Row, row_of

Peer = Callable[[], Spent]  # gives what one token took
ROUNDS = 3
SHORT, SOME, MANY = 10, 20_000, 100_000
HEADLESS_TO_PRINT, APP_TO_PRINT, APP_TO_MARKDOWN = 0.25, 0.25, 0.05


def a_token(spent: Spent, tokens: int) -> Spent:
    """The share of one."""
    return Spent(spent.cpu_s / tokens, spent.wall_s / tokens)


def control(there: Endpoint, kind: str, tokens: int) -> Spent:
    """A control's cost of a token."""
    return a_token(there.control(kind, f"flat {tokens}"), tokens)


def command(tokens: int, run: Callable[[str], Spent]) -> Spent:
    """A command's cost of a token: a long answer without a short one."""
    short, long = run(f"flat {SHORT}"), run(f"flat {SHORT + tokens}")
    return a_token(Spent(max(0.0, long.cpu_s - short.cpu_s), max(0.0, long.wall_s - short.wall_s)), tokens)


def curl(there: Endpoint, prompt: str) -> Spent:
    """Raw bytes into the terminal."""
    body = json.dumps({"model": "fast-1", "stream": True, "messages": [{"role": "user", "content": prompt}]})
    return there.command("curl", "-s", "-N", "-d", body, f"{there.url}/chat/completions")


def llm(there: Endpoint, prompt: str) -> Spent:
    """The llm command, told of the endpoint as its documentation says."""
    models = f'- model_id: fast-1\n  model_name: fast-1\n  api_base: "{there.url}"\n'
    (there.folder / "extra-openai-models.yaml").write_text(models)
    program = str(Path(sys.executable).with_name("llm"))
    environ = {"LLM_USER_PATH": str(there.folder), "LLM_LOAD_PLUGINS": ""}
    return there.command(program, "-m", "fast-1", "--no-log", prompt, environ=environ)


def headless(there: Endpoint, prompt: str) -> Spent:
    """Our own command without a screen."""
    words = ("-m", "tui", "run", prompt, "--url", there.url, "--transport", "direct", "--model", "fast-1")
    return there.command(sys.executable, *words)


def peers(there: Endpoint, tokens: int, many: int) -> dict[str, Peer]:
    """All of them; the order is that of a round. The dear ones get fewer tokens; those whose start is taken off get
    many, beside which that is little."""
    return {
        "asyncio socket that counts events": partial(control, there, "socket", tokens * 5),
        "`json.loads` of each event, from memory": partial(control, there, "decoding", tokens * 5),
        HTTPX_SSE: partial(control, there, "httpx_sse", tokens),
        SDK: partial(control, there, "sdk", tokens),
        SDK_PRINT: partial(control, there, "sdk_print", tokens),
        LOG: partial(control, there, "log", tokens // 2),
        RICH_LOG: partial(control, there, "rich_log", tokens // 2),
        MARKDOWN: partial(control, there, "markdown_stream", max(2_000, tokens // 4)),
        HEADLESS: partial(command, many, partial(headless, there)),
        APP: lambda: a_token(there.streamed_by_app(f"flat {many}"), many),
        CURL: partial(command, many, partial(curl, there)),
        LLM: partial(command, SOME, partial(llm, there)),
    }


def missing() -> Iterator[tuple[str, str]]:
    """The peers that are not on this machine, and how they would come there."""
    extra = "pip install -e '.[bench]', or make bench, which does"
    if find_spec("httpx_sse") is None:
        yield HTTPX_SSE, f"httpx-sse is not installed: {extra}"
    if not Path(sys.executable).with_name("llm").exists():
        yield LLM, f"llm is not installed: {extra}"
    if shutil.which("curl") is None:
        yield CURL, "there is no curl on the PATH: install it with the packages of the system"


SDK, SDK_PRINT, MARKDOWN = "openai SDK, bare iteration", "SDK with print", "SDK into Textual's MarkdownStream"
LOG, RICH_LOG, LLM = "SDK into Textual's Log", "SDK into Textual's RichLog", "llm"
HTTPX_SSE, CURL = "httpx-sse and `json.loads`", "curl -N"
FULL_ONLY = {LOG, RICH_LOG, LLM}  # they take as long as all the others
HEADLESS, APP = "`streamscope run`", "**streamscope, live screen with all panes and probe**"


def ratio(what: str, ours: list[Spent], theirs: list[Spent], limit: float | None = None) -> Row:
    """CPU a token of one by that of another, round by round."""
    pairs = list(zip(ours, theirs, strict=True))
    cpu, walls = ([one[place] / other[place] for one, other in pairs] for place in (0, 1))
    note = f"{told(ours)} to {told(theirs)} a token"
    return row_of(what, cpu, "x", limit, walls=walls, note=note, is_shown=True)


def told(times: list[Spent]) -> str:
    """The median of the CPU time."""
    return f"{median(spent.cpu_s for spent in times) * 1e6:.3g} us"


def rows(is_quick: bool) -> Iterator[Row]:
    """Each peer against the SDK's iteration, and ours against those that the design names."""
    with endpoint() as there:
        found = peers(there, 4_000, SOME * 2) if is_quick else peers(there, 10_000, MANY)
        for name in FULL_ONLY if is_quick else ():
            del found[name]
        for name, why in missing():
            if found.pop(name, None):
                print(f"peers: {name} is left out, {why}", file=sys.stderr, flush=True)
        taken: dict[str, list[Spent]] = {name: [] for name in found}
        for _ in range(1 if is_quick else ROUNDS):
            for name, peer in found.items():
                taken[name].append(peer())
    for name, times in taken.items():
        yield ratio(f"{name} / {SDK}, CPU a token", times, taken[SDK])
    yield ratio("live screen / SDK with print", taken[APP], taken[SDK_PRINT], APP_TO_PRINT)
    yield ratio("live screen / MarkdownStream", taken[APP], taken[MARKDOWN], APP_TO_MARKDOWN)
    yield ratio("`streamscope run` / SDK with print", taken[HEADLESS], taken[SDK_PRINT], HEADLESS_TO_PRINT)


if __name__ == "__main__":
    run_script(rows, __doc__)
