"""What is inside a collection or kit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries.products import as_part, part_links
from keystead.catalog.rules import makes_a_loop
from keystead.catalog.services.loading import (
    check_span,
    delete_checked,
    lock_catalog,
    missing,
    product_row,
)
from keystead.catalog.types import Part
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor


def add_part(
    *,
    actor: Actor,
    whole_id: int,
    part_id: int,
    quantity: Decimal | int = 1,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Part:
    """Return the new part; needs ``catalog.edit``. Dates are half-open.

    Raises Invalid when a product would contain itself, at any depth, or the same part is inside
    already on a common day.
    """
    span = Span(valid_from, valid_to)
    check_span(valid_from, valid_to)
    with transaction.atomic():
        lock_catalog()
        whole, part = product_row(actor, whole_id), product_row(actor, part_id)
        if makes_a_loop(whole.pk, part.pk, part_links()):
            text = _("A product cannot contain itself.")
            raise Invalid(text, code="part_cycle", field="part")
        for twin in models.ProductPart.objects.filter(whole=whole, part=part):
            if span.overlaps(Span(twin.valid_from, twin.valid_to)):
                text = _("It is inside already in these dates.")
                raise Invalid(text, code="part_twice", field="part")
        row = models.ProductPart(
            whole=whole,
            part=part,
            quantity=_quantity(quantity),
            valid_from=valid_from,
            valid_to=valid_to,
        )
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="product.part.add",
            subject=("product_part", row.pk),
            new=row.snapshot(),
        )
    return as_part(row)


def edit_part(
    *,
    actor: Actor,
    part_row_id: int,
    version: int | None,
    quantity: Decimal | int | None = None,
    valid_to: date | None = None,
) -> Part:
    """Return the part with another quantity, or ended: ``valid_to`` is the first day without."""
    with transaction.atomic():
        row = _row(actor, part_row_id)
        old = row.snapshot()
        if quantity is not None:
            row.quantity = _quantity(quantity)
        if valid_to is not None:
            if row.valid_to is not None and valid_to > row.valid_to:
                text = _("It ended earlier already. Add it again for the time after.")
                raise Invalid(text, code="part_longer", field="valid_to")
            check_span(row.valid_from, valid_to)
            row.valid_to = valid_to
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="product.part.edit",
            subject=("product_part", row.pk),
            old=old,
            new=row.snapshot(),
        )
    return as_part(row)


def remove_part(*, actor: Actor, part_row_id: int, version: int | None = None) -> None:
    """Take out a part that was never inside."""
    with transaction.atomic():
        row = _row(actor, part_row_id)
        old = row.snapshot()
        delete_checked(row, version)
        audit.record(
            actor=actor,
            action="product.part.remove",
            subject=("product_part", part_row_id),
            old=old,
        )


def _row(actor: Actor, part_row_id: int) -> models.ProductPart:
    actor.require("catalog.edit")
    row = models.ProductPart.objects.select_related("whole", "part").filter(pk=part_row_id).first()
    if row is None:
        raise missing(part_row_id)
    return row


def _quantity(quantity: Decimal | int) -> Decimal:
    number = Decimal(quantity)
    if not number.is_finite() or not 0 < number < 10**8 or number != round(number, 4):
        text = _("Give a number above zero, with at most four decimals.")
        raise Invalid(text, code="part_quantity", field="quantity")
    return number
