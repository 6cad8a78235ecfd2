"""What proof ids stand for, then and now: metrics, figures worked out of others, rooms' own kinds.

Many ids are answered together: those that ask the same rows for different metrics are one question,
and each question is asked once per state of the ledger.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from keystead.kernel.errors import KeysteadError, NotAllowed, NotFound
from keystead.kernel.standing import Standing, Worth
from keystead.kit import provers
from keystead.kit.access import Actor
from keystead.ledger import queries as ledger
from keystead.ledger.types import SliceChange
from keystead.metrics.calc.changes import CAUSES
from keystead.metrics.calc.datasets import BATCH_DIMENSION
from keystead.metrics.calc.definitions import datasets_of, metric_def
from keystead.metrics.calc.derived import is_derived, leaves, read_derived, worked_out
from keystead.metrics.queries.asking import is_series, widest
from keystead.metrics.queries.evaluate import answer
from keystead.metrics.queries.opening import Opened, open_key, prepared_on, scope_words
from keystead.metrics.queries.reading import Reading, reading
from keystead.metrics.queries.store import Store
from keystead.metrics.types import Figure, MetricDef, Note

Asked = tuple[str, Opened, MetricDef]
UNITS = {"share": "ratio", "growth": "ratio"}


def standing(*, actor: Actor, proof_id: str, now: bool = True) -> Standing:
    """Return what a proof id of any sort stands for.

    ``now`` False leaves the value of today out, which takes half the work. NotFound when the id is
    unknown, broken, or about an account of somebody else: the answer is the same.
    """
    found = standings(actor=actor, proof_ids=[proof_id], now=now).get(proof_id)
    if found is None:
        raise NotFound("There is no such proof.", code="proof_unknown")
    return found


def standings(*, actor: Actor, proof_ids: Iterable[str], now: bool = True) -> dict[str, Standing]:
    """Return what proof ids stand for; unknown, broken and foreign ones are left out alike."""
    actor.require("metrics.view")
    wanted = tuple(dict.fromkeys(proof_ids))
    rests = {one: rest for one in wanted if (rest := _leaves(one))}
    every = dict.fromkeys(leaf for rest in rests.values() for leaf in rest)
    found = _of_metrics(actor, [one for one in every if ":" not in one], now=now)
    found |= provers.standings_of(actor, [one for one in every if ":" in one])
    return {
        one: _whole(one, found)
        for one in wanted
        if one in rests and all(leaf in found for leaf in rests[one])
    }


def parts_of(*, actor: Actor, proof_id: str) -> tuple[Standing, ...]:
    """Return what a derived id is worked out of, in its order; nothing for any other id."""
    if not is_derived(proof_id):
        return ()
    ids = read_derived(proof_id).ids
    found = standings(actor=actor, proof_ids=ids)
    if any(one not in found for one in ids):
        raise NotFound("There is no such proof.", code="proof_unknown")
    return tuple(found[one] for one in ids)


def is_no_metric(proof_id: str) -> bool:
    """Say whether an id is that of a derived figure or of another room's kind."""
    return ":" in proof_id or is_derived(proof_id)


def _leaves(proof_id: str) -> tuple[str, ...]:
    try:
        return leaves(proof_id)
    except NotFound:
        return ()


def _whole(proof_id: str, found: Mapping[str, Standing]) -> Standing:
    """Return the standing of an id whose leaves are known."""
    if not is_derived(proof_id):
        return found[proof_id]
    derived = read_derived(proof_id)
    parts = [_whole(one, found) for one in derived.ids]
    accounts: frozenset[int] | None = frozenset()
    for part in parts:
        accounts = (
            None if accounts is None or part.account_ids is None else (accounts | part.account_ids)
        )
    nows = [part.now for part in parts if part.now is not None]
    return Standing(
        proof_id=proof_id,
        label=derived_words(derived.kind, [part.label for part in parts]),
        detail=parts[0].detail,
        then=worked_out(derived.kind, [part.then for part in parts]),
        now=worked_out(derived.kind, nows) if len(nows) == len(parts) else None,
        unit=UNITS.get(derived.kind, parts[0].unit),
        account_ids=accounts,
        because=tuple(dict.fromkeys(one for part in parts for one in part.because)),
        commit=max((part.commit for part in parts if part.commit is not None), default=None),
        moment=max((part.moment for part in parts if part.moment is not None), default=None),
        resale_price=any(part.resale_price for part in parts),
    )  # fmt: skip


