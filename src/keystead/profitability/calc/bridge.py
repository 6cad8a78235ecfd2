"""Growth bridges: volume, mix, price, new, lost, currency. The parts are the change, exactly.

Per line with base (q0, p0) and actual (q1, p1), totals Q0 and Q1 of its unit family, over the
lines that sold (or had a stated price) in both periods:

    volume = (Q1 q0/Q0 - q0) p      mix = (q1 - Q1 q0/Q0) p      price = q (p1 - p0)

- actual-quantity price: p is p0, q is q1 (the textbook sales-quantity, sales-mix and price
  variances: Horngren, Drury);
- base-quantity price: p is p0, q is q0, and (q1 - q0)(p1 - p0) stands alone as a joint bar;
- symmetric average: p is the mean of p0 and p1, q of q0 and q1 (the two-factor Shapley value).

Two conventions one meets are refused, because they mislead: calling the joint term "mix", and
multiplying by a line's own units so that the parts miss the total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from keystead.kernel.errors import Invalid
from keystead.profitability.calc.footing import foot, rounded
from keystead.profitability.types import Bridge, Convention, Line, LineBridge, Part

Sides = tuple[Fraction, Fraction]
NOTHING = (Fraction(0), Fraction(0))


def growth_bridge(
    lines: Sequence[Line],
    convention: Convention = Convention.ACTUAL_QUANTITY,
    *,
    places: int = 2,
) -> Bridge:
    """Return the bridge from the base to the actual over all lines.

    ``lines``: one per product x account, units in their family's unit, values in one currency.
    Values are rounded half-up to ``places`` first, then every line's parts foot to its change by
    largest remainder, and the totals are sums of the lines: both ways the cents agree. A line
    without units in a period in which it has a value is a part of its own, as no price can be
    told. No lines give a bridge of zeros. Raises Invalid when a key comes twice.

    >>> one = Line("A", Decimal(10000), Decimal(500000), Decimal(12000), Decimal(636000))
    >>> {part.value: str(amount) for part, amount in growth_bridge([one]).parts.items() if amount}
    {'volume': '100000.00', 'price': '36000.00'}
    """
    keys = [line.key for line in lines]
    if len(set(keys)) != len(keys):
        raise Invalid("A line stands twice in the bridge.", code="line_twice")
    sizes = _family_sizes(lines)
    made = tuple(_line(line, sizes, Convention(convention), places) for line in lines)
    return Bridge(
        convention=Convention(convention),
        base=sum((one.base for one in made), Decimal(0)),
        actual=sum((one.actual for one in made), Decimal(0)),
        parts=summed(made),
        lines=made,
    )


def summed(lines: Iterable[LineBridge]) -> dict[Part, Decimal]:
    """Return the parts of several lines added up: totals over any grouping of one bridge.

    >>> summed([])[Part.PRICE]
    Decimal('0')
    """
    found = dict.fromkeys(Part, Decimal(0))
    for line in lines:
        for part, amount in line.parts.items():
            found[part] += amount
    return found


def _family_sizes(lines: Sequence[Line]) -> Mapping[str, Sides]:
    """Return base and actual units of each family, over lines with a price in both periods."""
    base: dict[str, Fraction] = defaultdict(Fraction)
    actual: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        if _kind(line) is None:
            base[line.family] += Fraction(line.base_units or 0)
            actual[line.family] += Fraction(line.units or 0)
    return {family: (base[family], actual[family]) for family in base}


def _kind(line: Line) -> Part | None:
    """Return the bar that takes the whole change of the line; None where prices can be told."""
    base = _price(line.base_units, line.base_value, line.base_price)
    actual = _price(line.units, line.value, line.price)
    if base is not None and actual is not None:
        return None
    if base is None and not line.base_units and not line.base_value:
        return Part.NEW
    if actual is None and not line.units and not line.value:
        return Part.LOST
    return Part.WITHOUT_UNITS


def _price(units: Decimal | None, value: Decimal, stated: Decimal | None) -> Fraction | None:
    if units is not None and units > 0:
        return Fraction(value) / Fraction(units)
    return Fraction(stated) if stated is not None and not units and not value else None


def _line(
    line: Line, sizes: Mapping[str, Sides], convention: Convention, places: int
) -> LineBridge:
    base, value = rounded(line.base_value, places), rounded(line.value, places)
    reported = value if line.reported is None else rounded(line.reported, places)
    prices = (
        _price(line.base_units, base, line.base_price),
        _price(line.units, value, line.price),
    )
    kind, family = _kind(line), sizes.get(line.family, NOTHING)
    exact: dict[Part, Fraction]
    if kind is not None or prices[0] is None or prices[1] is None or not family[0]:
        exact = {kind or Part.WITHOUT_UNITS: Fraction(value - base)}
    else:
        units = (Fraction(line.base_units or 0), Fraction(line.units or 0))
        exact = _parts(units, (prices[0], prices[1]), family, convention)
    footed = foot(list(exact.values()), value - base, places)
    parts = dict.fromkeys(Part, Decimal(0))
    parts.update(zip(exact, footed, strict=True))
    parts[Part.CURRENCY] = reported - value
    return LineBridge(line.key, base, reported, parts)


def _parts(
    units: Sides, prices: Sides, family: Sides, convention: Convention
) -> dict[Part, Fraction]:
    (q0, q1), (p0, p1) = units, prices
    level = family[1] * q0 / family[0]
    price, quantity = p0, q1
    if convention is Convention.BASE_QUANTITY:
        quantity = q0
    elif convention is Convention.AVERAGE:
        price, quantity = (p0 + p1) / 2, (q0 + q1) / 2
    found = {
        Part.VOLUME: (level - q0) * price,
        Part.MIX: (q1 - level) * price,
        Part.PRICE: quantity * (p1 - p0),
    }
    if convention is Convention.BASE_QUANTITY:
        found[Part.JOINT] = (q1 - q0) * (p1 - p0)
    return found
