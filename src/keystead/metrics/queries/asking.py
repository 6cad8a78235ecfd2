"""From what a person asks to what the compiler gets: rights, scope, filters, currency."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from datetime import date as day
from typing import Any

import pyarrow as pa
from django.conf import settings

from keystead.accounts.queries import scope_for
from keystead.accounts.types import Scope
from keystead.governance.queries.acknowledgements import require_acknowledged
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.ledger import queries as ledger
from keystead.ledger.types import dataset_def
from keystead.metrics.calc.compiler import compile_currencies
from keystead.metrics.calc.datasets import (
    ACCOUNT_DIMENSIONS,
    BATCH_DIMENSION,
    FACT_COLUMNS,
    ID_DIMENSIONS,
    PRODUCT_DIMENSIONS,
    TIME_DIMENSIONS,
)
from keystead.metrics.calc.definitions import aggregates, datasets_of, metric_def, needs_of
from keystead.metrics.calc.time import window_of
from keystead.metrics.queries.dimensions import Dimensions
from keystead.metrics.queries.reading import Reading
from keystead.metrics.queries.store import Store
from keystead.metrics.types import DIMENSIONS, Aggregate, Measure, MetricDef, Query, Series
from keystead.reference.queries import fiscal_calendar, rate_table
from keystead.reference.types import FiscalCalendar

AsOf = int | datetime | day | None
Filters = Mapping[str, Any]
NAMES_SELLERS = frozenset({"account", "shop", "outlet"})


@dataclasses.dataclass(frozen=True)
class Asked:
    """A question with every name resolved."""

    metrics: tuple[MetricDef, ...]
    query: Query
    calendar: FiscalCalendar
    shown: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(sorted({name for metric in self.metrics for name in datasets_of(metric)}))


def ask(
    reading: Reading,
    metrics: Sequence[str] | str,
    by: Sequence[str],
    period: Period | str,
    filters: Filters | None,
    calendar: str,
) -> Asked:
    """Return the resolved question; raises NotAllowed, NotFound or Invalid."""
    actor = reading.actor
    names = (metrics,) if isinstance(metrics, str) else tuple(dict.fromkeys(metrics))
    found = tuple(metric_def(name) for name in names)
    if not found:
        raise Invalid("Name at least one metric.", code="no_metric")
    for metric in found:
        for capability in sorted(needs_of(metric)):
            actor.require(capability)
    for name in by:
        if name not in DIMENSIONS:
            raise Invalid(
                f"There is no dimension called {name[:40]}.",
                code="dimension_unknown",
                hint="Use one of: " + ", ".join(DIMENSIONS) + ".",
            )
    span = Period.parse(period) if isinstance(period, str) else period
    query = Query(names, tuple(dict.fromkeys(by)), span)
    query, shown = _filtered(reading, query, filters or {}, found)
    _keep_conduct(actor, found, query)
    return Asked(found, query, fiscal_calendar(calendar), shown)


def commit_of(as_of: AsOf) -> int | None:
    """Return the commit a person means: a number, a moment, or the end of a day (UTC)."""
    if as_of is None or isinstance(as_of, int):
        return as_of
    if isinstance(as_of, datetime):
        return ledger.commit_at(as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC))
    return ledger.commit_at(datetime.combine(as_of, time.max, UTC))


def scope_of_metrics(actor: Actor, metrics: Sequence[MetricDef], scope: Scope) -> Scope:
    """Return the accounts on which the actor may see all these metrics.

    ``scope`` are those of which they see sales. Who holds several roles may see the sales of more
    accounts than the costs.
    """
    needed = {capability for metric in metrics for capability in needs_of(metric)}
    if "metrics.cost" in needed and actor.scope_of("terms") != actor.scope_of("profile"):
        return scope_for(actor, name="terms")
    return scope


def _filtered(
    reading: Reading, query: Query, filters: Filters, metrics: Sequence[MetricDef]
) -> tuple[Query, tuple[tuple[str, tuple[str, ...]], ...]]:
    store, dims = reading.store, reading.dims
    scope = scope_of_metrics(reading.actor, metrics, reading.scope)
    accounts = None if scope.everything else frozenset(scope.account_ids)
    products: frozenset[int] | None = None
    chosen: list[str] = []
    facts: list[tuple[str, tuple[Any, ...]]] = []
    shown: list[tuple[str, tuple[str, ...]]] = []
    datasets = {name for metric in metrics for name in datasets_of(metric)}
    for name, given in filters.items():
        values = _values(name, given)
        shown.append((name, tuple(str(value) for value in values)))
        if name in ACCOUNT_DIMENSIONS:
            matching = dims.account_ids(name, values)
            if name == "account":
                matching = _opened(scope, values, dims)
            accounts = matching if accounts is None else accounts & matching
            continue
        if name in PRODUCT_DIMENSIONS:
            matching = dims.product_ids(name, values)
            products = matching if products is None else products & matching
            chosen.append(name)
        if name == BATCH_DIMENSION:
            facts.append((name, tuple(sorted(batches_of(store, datasets, values)))))
        elif any(name in FACT_COLUMNS[dataset] for dataset in datasets):
            facts.append((name, values))
        elif name not in PRODUCT_DIMENSIONS:
            raise Invalid(f"You cannot filter by {name[:40]} here.", code="filter_unknown")
    return dataclasses.replace(
        query,
        accounts=accounts,
        products=products,
        product_dimensions=tuple(chosen),
        facts=tuple(facts),
    ), tuple(shown)


def _values(name: str, given: Any) -> tuple[Any, ...]:
    if name not in DIMENSIONS or name in TIME_DIMENSIONS:
        raise Invalid(
            f"You cannot filter by {name[:40]}.",
            code="filter_unknown",
            hint="Choose the days with the period." if name in TIME_DIMENSIONS else "",
        )
    listed = isinstance(given, list | tuple | set | frozenset)
    values = tuple(given) if listed else (given,)
    if name not in ID_DIMENSIONS:
        return tuple(sorted({str(value) for value in values}))
    try:
        return tuple(sorted({int(value) for value in values}))
    except (TypeError, ValueError):
        raise Invalid(f"Filter {name} by its id.", code="filter_value") from None


def _opened(scope: Scope, values: Iterable[int], dims: Dimensions) -> frozenset[int]:
    """Return the ids of accounts named one by one; a foreign one is missing (NotFound)."""
    for value in values:
        if value not in dims.heads or value not in scope:
            raise NotFound(
                "There is no such account, or it is not one of yours.",
                code="account_not_found",
                account_id=value,
            )
    return dims.account_ids("account", {dims.heads[value] for value in values})


def batches_of(store: Store, datasets: Iterable[str], sources: Iterable[str]) -> set[int]:
    """Return the batches of these sources that count at the store's commit."""
    wanted = set(sources)
    return {
        change.batch_id
        for dataset in datasets
        for change in ledger.slices_between(dataset, 0, store.commit)
        if change.source in wanted
    }


