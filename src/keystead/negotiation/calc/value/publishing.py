"""What publishing costs: fees per article, each article counted once by its DOI."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from keystead.negotiation.calc.prices.articles import per_article
from keystead.negotiation.types.value import Article, PublishingYear

_FRONT = re.compile(r"^(https?://)?(dx\.)?doi\.org/|^doi:\s*", re.IGNORECASE)


def doi_key(text: str) -> str:
    """Return a DOI as it is compared: without its address, in small letters.

    >>> doi_key(" https://doi.org/10.1000/ABC "), doi_key("doi: 10.1000/abc")
    ('10.1000/abc', '10.1000/abc')
    """
    return _FRONT.sub("", text.strip()).strip().casefold()


def publishing_years(
    articles: Sequence[Article], read_fees: Mapping[int, Decimal], places: int = 2
) -> tuple[PublishingYear, ...]:
    """Return each year's fees, articles counted once, and the effective price of one.

    An article counts in the first year it was invoiced for; all that was invoiced stays in the
    fees of its year. Years by number. ``read_fees``: what reading cost in a year.

    >>> two = [Article("10.1/a", 2022, Decimal(100)), Article("10.1/A", 2023, Decimal(100)),
    ...        Article("10.1/b", 2023, Decimal(100))]
    >>> [(one.year, one.articles, one.repeated, str(one.each)) for one in publishing_years(two, {})]
    [(2022, 1, 0, '100.00'), (2023, 1, 1, '200.00')]
    """
    seen: set[str] = set()
    made = []
    for year in sorted({one.year for one in articles} | set(read_fees)):
        held = [one for one in articles if one.year == year]
        keys = [doi_key(one.doi) for one in held]
        fresh = set(keys) - seen
        seen |= fresh
        fees = sum((one.fee for one in held), Decimal(0))
        made.append(PublishingYear(
            year, len(fresh), len(held) - len(fresh), fees, read_fees.get(year, Decimal(0)),
            per_article(fees, len(fresh), places) if fresh else None,
            per_article(fees, len(held), places) if held else None,
        ))  # fmt: skip
    return tuple(made)
