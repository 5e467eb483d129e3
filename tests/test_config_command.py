"""`streamscope config`: the path, what holds and why without any secret, and a file that is never lost."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.command_runner import run
from tui.cli import run_command_line

TEXT = """
url = "https://name:sk-CANARY-1@gw.example.net/v1?key=sk-CANARY-2&page=3"
theme = "streamscope-light"
[profiles.lab]
model = "qwen3-8b"
gateway = true
headers = { x-team = "TEAM_ID", x-open = "OPEN_ID", x-wrong = "sk_CANARY_3" }
hosts = { direct = "https://name:sk-CANARY-6@api.example.net/v1" }
[profiles.other]
[keys]
"set.buffer" = ["B", "f9"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings file is looked for; there is none yet, and nothing of the machine's own is set."""
    for name in ("URL", "TRANSPORT", "MODEL", "DIALECT", "THEME", "PROFILE", "TOKEN", "TOKEN_FILE", "CA_FILE"):
        monkeypatch.delenv(f"STREAMSCOPE_{name}", raising=False)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "streamscope" / "config.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """Standard output and standard error of a command that ends with a code."""
    assert run_command_line(["config", *arguments]) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def rows(out: str) -> dict[str, tuple[str, str]]:
    """Name to value and origin, read from the three columns."""
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in out.splitlines()[1:]]
    return {name: (value, origin) for name, value, origin in cells}


def test_the_path_is_printed_alone(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "path")
    assert out == f"{file}\n"
    assert "config init" in err
    write(file, "")
    assert said(capsys, "path") == (f"{file}\n", "")


def test_without_a_file_everything_is_the_default(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "show")
    assert out.startswith(f"{file} (not there)\n")
    assert rows(out)["url"] == ("the embedded demo", "default")
    assert rows(out)["transport"] == ("sse", "follows from the url")
    assert err == ""


def test_every_value_has_its_origin(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, TEXT)
    monkeypatch.setenv("STREAMSCOPE_PROFILE", "lab")
    monkeypatch.setenv("STREAMSCOPE_DIALECT", "anthropic")
    monkeypatch.setenv("OPEN_ID", "sk-CANARY-4")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-CANARY-5")
    out, err = said(capsys, "show", "--theme", "ansi", "--insecure-http")
    assert "CANARY" not in out + err
    assert out.startswith(f"{file}\n")
    assert rows(out) == {
        "url": ("https://gw.example.net/v1?key=hidden&page=hidden", f"{file}, line 2, key url"),
        "transport": ("sse", "follows from the url"),
        "model": ("qwen3-8b", f"{file}, line 5, key profiles.lab.model"),
        "dialect": ("anthropic", "STREAMSCOPE_DIALECT"),
        "gateway": ("true", f"{file}, line 6, key profiles.lab.gateway"),
        "headers.x-team": ("of TEAM_ID, not set", f"{file}, line 7, key profiles.lab.headers"),
        "headers.x-open": ("of OPEN_ID, set", f"{file}, line 7, key profiles.lab.headers"),
        "headers.x-wrong": ("of a variable that is not set", f"{file}, line 7, key profiles.lab.headers"),
        "hosts.direct": ("https://api.example.net/v1", f"{file}, line 8, key profiles.lab.hosts"),
        "token_file": ("-", "default"),
        "ca_file": ("-", "default"),
        "resume": ("false", "default"),
        "connect_timeout": ("-", "default"),
        "first_token_timeout": ("-", "default"),
        "idle_timeout": ("-", "default"),
        "retries": ("0", "default"),
        "memory_limit": ("-", "default"),
        "insecure_http": ("true", "--insecure-http"),
        "theme": ("ansi", "--theme"),
        "plain": ("false", "default"),
        "profile": ("lab", "STREAMSCOPE_PROFILE"),
        "keys.set.buffer": ("B, F9", f"{file}, line 11, key keys.set.buffer"),
        "profiles": ("lab, other", str(file)),
        "OPENAI_API_KEY": ("set, not shown", "environment (direct)"),
        "STREAMSCOPE_TOKEN": ("not set", "environment (gateway)"),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('modle = "m"', "line 1, key modle: unknown"),
        ('\ndialect = "klingon"', "line 2, key dialect: there is no dialect 'klingon'"),
        ('\nurl = "ftp://example.net"', "line 2, key url: "),
        ('[keys]\n"set.buffer" = "c"', "line 2, key keys.set.buffer: c is also the key of screen.compare"),
        ('[keys]\n"set.buffer" = "ctrl+a"', "line 2, key keys.set.buffer: ctrl+a is never bound"),
        ('profile = "nowhere"', "line 1, key profile: no profile 'nowhere'"),
    ],
)
def test_where_the_app_would_not_start_it_says_why(
    file: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    write(file, text)
    out, err = said(capsys, "show", code=2)
    assert out == ""
    assert f"{file}, {words}" in err
    assert err.count("\n") == 1


def test_wrong_themes_are_told_beside_the_values(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(file, 'theme = "mine"')
    folder = file.parent / "themes"
    folder.mkdir()
    (folder / "mine.toml").write_text('name = "mine"\nprimary = "blurple"\n')
    out, err = said(capsys, "show")
    assert rows(out)["theme"][0] == "mine"
    assert f"{folder / 'mine.toml'}, line 2, key primary" in err
    assert f"{file}, line 1, key theme: there is no theme 'mine'; there are ansi" in err


def test_init_writes_a_file_that_only_its_owner_reads(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "init")
    assert (out, err) == (f"{file}\n", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert '#"set.buffer" = "b"' in file.read_text(encoding="utf-8")
    assert said(capsys, "show")[1] == ""


def test_init_overwrites_nothing_and_with_force_keeps_what_was_there(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(file, "# mine")
    out, err = said(capsys, "init", code=2)
    assert (out, file.read_text()) == ("", "# mine")
    assert f"{file} is there already" in err
    out, err = said(capsys, "init", "--force")
    assert out == f"{file}\n"
    assert file.with_name("config.toml.old").read_text() == "# mine"
    assert "config.toml.old" in err
    file.write_text("# second")
    said(capsys, "init", "--force")
    assert file.with_name("config.toml.old").read_text() == "# mine"
    assert file.with_name("config.toml.old1").read_text() == "# second"


def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    assert "cannot be written" in said(capsys, "init", code=2)[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "path|show|init"),
        (("bogus",), "'bogus'"),
        (("path", "show"), "one of path, show, init"),
        (("init", "--forse"), "--forse"),
        (("show", "--transport", "smoke"), "direct"),
    ],
)
def test_a_wrong_command_line_exits_2_with_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command_line(["config", *arguments])
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("verb", ["path", "show", "init"])
def test_each_verb_has_help(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run_command_line(["config", verb, "--help"])
    assert ended.value.code == 0
    assert f"streamscope config {verb}" in capsys.readouterr().out


async def test_a_run_names_the_line_of_a_value_that_it_cannot_use(tmp_path: Path) -> None:
    file = tmp_path / "streamscope" / "config.toml"
    write(file, 'url = "http://127.0.0.1:9"\n\nheaders = { x-team = "NOT_SET_AT_ALL" }\n')
    done = await run(tmp_path, "run", "hi")
    assert done.code == 2
    assert f"{file}, line 3, key headers: the environment variable NOT_SET_AT_ALL of the header x-team" in done.err
    file.write_text('url = "http://127.0.0.1:9"\ntoken_file = "no.key"\n')
    done = await run(tmp_path, "run", "hi")
    assert done.code == 2
    assert f"{file}, line 2, key token_file: the key file no.key cannot be read" in done.err
