from pathlib import Path
from typing import Any

import pytest

from tui.core.endpoints import endpoint_of
from tui.core.request import RunPlan, StreamRequest, TransportName
from tui.errors import UsageError
from tui.transports.credentials import Credentials, credentials_of, mask_secrets, read_token_file

ENVIRON = {"OPENAI_API_KEY": "sk-provider-key", "STREAMSCOPE_TOKEN": "gateway-token\n", "OTHER": "other-value"}


def credentials(transport: str, url: str, environ: dict[str, str] | None = None, **plan: Any) -> Credentials:
    made = RunPlan(TransportName(transport), url, StreamRequest.of_prompt("hi"), **plan)
    return credentials_of(made, endpoint_of(made), ENVIRON if environ is None else environ)


@pytest.mark.parametrize(
    ("transport", "url", "options", "bearer"),
    [
        ("direct", "https://h/v1", {}, "sk-provider-key"),
        ("direct", "https://h/v1", {"is_gateway": True}, "gateway-token"),
        ("sse", "https://h", {}, "gateway-token"),
        ("ws", "https://h", {}, "gateway-token"),
        ("sse", "https://h/v1/messages", {}, None),
    ],
)
def test_each_endpoint_gets_the_key_that_is_its_own(
    transport: str, url: str, options: dict[str, Any], bearer: str | None
) -> None:
    assert credentials(transport, url, **options).bearer == bearer


def test_without_a_key_nothing_is_sent() -> None:
    assert credentials("direct", "http://far.example/v1", {}).is_empty


def test_named_headers_come_from_the_environment() -> None:
    made = credentials("sse", "https://h/v1/messages", header_env=(("x-api-key", "OTHER"),))
    assert made.request_headers() == [("x-api-key", "other-value")]
    assert "other-value" in made.secrets


def test_a_named_authorization_replaces_the_bearer() -> None:
    made = credentials("sse", "https://h", header_env=(("Authorization", "OTHER"),))
    assert made.request_headers() == [("Authorization", "other-value")]


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(UsageError, match="MISSING"):
        credentials("sse", "https://h/x", header_env=(("x-api-key", "MISSING"),))


@pytest.mark.parametrize("value", ["schlüssel", "two\nlines", "bell\x07"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(UsageError) as caught:
        credentials("direct", "https://h/v1", {"OPENAI_API_KEY": value})
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("transport", "url", "options"),
    [
        ("direct", "http://far.example/v1", {}),
        ("sse", "http://far.example", {}),
        ("ws", "ws://far.example", {}),
        ("sse", "http://far.example/x", {"header_env": (("x-api-key", "OTHER"),)}),
        ("sse", "http://user:password@far.example/x", {}),
        ("sse", "http://far.example/x?api_key=abcdef", {}),
    ],
)
def test_no_key_goes_over_plain_http_to_another_machine(transport: str, url: str, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"far\.example:80"):
        credentials(transport, url, **options)
    assert credentials(transport, url, insecure_http=True, **options).secrets


@pytest.mark.parametrize(
    "url", ["http://localhost/v1", "http://127.0.0.1:8/v1", "http://[::1]/v1", "https://far.example/v1"]
)
def test_loopback_and_https_are_safe(url: str) -> None:
    assert credentials("direct", url).bearer == "sk-provider-key"


def test_a_key_file_must_be_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("  file-token\n")
    path.chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600"):
        read_token_file(str(path))
    path.chmod(0o600)
    assert credentials("sse", "https://h", token_file=str(path)).bearer == "file-token"


def test_a_key_file_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_token_file(str(tmp_path / "none"))
    (tmp_path / "empty").touch(mode=0o600)
    with pytest.raises(UsageError, match="no key"):
        read_token_file(str(tmp_path / "empty"))


def test_secrets_are_masked_wherever_they_stand_and_never_in_a_repr() -> None:
    made = credentials("direct", "https://h/v1")
    masked = mask_secrets("key sk-provider-key, token gateway-token.", made.secrets)
    assert masked == "key [hidden], token [hidden]."
    assert "sk-provider-key" not in repr(made)


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    made = credentials("direct", "https://h", {"OPENAI_API_KEY": "abcd", "STREAMSCOPE_TOKEN": "abcd-efgh"})
    assert mask_secrets("abcd-efgh", made.secrets) == "[hidden]"
