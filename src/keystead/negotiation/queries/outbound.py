"""What of a negotiation is ours alone: for the guard of what leaves, never for showing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from keystead.accounts.queries import account_for, family_ids
from keystead.kit.access import Actor
from keystead.negotiation import models

LEAST = 10_000  # a smaller number stands in many documents by chance
KEYS = frozenset({"reservation", "walk_away", "aspiration", "target", "floor", "limit"})


def private_texts_for(actor: Actor, account_id: int) -> tuple[str, ...]:
    """Return mandates, walk-aways and notes on our side of an account's cases; drafts too.

    Whoever may see the account gets them, because the guard must know what its user may not read.
    They go into rules and are never shown.
    """
    family = family_ids(account_for(actor, account_id).id)
    found: list[str] = []
    for row in models.NegotiationRow.objects.filter(account_id__in=family):
        if row.mandate.strip():
            found.append(row.mandate)
        for side in (row.ours, row.theirs):
            found += _leaves(side, "")
        named = {name for issue in row.issues for name in _names(issue)}  # both sides know them
        for draft in row.drafts:
            told = [text for text in _leaves(draft, "") if not text[0].isdigit()]
            found += [text for text in told if text not in named]
    return tuple(dict.fromkeys(found))


def _leaves(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, key)
    elif value is not None:
        yield from _said(str(value).strip(), key)


def _names(issue: Any) -> Iterator[str]:
    """Yield the names of an issue and its options."""
    if isinstance(issue, dict):
        yield str(issue.get("name", ""))
        for option in issue.get("options", ()):
            yield from _names(option)


def _said(text: str, key: str) -> Iterator[str]:
    """Yield a private text, or an amount in the ways in which it is written."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        if len(text) >= 24 and " " in text:
            yield text
        return
    if key in KEYS and number.is_finite() and number >= LEAST:
        whole = int(number)
        yield f"{whole}"
        yield f"{whole:,}"
