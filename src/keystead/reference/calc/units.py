"""Conversion of quantities: by fixed factors, and between packs by a product's pack sizes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, round_half_up
from keystead.kernel.quantity import Quantity
from keystead.reference.types import PackSizes, Unit

PLACES = 12


def convert_quantity(
    quantity: Quantity, to: Unit, units: Mapping[str, Unit], sizes: PackSizes
) -> Quantity:
    """Return the quantity in another unit, exact, or at twelve decimals where it never ends.

    ``sizes`` says how many pieces a pack, box and case hold; it is needed only between those.
    Raises Invalid for an unknown unit, another dimension, or a pack size nobody gave.

    >>> units = {"each": Unit("each", "count", Decimal(1)), "pack": Unit("pack", "pack", None)}
    >>> convert_quantity(Quantity(3, "pack"), units["each"], units, PackSizes(pack=24))
    Quantity('72', 'each')
    """
    source = units.get(quantity.unit)
    if source is None:
        raise Invalid(f"{quantity.unit} is no known unit.", code="unit_unknown")
    if source.code == to.code:
        return quantity
    if _family(source) != _family(to):
        raise Invalid(
            f"{source.code} cannot be converted to {to.code}: they measure different things.",
            code="unit_mixed",
        )
    top, bottom = _size(source, sizes), _size(to, sizes)
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        value = quantity.value * top / bottom
    if -int(value.as_tuple().exponent) > PLACES:
        value = round_half_up(value, PLACES)
    return Quantity(value, to.code)


def find_unit(text: str, units: Mapping[str, Unit]) -> Unit:
    """Return the unit behind a code or one of its names in any language; raises Invalid.

    >>> find_unit("盒", {"box": Unit("box", "pack", None, ("盒",))}).code
    'box'
    """
    wanted = text.strip().casefold().rstrip(".")
    found = units.get(wanted)
    if found is None:
        found = next((unit for unit in units.values() if wanted in unit.aliases), None)
    if found is None:
        raise Invalid(
            f"{text[:40]!r} is no known unit.",
            code="unit_unknown",
            hint="Use one of: " + ", ".join(sorted(units)) + ".",
        )
    return found


def _family(unit: Unit) -> str:
    return "count" if unit.dimension == "pack" else unit.dimension


def _size(unit: Unit, sizes: PackSizes) -> Decimal:
    if unit.factor is not None:
        return unit.factor
    given = sizes.pieces(unit.code)
    if given is None:
        raise Invalid(
            f"Nobody has said yet how many pieces a {unit.code} of this product holds.",
            code="pack_size_missing",
            hint="Give the pack size on the product.",
            unit=unit.code,
        )
    size = exact(given, "pack size")
    if size <= 0:
        raise Invalid("A pack size must be above zero.", code="pack_size")
    return size
