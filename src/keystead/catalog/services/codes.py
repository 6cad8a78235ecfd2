"""Codes of a product in other people's schemes."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.rules.fields import tidy
from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries.products import as_code, family_ids
from keystead.catalog.rules import clean_code, code_key, gtin_spellings
from keystead.catalog.services.loading import (
    check_span,
    chosen,
    delete_checked,
    lock_catalog,
    missing,
    product_row,
    refresh_search,
)
from keystead.catalog.types import ProductCode, ProductScheme
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor

WORLDWIDE = (ProductScheme.GTIN, ProductScheme.ISSN)  # one owner whatever the source says


def add_code(
    *,
    actor: Actor,
    product_id: int,
    scheme: ProductScheme | str,
    value: str,
    source: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> ProductCode:
    """Return the new code; needs ``catalog.edit``. Dates are half-open.

    Raises Invalid for a wrong form or check digit, and when another product has the same value in
    the same scheme and source on a common day. Only ``alias`` names may be shared.
    """
    with transaction.atomic():
        lock_catalog()
        product = product_row(actor, product_id)
        row = models.ProductCode(product=product, valid_from=valid_from, valid_to=valid_to)
        _fill(row, chosen(ProductScheme, scheme, "scheme"), value, source)
        row.save_checked(actor)
        refresh_search(product.pk)
        audit.record(
            actor=actor,
            action="product.code.add",
            subject=("product_code", row.pk),
            new=row.snapshot(),
        )
    return as_code(row)


def edit_code(
    *,
    actor: Actor,
    code_id: int,
    version: int | None,
    value: str,
    source: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> ProductCode:
    """Return the code with its value, source and dates replaced; Conflict when stale."""
    with transaction.atomic():
        lock_catalog()
        row = _row(actor, code_id)
        old = row.snapshot()
        row.valid_from, row.valid_to = valid_from, valid_to
        _fill(row, ProductScheme(row.scheme), value, source)
        if row.snapshot() == old:
            return as_code(row)
        row.save_checked(actor, version)
        refresh_search(row.product_id)
        audit.record(
            actor=actor,
            action="product.code.edit",
            subject=("product_code", row.pk),
            old=old,
            new=row.snapshot(),
        )
    return as_code(row)


def remove_code(*, actor: Actor, code_id: int, version: int | None = None) -> None:
    """Remove a code that was never right; one that no longer holds gets a last day instead."""
    with transaction.atomic():
        row = _row(actor, code_id)
        old = row.snapshot()
        delete_checked(row, version)
        refresh_search(row.product_id)
        audit.record(
            actor=actor, action="product.code.remove", subject=("product_code", code_id), old=old
        )


def _row(actor: Actor, code_id: int) -> models.ProductCode:
    actor.require("catalog.edit")
    row = models.ProductCode.objects.select_related("product").filter(pk=code_id).first()
    if row is None:
        raise missing(code_id)
    return row


def _fill(row: models.ProductCode, scheme: ProductScheme, value: str, source: str) -> None:
    check_span(row.valid_from, row.valid_to)
    row.scheme = scheme.value
    row.value = clean_code(scheme, value)
    row.value_key = code_key(scheme, row.value)
    row.source = tidy(source)
    if len(row.source) > 80:
        raise Invalid(_("The source has at most 80 characters."), field="source")
    if scheme is not ProductScheme.ALIAS:
        _check_free(row)


def _check_free(row: models.ProductCode) -> None:
    span = Span(row.valid_from, row.valid_to)
    rivals = models.ProductCode.objects.filter(scheme=row.scheme, value_key=row.value_key)
    if row.scheme not in WORLDWIDE:
        rivals = rivals.filter(source=row.source)
    family = set(family_ids(row.product.canonical_key))
    for rival in rivals.exclude(pk=row.pk).select_related("product"):
        if not span.overlaps(Span(rival.valid_from, rival.valid_to)):
            continue
        if rival.product_id == row.product_id:
            text = _("The product has this code already.")
            raise Invalid(text, code="code_twice", field="value")
        if rival.product_id not in family:
            raise _taken(row.value, rival.product)
    others = models.Product.objects.exclude(pk__in=family)
    if row.scheme == ProductScheme.OWN_SKU:
        others = others.filter(sku__iexact=row.value)
    elif row.scheme == ProductScheme.GTIN:
        others = others.filter(gtin__in=gtin_spellings(row.value))
    else:
        return
    if other := others.first():
        raise _taken(row.value, other)


def _taken(value: str, product: models.Product) -> Invalid:
    return Invalid(
        _("%(value)s belongs to %(product)s.") % {"value": value, "product": product.name},
        code="code_taken",
        hint=_("End it there first, or merge the products if they are the same."),
        field="value",
    )
