"""The child process behind `--upstream local`: SmolLM2-135M in llama.cpp's own server (xllamacpp), on a free port.

Prints `{"url": ...}` once it answers, and ends when its standard input closes: it cannot outlive its parent.
"""

from __future__ import annotations

import json
import os
import sys
from typing import NoReturn

from tui.local_model import weights_path

MODEL_NAME = "smollm2-135m-instruct"
_CONTEXT_TOKENS = 8192
_SLOTS = 2
_MOST_THREADS = 4


def main() -> NoReturn:
    """Serves until standard input ends. Raises ImportError without xllamacpp."""
    pipe = os.dup(1)
    os.dup2(2, 1)  # whatever the library prints is not the ready line
    url = _start_server()
    os.write(pipe, json.dumps({"url": url}).encode() + b"\n")
    sys.stdin.buffer.read()
    os._exit(0)  # at once: threads of the library may still be computing


def _start_server() -> str:
    """The address of the server, which listens on loopback only."""
    import xllamacpp  # noqa: PLC0415  optional, and a hundred megabytes

    settings = xllamacpp.CommonParams()
    settings.model.path = weights_path()
    settings.model_alias = {MODEL_NAME}  # else every chunk names the file
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_ctx = _CONTEXT_TOKENS
    settings.n_parallel = _SLOTS
    settings.cpuparams.n_threads = max(1, min(_MOST_THREADS, os.cpu_count() or 1))
    settings.ui = False
    server = xllamacpp.Server(settings)
    globals()["_server"] = server  # it stops when it is collected
    return str(server.listening_address)
