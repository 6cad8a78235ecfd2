"""The catalogue: every metric an actor may read, with what it reads and how to cut it."""

from __future__ import annotations

import dataclasses

from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.metrics.calc.datasets import (
    ACCOUNT_DIMENSIONS,
    FACT_COLUMNS,
    PRODUCT_DIMENSIONS,
    TIME_DIMENSIONS,
)
from keystead.metrics.calc.definitions import ALL, TOPICS, datasets_of, metric_def, needs_of
from keystead.metrics.types import MetricDef


@dataclasses.dataclass(frozen=True)
class Entry:
    """A metric in the catalogue: its topic in words, its datasets, its dimensions."""

    metric: MetricDef
    topic: str
    datasets: tuple[str, ...]
    dimensions: tuple[str, ...]


def catalogue(actor: Actor) -> tuple[Entry, ...]:
    """Return every metric the actor may read, in the order of the topics."""
    return tuple(
        entry_of(metric) for metric in ALL if all(actor.can(need) for need in needs_of(metric))
    )


def catalogue_entry(actor: Actor, metric_id: str) -> Entry:
    """Return one metric; NotFound when it is missing or the actor may not read it."""
    found = metric_def(metric_id)
    if not all(actor.can(need) for need in needs_of(found)):
        raise NotFound(f"There is no metric called {metric_id[:60]}.", code="metric_unknown")
    return entry_of(found)


def entry_of(metric: MetricDef) -> Entry:
    """Return the entry of a metric.

    >>> entry_of(metric_def("numeric_distribution")).datasets
    ('off_take',)
    """
    datasets = datasets_of(metric)
    own = [set(FACT_COLUMNS[dataset]) for dataset in datasets]
    shared = set.intersection(*own) if own else set()
    known = (*ACCOUNT_DIMENSIONS, *PRODUCT_DIMENSIONS, *TIME_DIMENSIONS)
    more = tuple(sorted(shared - set(known)))
    return Entry(metric, TOPICS[metric.topic], datasets, (*known, *more))
