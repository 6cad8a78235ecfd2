"""The rest of a period: at the pace so far, a run rate and named as one, or along agreed sales."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal, localcontext

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period


def months_in(period: Period) -> Decimal:
    """Return the length of a period in months; a month that is partly inside counts by its days.

    >>> str(months_in(Period.parse("2026-01-01..2026-06-15")))
    '5.5'
    """
    with localcontext(prec=28):
        found = Decimal(0)
        for piece in period.months():
            found += Decimal(piece.days) / monthrange(piece.start.year, piece.start.month)[1]
        return found


def at_pace(to_date: Decimal, gone: Decimal, whole: Decimal, *, places: int = 2) -> Decimal:
    """Return the whole period at the pace so far: to date / months gone x months of the period.

    Rounded half-up to ``places``. Raises Invalid when no time is gone, as there is no pace then.

    >>> at_pace(Decimal(300), Decimal(3), Decimal(12))
    Decimal('1200.00')
    """
    if gone <= 0:
        raise Invalid("There is no pace before the first day.", code="no_pace")
    with localcontext(prec=50):
        return round_half_up(to_date * whole / gone, places)


def along(to_date: Decimal, sold: Decimal, coming: Decimal, *, places: int = 2) -> Decimal:
    """Return the whole period when an item keeps its share of sales and more sales come.

    to date x (sold + coming) / sold, rounded half-up to ``places``. Raises Invalid where nothing
    was sold, as there is no share then.

    >>> along(Decimal(-30), Decimal(300), Decimal(500))
    Decimal('-80.00')
    """
    if sold <= 0:
        raise Invalid("There is no share of sales before the first sale.", code="no_share")
    with localcontext(prec=50):
        return round_half_up(to_date * (sold + coming) / sold, places)
