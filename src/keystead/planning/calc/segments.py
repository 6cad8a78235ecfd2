"""Segments a manager can defend: value x variability x potential x relation, by stored cuts.

Source of the rules: ABC on the cumulative share (80 / 95 / 100, ties keep together), XYZ on the
coefficient of variation of de-seasonalised demand (0.5 / 1.0), hysteresis of 10 % at each border.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from statistics import fmean, pstdev

from keystead.planning.types.segments import Cuts, Inputs, Segment

ABC, XYZ = ("A", "B", "C"), ("X", "Y", "Z")
LEVELS = ("low", "mid", "high")
NOTHING = "none"
YEAR = 12


def value_classes(
    values: Mapping[int, Decimal], cuts: Cuts, before: Mapping[int, str] | None = None
) -> dict[int, str]:
    """Return A, B or C of each account by the cumulative share of its value.

    ``values``: money of a year, one currency; zero and below are C. Ordered from the largest; an
    account is A while the share *before* it is under the first cut, so that the one that crosses
    the cut is still in. Equal values are in one class. ``before``: the class of last time (the best
    of equal ones), kept while the share is within the hysteresis of the border.

    >>> value_classes({1: Decimal(80), 2: Decimal(15), 3: Decimal(5)}, Cuts())
    {1: 'A', 2: 'B', 3: 'C'}
    """
    ordered = sorted((key for key, one in values.items() if one > 0), key=lambda key: -values[key])
    total = sum((values[key] for key in ordered), Decimal(0))
    borders, known = (float(cuts.a_pct), float(cuts.b_pct)), before or {}
    found: dict[int, str] = {}
    done = Decimal(0)
    for value, equals in groupby(ordered, key=lambda key: values[key]):
        alike = list(equals)
        old = min((known[key] for key in alike if key in known), default="")
        name = _class(float(done / total * 100), borders, ABC, old, cuts)
        found |= dict.fromkeys(alike, name)
        done += value * len(alike)
    return {key: found.get(key, "C") for key in values}


def variability_class(cv: float | None, cuts: Cuts, before: str = "") -> str:
    """Return X, Y or Z for a coefficient of variation; Z where there is none to tell.

    >>> variability_class(0.3, Cuts()), variability_class(0.52, Cuts(), before="X")
    ('X', 'X')
    """
    if cv is None:
        return "Z"
    return _class(cv, (float(cuts.x_cv), float(cuts.y_cv)), XYZ, before, cuts)


def level(value: float | None, borders: tuple[float, float], cuts: Cuts, before: str = "") -> str:
    """Return low, mid or high against two borders; ``none`` where nothing is known.

    >>> level(30.0, (25.0, 50.0), Cuts())
    'mid'
    """
    if value is None:
        return NOTHING
    return _class(value, borders, LEVELS, before, cuts)


def variation(months: Sequence[Decimal]) -> float | None:
    """Return the coefficient of variation of demand by month once its seasons are taken out.

    ``months``: consecutive months, oldest first, zeros where nothing was bought. With two years or
    more each month is divided by the index of its place in the year (mean of the place over mean
    of all); a place with index 0 stays out. With less there is no season to tell and the plain
    values count. Population standard deviation over the mean; None for fewer than six months or
    a mean of zero or below.

    >>> variation([Decimal(1), Decimal(3)] * 12)
    0.0
    """
    values = [float(one) for one in months]
    if len(values) < YEAR // 2:
        return None
    mean = fmean(values)
    if mean <= 0:
        return None
    if len(values) >= 2 * YEAR:
        index = [fmean(values[place::YEAR]) / mean for place in range(YEAR)]
        values = [one / index[at % YEAR] for at, one in enumerate(values) if index[at % YEAR] > 0]
        mean = fmean(values)
    return round(pstdev(values) / mean, 6)


def segment(inputs: Inputs, value: str, cuts: Cuts, before: Segment | None = None) -> Segment:
    """Return the segment of an account, its class of value given (it depends on all others).

    Potential: the room on top of what is bought, in per cent of it. Relation: the mean of what is
    known of coverage and satisfaction, 0 to 100.
    """
    known = [one for one in (inputs.coverage_pct, inputs.satisfaction) if one is not None]
    relation = fmean(known) if known else None
    potential = (float(cuts.potential_mid_pct), float(cuts.potential_high_pct))
    bond = (float(cuts.relation_mid), float(cuts.relation_high))
    return Segment(
        value=value,
        variability=variability_class(inputs.cv, cuts, before.variability if before else ""),
        potential=level(inputs.room_pct, potential, cuts, before.potential if before else ""),
        relation=level(relation, bond, cuts, before.relation if before else ""),
    )


def stability(before: Mapping[int, Segment], now: Mapping[int, Segment]) -> Decimal | None:
    """Return the share of accounts of both runs whose cell changed, in percent; None for none.

    >>> stability({1: Segment("A", "X", "low", "mid")}, {1: Segment("B", "X", "low", "mid")})
    Decimal('100.0')
    """
    both = before.keys() & now.keys()
    if not both:
        return None
    moved = sum(before[key] != now[key] for key in both)
    return (Decimal(moved) * 100 / len(both)).quantize(Decimal("0.1"))


def counted(segments: Iterable[Segment]) -> dict[str, int]:
    """Return how many accounts are in each cell of value and variability, all nine listed.

    >>> counted([Segment("A", "X", "low", "mid")])["AX"]
    1
    """
    found = {f"{a}{x}": 0 for a in ABC for x in XYZ}
    for one in segments:
        found[one.cell] += 1
    return found


def _class(
    value: float, borders: tuple[float, float], names: Sequence[str], before: str, cuts: Cuts
) -> str:
    """Return the class of a value; the one of before while it is within reach of the border."""
    place = sum(value >= border for border in borders)
    if before in names:
        old, reach = names.index(before), float(cuts.hysteresis_pct) / 100
        rises = place > old and value < borders[old] * (1 + reach)
        falls = place < old and value >= borders[old - 1] * (1 - reach)
        place = old if rises or falls else place
    return names[place]
