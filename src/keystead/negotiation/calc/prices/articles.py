"""Bills by article, and what an article cost."""

from __future__ import annotations

from decimal import Decimal

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.negotiation.calc.prices.paths import quotient
from keystead.negotiation.types.prices import Bill, PerArticle


def bill(rule: PerArticle, places: int = 2) -> Bill:
    """Return each group of articles to the cent, and the total with reading and credits."""
    groups = {}
    for name, group in rule.groups.items():
        if group.count < 0:
            raise Invalid(f"There are fewer than no articles of {name}.", code="negative")
        each = group.fee * (1 - group.discount_pct.scaleb(-2))
        groups[name] = round_half_up(each * group.count, places)
    total = sum(groups.values(), Decimal(0)) + rule.read_fee - rule.credits
    return Bill(groups, round_half_up(total, places))


def per_article(total: Decimal, articles: int, places: int = 2) -> Decimal:
    """Return the effective price of an article, half-up; count duplicates (by DOI) once.

    Raises Invalid for no articles. A price over few articles says little: show the count.
    """
    if articles < 1:
        raise Invalid("Without articles there is no price of one.", code="no_articles")
    return quotient(total, Decimal(articles), places)


def prepaid(uses: int, price: Decimal, multiplier: Decimal, places: int = 2) -> Decimal:
    """Return what is paid ahead: last year's use times a price times a multiplier."""
    return round_half_up(price * uses * multiplier, places)
