"""Every setting: its name, where it may be said, what it means. Data; files, environment and help are read by it."""

from __future__ import annotations

import math
from dataclasses import dataclass

TRANSPORTS = ("direct", "sse", "ws")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: the field of `Settings`, and its names in the file, the environment and on the command line.

    What is of an endpoint does not go to another endpoint. `example` is its value in a commented file, as TOML.
    """

    name: str
    meaning: str
    key: str | None = None
    kind: type = str
    variable: str | None = None
    flag: str | None = None
    example: str = ""
    is_of_endpoint: bool = False
    is_path: bool = False
    is_for_profiles: bool = True
    least: int = 0
    most: int = 0


SETTING_TABLE: tuple[SettingRow, ...] = (
    SettingRow(
        "url",
        "where to stream from; without one the embedded demo",
        "url",
        variable="STREAMSCOPE_URL",
        flag="--url",
        example='"https://gateway.example.net"',
    ),
    SettingRow(
        "transport",
        "direct, sse or ws; without one direct for a URL that ends in /v1, else sse",
        "transport",
        variable="STREAMSCOPE_TRANSPORT",
        flag="--transport",
        example='"ws"',
        is_of_endpoint=True,
    ),
    SettingRow(
        "model",
        "the model to ask for",
        "model",
        variable="STREAMSCOPE_MODEL",
        flag="--model",
        example='"qwen3-8b"',
    ),
    SettingRow(
        "dialect",
        "how to read the stream; auto finds out",
        "dialect",
        variable="STREAMSCOPE_DIALECT",
        flag="--dialect",
        example='"auto"',
        is_of_endpoint=True,
    ),
    SettingRow(
        "is_gateway",
        "true: it gets STREAMSCOPE_TOKEN, never OPENAI_API_KEY",
        "gateway",
        bool,
        example="true",
        is_of_endpoint=True,
    ),
    SettingRow(
        "headers",
        "header = name of the environment variable that holds its value",
        "headers",
        dict,
        flag="--header",
        example='{ x-team = "TEAM_ID" }',
        is_of_endpoint=True,
    ),
    SettingRow(
        "hosts",
        "transport = an address of its own; one for direct beside a gateway gets OPENAI_API_KEY only",
        "hosts",
        dict,
        example='{ direct = "https://api.example.net/v1" }',
        is_of_endpoint=True,
    ),
    SettingRow(
        "token_file",
        "a file with the key that only you can read (0600)",
        "token_file",
        variable="STREAMSCOPE_TOKEN_FILE",
        flag="--token-file",
        example='"gateway.token"',
        is_of_endpoint=True,
        is_path=True,
    ),
    SettingRow(
        "ca_file",
        "certificates to trust besides the system's",
        "ca_file",
        variable="STREAMSCOPE_CA_FILE",
        flag="--ca-file",
        example='"company.pem"',
        is_of_endpoint=True,
        is_path=True,
    ),
    SettingRow(
        "resume",
        "true: a gateway's answer that breaks is taken up where it broke, three times at most",
        "resume",
        bool,
        flag="--resume",
        example="true",
        is_of_endpoint=True,
    ),
    SettingRow(
        "connect_timeout",
        "seconds until a connection must stand",
        "connect_timeout",
        float,
        variable="STREAMSCOPE_CONNECT_TIMEOUT",
        flag="--connect-timeout",
        example="10.0",
    ),
    SettingRow(
        "first_token_timeout",
        "seconds from the request to the first token",
        "first_token_timeout",
        float,
        variable="STREAMSCOPE_FIRST_TOKEN_TIMEOUT",
        flag="--first-token-timeout",
        example="60.0",
    ),
    SettingRow(
        "idle_timeout",
        "seconds between two pieces of text; keep-alives do not count",
        "idle_timeout",
        float,
        variable="STREAMSCOPE_IDLE_TIMEOUT",
        flag="--idle-timeout",
        example="30.0",
    ),
    SettingRow(
        "retries",
        "further attempts, all before the first token; Retry-After is obeyed up to a cap",
        "retries",
        int,
        variable="STREAMSCOPE_RETRIES",
        flag="--retries",
        example="2",
        most=10,
    ),
    SettingRow(
        "memory_limit",
        "MiB of a run's bytes that stay in memory; what comes after goes to a temporary file",
        "memory_limit",
        int,
        variable="STREAMSCOPE_MEMORY_LIMIT",
        flag="--memory-limit",
        example="512",
        least=1,
        most=1_000_000,
    ),
    SettingRow(
        "insecure_http", "a key may cross a network unprotected; said anew at each start", flag="--insecure-http"
    ),
    SettingRow(
        "theme",
        "the colours of the app",
        "theme",
        variable="STREAMSCOPE_THEME",
        flag="--theme",
        example='"streamscope-dark"',
    ),
    SettingRow(
        "plain",
        "true: signs as ASCII, for terminals that draw them two cells wide",
        "plain",
        bool,
        variable="STREAMSCOPE_PLAIN",
        example="true",
        is_for_profiles=False,
    ),
    SettingRow(
        "profile",
        "the profile to begin with",
        "profile",
        variable="STREAMSCOPE_PROFILE",
        flag="--profile",
        example='"lab"',
        is_for_profiles=False,
    ),
)
BY_KEY = {row.key: row for row in SETTING_TABLE if row.key is not None}
BY_NAME = {row.name: row for row in SETTING_TABLE}


def number_fault(row: SettingRow, value: float) -> str:
    """What is wrong with the value of a setting that is a number; empty where nothing is."""
    if row.kind is not int:
        return "" if math.isfinite(value) and value > 0 else "expected a number of seconds above 0"
    is_fit = math.isfinite(value) and row.least <= value <= row.most
    return "" if is_fit else f"expected a whole number from {row.least} to {row.most}"
