"""The roll-up for manager and director: targets of the year, new sales and renewals apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for, scope_for, team_table
from keystead.accounts.types import Account
from keystead.governance.queries.people import leads_of, names_of
from keystead.kernel.errors import KeysteadError
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate
from keystead.metrics.types import Evaluation
from keystead.pipeline.calc.rollup import OF_RENEWAL, sums
from keystead.pipeline.calc.stages import still_open
from keystead.pipeline.queries.opportunities import odds_of, opportunities_for
from keystead.pipeline.queries.renewals import chances, renewals_for
from keystead.pipeline.rules.opportunities import awarded
from keystead.pipeline.types.opportunities import ForecastCategory, Opportunity
from keystead.pipeline.types.rollup import Piece, Rollup, RollupLine
from keystead.reference.queries import rate

Rated = Callable[[str], Decimal | None]
METRICS = ("target", "sell_in")
Place = tuple[str, ...]


def rollup_for(
    actor: Actor, *, year: int, currency: str, by: str = "team", deep: bool = False
) -> Rollup:
    """Return the roll-up of a year in one currency, of the accounts the actor may read terms of.

    ``by``: team (who reports to whom, then the manager) or territory. A deal counts for its owner,
    a target for who looks after the account. Deals count by the day they close (renewals: the end
    of the term). Other currencies are converted at today's rates. ``deep`` adds the accounts.
    """
    actor.require("pipeline.view")
    today = timezone.localdate()
    scope = scope_for(actor, name="terms")
    known = {one.id: one for one in accounts_for(actor) if one.id in scope}

    def home(account_id: int) -> int:
        """A merged account stands with the one it lives on in."""
        return account_id if account_id in known else account_for(actor, account_id).id

    pieces, unrated, unset = _pieces(actor, Period.year(year), _rates(currency, today), home, today)
    measured = _measured(actor, known, year, currency)
    owners = _owners(known, today)
    placed = _places(by, known, owners, pieces)
    lines = _lines(known, pieces, measured, placed, deep)
    return Rollup(year, currency, tuple(lines), unrated, unset)


def currencies_of(actor: Actor) -> tuple[str, ...]:
    """Return the currencies of the actor's accounts and deals, the most used first."""
    codes = [one.currency for one in accounts_for(actor) if one.currency]
    codes += [one.currency for one in opportunities_for(actor, still_open=True)]
    return tuple(sorted(set(codes), key=lambda one: (-codes.count(one), one)))


def _pieces(
    actor: Actor, year: Period, rated: Rated, home: Callable[[int], int], today: date
) -> tuple[list[Piece], int, int]:
    deals = [one for one in opportunities_for(actor) if _deal_day(one) in year]
    renewals = [one for one in renewals_for(actor) if one.last in year]
    model_deals = odds_of([one for one in deals if one.open])
    model_renewals = chances([one for one in renewals if one.open], today)
    pieces, unrated, unset = [], 0, 0
    for deal in deals:
        factor = rated(deal.currency)
        unset += deal.outcome is None and deal.amount is None
        unrated += factor is None
        if factor is not None:
            model = model_deals[deal.id].pct if deal.open else None
            pieces += _of_deal(deal, home(deal.account_id), factor, model)
    for one in renewals:
        factor = rated(one.currency)
        forecast = one.forecast if one.forecast is not None else one.target
        amount = one.outcome.final if one.outcome else forecast
        unset += amount is None
        unrated += factor is None
        if factor is not None:
            model = model_renewals[one.id].pct if one.open else None
            pieces.append(Piece(
                home(one.account_id), one.owner_id, True, OF_RENEWAL[one.state],
                (amount or Decimal(0)) * factor, one.manager_pct, model, one.open,
            ))  # fmt: skip
    return pieces, unrated, unset


def _of_deal(
    deal: Opportunity, account_id: int, factor: Decimal, model_pct: Decimal | None
) -> list[Piece]:
    """Return an opportunity as pieces: lots that were won stand apart from what is open."""
    if deal.outcome is not None:
        parts = [(deal.category, deal.outcome.final, False)]
    else:
        parts = [(deal.category, still_open(deal), True)]
        if won := awarded(deal):
            parts.append((ForecastCategory.CLOSED, won, False))
    return [
        Piece(account_id, deal.owner_id, False, category, amount * factor, deal.pct,
              model_pct if is_open else None, is_open)
        for category, amount, is_open in parts
    ]  # fmt: skip


def _deal_day(one: Opportunity) -> date:
    return one.outcome.closed_on if one.outcome else one.expected_close


def _rates(currency: str, today: date) -> Rated:
    held: dict[str, Decimal | None] = {currency: Decimal(1)}

    def rated(code: str) -> Decimal | None:
        if code not in held:
            try:
                held[code] = rate(code, currency, today).value
            except KeysteadError:
                held[code] = None  # counted as unrated
        return held[code]

    return rated


