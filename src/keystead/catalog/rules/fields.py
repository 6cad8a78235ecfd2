"""What the fields of a product may hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from keystead.accounts.rules.fields import TOO_LONG, tidy
from keystead.catalog.rules.codes import clean_gtin, is_atc
from keystead.catalog.types import ProductKind, ProductStatus, Supply
from keystead.kernel.errors import Invalid

LENGTHS = {"sku": 60, "name": 200, "brand": 80, "category": 80, "unit": 20, "spec": 120}
FIELDS = (
    "sku", "name", "brand", "category", "kind", "pack_size", "unit", "gtin", "atc", "spec",
    "supply", "status",
)  # fmt: skip


def clean_product(values: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """Return the given fields tidied and checked; ``whole`` asks for SKU, name and kind too.

    ``pack_size`` comes back as Decimal, all else as text. Every breach is told at once: raises
    Invalid with ``fields``, which maps a field's name to a sentence.
    """
    wrong: dict[str, str] = {}
    clean: dict[str, Any] = {}
    for field, value in values.items():
        if field not in FIELDS:
            wrong[field] = f"There is no field called {field}."
        elif field == "pack_size":
            clean[field] = _pack_size(value, wrong)
        else:
            clean[field] = tidy(value)
    for field in ("sku", "name", "kind"):
        if (whole and field not in clean) or (field in clean and not clean[field]):
            wrong[field] = "This is needed."
    for field, longest in LENGTHS.items():
        if len(clean.get(field, "")) > longest:
            wrong[field] = TOO_LONG
    _check_choices(clean, wrong)
    _check_codes(clean, wrong)
    if wrong:
        raise Invalid("Some fields need another look.", code="product_fields", fields=wrong)
    return clean


def _pack_size(value: Any, wrong: dict[str, str]) -> Decimal:
    text = tidy("" if value is None else value)
    if not text:
        return Decimal(1)
    try:
        size = Decimal(text)
    except InvalidOperation:
        size = Decimal("NaN")
    if not size.is_finite() or not 0 < size < 10**8 or size != round(size, 4):
        wrong["pack_size"] = "Give a number above zero, with at most four decimals."
        return Decimal(1)
    return size


def _check_choices(clean: dict[str, Any], wrong: dict[str, str]) -> None:
    if clean.get("status") == "":
        clean["status"] = ProductStatus.ACTIVE.value
    for field, choices in (("kind", ProductKind), ("status", ProductStatus), ("supply", Supply)):
        if clean.get(field):
            clean[field] = clean[field].lower()
            allowed = [item.value for item in choices if item.value]
            if clean[field] not in allowed:
                wrong.setdefault(field, f"Choose one of: {', '.join(allowed)}.")


def _check_codes(clean: dict[str, Any], wrong: dict[str, str]) -> None:
    if "gtin" in clean:
        try:
            clean["gtin"] = clean_gtin(clean["gtin"])
        except Invalid as error:
            wrong["gtin"] = error.message
    if "atc" in clean:
        clean["atc"] = unicodedata.normalize("NFKC", clean["atc"]).upper().replace(" ", "")
        if clean["atc"] and not is_atc(clean["atc"]):
            wrong["atc"] = "An ATC code looks like A10BA02 (or a shorter group, like A10B)."
