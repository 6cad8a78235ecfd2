"""Set list, recommended and maximum prices, and end them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.rules.fields import tidy
from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries.prices import as_price
from keystead.catalog.queries.products import family_ids
from keystead.catalog.services.loading import check_span, chosen, lock_catalog, product_row
from keystead.catalog.types import Price, PricePurpose
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.reference.queries import currencies

MOST = Decimal(10) ** 12


def add_price(
    *,
    actor: Actor,
    product_id: int,
    purpose: str,
    amount: Decimal,
    currency: str,
    span: Span,
    tax_pct: Decimal | None = None,
    source: str = "",
) -> Price:
    """Return the new price of one unit; needs ``catalog.edit``.

    Raises Invalid for an amount that is not above zero, an unknown currency, a tax share that is
    none, or where the product has a price of this purpose and currency on a common day.
    """
    with transaction.atomic():
        lock_catalog()
        product = product_row(actor, product_id)
        row = models.Price(
            product=product,
            purpose=chosen(PricePurpose, purpose, "purpose").value,
            amount=_amount(amount),
            currency=_currency(currency),
            tax_pct=_tax(tax_pct or Decimal(0)),
            valid_from=_first_day(span),
            valid_to=span.valid_to,
            source=tidy(source)[:120],
        )
        _check_free(row)
        row.save_checked(actor)
        audit.record(actor=actor, action="price.add", subject=("price", row.pk), new=row.snapshot())
    return as_price(row)


def edit_price(
    *,
    actor: Actor,
    price_id: int,
    version: int | None,
    valid_to: date | None = None,
    source: str | None = None,
) -> Price:
    """Return the price with another last day: an amount is never changed, it gets a successor."""
    with transaction.atomic():
        lock_catalog()
        row = models.Price.objects.select_related("product__canonical").filter(pk=price_id).first()
        if row is None:
            raise NotFound(_("There is no such price."), id=price_id)
        product_row(actor, row.product_id)
        old = row.snapshot()
        row.valid_to = valid_to
        row.source = row.source if source is None else tidy(source)[:120]
        if row.snapshot() == old:
            return as_price(row)
        _check_free(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="price.edit",
            subject=("price", row.pk),
            old=old,
            new=row.snapshot(),
        )
    return as_price(row)


def _first_day(span: Span) -> date:
    if span.valid_from is None:
        raise Invalid(_("A price needs a first day."), code="span", field="valid_from")
    return span.valid_from


def _amount(amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 < amount < MOST or amount != round(amount, 4):
        raise Invalid(
            _("A price is above zero and has at most four decimals."),
            code="price_amount",
            field="amount",
        )
    return amount


def _currency(code: str) -> str:
    found = tidy(code).upper()
    if found not in {one.code for one in currencies()}:
        raise Invalid(
            _("There is no currency called %(code)s.") % {"code": found[:10]},
            code="currency_unknown",
            field="currency",
        )
    return found


def _tax(tax_pct: Decimal) -> Decimal:
    if not tax_pct.is_finite() or not 0 <= tax_pct < 100 or tax_pct != round(tax_pct, 3):
        raise Invalid(
            _("The tax is a percentage from 0 to below 100."), code="price_tax", field="tax_pct"
        )
    return tax_pct


def _check_free(row: models.Price) -> None:
    check_span(row.valid_from, row.valid_to)
    span = Span(row.valid_from, row.valid_to)
    twins = models.Price.objects.filter(
        product_id__in=family_ids(row.product.canonical_key),
        purpose=row.purpose,
        currency=row.currency,
    )
    for twin in twins.exclude(pk=row.pk):
        if span.overlaps(Span(twin.valid_from, twin.valid_to)):
            raise Invalid(
                _("The product has such a price already in these dates."),
                code="price_twice",
                hint=_("Give that price a last day, and start this one after it."),
                field="valid_from",
            )
