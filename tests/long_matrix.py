"""Cases of which the first are run by `make test` and all by `make check`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def first_of(cases: Iterable[Any], fast: int = 1) -> list[Any]:
    """The cases for `parametrize` with one name; those after the first `fast` are of the long matrix."""
    listed = list(cases)
    return [*listed[:fast], *(pytest.param(case, marks=pytest.mark.slow) for case in listed[fast:])]