def batch_table(store: Store, datasets: Iterable[str]) -> pa.Table:
    """Return ``batch_dim``: the source of every batch that counts."""
    found = {
        change.batch_id: change.source
        for dataset in datasets
        for change in ledger.slices_between(dataset, 0, store.commit)
    }
    return pa.table(
        {
            "batch_id": pa.array(list(found), pa.int32()),
            "source": pa.array(list(found.values()), pa.string()),
        }
    )


def _keep_conduct(actor: Actor, metrics: Sequence[MetricDef], query: Query) -> None:
    """Raise NotAllowed when resale prices would be laid out seller by seller.

    Prices are shown as index and dispersion. Sellers side by side are for compliance alone, so
    that nobody ranks them, and with a dated training where the company asks for one.
    """
    if not any(metric.resale_price for metric in metrics):
        return
    if NAMES_SELLERS & set(query.by) and not actor.can("compliance.view"):
        raise NotAllowed(
            "Resale prices are not listed seller by seller.",
            code="prices_named",
            hint="Ask for the index or the dispersion of one account, or by product and month.",
        )
    if NAMES_SELLERS & set(query.by):
        require_acknowledged(actor, "competition_law")


def money_datasets(metrics: Iterable[MetricDef]) -> tuple[str, ...]:
    """Return the datasets whose money the metrics add up."""
    known = aggregates()
    found = set()
    for metric in metrics:
        parts = [known[asked.metric] for _name, asked in metric.inputs]
        if isinstance(metric.compute, Aggregate):
            parts.append(metric.compute)
        for part in parts:
            schema = dataset_def(part.dataset).schema.names
            if part.measure is Measure.MONEY and "currency" in schema:
                found.add(part.dataset)
    return tuple(sorted(found))


def target_currency(asked: Asked, currency: str | None, store: Store) -> str:
    """Return what to convert into: "" keeps amounts as they are.

    One currency stays as it is unless another one is asked for. Several are converted into the
    one asked for, else into the reporting currency of the house, else they are not added.
    """
    datasets = money_datasets(asked.metrics)
    wanted = (currency or "").upper()
    if not datasets:
        return ""
    seen = store.currencies(datasets) or frozenset()
    reporting = wanted or str(getattr(settings, "KEYSTEAD_REPORTING_CURRENCY", "") or "")
    if not reporting or seen <= {reporting}:
        return ""
    if not wanted and len(seen) > 1:
        seen = _seen_by(asked, datasets, store)
    if not wanted and len(seen) <= 1:
        return ""
    return reporting


def _seen_by(asked: Asked, datasets: Iterable[str], store: Store) -> frozenset[str]:
    found: set[str] = set()
    span = widest(asked)
    for dataset in datasets:
        tree = compile_currencies(
            asked.query, dataset, span, store.sources([dataset], cached=False)
        )
        found |= set(store.table(tree, dataset, {})["currency"].to_pylist())
    return frozenset(found - {None, ""})


def widest(asked: Asked) -> Period:
    """Return the days that any part of the metrics looks at."""
    known = aggregates()
    spans = [asked.query.period]
    for metric in asked.metrics:
        if isinstance(metric.compute, Aggregate):
            spans.append(window_of(asked.query.period, metric.compute.window, 0, asked.calendar))
        for _name, one in metric.inputs:
            window = one.window or known[one.metric].window
            spans.append(window_of(asked.query.period, window, one.years, asked.calendar))
    return Period(min(span.start for span in spans), max(span.end for span in spans))


def rates_for(currency: str, through: day, as_of: datetime | None) -> pa.Table:
    """Return ``rate_dim``: the rates to a currency by month, as recorded at a moment."""
    if not currency:
        return pa.table({})
    return rate_table(currency, through=through, as_of=as_of).select(
        ["currency", "month", "rate", "rate_date", "source"]
    )


def is_series(metric: MetricDef) -> bool:
    return isinstance(metric.compute, Series)


def missing(metric_id: str) -> NotFound:
    return NotFound(f"There is no metric called {metric_id[:60]}.", code="metric_unknown")
