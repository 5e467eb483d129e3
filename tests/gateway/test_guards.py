from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.gateway.running_gateway import HELLO, gateway_settings, running_gateway
from tests.gateway.scripted_upstream import Exchange, ScriptedUpstream
from tui.errors import UsageError
from tui.gateway.gateway_settings import GatewaySettings, is_loopback_host
from tui.gateway.server import GatewayServer

TOKEN = "canary-token-1"
POST_HEAD = b"POST /v1/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


async def answer(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.tokens("hi")
    await exchange.finish()


def client_of(server: GatewayServer, **options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, trust_env=False, **options)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8787", "127.0.0.1.evil.example", "a@127.0.0.1", ""])
async def test_a_foreign_host_is_refused(host: str) -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        response = await client.get("/v1/models", headers={"Host": host})
        assert response.status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1", "127.8.9.1:80", "[::1]:99"])
async def test_names_of_this_machine_are_accepted(host: str) -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        assert (await client.get("/v1/models", headers={"Host": host})).status_code == 200


async def test_a_further_host_can_be_named() -> None:
    settings = gateway_settings(allow_hosts=("gateway.test",))
    async with running_gateway(settings) as server, client_of(server) as client:
        assert (await client.get("/v1/models", headers={"Host": "gateway.test"})).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_pages_of_another_origin_are_refused_and_get_no_cors(origin: str, method: str) -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        path = "/v1/models" if method == "GET" else "/v1/stream"
        response = await client.request(method, path, headers={"Origin": origin})
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "origin_not_allowed"
    assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_the_own_origin_is_accepted() -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        assert (await client.get("/v1/models", headers={"Origin": server.url})).status_code == 200


async def test_an_allowed_origin_gets_cors_and_its_preflight() -> None:
    page = "https://page.example"
    async with (
        running_gateway(gateway_settings(allow_origins=(page,), token=TOKEN)) as server,
        client_of(server) as client,
    ):
        preflight = await client.options(
            "/v1/stream",
            headers={
                "Origin": page,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            },
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == page
        refused = await client.get("/v1/models", headers={"Origin": page})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, page)
        headers = {"Origin": page, "Authorization": f"Bearer {TOKEN}"}
        assert (await client.get("/v1/models", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xe4"],
)
async def test_without_the_token_everything_but_health_is_401(authorization: str | None) -> None:
    headers = [] if authorization is None else [(b"Authorization", authorization.encode("latin-1"))]
    async with (
        ScriptedUpstream(answer) as upstream,
        running_gateway(gateway_settings(upstream.url, token=TOKEN)) as server,
        client_of(server) as client,
    ):
        for method, path in (
            ("POST", "/v1/stream"),
            ("POST", "/v1/chat/completions"),
            ("GET", "/v1/models"),
            ("DELETE", "/v1/stream/x"),
            ("GET", "/openapi.json"),
            ("GET", "/nowhere"),
        ):
            response = await client.request(method, path, headers=headers)
            assert response.status_code == 401, path
            assert response.headers["www-authenticate"] == "Bearer"
            assert TOKEN not in response.text
        health = await client.get("/health", headers=headers)
        assert health.status_code == 200
        assert list(health.json()) == ["status"]
        assert not [request for request in upstream.requests if request.method == "POST"]


async def test_with_the_token_all_is_well_on_http_and_websocket() -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        ScriptedUpstream(answer) as upstream,
        running_gateway(gateway_settings(upstream.url, token=TOKEN)) as server,
        client_of(server, headers=headers) as client,
    ):
        assert (await client.post("/v1/stream", json=HELLO)).status_code == 200
        assert "upstream" in (await client.get("/health")).json()
        url = server.url.replace("http", "ws", 1) + "/v1/ws/stream"
        async with connect(url, proxy=None, additional_headers=headers) as connection:
            await connection.send(json.dumps({"type": "complete", "data": HELLO}))
            assert json.loads(await connection.recv())["type"] == "start"
        with pytest.raises(InvalidStatus) as refused:
            async with connect(url, proxy=None):
                pass
        assert refused.value.response.status_code == 401
        # The client's token is the gateway's own matter: upstream never sees it.
        assert all(TOKEN not in str(request.headers) for request in upstream.requests)


async def test_a_declared_body_over_the_limit_is_413_before_it_is_read() -> None:
    async with running_gateway(gateway_settings()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.url).port)
        writer.write(POST_HEAD + b"Content-Length: 209715200\r\n\r\n")
        async with asyncio.timeout(3):
            assert (await reader.readline()).split()[1] == b"413"
        writer.close()


async def test_an_undeclared_body_is_counted_while_it_comes() -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 200_000_000:
            sent += 65_536
            yield b" " * 65_536

    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        try:
            response = await client.post("/v1/stream", content=endless(), headers={"Content-Type": "application/json"})
            assert response.status_code == 413
        except (httpx.WriteError, httpx.ReadError):
            pass  # the gateway hung up while the body was still being written
    assert sent < 40_000_000


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3_000_000])
async def test_who_sends_somewhat_too_much_reads_the_answer(size: int) -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        for _ in range(10):
            response = await client.post(
                "/v1/stream", content=b" " * size, headers={"Content-Type": "application/json"}
            )
            assert response.status_code == 413
            assert response.json()["error"]["code"] == "body_too_large"


