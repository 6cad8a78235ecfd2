"""Every page and endpoint declares who may use it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from keystead.kit.access import policy_of

SELF_GUARDED = ("api/", "static/")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every route of the project with its full path."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def test_every_view_declares_a_policy() -> None:
    missing = [
        path
        for path, entry in routes(get_resolver())
        if not path.startswith(SELF_GUARDED) and policy_of(entry.callback) is None
    ]
    assert missing == []
