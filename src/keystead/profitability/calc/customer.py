"""The customer's own view: what they buy for, what comes back, what is left at resale."""

from __future__ import annotations

from decimal import Decimal

from keystead.kernel.exact import exact, round_half_up
from keystead.profitability.types import CustomerView


def customer_view(
    *,
    units: Decimal,
    recommended_price: Decimal,
    bought: Decimal,
    rebates: Decimal,
    tax_pct: Decimal = Decimal(0),
    places: int = 2,
) -> CustomerView:
    """Return the customer's margin on ``units`` if they sold at the recommended price.

    ``bought``: what we invoiced for them; ``rebates``: all that comes back afterwards;
    ``tax_pct``: sales tax inside the recommended price. It is a calculation for us alone: real
    resale prices never enter it, and nothing is ever paid for keeping one (rule R-01).

    >>> view = customer_view(units=Decimal(100), recommended_price=Decimal("11.30"),
    ...                      bought=Decimal(800), rebates=Decimal(40), tax_pct=Decimal(13))
    >>> str(view.resale), str(view.front_margin), str(view.margin), str(view.margin_pct)
    ('1000.00', '200.00', '240.00', '24')
    """
    gross = exact(units) * exact(recommended_price)
    resale = round_half_up(gross * 100 / (100 + exact(tax_pct)), places)
    return CustomerView(resale, exact(bought), exact(rebates))