async def test_a_body_of_exactly_the_limit_is_read() -> None:
    body = json.dumps(HELLO).encode().ljust(1024 * 1024)
    async with (
        ScriptedUpstream(answer) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        response = await client.post("/v1/stream", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 200


async def test_a_body_that_does_not_come_is_408() -> None:
    async with running_gateway(gateway_settings(body_s=0.2)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(server.url).port)
        writer.write(POST_HEAD + b"Content-Length: 9\r\n\r\n{")
        async with asyncio.timeout(3):
            assert (await reader.readline()).split()[1] == b"408"
        writer.close()


BAD_BODIES: list[tuple[bytes, int]] = [
    (b"", 422),
    (b"null", 422),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"[" * 100_000, 400),
    (b'"text"', 422),
    (b"[]", 422),
    (b'[{"role":"user"}]', 422),
    (b'[{"role":"tool","content":"x"}]', 422),
    (b'{"messages":[{"role":"user","content":7}]}', 422),
    (b'{"messages":[{"role":"user","content":"x","name":"y"}]}', 422),
    (b'{"messages":[{"role":"user","content":"x"}],"base_url":"http://10.0.0.1"}', 422),
    (b'{"messages":[{"role":"user","content":"x"}],"temperature":NaN}', 422),
    (b'{"messages":[{"role":"user","content":"x"}],"temperature":9}', 422),
    (b'{"messages":[{"role":"user","content":"x"}],"max_tokens":"7"}', 422),
    (b'{"messages":[{"role":"user","content":"x"}],"max_tokens":99999999}', 422),
    (b'{"messages":[{"role":"user","content":"x"}],"buffer_type":"regex"}', 422),
    (b'{"messages":[{"role":"user","content":"\\ud83d"}]}', 422),
    (b"[" + b",".join([b'{"role":"user","content":"x"}'] * 300) + b"]", 422),
]


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/stream/raw", "/v1/stream/buffered", "/v1/stream/json"])
async def test_a_bad_body_is_a_typed_error_and_reaches_no_upstream(path: str) -> None:
    async with (
        ScriptedUpstream(answer) as upstream,
        running_gateway(gateway_settings(upstream.url)) as server,
        client_of(server) as client,
    ):
        for body, status in BAD_BODIES:
            response = await client.post(path, content=body, headers={"Content-Type": "application/json"})
            assert response.status_code == status, (body[:80], response.text)
            assert set(response.json()["error"]) == {"message", "type", "code"}
            assert response.json()["error"]["message"]
        assert upstream.requests == []
        assert (await client.post(path, json=HELLO)).status_code == 200


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_a_body_that_is_not_called_json_is_415(content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        for path in ("/v1/stream", "/v1/chat/completions"):
            response = await client.post(path, content=json.dumps(HELLO), headers=headers)
            assert response.status_code == 415
            assert response.json()["error"]["code"] == "unsupported_media_type"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/stream", 405), ("GET", "/nowhere", 404)])
async def test_wrong_methods_and_paths_are_typed_errors(method: str, path: str, status: int) -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        response = await client.request(method, path)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "code"}


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"host": "0.0.0.0"}, "token"),
        ({"host": "192.168.1.9"}, "token"),
        ({"host": "::"}, "token"),
        ({"token": "two words"}, "token"),
        ({"tls_cert": "cert.pem"}, "--tls-key"),
        ({"port": 70_000}, "port"),
        ({"resume_grace_s": -1.0}, "--resume-grace"),
        ({"upstream": "lokal"}, "expected demo, local or the URL"),
        ({"upstream": "ftp://host/v1"}, "expected demo, local or the URL"),
        ({"upstream": "http://"}, "expected demo, local or the URL"),
        ({"upstream": "http://[::1"}, "expected demo, local or the URL"),
        ({"upstream": "https://user:pw@host/v1"}, "more than an address"),
        ({"upstream": "https://host/v1?key=1"}, "more than an address"),
    ],
)
def test_settings_that_are_unsafe_or_wrong_are_usage_errors(members: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        GatewaySettings(**members).check()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_hosts_are_allowed_with_a_token_which_is_never_shown(host: str) -> None:
    settings = GatewaySettings(host=host, token=TOKEN)
    settings.check()
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("localhost", True),
        ("LocalHost.", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("a.b", False),
    ],
)
def test_loopback_is_told_by_the_name_alone(host: str, is_loopback: bool) -> None:
    assert is_loopback_host(host) is is_loopback


async def test_the_description_names_every_route() -> None:
    async with running_gateway(gateway_settings()) as server, client_of(server) as client:
        description = (await client.get("/openapi.json")).json()
    assert {(method, path) for path, methods in description["paths"].items() for method in methods} == {
        ("post", "/v1/stream"),
        ("post", "/v1/stream/raw"),
        ("post", "/v1/stream/buffered"),
        ("post", "/v1/stream/json"),
        ("delete", "/v1/stream/{generation_id}"),
        ("post", "/v1/chat/completions"),
        ("get", "/v1/models"),
        ("get", "/health"),
    }
    assert "text/event-stream" in description["paths"]["/v1/stream"]["post"]["responses"]["200"]["content"]
