"""Settings: who wins, what is refused, and what never crosses to another endpoint."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tui.config import Settings, load_settings
from tui.config_file import KeyChoice, line_of
from tui.errors import ConfigError, UsageError
from tui.setting_checks import check_settings
from tui.setting_table import BY_NAME, SETTING_TABLE

A, B = "https://a.example/v1", "https://b.example"


def settings(tmp_path: Path, text: str = "", environ: dict[str, str] | None = None, **flags: Any) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(flags, environ or {}, file)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        settings(tmp_path, text)
    assert str(tmp_path / "config.toml") in str(refused.value)
    return str(refused.value)


def test_without_anything_it_is_the_demo_over_sse(tmp_path: Path) -> None:
    found = load_settings({}, {}, tmp_path / "none.toml")
    assert found == Settings()
    assert (found.url, found.chosen_transport) == (None, "sse")


# Each setting with a value for the file, one for the environment, one for the command line. Paths are whole.
VALUES: dict[str, tuple[str, str, str]] = {
    "url": ("http://a", "http://b", "http://c"),
    "transport": ("ws", "sse", "direct"),
    "model": ("one", "two", "three"),
    "dialect": ("ollama", "anthropic", "gateway"),
    "token_file": ("/a.key", "/b.key", "/c.key"),
    "ca_file": ("/a.pem", "/b.pem", "/c.pem"),
    "theme": ("one", "two", "three"),
    "profile": ("a", "b", "c"),
}
SOME_PROFILES = "\n[profiles.a]\n[profiles.b]\n[profiles.c]\n"


@pytest.mark.parametrize("name", VALUES)
def test_flags_before_environment_before_file(tmp_path: Path, name: str) -> None:
    in_file, in_environ, in_flags = VALUES[name]
    row = BY_NAME[name]
    text, environ = f'{row.key} = "{in_file}"{SOME_PROFILES}', {str(row.variable): in_environ}
    assert getattr(settings(tmp_path, text), name) == in_file
    assert getattr(settings(tmp_path, text, environ), name) == in_environ
    assert getattr(settings(tmp_path, text, environ, **{name: in_flags}), name) == in_flags
    assert getattr(settings(tmp_path, text, environ, **{name: None}), name) == in_environ
    assert getattr(settings(tmp_path, text, {str(row.variable): ""}), name) == in_file


@pytest.mark.parametrize("name", VALUES)
def test_each_value_knows_where_it_was_said(tmp_path: Path, name: str) -> None:
    in_file, in_environ, in_flags = VALUES[name]
    row = BY_NAME[name]
    text, environ = f'\n{row.key} = "{in_file}"{SOME_PROFILES}', {str(row.variable): in_environ}
    assert settings(tmp_path, text).origin(name) == f"{tmp_path / 'config.toml'}, line 2, key {row.key}"
    assert settings(tmp_path, text, environ).origin(name) == row.variable
    assert settings(tmp_path, text, environ, **{name: in_flags}).origin(name) == row.flag
    assert settings(tmp_path, SOME_PROFILES).origin(name) == "default"


def test_headers_and_what_is_said_in_one_place_alone(tmp_path: Path) -> None:
    text = 'gateway = true\nresume = true\nheaders = { x-key = "A" }\n'
    found = settings(tmp_path, text, headers=(("x-key", "B"),), insecure_http=True)
    assert (found.resume, settings(tmp_path, text, resume=False).resume) == (True, False)
    assert (found.headers, found.is_gateway, found.insecure_http) == ((("x-key", "B"),), True, True)
    assert (found.origin("headers"), found.origin("insecure_http")) == ("--header", "--insecure-http")
    assert settings(tmp_path, text).headers == (("x-key", "A"),)
    assert "unknown" in refusal(tmp_path, "insecure_http = true")


def test_plain_signs_are_switched_by_the_file_and_by_a_variable(tmp_path: Path) -> None:
    variable = "STREAMSCOPE_PLAIN"
    assert [settings(tmp_path, text).plain for text in ("", "plain = true", "plain = false")] == [False, True, False]
    for said, is_on in (("1", True), ("yes", True), ("0", False), ("no", False), ("False", False), ("", True)):
        assert settings(tmp_path, "plain = true", {variable: said}).plain is is_on
    assert settings(tmp_path, "plain = true", {variable: "0"}).origin("plain") == variable
    assert "expected true or false" in refusal(tmp_path, 'plain = "1"')


HOSTS = """
[profiles.lab]
url = "https://gw.example"
gateway = true
token_file = "gw.token"
headers = { x-team = "TEAM" }
[profiles.lab.hosts]
ws = "wss://ws.gw.example"
direct = "https://api.example/v1"
"""


def test_a_profile_may_name_a_host_for_each_transport(tmp_path: Path) -> None:
    found = settings(tmp_path, HOSTS, profile="lab")
    assert found.hosts == (("direct", "https://api.example/v1"), ("ws", "wss://ws.gw.example"))
    assert [found.of_transport(way).url for way in ("sse", "ws", "direct")] == [
        "https://gw.example",
        "wss://ws.gw.example",
        "https://api.example/v1",
    ]
    at_gateway, at_provider = found.of_transport("ws"), found.of_transport("direct")
    assert (at_gateway.is_gateway, at_gateway.headers) == (True, (("x-team", "TEAM"),))
    assert at_gateway.token_file is not None
    assert (at_provider.is_gateway, at_provider.headers, at_provider.token_file) == (False, (), None)


def test_a_host_of_a_transport_that_there_is_not_is_told_by_its_line(tmp_path: Path) -> None:
    assert "line 3, key hosts.http: 'http' is none of direct, sse, ws" in refusal(tmp_path, "\n[hosts]\nhttp = 'x'")
    assert "key hosts.ws: expected text" in refusal(tmp_path, "[hosts]\nws = 5")
    wrong = settings(tmp_path, HOSTS.replace("wss://ws.gw.example", "wss://ws.gw.example/x"), profile="lab")
    with pytest.raises(UsageError, match=r"key profiles\.lab\.hosts: ws needs the address of a gateway"):
        check_settings(wrong)


NUMBERS = {"connect_timeout", "first_token_timeout", "idle_timeout", "retries", "memory_limit"}


def test_every_setting_is_in_the_tests_of_who_wins() -> None:
    names = {row.name for row in SETTING_TABLE}
    assert names == {*VALUES, "headers", "hosts", "is_gateway", "insecure_http", "resume", "plain", *NUMBERS}
    assert names == {field.name for field in fields(Settings)} - {"keys", "profiles", "origins", "file"}


def test_a_profile_says_where_its_values_stand(tmp_path: Path) -> None:
    found = settings(tmp_path, PROFILES, {"STREAMSCOPE_PROFILE": "b"})
    file = tmp_path / "config.toml"
    assert found.origin("url") == f"{file}, line 8, key profiles.b.url"
    assert found.origin("model") == f"{file}, line 2, key model"
    assert found.origin("profile") == "STREAMSCOPE_PROFILE"
    assert settings(tmp_path, PROFILES, {"OPENAI_BASE_URL": A}).origin("transport") == "OPENAI_BASE_URL"


def test_a_path_in_the_file_starts_at_the_file_or_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert settings(tmp_path, 'ca_file = "sub/x.pem"').ca_file == str(tmp_path / "sub" / "x.pem")
    assert settings(tmp_path, 'ca_file = "~/x.pem"').ca_file == "/home/me/x.pem"
    assert settings(tmp_path, "", ca_file="x.pem").ca_file == "x.pem", "the shell's own folder"


KEYS = """
[keys]
"set.buffer" = "n"
run.cancel = ["k", "ctrl+k"]
view = { zoom = "Z, f9" }
list.up = ","
"""


def test_keys_may_be_written_as_text_or_list_in_quotes_or_dotted(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert settings(tmp_path, KEYS).keys == (
        KeyChoice("set.buffer", ("n",), f"{file}, line 3, key keys.set.buffer"),
        KeyChoice("run.cancel", ("k", "ctrl+k"), f"{file}, line 4, key keys.run.cancel"),
        KeyChoice("view.zoom", ("Z", "f9"), f"{file}, line 5, key keys.view.zoom"),
        KeyChoice("list.up", (",",), f"{file}, line 6, key keys.list.up"),
    )


PROFILES = f"""
model = "top"
profile = "a"
[profiles.a]
url = "{A}"
model = "of a"
[profiles.b]
url = "{B}"
gateway = true
token_file = "b.key"
headers = {{ x-key = "B_KEY", x-other = "ENV:OTHER" }}
"""


def test_a_profile_goes_over_the_file_and_is_chosen_by_flag_environment_or_file(tmp_path: Path) -> None:
    assert settings(tmp_path, PROFILES).url == A
    assert settings(tmp_path, PROFILES).model == "of a"
    found = settings(tmp_path, PROFILES, {"STREAMSCOPE_PROFILE": "b"})
    assert (found.url, found.model, found.is_gateway, found.token_file) == (B, "top", True, str(tmp_path / "b.key"))
    assert found.headers == (("x-key", "B_KEY"), ("x-other", "OTHER"))
    assert settings(tmp_path, PROFILES, {"STREAMSCOPE_PROFILE": "b"}, profile="a").url == A


def test_a_profile_named_on_the_command_line_goes_before_the_environment(tmp_path: Path) -> None:
    environ = {"OPENAI_BASE_URL": "https://elsewhere.example/v1", "STREAMSCOPE_MODEL": "other"}
    assert settings(tmp_path, PROFILES, environ, profile="b").url == B
    assert settings(tmp_path, PROFILES, environ).url == "https://elsewhere.example/v1"
    assert settings(tmp_path, PROFILES, environ, profile="b", url=A).url == A


def test_what_belongs_to_one_endpoint_does_not_go_to_another(tmp_path: Path) -> None:
    """A key that the file names for its endpoint is not sent to the address on the command line."""
    environ = {"STREAMSCOPE_PROFILE": "b"}
    for found in (
        settings(tmp_path, PROFILES, environ, url="https://elsewhere.example"),
        settings(tmp_path, PROFILES, environ | {"STREAMSCOPE_URL": "https://elsewhere.example"}),
    ):
        assert found.url == "https://elsewhere.example"
        assert (found.headers, found.token_file, found.is_gateway) == ((), None, False)
    assert settings(tmp_path, PROFILES, environ, url=B).token_file == str(tmp_path / "b.key")


def test_the_transport_of_one_endpoint_says_nothing_about_another(tmp_path: Path) -> None:
    text = f'url = "{B}"\ntransport = "ws"'
    assert settings(tmp_path, text).chosen_transport == "ws"
    assert settings(tmp_path, text, url=A).chosen_transport == "direct"
    assert settings(tmp_path, text, {"STREAMSCOPE_TRANSPORT": "sse"}, url=A).chosen_transport == "sse"
    assert settings(tmp_path, text, {"OPENAI_BASE_URL": A}, url=B + "/x").chosen_transport == "sse"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"OPENAI_BASE_URL": B}, (B, "direct")),
        ({"OPENAI_BASE_URL": B, "STREAMSCOPE_TRANSPORT": "ws"}, (B, "ws")),
        ({"OPENAI_BASE_URL": B, "STREAMSCOPE_URL": "http://c"}, ("http://c", "sse")),
        ({"STREAMSCOPE_URL": A}, (A, "direct")),
        ({"STREAMSCOPE_URL": A + "/"}, (A + "/", "direct")),
        ({"STREAMSCOPE_URL": B}, (B, "sse")),
    ],
)
def test_the_transport_without_one_named(tmp_path: Path, environ: dict[str, str], expected: tuple[str, str]) -> None:
    found = settings(tmp_path, "", environ)
    assert (found.url, found.chosen_transport) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('\nmodle = "m"', ("line 2", "key modle", "model")),
        ("model = 5", ("line 1", "key model", "a whole number")),
        ('transport = "smoke"', ("line 1", "key transport", "direct")),
        ('[profile.work]\nurl = "x"', ("line 1", "key profile", "text")),
        ('[profiles]\nwork = "x"', ("line 2", "key profiles.work", "a table")),
        ('profiles = "x"', ("line 1", "key profiles", "a table")),
        ('[ profiles . "my work" ] # mine\n\n"gateway" = "yes"', ("line 3", "key profiles.my work.gateway", "true")),
        ('[profiles.a]\nurl = "x"\n[profiles.b]\nurl = 3', ("line 4", "key profiles.b.url")),
        ('profiles.a.profile = "b"', ("line 1", "key profiles.a.profile", "unknown")),
        ("is_gateway = true", ("key is_gateway", "gateway")),
        ("[headers]\nx-key = 5", ("line 2", "key headers.x-key")),
        ("\nheaders = { x-key = 5 }", ("line 2", "key headers.x-key")),
        ("keys = 3", ("line 1", "key keys", "a table")),
        ("[keys]\nset.buffer = 3", ("line 2", "key keys.set.buffer", "a whole number")),
        ("[keys]\n'set.buffer' = ['n', 3]", ("line 2", "key keys.set.buffer", "a list")),
        ("url = ", ("line 1",)),
        ('a = 1\nurl = "unclosed', ("line 2",)),
    ],
)
def test_a_wrong_file_is_told_with_line_and_key(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    said = refusal(tmp_path, text)
    for word in words:
        assert word in said


def test_a_key_in_place_of_a_variable_is_refused_and_not_shown(tmp_path: Path) -> None:
    assert "CANARY" not in refusal(tmp_path, '[headers]\nx-key = "sk-CANARY-123"')


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'# fine\nurl = "\xff"\n')
    with pytest.raises(ConfigError, match="line 2"):
        load_settings({}, {}, file)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings({}, {}, tmp_path)


def test_an_unknown_profile_or_transport_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are a, b"):
        settings(tmp_path, PROFILES, profile="c")
    with pytest.raises(UsageError, match="STREAMSCOPE_PROFILE: no profile 'c'"):
        settings(tmp_path, PROFILES, {"STREAMSCOPE_PROFILE": "c"})
    with pytest.raises(UsageError, match=r"config.toml, line 1, key profile: no profile 'c'"):
        settings(tmp_path, 'profile = "c"')
    with pytest.raises(UsageError, match=r"STREAMSCOPE_TRANSPORT: .*direct, sse, ws"):
        settings(tmp_path, "", {"STREAMSCOPE_TRANSPORT": "smoke"})


def test_the_line_of_a_key_that_is_not_there_is_the_first() -> None:
    assert line_of("a = 1\nb = 2\n", ("c",)) == 1


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("connect_timeout = 5", "connect_timeout", 5.0),
        ("first_token_timeout = 0.5", "first_token_timeout", 0.5),
        ("idle_timeout = 15", "idle_timeout", 15.0),
        ("retries = 2", "retries", 2),
        ("memory_limit = 64", "memory_limit", 64),
    ],
)
def test_clocks_and_retries_are_settings(line: str, name: str, value: float, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(line, encoding="utf-8")
    assert getattr(load_settings({}, {}, file), name) == value
    variable = f"STREAMSCOPE_{name.upper()}"
    assert getattr(load_settings({}, {variable: "3"}, file), name) == 3
    assert getattr(load_settings({name: 4}, {variable: "3"}, file), name) == 4
    with pytest.raises(UsageError, match=f"{variable}: expected a"):
        load_settings({}, {variable: "soon"}, file)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("idle_timeout = true", "expected a number, found true or false"),
        ('idle_timeout = "5"', "expected a number, found text"),
        ("idle_timeout = 0", "expected a number of seconds above 0"),
        ("idle_timeout = nan", "expected a number of seconds above 0"),
        ("retries = 1.5", "expected a whole number, found a number"),
        ("retries = 11", "expected a whole number from 0 to 10"),
        ("memory_limit = 0", "expected a whole number from 1 to 1000000"),
        ("retries = -1", "expected a whole number from 0 to 10"),
    ],
)
def test_a_number_that_cannot_be_is_told_with_its_place(line: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_settings({}, {}, file)
    assert str(told.value) == f"{file}, line 1, key {line.partition(' ')[0]}: {words}"