def derived_words(kind: str, labels: Sequence[str]) -> str:
    """Return the formula of a derived figure in words."""
    if kind == "sum":
        same = len(set(labels)) == 1
        return gettext("Sum of %(what)s") % {
            "what": labels[0] if same else ", ".join(dict.fromkeys(labels))
        }
    if kind == "negative":
        return gettext("%(what)s, as a deduction") % {"what": labels[0]}
    words = {
        "difference": gettext("%(first)s less %(second)s"),
        "share": gettext("%(first)s divided by %(second)s"),
        "growth": gettext("%(first)s against %(second)s, growth"),
    }[kind]
    return words % {"first": labels[0], "second": labels[1]}


def _of_metrics(actor: Actor, ids: Sequence[str], *, now: bool) -> dict[str, Standing]:
    if not ids:
        return {}
    within = reading(actor)
    opened = {one: key for one in ids if (key := _opened(actor, one, within)) is not None}
    then: dict[str, Figure] = {}
    moments: dict[int, datetime | None] = {}
    for commit in sorted({one.key.commit for one in opened.values()}):
        there = within.store if commit == within.store.commit else _store(within, commit)
        asked = [(one, key, key.metric) for one, key in opened.items() if key.key.commit == commit]
        then |= _figures(there, asked)
        moments[commit] = ledger.moment_of(commit)
    later = _now(within, opened, then) if now else {}
    why = _Causes(within)
    return {
        one: _standing(one, opened[one], then[one], later.get(one), why, moments)
        for one in opened
        if one in then and (not now or one in later)
    }


def _opened(actor: Actor, proof_id: str, within: Reading) -> Opened | None:
    try:
        found = open_key(actor, proof_id, within)
    except (NotFound, NotAllowed):
        return None
    return found if found.key.commit <= within.store.commit else None


def _store(within: Reading, commit: int) -> Store:
    return Store(commit, plain=within.dims.plain)


def _now(
    within: Reading, opened: Mapping[str, Opened], then: Mapping[str, Figure]
) -> dict[str, Figure]:
    """Return the figures of today: asked again only where rows or definition are others."""
    found: dict[str, Figure] = {}
    again: list[Asked] = []
    stores: dict[int, Store] = {}
    for one, key in opened.items():
        if one not in then:
            continue
        commit, today = key.key.commit, metric_def(key.key.metric)
        store = stores.setdefault(commit, _store(within, commit))
        datasets = {*datasets_of(key.metric), *datasets_of(today)}
        same = today.version == key.metric.version
        if same and store.mark(datasets) == within.store.mark(datasets):
            found[one] = then[one]
        else:
            again.append((one, key, today))
    return found | _figures(within.store, again)


def _figures(store: Store, asked: Iterable[Asked]) -> dict[str, Figure]:
    """Return the figures of ids on one state of the ledger, those of one question together."""
    every = list(asked)
    found = _by_product(store, every)
    questions: dict[Hashable, list[Asked]] = {}
    for one in every:
        if one[0] not in found:
            questions.setdefault(_question(one), []).append(one)
    for group in questions.values():
        metrics = {metric.id: metric for _id, _opened, metric in group}
        try:
            evaluation = answer(prepared_on(store, group[0][1], tuple(metrics.values())))
        except KeysteadError:  # the state is past retention, a calendar is gone
            continue
        found |= {proof_id: evaluation.figure(metric.id) for proof_id, _opened, metric in group}
    return found


