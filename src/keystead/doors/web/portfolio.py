"""The portfolio as data: what was chosen, the rows it gives, the table and the sheet."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_dimension, accounts_for, label_of
from keystead.accounts.types import Account
from keystead.doors.web.measures import DEFAULT, PERIODS, offered, period_named, trend_period
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate, reading
from keystead.metrics.types import Evaluation, MetricDef

GROUPS = ("", "root", "segment", "kind", "territory", "country")
FILTERS = ("kind", "segment", "territory", "country", "status")
CURRENCIES = ("", "CNY", "EUR", "USD", "GBP")
MOST_MEASURES = 8
PAGE = 100


@dataclasses.dataclass(frozen=True)
class Choice:
    """What the address asks for, made safe: unknown values fall back to the usual ones."""

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    group: str = ""
    measures: tuple[str, ...] = DEFAULT
    period: str = "year"
    currency: str = ""
    sort: str = ""

    @classmethod
    def from_query(cls, query: QueryDict, allowed: Sequence[str]) -> Choice:
        """Read the address."""
        measures = tuple(dict.fromkeys(name for name in query.getlist("m") if name in allowed))
        usual = tuple(name for name in DEFAULT if name in allowed)
        group, period, currency = (query.get(name, "") for name in ("group", "period", "currency"))
        return cls(
            words=query.get("q", "").strip()[:80],
            filters=tuple((name, query.get(name, "")) for name in FILTERS if query.get(name)),
            group=group if group in GROUPS else "",
            measures=(measures or usual)[:MOST_MEASURES],
            period=period if period in PERIODS else "year",
            currency=currency if currency in CURRENCIES else "",
            sort=query.get("sort", "")[:40],
        )

    def query(self, **changed: str) -> str:
        """Return the address of this choice, some of it changed; always in the same order."""
        values = QueryDict(mutable=True)
        plain = {
            "q": self.words,
            **dict(self.filters),
            "group": self.group,
            "period": "" if self.period == "year" else self.period,
            "currency": self.currency,
            "sort": self.sort,
            **changed,
        }
        for name, value in plain.items():
            if value:
                values[name] = value
        if self.measures != DEFAULT:
            values.setlist("m", list(self.measures))
        return values.urlencode()

    def filter(self, name: str) -> str:
        """Return what a filter is set to."""
        return dict(self.filters).get(name, "")


@dataclasses.dataclass(frozen=True)
class Line:
    """One account with the key of its group."""

    account: Account
    group: Any = ""


@dataclasses.dataclass(frozen=True)
class Total:
    """The figures of all accounts, or of those kept in one currency when there are several."""

    currency: str
    accounts: int
    figures: Evaluation


@dataclasses.dataclass(frozen=True)
class Portfolio:
    """Everything the page and the sheet need."""

    choice: Choice
    metrics: tuple[MetricDef, ...]
    period: Period
    lines: tuple[Line, ...]
    rows: Evaluation
    totals: tuple[Total, ...]
    groups: Evaluation | None
    trends: Mapping[int, Sequence[Any]]
    names: Mapping[Any, str]
    everything: int


def build(actor: Actor, choice: Choice, last: dt.date) -> Portfolio:
    """Return the accounts that fit, sorted and grouped, with their figures."""
    visible = accounts_for(actor)
    metrics = tuple(one for one in offered(actor) if one.id in choice.measures)
    order = {name: at for at, name in enumerate(choice.measures)}
    metrics = tuple(sorted(metrics, key=lambda metric: order[metric.id]))
    kept = [one for one in visible if _fits(one, choice)]
    period = period_named(choice.period, last)
    narrowed = len(kept) < len(visible)
    filters = {"account": [one.id for one in kept]} if narrowed else None
    asked: dict[str, Any] = {
        "actor": actor,
        "metrics": [metric.id for metric in metrics],
        "period": period,
        "filters": filters,
        "currency": choice.currency or None,
        "as_of": reading(actor),  # one look for all figures of the page
    }
    rows = evaluate(**asked, by=("account",))
    keys = _group_keys(kept, choice.group, {one.id for one in visible})
    lines = _sorted(kept, keys, rows, choice.sort)
    grouped = evaluate(**asked, by=(choice.group,)) if choice.group else None
    return Portfolio(
        choice=choice,
        metrics=metrics,
        period=period,
        lines=tuple(lines),
        rows=rows,
        totals=_totals(kept, asked),
        groups=grouped,
        trends=_trends({**asked, "metrics": ["sell_in"]}, last),
        names=_group_names(choice.group, visible),
        everything=len(visible),
    )


def with_data(portfolio: Portfolio, most: int) -> Portfolio:
    """Return the portfolio with the first metrics that have a value for some account."""
    table = portfolio.rows.table
    full = [one for one in portfolio.metrics if table.column(one.id).null_count < table.num_rows]
    return dataclasses.replace(portfolio, metrics=tuple((full or portfolio.metrics)[:most]))


def _totals(kept: Sequence[Account], asked: dict[str, Any]) -> tuple[Total, ...]:
    """Return one total, or one for each currency: two currencies are never added."""
    currencies = {one.currency for one in kept}
    if asked["currency"] or len(currencies - {""}) < 2:
        return (Total("", len(kept), evaluate(**asked)),)
    totals = []
    for currency in sorted(currencies):
        ids = [one.id for one in kept if one.currency == currency]
        totals.append(Total(currency, len(ids), evaluate(**{**asked, "filters": {"account": ids}})))
    return tuple(sorted(totals, key=lambda total: -total.accounts))


def _fits(account: Account, choice: Choice) -> bool:
    for name, value in choice.filters:
        if str(getattr(account, name)) != value:
            return False
    text = f"{account.code} {account.name}".casefold()
    return all(word in text for word in choice.words.casefold().split())


def _group_keys(kept: Sequence[Account], group: str, visible: set[int]) -> dict[int, Any]:
    if group == "root":
        table = account_dimension().select(["account_id", "root_id"])
        roots = dict(zip(*(column.to_pylist() for column in table.columns), strict=True))
        # The top of a tree may be foreign: then its name stays hidden.
        found = {one.id: roots.get(one.id) for one in kept}
        return {pk: root if root in visible else None for pk, root in found.items()}
    if group:
        return {one.id: str(getattr(one, group)) for one in kept}
    return {}


def _group_names(group: str, visible: Sequence[Account]) -> dict[Any, str]:
    if group == "root":
        return {one.id: one.name for one in visible}
    if group == "kind":
        return {str(one.kind): label_of(one.kind) for one in visible}
    return {}


def _sorted(
    kept: Sequence[Account], keys: Mapping[int, Any], rows: Evaluation, sort: str
) -> list[Line]:
    lines = [Line(one, keys.get(one.id, "")) for one in kept]
    name, down = sort.lstrip("-"), sort.startswith("-")
    if name in {metric.id for metric in rows.metrics}:
        values = dict(
            zip(rows.table.column("account").to_pylist(), rows.table.column(name).to_pylist(),
                strict=True)
        )  # fmt: skip
        known = [line for line in lines if values.get(line.account.id) is not None]
        empty = [line for line in lines if values.get(line.account.id) is None]
        known.sort(key=lambda line: values[line.account.id], reverse=down)
        lines = known + empty
    elif name in {"name", "code", "segment", "kind", "territory"}:
        lines.sort(key=lambda line: str(getattr(line.account, name)).casefold(), reverse=down)
    elif rows.metrics:
        return _sorted(kept, keys, rows, f"-{rows.metrics[0].id}")
    if any(line.group for line in lines):
        order: dict[Any, int] = {}
        for line in lines:
            order.setdefault(line.group, len(order))
        lines.sort(key=lambda line: (not line.group, order[line.group]))
    return lines


def _trends(asked: dict[str, Any], last: dt.date) -> dict[int, list[Any]]:
    period = trend_period(last)
    months = period.month_starts()
    found = evaluate(**{**asked, "by": ("account", "month"), "period": period})
    place = {month: at for at, month in enumerate(months)}
    trends: dict[int, list[Any]] = {}
    names = ("account", "month", "sell_in")
    for account, month, value in zip(
        *(found.table.column(name).to_pylist() for name in names), strict=True
    ):
        if month in place:
            trends.setdefault(account, [None] * len(months))[place[month]] = value
    return trends


def group_label(portfolio: Portfolio, key: Any) -> str:
    """Return the name of a group; accounts without one stand together."""
    if not key:
        return _("Without a group") if portfolio.choice.group == "root" else _("Not filled in")
    return portfolio.names.get(key, str(key))
