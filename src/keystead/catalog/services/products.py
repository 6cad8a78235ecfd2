"""Create and edit products, and say which one takes another's place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.catalog import models
from keystead.catalog.queries.products import as_product, family_ids
from keystead.catalog.rules import clean_product, code_key, gtin_spellings
from keystead.catalog.services.loading import lock_catalog, product_row, search_key
from keystead.catalog.types import Product, ProductScheme
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor


class ProductValues(TypedDict, total=False):
    """The plain fields of a product, as they are typed."""

    sku: str
    name: str
    brand: str
    category: str
    kind: str
    pack_size: Decimal | int | str
    unit: str
    gtin: str
    atc: str
    spec: str
    supply: str
    status: str


def create_product(*, actor: Actor, source: str = "", **values: Unpack[ProductValues]) -> Product:
    """Return the new product; needs ``catalog.edit``.

    Raises Invalid with ``fields`` when a field is wrong, or the SKU or GTIN is taken.
    """
    actor.require("catalog.edit")
    clean = clean_product(dict(values), whole=True)
    with transaction.atomic():
        lock_catalog()
        row = models.Product(**clean)
        _check_free(row)
        row.search_key = search_key(row)
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="product.create",
            subject=("product", row.pk),
            new=row.snapshot(),
            source=source,
        )
    return as_product(row)


def edit_product(
    *,
    actor: Actor,
    product_id: int,
    version: int | None = None,
    source: str = "",
    **values: Unpack[ProductValues],
) -> Product:
    """Return the product with the given fields changed; needs ``catalog.edit``.

    Nothing is written when nothing changed. Raises Conflict with both values when somebody saved
    after ``version``. A SKU that was changed stays as a code, so that old files still match.
    """
    clean = clean_product(dict(values), whole=False)
    with transaction.atomic():
        lock_catalog()
        row = product_row(actor, product_id)
        old, old_sku = row.snapshot(), row.sku
        if all(getattr(row, field) == value for field, value in clean.items()):
            return as_product(row)
        for field, value in clean.items():
            setattr(row, field, value)
        _check_free(row)
        if row.sku.casefold() != old_sku.casefold():
            _keep_old_sku(actor, row, old_sku)
        row.search_key = search_key(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="product.edit",
            subject=("product", row.pk),
            old=old,
            new=row.snapshot(),
            source=source,
        )
    return as_product(row)


def supersede_product(
    *,
    actor: Actor,
    product_id: int,
    successor_id: int | None,
    on: date | None = None,
    share_pct: Decimal | None = None,
    version: int | None = None,
) -> Product:
    """Return the product with another named as its successor from a day on (None takes it back).

    Both keep their own figures and stay on sale as their status says; a forecast or a listing may
    follow the chain. ``share_pct``: how much of its demand the successor takes, above 0 and up to
    100; None keeps it, or is 100 for another successor. Raises Invalid when the chain would lead
    back to the product.
    """
    with transaction.atomic():
        lock_catalog()
        row = product_row(actor, product_id)
        old = row.snapshot()
        successor = product_row(actor, successor_id) if successor_id is not None else None
        if successor is not None:
            if on is None:
                text = _("Say from which day on.")
                raise Invalid(text, code="successor_day", field="on")
            _check_chain(row, successor)
        row.successor, row.successor_from = successor, on if successor else None
        kept = row.successor_share_pct if old["successor"] == successor_id else Decimal(100)
        row.successor_share_pct = _share(kept if share_pct is None else share_pct)
        if row.snapshot() == old:
            return as_product(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="product.supersede",
            subject=("product", row.pk),
            old=old,
            new=row.snapshot(),
        )
    return as_product(row)


def _share(share: Decimal) -> Decimal:
    if not (share.is_finite() and 0 < share <= 100):
        text = _("The share lies above 0 and up to 100 percent.")
        raise Invalid(text, code="successor_share", field="successor_share_pct")
    return share.quantize(Decimal("0.01"))


def _check_free(row: models.Product) -> None:
    family = family_ids(row.pk) if row.pk else ()
    others = models.Product.objects.exclude(pk__in=family[:1])
    codes = models.ProductCode.objects.exclude(product_id__in=family)
    wrong: dict[str, str] = {}
    key = code_key(ProductScheme.OWN_SKU, row.sku)
    own = codes.filter(scheme=ProductScheme.OWN_SKU, value_key=key)
    if others.filter(sku__iexact=row.sku).exists() or own.exists():
        wrong["sku"] = sku_taken(row.sku)
    if row.gtin:
        spellings = gtin_spellings(row.gtin)
        same = others.exclude(pk__in=family).filter(gtin__in=spellings)
        keys = codes.filter(scheme=ProductScheme.GTIN, value_key__in=spellings)
        if same.exists() or keys.exists():
            wrong["gtin"] = gtin_taken(row.gtin)
    if wrong:
        raise product_taken(wrong)


def sku_taken(sku: str) -> str:
    return _("The SKU %(sku)s is taken by another product.") % {"sku": sku}


def gtin_taken(gtin: str) -> str:
    return _("The GTIN %(gtin)s is on another product.") % {"gtin": gtin}


def product_taken(wrong: dict[str, str]) -> Invalid:
    """Return the refusal of a product whose SKU or GTIN is another's."""
    return Invalid(
        " ".join(wrong.values()),
        code="product_taken",
        hint=_("If it is the same product, use that one, or merge the two."),
        fields=wrong,
    )


def _keep_old_sku(actor: Actor, row: models.Product, sku: str) -> None:
    key = code_key(ProductScheme.OWN_SKU, sku)
    known = models.ProductCode.objects.filter(
        product=row, scheme=ProductScheme.OWN_SKU, value_key=key
    )
    if not known.exists():
        models.ProductCode(
            product=row, scheme=ProductScheme.OWN_SKU, value=sku, value_key=key
        ).save_checked(actor)


def _check_chain(row: models.Product, successor: models.Product) -> None:
    follows = dict(models.Product.objects.exclude(successor=None).values_list("pk", "successor_id"))
    follows[row.pk] = successor.pk
    here, seen = row.pk, {row.pk}
    while (here := follows.get(here, 0)) and here not in seen:
        seen.add(here)
    if here:
        raise Invalid(
            _("A product cannot come after itself."), code="successor_cycle", field="successor"
        )
