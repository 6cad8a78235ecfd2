"""Which HTTP status an error has."""

from __future__ import annotations

from keystead.kernel.errors import KeysteadError
from keystead.kit.access.middleware import STATUS


def status_of(error: KeysteadError) -> int:
    """Return the HTTP status of an error; a kind of its own that nobody named is 400.

    >>> from keystead.kernel.errors import NotFound
    >>> status_of(NotFound("There is no such account."))
    404
    """
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