def _measured(
    actor: Actor, known: Mapping[int, Account], year: int, currency: str
) -> Evaluation | None:
    if not actor.can("metrics.view") or not known:
        return None
    return evaluate(
        actor=actor, metrics=METRICS, by=("account",), period=Period.year(year), currency=currency
    )


def _owners(known: Mapping[int, Account], today: date) -> dict[int, int]:
    """Return who looks after each account today: its first owner."""
    found: dict[int, int] = {}
    for row in team_table().to_pylist():
        began = row["valid_from"] is None or row["valid_from"] <= today
        lasts = row["valid_to"] is None or today < row["valid_to"]
        if row["role"] == "owner" and began and lasts and row["account_id"] in known:
            found.setdefault(row["account_id"], row["user_id"])
    return found


def _places(
    by: str, known: Mapping[int, Account], owners: Mapping[int, int], pieces: Sequence[Piece]
) -> Callable[[int, int | None], Place]:
    """Return what says on which line something stands, by account and owner."""
    if by == "territory":
        return lambda account_id, _owner: (
            known[account_id].territory or _("No territory") if account_id in known else "–",
        )
    people = {*owners.values(), *(one.owner_id for one in pieces if one.owner_id)}
    names, leads = names_of(people), leads_of(people)

    def placed(account_id: int, owner: int | None) -> Place:
        person = owner if owner is not None else owners.get(account_id)
        if person is None:
            return (_("Nobody"), _("Nobody"))
        lead = leads.get(person)
        return (lead[1] if lead else names[person], names[person])

    return placed


def _lines(
    known: Mapping[int, Account],
    pieces: Sequence[Piece],
    measured: Evaluation | None,
    placed: Callable[[int, int | None], Place],
    deep: bool,
) -> list[RollupLine]:
    deals: dict[Place, list[Piece]] = defaultdict(list)
    homes: dict[Place, set[int]] = defaultdict(set)
    for account_id in known:
        if _figure(measured, "target", account_id) or _figure(measured, "sell_in", account_id):
            homes[placed(account_id, None)].add(account_id)
    for one in pieces:
        deals[placed(one.account_id, one.owner_id)].append(one)
    leaves = sorted({*deals, *homes})
    lines = [_line(0, _("All"), pieces, set().union(*homes.values()), measured)]
    for head in dict.fromkeys(leaf[0] for leaf in leaves):
        own = [leaf for leaf in leaves if leaf[0] == head]
        if len(own[0]) > 1:
            below = [one for leaf in own for one in deals[leaf]]
            within = set().union(*(homes[leaf] for leaf in own))
            lines.append(_line(1, head, below, within, measured))
        for leaf in own:
            level = len(leaf)
            lines.append(_line(level, leaf[-1], deals[leaf], homes[leaf], measured))
            if deep:
                lines += _accounts(level + 1, known, deals[leaf], homes[leaf], measured)
    return lines


def _accounts(
    level: int,
    known: Mapping[int, Account],
    pieces: Sequence[Piece],
    homes: set[int],
    measured: Evaluation | None,
) -> list[RollupLine]:
    ids = {one.account_id for one in pieces} | homes
    return [
        _line(
            level, known[account_id].name,
            [one for one in pieces if one.account_id == account_id],
            {account_id} & homes, measured, key=str(account_id),
        )
        for account_id in sorted(ids & set(known), key=lambda one: known[one].name)
    ]  # fmt: skip


def _line(
    level: int,
    name: str,
    pieces: Iterable[Piece],
    accounts: set[int],
    measured: Evaluation | None,
    key: str = "",
) -> RollupLine:
    listed = list(pieces)
    single = next(iter(accounts)) if key and len(accounts) == 1 else None
    return RollupLine(
        level=level, name=name, key=key,
        target=_added(measured, "target", accounts), sold=_added(measured, "sell_in", accounts),
        new=sums(one for one in listed if not one.renewal),
        renewals=sums(one for one in listed if one.renewal),
        target_proof=_proof(measured, "target", single),
        sold_proof=_proof(measured, "sell_in", single),
    )  # fmt: skip


def _added(measured: Evaluation | None, metric: str, accounts: set[int]) -> Decimal | None:
    found = [_figure(measured, metric, one) for one in accounts]
    known = [value for value in found if value is not None]
    return sum(known, Decimal(0)) if known else None


def _figure(measured: Evaluation | None, metric: str, account_id: int) -> Decimal | None:
    if measured is None:
        return None
    value = measured.figure(metric, account=account_id).value
    return None if value is None else Decimal(str(value))


def _proof(measured: Evaluation | None, metric: str, account_id: int | None) -> str:
    if measured is None or account_id is None:
        return ""
    return measured.figure(metric, account=account_id).proof_id
