"""A fee in all, shared over titles, so that each has a cost per use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from keystead.kernel.exact import largest_remainder, round_half_up
from keystead.kernel.money import minor_units
from keystead.negotiation.types.value import Basis


def title_fees(
    fee: Decimal,
    titles: Sequence[tuple[str, Decimal]],
    basis: Basis,
    prices: Mapping[str, Decimal],
    currency: str,
) -> dict[str, Decimal]:
    """Return each title's part of the fee, to the cent; the parts add up to it.

    ``titles``: name and uses. By list price a title without a price takes none; where no title
    has one, and where none was used at all, all take the same.

    >>> title_fees(Decimal(100), [("A", Decimal(3)), ("B", Decimal(1))], Basis.USAGE, {}, "EUR")
    {'A': Decimal('75.00'), 'B': Decimal('25.00')}
    """
    if not titles:
        return {}
    places = minor_units(currency)
    weights = [Decimal(1)] * len(titles)
    if basis is Basis.USAGE:
        weights = [uses for _name, uses in titles]
    elif basis is Basis.LIST_PRICE:
        weights = [prices.get(name, Decimal(0)) for name, _uses in titles]
    if not any(weights):
        weights = [Decimal(1)] * len(titles)
    cents = int(round_half_up(fee, places).scaleb(places))
    parts = largest_remainder(cents, weights)
    return {
        name: Decimal(part).scaleb(-places)
        for (name, _uses), part in zip(titles, parts, strict=True)
    }


def each(fee: Decimal | None, uses: Decimal) -> Decimal | None:
    """Return what a use costs at four decimals; None without a fee or a use."""
    return None if fee is None or uses <= 0 else round_half_up(fee / uses, 4)
