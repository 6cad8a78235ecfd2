"""What people answered about institutions that reports name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from keystead.connectors.counter import models
from keystead.connectors.counter.rules.institution import folded


def institution_key(name: str, identifiers: Iterable[tuple[str, str]]) -> str:
    """Return the key of an institution: what it is called, whatever the spelling.

    Its identifiers where it has any, else its name.
    """
    said = sorted(f"{scheme.lower()}:{folded(value)}" for scheme, value in identifiers)
    text = "|".join(said) or f"name:{' '.join(name.split()).casefold()}"
    return hashlib.sha256(text.encode()).hexdigest()


def answered_account(name: str, identifiers: Iterable[tuple[str, str]]) -> int | None:
    """Return the account that a person said an institution is; None when nobody did."""
    key = institution_key(name, identifiers)
    row = models.Institution.objects.filter(key=key).exclude(account=None)
    return row.values_list("account_id", flat=True).first()
