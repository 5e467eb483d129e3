"""Cases of which the first are run by `make test` and all by `make check`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def first_of(cases: Iterable[Any], fast: int = 1) -> list[Any]:
    """The cases for `parametrize`; those after the first `fast` are of the long matrix."""
    listed = list(cases)
    return [*listed[:fast], *(_slow(case) for case in listed[fast:])]


def _slow(case: Any) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.slow)


def first_of_sizes(sizes: Iterable[tuple[int, int]], fast: int = 1) -> list[Any]:
    """As `first_of`, for one argument that is a size."""
    listed = list(sizes)
    return [*listed[:fast], *(pytest.param(size, marks=pytest.mark.slow) for size in listed[fast:])]
