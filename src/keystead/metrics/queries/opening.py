"""From a proof id to a prepared question: the door that checks rights on every account in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext, ngettext

from keystead.accounts.queries import scope_for
from keystead.accounts.types import Scope
from keystead.governance.queries.acknowledgements import require_acknowledged
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.ledger.types import SegmentRead
from keystead.metrics.calc.datasets import ACCOUNT_DIMENSIONS, BATCH_DIMENSION, PRODUCT_DIMENSIONS
from keystead.metrics.calc.definitions import datasets_of, metric_def, needs_of
from keystead.metrics.calc.proof_ids import ProofKey, decode, scope_hash
from keystead.metrics.queries.asking import Asked, batches_of, scope_of_metrics
from keystead.metrics.queries.dimensions import Dimensions, dimensions
from keystead.metrics.queries.prepared import Prepared, prepare
from keystead.metrics.queries.reading import Reading
from keystead.metrics.queries.store import Store
from keystead.metrics.types import MetricDef, Query
from keystead.reference.queries import fiscal_calendar


@dataclasses.dataclass(frozen=True)
class Opened:
    """A proof id that this actor may open."""

    key: ProofKey
    metric: MetricDef
    accounts: frozenset[int] | None
    dims: Dimensions


def open_key(actor: Actor, proof_id: str, within: Reading | None = None) -> Opened:
    """Return the opened id; NotFound when it is unknown or covers an account of somebody else.

    ``within``: a reading of the same actor, whose scope and dimensions are taken.

    What stands behind a resale price names sellers: with a dated training where one is asked for.
    """
    actor.require("metrics.view")
    key = decode(proof_id)
    metric = at_version(metric_def(key.metric), key.version)
    for capability in sorted(needs_of(metric)):
        actor.require(capability)
    if metric.resale_price:  # the rows behind it name the sellers
        require_acknowledged(actor, "competition_law")
    dims = within.dims if within else dimensions()
    scope = within.scope if within else scope_for(actor)
    accounts = _covered(key, scope_of_metrics(actor, (metric,), scope), dims)
    return Opened(key, metric, accounts, dims)


def at_version(metric: MetricDef, version: int) -> MetricDef:
    """Return the metric as it was defined then; NotFound for a version that never was."""
    try:
        return dataclasses.replace(metric, version=version, compute=metric.compute_at(version))
    except KeyError:
        raise unknown() from None


def unknown() -> NotFound:
    return NotFound("There is no such proof.", code="proof_unknown")


def _covered(key: ProofKey, scope: Scope, dims: Dimensions) -> frozenset[int] | None:
    known = frozenset(dims.accounts["account_id"].to_pylist())
    mine = known if scope.everything else frozenset(scope.account_ids)
    if key.scope_hash:
        if scope_hash(mine) != key.scope_hash:
            raise unknown()
        return mine
    if key.accounts is None:
        if not scope.everything:
            raise unknown()
        return None
    if not key.accounts <= mine:
        raise unknown()
    return key.accounts


def prepared_at(
    opened: Opened,
    *,
    metric: MetricDef | None = None,
    commit: int | None = None,
    swapped: Mapping[str, Sequence[SegmentRead]] | None = None,
) -> Prepared:
    """Return the question of a proof id, as of its commit or another state of the facts."""
    key, metric = opened.key, metric or opened.metric
    store = Store(key.commit if commit is None else commit, swapped)
    return prepared_on(store, opened, (metric,))


def prepared_on(
    store: Store,
    opened: Opened,
    metrics: Sequence[MetricDef],
    *,
    products: frozenset[int] | None = None,
) -> Prepared:
    """Return the question of a proof id for these metrics, on the facts of a store.

    ``products``: for each of these products instead of those of the id.
    """
    key = opened.key
    datasets = {name for metric in metrics for name in datasets_of(metric)}
    facts = tuple(
        (name, tuple(sorted(batches_of(store, datasets, values))))
        if name == BATCH_DIMENSION
        else (name, values)
        for name, values in key.facts
    )
    query = Query(
        metrics=tuple(metric.id for metric in metrics),
        by=() if products is None else ("product",),
        period=key.period,
        accounts=opened.accounts,
        products=key.products if products is None else products,
        product_dimensions=key.product_dimensions,
        facts=facts,
    )
    calendar = fiscal_calendar(key.calendar or "calendar")
    asked = Asked(tuple(metrics), query, calendar, key.shown)
    ready = prepare(asked, store, opened.dims, key.currency, key.rates_at)
    return dataclasses.replace(ready, reference=key.reference)


def shown_filters(opened: Opened) -> tuple[tuple[str, str], ...]:
    """Return the filters in words; one that does not hold for all that is covered is left out."""
    key, dims = opened.key, opened.dims
    found = []
    for name, values in key.shown:
        if name in ACCOUNT_DIMENSIONS:
            typed = _typed(name, values)
            holds = opened.accounts is not None and opened.accounts <= dims.account_ids(name, typed)
        elif name in PRODUCT_DIMENSIONS and name not in dict(key.facts):
            typed = _typed(name, values)
            holds = key.products is not None and key.products <= dims.product_ids(name, typed)
        else:
            typed = values
            holds = dict(key.facts).get(name) == values
        if holds:
            found.append((name, ", ".join(_words(dims, name, value) for value in typed)))
    return tuple(found)


def scope_words(opened: Opened) -> str:
    """Return which accounts a proof covers, in words."""
    if opened.accounts is None:
        return gettext("All accounts")
    heads = {opened.dims.heads.get(one, one) for one in opened.accounts}
    names = [opened.dims.account_names.get(head, ("", ""))[1] for head in sorted(heads)]
    if len(names) <= 3:
        return ", ".join(names)
    return ngettext("%(count)d account", "%(count)d accounts", len(names)) % {"count": len(names)}


def _typed(name: str, values: Sequence[str]) -> tuple[str | int, ...]:
    if name in ("account", "parent", "root", "product"):
        return tuple(int(value) for value in values if value.lstrip("-").isdigit())
    return tuple(values)


def _words(dims: Dimensions, name: str, value: str | int) -> str:
    if isinstance(value, int):
        code, label = dims.names(name).get(value, (str(value), ""))
        return f"{code} {label}".strip()
    return value
