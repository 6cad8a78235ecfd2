"""What a request that only reads asks twice is looked up once: it reads one state of the house.

Nothing outlives the request, and a request that may write looks again each time: a right removed
is gone at the next request.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
_READS = ("GET", "HEAD")
_found: ContextVar[dict[Hashable, Any] | None] = ContextVar("found_once", default=None)


def once(key: Hashable, look: Callable[[], T]) -> T:
    """Return what was found under a key in this reading request, else look (and note it there)."""
    found = _found.get()
    if found is None:
        return look()
    if key not in found:
        found[key] = look()
    value: T = found[key]
    return value


def remembers() -> bool:
    """Say whether this is a reading request, where looking something up whole pays."""
    return _found.get() is not None


def reading_once(method: str | None) -> AbstractContextManager[None]:
    """Return the frame around a request; only one that reads remembers."""
    return _frame({} if method in _READS else None)


@contextmanager
def _frame(found: dict[Hashable, Any] | None) -> Iterator[None]:
    token = _found.set(found)
    try:
        yield
    finally:
        _found.reset(token)
