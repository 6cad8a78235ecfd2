"""The buyer's calculation of leaving a bundle, and how far each input moves it.

Formulas of Unsub (ourresearch/jump-api, journal.py and scenario.py): a use is a download, a
citation or an authorship by weight; what is open or in an owned backfile stays free; of the rest a
small share is asked for as a loan when the title goes. We keep exact decimals where it takes whole
numbers in between.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import round_half_up
from keystead.negotiation.calc.buyer.use import paid_use
from keystead.negotiation.calc.prices.paths import projected, quotient
from keystead.negotiation.types.buying import (
    Assumptions,
    Bundle,
    Keep,
    Sensitivity,
    Title,
    TitleView,
    Unbundling,
    YearView,
)

_WIDE = Context(prec=40, rounding=ROUND_HALF_UP)
ZERO, HUNDRED = Decimal(0), Decimal(100)


@dataclasses.dataclass(frozen=True)
class _Row:
    """A title in numbers: first-year cost, use, paid use, paid downloads, cost per use."""

    title: Title
    first: Decimal
    mean: Decimal
    use: Decimal
    paid: Decimal
    loans: Decimal
    loan_cost: Decimal
    per_use: Decimal | None


def unbundle(bundle: Bundle, assumed: Assumptions, keep: Keep) -> Unbundling:
    """Return what the buyer's own spreadsheet says about leaving the bundle.

    Titles come cheapest per paid use first; those that nobody pays a use of come last. Raises
    Invalid for no titles, a title twice, open and backfile above 100 %, or an unknown kept name.
    """
    _check(bundle)
    if min(assumed.bundle_growth_pct, assumed.title_growth_pct) <= -HUNDRED:
        raise Invalid("A price cannot fall by 100 % a year or more.", code="growth")
    with localcontext(_WIDE):
        rows = _ranked(bundle, assumed)
        kept = _kept(rows, keep, assumed)
        return _worked_out(bundle, assumed, rows, kept)


def _check(bundle: Bundle) -> None:
    names = [title.name for title in bundle.titles]
    if not names or not 0 < bundle.years <= 50:
        raise Invalid("A bundle has titles, and runs 1 to 50 years.", code="no_titles")
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid(f"{twice} is named twice.", code="named_twice", title=twice)
    for title in bundle.titles:
        if title.open_pct + title.backfile_pct > HUNDRED:
            raise Invalid(
                f"{title.name}: open and backfile are above 100 % together.",
                code="over_100",
                title=title.name,
            )


def _ranked(bundle: Bundle, assumed: Assumptions) -> list[_Row]:
    growth = sum(projected(Decimal(1), assumed.title_growth_pct, range(bundle.years)), ZERO)
    rows = [_row(title, assumed, growth / bundle.years) for title in bundle.titles]
    return sorted(rows, key=lambda row: (row.per_use is None, row.per_use or ZERO, row.title.name))


def _row(title: Title, assumed: Assumptions, growth: Decimal) -> _Row:
    first = title.price * (1 + assumed.content_fee_pct / HUNDRED)
    free = (title.open_pct + title.backfile_pct) / HUNDRED
    added = (
        title.citations * assumed.citation_weight + title.authorships * assumed.authorship_weight
    )
    use = title.downloads + added
    paid_downloads = title.downloads * (1 - free)
    # Citations and authorships are paid for in the same share as downloads.
    paid = use * (1 - free) if title.downloads else ZERO
    mean = first * growth
    found = paid_use(mean, paid_downloads, assumed.loan_cost, assumed.loan_share_pct)
    per_use = quotient(found.net_cost, paid, 6) if paid else None
    return _Row(title, first, mean, use, paid, found.loans, found.loan_cost, per_use)


def _kept(rows: Sequence[_Row], keep: Keep, assumed: Assumptions) -> frozenset[str]:
    if keep.names is not None:
        strange = sorted(keep.names - {row.title.name for row in rows})
        if strange:
            raise Invalid(f"{strange[0]} is no title of the bundle.", code="unknown_title")
        return keep.names
    if keep.count is not None:
        return frozenset(row.title.name for row in rows[: max(0, keep.count)])
    if keep.budget is not None:
        spent, names = ZERO, []
        for row in rows:
            if spent + row.first <= keep.budget:
                spent += row.first
                names.append(row.title.name)
        return frozenset(names)
    limit = assumed.loan_cost if keep.most_per_use is None else keep.most_per_use
    return frozenset(
        row.title.name for row in rows if row.per_use is not None and row.per_use <= limit
    )


def _worked_out(
    bundle: Bundle, assumed: Assumptions, rows: Sequence[_Row], kept: frozenset[str]
) -> Unbundling:
    stay = [row for row in rows if row.title.name in kept]
    gone = [row for row in rows if row.title.name not in kept]
    first = sum((row.first for row in stay), ZERO)
    loans = sum((row.loan_cost for row in gone), ZERO)
    bundles = projected(bundle.price, assumed.bundle_growth_pct, range(bundle.years))
    alone = projected(first, assumed.title_growth_pct, range(bundle.years))
    years = tuple(
        _year(number, round_half_up(one, 2), round_half_up(other, 2), round_half_up(loans, 2))
        for number, (one, other) in enumerate(zip(bundles, alone, strict=True), 1)
    )
    saving = sum((year.saving for year in years), ZERO)
    whole = sum((year.bundle for year in years), ZERO)
    use = sum((row.use for row in rows), ZERO)
    lost = sum((row.paid for row in gone), ZERO)
    free = use - sum((row.paid for row in rows), ZERO)
    return Unbundling(
        titles=tuple(_view(row, row.title.name in kept) for row in rows),
        years=years,
        saving=saving,
        saving_pct=_pct(saving, whole),
        kept=len(stay),
        price_per_kept=quotient(first, Decimal(len(stay)), 2) if stay else None,
        use=round_half_up(use, 4),
        free_pct=_pct(free, use),
        instant_pct=_pct(use - lost, use),
        lost_pct=_pct(lost, use),
        loans=round_half_up(sum((row.loans for row in gone), ZERO), 4),
    )


def _year(number: int, bundle: Decimal, kept: Decimal, loans: Decimal) -> YearView:
    return YearView(number, bundle, kept, loans, bundle - kept - loans)


def _view(row: _Row, kept: bool) -> TitleView:
    return TitleView(
        row.title.name,
        round_half_up(row.mean, 2),
        round_half_up(row.paid, 4),
        round_half_up(row.loans, 4),
        round_half_up(row.loan_cost, 2),
        row.per_use,
        kept,
    )


def _pct(part: Decimal, whole: Decimal) -> Decimal | None:
    return quotient(part * 100, whole, 2) if whole else None


ASSUMED = tuple(field.name for field in dataclasses.fields(Assumptions))
OF_TITLES = ("price", "downloads", "open_pct", "backfile_pct")


def sensitivity(
    bundle: Bundle, assumed: Assumptions, keep: Keep, by_pct: Decimal = Decimal(20)
) -> tuple[Sensitivity, ...]:
    """Return how the saving of the term moves when each input is lower and higher by a percentage.

    Inputs: every assumption, the price of the bundle, and the price, downloads, open and backfile
    share of all titles together (shares stay within 100 %). Which titles stay is decided anew each
    time, as the buyer would. The widest first.
    """
    factors = (1 - by_pct / HUNDRED, 1 + by_pct / HUNDRED)
    found = []
    for name in ASSUMED:
        value = getattr(assumed, name)
        pair = [
            unbundle(bundle, dataclasses.replace(assumed, **{name: value * factor}), keep).saving
            for factor in factors
        ]
        found.append(Sensitivity(name, *pair))
    pair = [
        unbundle(dataclasses.replace(bundle, price=bundle.price * factor), assumed, keep).saving
        for factor in factors
    ]
    found.append(Sensitivity("bundle_price", *pair))
    for name in OF_TITLES:
        pair = [
            unbundle(_titles_moved(bundle, name, factor), assumed, keep).saving
            for factor in factors
        ]
        found.append(Sensitivity(f"title_{name}", *pair))
    return tuple(sorted(found, key=lambda one: (-one.width, one.name)))


def _titles_moved(bundle: Bundle, name: str, factor: Decimal) -> Bundle:
    titles = []
    for title in bundle.titles:
        value = getattr(title, name) * factor
        if name.endswith("_pct"):
            other = title.backfile_pct if name == "open_pct" else title.open_pct
            value = min(value, HUNDRED - other)
        titles.append(dataclasses.replace(title, **{name: value}))
    return dataclasses.replace(bundle, titles=tuple(titles))
