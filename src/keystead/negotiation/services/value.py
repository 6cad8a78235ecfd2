"""Write the value story: its lines, what the customer confirmed, prices and articles."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, account_to_write
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.money import currency_code
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate
from keystead.negotiation import models
from keystead.negotiation.calc.value.economic import line_value
from keystead.negotiation.calc.value.stored import articles_written, lines_written
from keystead.negotiation.queries.cases import sees_private
from keystead.negotiation.queries.value import PRICES, stored_story, told_story, value_story
from keystead.negotiation.queries.value_use import accounts_of_use, months_of_use
from keystead.negotiation.services.loading import row_to_write
from keystead.negotiation.types.value import (
    Article,
    Basis,
    Confirmation,
    Factor,
    ValueLine,
    ValueStory,
)

MOST_LINES: Final = 60
MOST_FACTORS: Final = 8
MOST_ARTICLES: Final = 20_000
MOST_PRICES: Final = 10_000
# What may be measured as an input of a line: counts of use, which anybody can recount.
MEASURED: Final = (
    "unique_requests", "controlled_requests", "investigations", "turnaways", "turnaways_limit",
    "open_requests",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class Of:
    """Whose value story: an account's, or that of one deal with it."""

    account_id: int
    negotiation_id: int | None = None
    expected_version: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class StoryHead:
    """Our price a year beside the value, and how a fee is shared over titles."""

    currency: str
    price: Decimal | None = None
    basis: Basis = Basis.EQUAL


def set_value_head(*, actor: Actor, of: Of, head: StoryHead) -> ValueStory:
    """Write currency, our price and the basis of the titles' cost.

    Needs ``negotiation.edit`` and the account's terms, as all here.
    """
    if head.price is not None and head.price < 0:
        text = _("A price is zero or more.")
        raise Invalid(text, code="negative", fields={"price": text})

    def change(row: models.ValueStoryRow) -> None:
        row.currency = currency_code(head.currency)
        row.price, row.basis = head.price, head.basis.value

    return _change(actor, of, "value_head", change)


def save_value_line(*, actor: Actor, of: Of, line: ValueLine) -> ValueStory:
    """Add a line, or change the one with its key; it must work out.

    A factor with a ``metric`` is read anew: its value is that of the last twelve months of use,
    with its proof. A change takes the customer's confirmation away, unless only the owner
    changed or whether it is shown. What is not shown needs ``negotiation.private``.
    """
    if not line.name.strip():
        text = _("Give the line a name.")
        raise Invalid(text, code="name_missing", fields={"name": text})
    if len(line.factors) > MOST_FACTORS:
        raise Invalid(
            _("At most %(most)s inputs fit into a line.") % {"most": MOST_FACTORS}, code="inputs"
        )

    def change(row: models.ValueStoryRow) -> None:
        held = stored_story(row)
        before = held.line(line.key) if line.key else None
        if line.key and (before is None or not (before.shown or sees_private(actor))):
            raise _no_line()
        if not (line.shown or sees_private(actor)):
            actor.require("negotiation.private")
        factors = _measured(actor, of, line.factors)
        made = dataclasses.replace(line, key=line.key or secrets.token_hex(4), factors=factors,
                                   confirmed=None)  # fmt: skip
        line_value(made)
        if before is not None and _says(before) == _says(made):
            made = dataclasses.replace(made, confirmed=before.confirmed)
        lines = [made if one.key == made.key else one for one in held.lines]
        if before is None:
            lines.append(made)
        if len(lines) > MOST_LINES:
            raise Invalid(
                _("At most %(most)s lines fit into a value story.") % {"most": MOST_LINES},
                code="lines",
            )
        row.lines = lines_written(lines)

    return _change(actor, of, "value_line", change)


def drop_value_line(*, actor: Actor, of: Of, key: str) -> ValueStory:
    """Take a line out; the trail keeps it."""

    def change(row: models.ValueStoryRow) -> None:
        held = _line(actor, row, key)
        row.lines = lines_written(
            one for one in stored_story(row).lines if one.key != held.key
        )  # fmt: skip

    return _change(actor, of, "value_drop", change)


def confirm_value_line(
    *, actor: Actor, of: Of, key: str, who: str, on: date, evidence: str
) -> ValueStory:
    """Write down that the customer agrees to a line: who, when, and where that can be read."""
    if not who.strip() or not evidence.strip():
        text = _("Say who of the customer confirmed it, and where that can be read.")
        raise Invalid(text, code="confirmation", fields={"who": text})

    def change(row: models.ValueStoryRow) -> None:
        held = _line(actor, row, key)
        said = Confirmation(who.strip()[:160], on, evidence.strip()[:400], actor.name)
        row.lines = lines_written(
            dataclasses.replace(one, confirmed=said) if one.key == held.key else one
            for one in stored_story(row).lines
        )

    return _change(actor, of, "value_confirm", change)


