"""How a combinator closes the stream it reads.

Knows the protocol of asynchronous iterators and nothing of chunks; used by the combinators of this folder.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T")


@runtime_checkable
class _Closable(Protocol):
    async def aclose(self) -> None: ...


def closing_source(source: AsyncIterator[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    """Gives the iterator and closes it at the exit; one without `aclose` has nothing to close."""
    return aclosing(source) if isinstance(source, _Closable) else nullcontext(source)
