"""Lists of accounts: filter, page, and the search box."""

from __future__ import annotations

import dataclasses

from django.db.models import Q, QuerySet
from rapidfuzz import fuzz, process

from keystead.accounts import models
from keystead.accounts.queries.door import as_account, restrict
from keystead.accounts.rules import fold
from keystead.accounts.types import Account
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor

ORDERS = ("name", "code", "kind", "country", "segment", "territory", "channel", "status")
FILTERS = ("kind", "status", "country", "segment", "territory", "channel", "currency")
MAX_PAGE = 500
FUZZY_POOL = 20_000  # names compared when nothing contains the words; about 10 ms
FUZZY_LIMIT = 70.0


@dataclasses.dataclass(frozen=True)
class AccountPage:
    """A page of a list, and how many there are in all."""

    items: tuple[Account, ...]
    total: int
    limit: int
    offset: int


def find_accounts(
    actor: Actor,
    *,
    search: str = "",
    filters: dict[str, str] | None = None,
    order: str = "name",
    limit: int = 100,
    offset: int = 0,
) -> AccountPage:
    """Return a page of the visible accounts; ``order`` is a field, with ``-`` in front to turn it.

    Raises Invalid for a filter or an order there is not, and for a page out of bounds.
    """
    if not 0 < limit <= MAX_PAGE or offset < 0:
        raise Invalid(f"Ask for 1 to {MAX_PAGE} rows, from 0 on.", code="page", field="limit")
    if order.lstrip("-") not in ORDERS:
        raise Invalid(f"Order by one of: {', '.join(ORDERS)}.", code="order", field="order")
    rows = _filtered(actor, search, filters)
    total = rows.count()
    page = rows.order_by(order, "id")[offset : offset + limit]
    return AccountPage(tuple(as_account(row) for row in page), total, limit, offset)


def all_found(
    actor: Actor, *, search: str = "", filters: dict[str, str] | None = None
) -> tuple[Account, ...]:
    """Return every visible account that matches, by code; for answers that page by a cursor."""
    return tuple(as_account(row) for row in _filtered(actor, search, filters).order_by("code"))


def search_accounts(actor: Actor, query: str, *, limit: int = 12) -> tuple[Account, ...]:
    """Return the visible accounts that best answer what was typed, for the search box.

    Codes, names and identifiers count, in any case, width and accent; codes of merged accounts
    lead to where they live on. When nothing contains the words, near spellings are offered.
    """
    words = fold(query)
    if not words:
        return ()
    visible = restrict(models.Account.objects.all(), actor)
    hits = list(_containing(visible, query).select_related("canonical")[: limit * 5])
    hits.sort(key=lambda row: (_rank(row, words), row.name, row.pk))
    if not hits:
        hits = _near(visible, words, limit)
    found: dict[int, models.Account] = {}
    for row in hits:
        shown = row.canonical or row
        found.setdefault(shown.pk, shown)
    return tuple(as_account(row) for row in list(found.values())[:limit])


def values_in_use(actor: Actor, field: str) -> tuple[str, ...]:
    """Return the different segments, territories or channels in use, for suggestions."""
    if field not in FILTERS:
        raise Invalid(f"There is no list for {field}.", code="filter", field=field)
    rows = restrict(models.Account.objects.all(), actor).exclude(**{field: ""})
    return tuple(rows.order_by(field).values_list(field, flat=True).distinct()[:200])


def _filtered(
    actor: Actor, search: str, filters: dict[str, str] | None
) -> QuerySet[models.Account]:
    rows = restrict(models.Account.objects.filter(merged_into=None), actor)
    for field, value in (filters or {}).items():
        if field not in FILTERS:
            raise Invalid(f"Filter by one of: {', '.join(FILTERS)}.", code="filter", field=field)
        if value:
            rows = rows.filter(**{field: value})
    return _containing(rows, search) if search.strip() else rows


def _containing(rows: QuerySet[models.Account], query: str) -> QuerySet[models.Account]:
    condition = Q()
    for word in fold(query).split():
        condition &= Q(search_key__contains=word)
    return rows.filter(condition)


def _rank(row: models.Account, words: str) -> int:
    code, name = fold(row.code), fold(row.name)
    tests = (code == words, name == words, code.startswith(words), name.startswith(words),
             words in name)  # fmt: skip
    return next((place for place, hit in enumerate(tests) if hit), len(tests))


def _near(rows: QuerySet[models.Account], words: str, limit: int) -> list[models.Account]:
    keys = dict(rows.order_by("id").values_list("pk", "search_key")[:FUZZY_POOL])
    best = process.extract(
        words, keys, scorer=fuzz.partial_ratio, score_cutoff=FUZZY_LIMIT, limit=limit
    )
    order = [pk for _, _, pk in best]
    found = {row.pk: row for row in rows.filter(pk__in=order).select_related("canonical")}
    return [found[pk] for pk in order]