def _by_product(store: Store, asked: Iterable[Asked]) -> dict[str, Figure]:
    """Return the figures of ids about one product each: many products are one question.

    An id whose product has no row is left out: it is asked by itself.
    """
    questions: dict[Hashable, list[Asked]] = {}
    for one in asked:
        if one[1].key.products is not None and len(one[1].key.products) == 1:
            questions.setdefault(_question(one, products=False), []).append(one)
    found: dict[str, Figure] = {}
    for group in questions.values():
        products = frozenset(id for one in group for id in one[1].key.products or ())
        if len(products) == 1:
            continue
        metrics = {metric.id: metric for _id, _opened, metric in group}
        try:
            ready = prepared_on(store, group[0][1], tuple(metrics.values()), products=products)
            evaluation = answer(ready)
        except KeysteadError:
            continue
        for proof_id, opened, metric in group:
            product = next(iter(opened.key.products or ()))
            figure = evaluation.figure(metric.id, product=product)
            if figure.note is not Note.NO_DATA:
                found[proof_id] = figure
    return found


def _question(asked: Asked, *, products: bool = True) -> Hashable:
    """Return what ids must have in common to be one question: all but the metric (and products)."""
    _id, opened, metric = asked
    key = opened.key
    apart = is_series(metric) or any(name == BATCH_DIMENSION for name, _values in key.facts)
    return (
        key.period, opened.accounts, key.products if products else None, key.product_dimensions,
        key.facts, key.currency, key.rates_at, key.calendar, key.reference,
        metric.id if apart else "",
        (metric.id, metric.version) if metric.version != metric_def(metric.id).version else "",
    )  # fmt: skip


def _standing(
    proof_id: str,
    opened: Opened,
    then: Figure,
    now: Figure | None,
    why: _Causes,
    moments: Mapping[int, datetime | None],
) -> Standing:
    found = Standing(
        proof_id=proof_id,
        label=gettext(opened.metric.label),
        detail=f"{opened.key.period} · {scope_words(opened)}",
        then=_worth(then),
        now=_worth(now) if now else None,
        unit=then.unit.value,
        account_ids=opened.accounts,
        commit=opened.key.commit,
        moment=moments[opened.key.commit],
        at=reverse("metrics:proof", args=[proof_id]),
        at_label=gettext("Proof"),
        resale_price=opened.metric.resale_price,
    )
    return dataclasses.replace(found, because=why.of(opened)) if found.moved else found


def _worth(figure: Figure) -> Worth:
    return Worth(figure.value, figure.measure, figure.note.value)


class _Causes:
    """What happened to the rows behind figures since their commits, looked up once per dataset."""

    def __init__(self, within: Reading) -> None:
        self.within = within
        self._moved: dict[tuple[str, int], tuple[SliceChange, ...]] = {}
        self._accounts: dict[int, frozenset[int]] = {}

    def of(self, opened: Opened) -> tuple[str, ...]:
        """Return the causes that can have moved a figure, in the order they are applied."""
        today = metric_def(opened.key.metric)
        span = widest(prepared_on(self.within.store, opened, (opened.metric,)).asked)
        first = span.start.replace(day=1)
        causes = {
            change.cause
            for dataset in {*datasets_of(opened.metric), *datasets_of(today)}
            for change in self._between(dataset, opened.key.commit)
            if first <= change.month <= span.last and self._touches(change.batch_id, opened)
        }
        found = tuple(cause for cause in CAUSES if cause in causes)
        return (*found, "definition") if today.version != opened.metric.version else found

    def _between(self, dataset: str, commit: int) -> tuple[SliceChange, ...]:
        if (dataset, commit) not in self._moved:
            found = ledger.slices_between(dataset, commit, self.within.store.commit)
            self._moved[dataset, commit] = found
        return self._moved[dataset, commit]

    def _touches(self, batch_id: int, opened: Opened) -> bool:
        if opened.accounts is None:
            return True
        if batch_id not in self._accounts:
            self._accounts[batch_id] = ledger.accounts_of([batch_id])
        return bool(self._accounts[batch_id] & opened.accounts)