def set_list_prices(*, actor: Actor, of: Of, prices: Mapping[str, Decimal]) -> ValueStory:
    """Write the list price of titles, in all: what is not named has none."""
    if len(prices) > MOST_PRICES or any(price < 0 for price in prices.values()):
        raise Invalid(_("Prices are zero or more, and not without end."), code="prices")

    def change(row: models.ValueStoryRow) -> None:
        row.prices = {name[:400]: f"{price:f}" for name, price in prices.items()}

    return _change(actor, of, "value_prices", change)


def set_articles(
    *, actor: Actor, of: Of, articles: Sequence[Article], read_fees: Mapping[int, Decimal]
) -> ValueStory:
    """Write what was invoiced for publishing, in all, and what reading cost by year."""
    if len(articles) > MOST_ARTICLES:
        raise Invalid(
            _("At most %(most)s articles are kept.") % {"most": MOST_ARTICLES}, code="articles"
        )
    _sane((one.doi or "?", one.year, one.fee) for one in articles)
    _sane((("read", year, fee) for year, fee in read_fees.items()))

    def change(row: models.ValueStoryRow) -> None:
        row.articles = articles_written(articles)
        row.read_fees = {str(year): f"{fee:f}" for year, fee in sorted(read_fees.items())}

    return _change(actor, of, "value_articles", change)


def _sane(rows: Iterable[tuple[str, int, Decimal]]) -> None:
    for name, year, fee in rows:
        if not 1990 <= year <= 2100 or not 0 <= fee < 10**9:
            text = _("%(name)s: a year from 1990 and a fee of zero or more.") % {"name": name}
            raise Invalid(text, code="article")


def _says(line: ValueLine) -> ValueLine:
    """What a confirmation is about."""
    return dataclasses.replace(line, owner="", shown=True, confirmed=None)


def _line(actor: Actor, row: models.ValueStoryRow, key: str) -> ValueLine:
    held = stored_story(row).line(key)
    if held is None or not (held.shown or sees_private(actor)):
        raise _no_line()
    return held


def _no_line() -> NotFound:
    return NotFound(_("There is no such line."), code="line_not_found")


def _measured(actor: Actor, of: Of, factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """Return the factors with what is measured read anew, with its proof."""
    made = []
    for one in factors:
        if not one.metric:
            made.append(dataclasses.replace(one, proof=""))
            continue
        if one.metric not in MEASURED:
            text = _("Measured can be: %(names)s.") % {"names": ", ".join(MEASURED)}
            raise Invalid(text, code="metric", fields={"factors": text})
        account = account_for(actor, of.account_id)
        period = months_of_use()
        families = accounts_of_use(actor, account, period)
        ids = {few for family in families.values() for few in family}
        figure = evaluate(
            actor=actor, metrics=one.metric, period=period, filters={"account": sorted(ids)}
        ).figure(one.metric)
        if figure.value is None:
            text = _("%(name)s: nothing was measured in these twelve months.") % {"name": one.name}
            raise Invalid(text, code="not_measured", fields={"factors": text})
        value = Decimal(str(figure.value)).normalize()
        made.append(dataclasses.replace(
            one, value=Decimal(f"{value:f}"), low=None, high=None, proof=figure.proof_id
        ))  # fmt: skip
    return tuple(made)


def _change(
    actor: Actor, of: Of, action: str, change: Callable[[models.ValueStoryRow], None]
) -> ValueStory:
    actor.require("negotiation.edit")
    with transaction.atomic():
        row = _row(actor, of)
        old = told_story(row) if row.pk else None
        before = dict(row.prices)
        change(row)
        row.save_checked(actor, of.expected_version)
        new = told_story(row)
        moved = sorted(
            name for name in before.keys() | row.prices.keys()
            if before.get(name) != row.prices.get(name)
        )  # fmt: skip
        if moved:  # each price that changed, so that a cost built on one can be told again
            new[PRICES] = {name: row.prices.get(name) for name in moved}
            if old is not None:
                old[PRICES] = {name: before.get(name) for name in moved}
        audit.record(
            actor=actor, action=f"negotiation.{action}", subject=("value_story", row.pk),
            old=old, new=new, account_id=row.account_id,
        )  # fmt: skip
    return stored_story(row)


def _row(actor: Actor, of: Of) -> models.ValueStoryRow:
    if of.negotiation_id is not None:
        case = row_to_write(actor, of.negotiation_id)
        rows = models.ValueStoryRow.objects.select_for_update().filter(case=case)
        fresh = models.ValueStoryRow(account_id=case.account_id, case=case, currency=case.currency)
    else:
        account = account_to_write(actor, of.account_id, name="terms")
        known = value_story(actor, account.id)
        rows = models.ValueStoryRow.objects.select_for_update().filter(pk=known.id or 0)
        fresh = models.ValueStoryRow(account_id=account.id, currency=known.currency)
    return rows.first() or fresh
