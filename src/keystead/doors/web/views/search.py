"""Search across accounts, products, metrics and imports, within what the person may see."""

from __future__ import annotations

import dataclasses

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.accounts.queries import label_of, search_accounts
from keystead.catalog.queries import search_products
from keystead.doors.web.measures import label_of_metric
from keystead.kit.access import Actor, actor_of, policy
from keystead.ledger.queries.imports import batches
from keystead.metrics.queries.catalogue import catalogue

LIMIT = 12
RECENT_BATCHES = 300


@dataclasses.dataclass(frozen=True)
class Hit:
    """One thing found."""

    label: str
    url: str
    code: str = ""
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Group:
    """Hits of one kind."""

    label: str
    hits: tuple[Hit, ...]


@policy("accounts.view")
def search(request: HttpRequest) -> HttpResponse:
    """Show what answers the words, by kind."""
    words = request.GET.get("q", "").strip()[:100]
    groups = find(actor_of(request), words) if words else []
    return render(request, "web/search.html", {"words": words, "groups": groups})


def find(actor: Actor, words: str) -> list[Group]:
    """Return the groups that have hits."""
    groups = [
        Group(_("Accounts"), _accounts(actor, words)),
        Group(_("Products"), _products(actor, words)),
        Group(_("Metrics"), _metrics(actor, words)),
        Group(_("Imports"), _imports(actor, words)),
    ]
    return [group for group in groups if group.hits]


def _accounts(actor: Actor, words: str) -> tuple[Hit, ...]:
    return tuple(
        Hit(one.name, reverse("web:account", args=[one.id]), one.code, label_of(one.kind))
        for one in search_accounts(actor, words, limit=LIMIT)
    )


def _products(actor: Actor, words: str) -> tuple[Hit, ...]:
    return tuple(
        Hit(one.name, f"/products/{one.id}/", one.sku, one.brand)
        for one in search_products(actor, words, limit=LIMIT)
    )


def _metrics(actor: Actor, words: str) -> tuple[Hit, ...]:
    if not actor.can("metrics.view"):
        return ()
    wanted = words.casefold().split()
    hits = []
    for entry in catalogue(actor):
        label = label_of_metric(entry.metric)
        text = f"{entry.metric.id} {label} {entry.metric.label}".casefold()
        if all(word in text for word in wanted):
            url = reverse("metrics:metric", args=[entry.metric.id])
            hits.append(Hit(label, url, entry.metric.id, _(entry.topic)))
    return tuple(hits[:LIMIT])


def _imports(actor: Actor, words: str) -> tuple[Hit, ...]:
    if not actor.can("ledger.view"):
        return ()
    wanted = words.casefold().split()
    hits = []
    for one in batches(actor, limit=RECENT_BATCHES):
        text = f"{one.id} {one.file_name} {one.source} {one.dataset}".casefold()
        if all(word in text for word in wanted):
            hits.append(Hit(one.file_name or str(one.id), f"/imports/{one.id}/", f"#{one.id}"))
    return tuple(hits[:LIMIT])
