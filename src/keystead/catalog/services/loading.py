"""Rows to write to, and the lock that keeps codes unique."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from keystead.accounts.rules import fold
from keystead.catalog import models
from keystead.catalog.queries.products import product_for
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import Actor
from keystead.kit.models import Editable

S = TypeVar("S", bound=StrEnum)


def product_row(actor: Actor, product_id: int) -> models.Product:
    """Return the stored product (the one it was merged into) that the actor may write to."""
    product = product_for(actor, product_id)
    actor.require("catalog.edit")
    return models.Product.objects.get(pk=product.id)


def missing(row_id: int) -> NotFound:
    """Return the answer for a row there is not."""
    return NotFound(_("There is no such entry."), id=row_id)


def chosen(kinds: type[S], value: str, field: str) -> S:
    """Return the enum member that was typed; raises Invalid with the choices."""
    try:
        return kinds(str(value))
    except ValueError:
        allowed = ", ".join(item.value for item in kinds)
        text = _("Choose one of: %(choices)s.") % {"choices": allowed}
        raise Invalid(text, code="choice", field=field) from None


def lock_catalog() -> None:
    """Let one writer at a time check and change codes; SQLite has one writer anyway."""
    list(models.Product.objects.select_for_update().order_by("id").values_list("pk")[:1])


def check_span(valid_from: date | None, valid_to: date | None) -> None:
    """Raise Invalid unless the span has at least one day."""
    if valid_from is not None and valid_to is not None and valid_from >= valid_to:
        raise Invalid(_("The last day lies before the first."), code="span", field="valid_to")


def delete_checked(row: Editable, version: int | None) -> None:
    """Delete the row, or raise Conflict when it changed after ``version`` was read."""
    manager = type(row)._default_manager
    wanted = row.version if version is None else version
    if not manager.filter(pk=row.pk, version=wanted).delete()[0]:
        current = manager.filter(pk=row.pk).first()
        raise Conflict(
            _("Somebody else changed this in the meantime. Nothing was removed."),
            hint=_("Look at the new values first."),
            mine=None,
            theirs=current.snapshot() if current else None,
            expected_version=wanted,
            current_version=current.version if current else None,
        )


def search_key(row: models.Product) -> str:
    """Return the folded text that the search box looks into."""
    values = models.ProductCode.objects.filter(product_id=row.pk) if row.pk else []
    words = [row.sku, row.name, row.brand, row.gtin, row.atc, *(item.value for item in values)]
    return "\n".join(dict.fromkeys(fold(word) for word in words if word))


def refresh_search(product_id: int) -> None:
    """Store the search text anew after a code changed; it is derived, so no version."""
    row = models.Product.objects.get(pk=product_id)
    models.Product.objects.filter(pk=product_id).update(search_key=search_key(row))
