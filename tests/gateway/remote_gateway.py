"""A gateway as another machine would have it: every address, TLS, a token, a process of its own; and profiles to it."""

from __future__ import annotations

import json
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.child_environ import clean_environ
from tests.gateway.gateway_process import gateway_process
from tests.transports.scripted_server import CERTIFICATE
from tui.config import Settings, load_settings

TOKEN = "remote-CANARY-1"


@dataclass(frozen=True)
class RemoteGateway:
    """Where it is, and the file of the profiles."""

    process: Process
    url: str
    file: Path

    def settings(self, profile: str) -> Settings:
        """What `streamscope --profile NAME` would begin with."""
        return load_settings({"profile": profile}, {}, self.file)


@asynccontextmanager
async def remote_gateway(folder: Path, *flags: str) -> AsyncIterator[RemoteGateway]:
    """`serve --host 0.0.0.0` with TLS and token, reached over 127.0.0.1.

    The profiles `stage` (SSE) and `stage-ws` lead there; `no-token` and `no-ca` lack what their names say.
    """
    token = folder / "gateway.token"
    token.touch(mode=0o600)
    token.write_text(f"{TOKEN}\n")
    secure = ("--tls-cert", str(CERTIFICATE), "--tls-key", str(CERTIFICATE.with_suffix(".key")))
    serve = ("--host", "0.0.0.0", "--token-file", str(token), *secure, *flags)
    async with gateway_process(*serve, environ=clean_environ(folder)) as (process, url):
        assert url.startswith("https://0.0.0.0:")
        near = f"https://127.0.0.1:{urlsplit(url).port}"
        file = folder / "streamscope" / "config.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(_profiles(near, token), encoding="utf-8")
        yield RemoteGateway(process, near, file)


def _profiles(url: str, token: Path) -> str:
    address, key, trust = (f"{name} = {json.dumps(str(value))}\n" for name, value in _members(url, token))
    common = 'gateway = true\nresume = true\nmodel = "demo/code"\n'
    return (
        f"[profiles.stage]\n{address}{key}{trust}{common}"
        f'[profiles.stage-ws]\ntransport = "ws"\n{address}{key}{trust}{common}'
        f"[profiles.no-token]\n{address}{trust}{common}"
        f"[profiles.no-ca]\n{address}{key}{common}"
    )


def _members(url: str, token: Path) -> list[tuple[str, object]]:
    return [("url", url), ("token_file", token), ("ca_file", CERTIFICATE)]
