import pytest

from tui.core.endpoints import endpoint_for, is_loopback_host
from tui.core.public_url import public_url, secret_parts
from tui.core.request import TransportName
from tui.errors import UsageError

DIRECT, SSE, WS = TransportName.DIRECT, TransportName.SSE, TransportName.WS


@pytest.mark.parametrize(
    ("transport", "url", "expected", "is_route"),
    [
        (SSE, "http://h:1", "http://h:1/v1/stream", True),
        (SSE, "http://h:1/", "http://h:1/v1/stream", True),
        (SSE, "https://h/v1", "https://h/v1/stream", True),
        (SSE, "https://h/v1/", "https://h/v1/stream", True),
        (SSE, "https://h/gate/", "https://h/gate/v1/stream", True),
        (SSE, "https://h/gate/v1", "https://h/gate/v1/stream", True),
        (SSE, "wss://h/v1", "https://h/v1/stream", True),
        (SSE, "https://h/v1/stream", "https://h/v1/stream", True),
        (SSE, "https://h/v1/stream/raw", "https://h/v1/stream/raw", True),
        (SSE, "https://h/v1/messages", "https://h/v1/messages", False),
        (SSE, "https://h/xv1", "https://h/xv1", False),
        (SSE, "https://h/a?b=c#d", "https://h/a?b=c", False),
        (WS, "http://h:1", "ws://h:1/v1/ws/stream", True),
        (WS, "https://h/v1", "wss://h/v1/ws/stream", True),
        (WS, "ws://h/v1/ws/stream", "ws://h/v1/ws/stream", True),
        (DIRECT, "http://h:1", "http://h:1/v1", False),
        (DIRECT, "http://h:1/", "http://h:1/v1", False),
        (DIRECT, "http://h:1/openai", "http://h:1/openai", False),
        (DIRECT, "http://h:1/v1/chat/completions", "http://h:1/v1", False),
        (DIRECT, "ws://h:1/v1/", "http://h:1/v1", False),
    ],
)
def test_a_url_becomes_the_address_of_its_transport(
    transport: TransportName, url: str, expected: str, is_route: bool
) -> None:
    endpoint = endpoint_for(transport, url)
    assert (endpoint.url, endpoint.is_gateway_route) == (expected, is_route)


@pytest.mark.parametrize(
    "url", ["", "localhost:8787", "ftp://h/", "http://", "http://h:99999", "http://[::1", "file:///x"]
)
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(UsageError, match="URL"):
        endpoint_for(SSE, url)


def test_a_full_path_is_refused_over_ws() -> None:
    with pytest.raises(UsageError, match="sse"):
        endpoint_for(WS, "https://h/v1/messages")


@pytest.mark.parametrize(
    ("url", "label", "is_secure"),
    [("http://h", "h:80", False), ("https://h", "h:443", True), ("ws://[::1]:8", "[::1]:8", False)],
)
def test_the_label_names_host_and_port(url: str, label: str, is_secure: bool) -> None:
    endpoint = endpoint_for(SSE, url)
    assert (endpoint.label, endpoint.is_secure) == (label, is_secure)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
)
def test_names_of_this_machine_are_loopback(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize(
    "host", ["", "localhost.example.com", "128.0.0.1", "0.0.0.0", "10.0.0.1", "::2", "127.0.0.1.example.com"]
)
def test_other_names_are_not(host: str) -> None:
    assert not is_loopback_host(host)


def test_a_url_is_shown_without_what_is_secret_in_it() -> None:
    shown = public_url("https://user:pass-word@h:1/p?api_key=secret-key&alt=sse&code=abc&api-version=1#access_token=f")
    assert shown == "https://h:1/p?api_key=hidden&alt=sse&code=hidden&api-version=1"
    assert set(secret_parts("https://user:pass-word@h:1/p?api_key=secret-key&q=1")) == {"pass-word", "secret-key"}
