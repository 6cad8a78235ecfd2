"""From the terms that options carry to conditions, prices and limits of an agreement."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.agreements.calc.written import read, written
from keystead.agreements.types import (
    AgreementVersion,
    Cap,
    Condition,
    Family,
    Measure,
    PriceRow,
    Tier,
    Timing,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, round_half_up
from keystead.kernel.money import minor_units
from keystead.kernel.periods import Period, add_months
from keystead.negotiation.calc.prices.paths import path
from keystead.negotiation.types.deal_terms import DealTerms, TermKind
from keystead.negotiation.types.plans import Difference
from keystead.negotiation.types.prices import Path

KEY: Final = "agreed-"
MOST: Final = 30
BOOKED: Final = {"key", "gl_code", "examples"}  # ours to fill in: no part of what was agreed
ZERO, HUNDRED = Decimal(0), Decimal(100)
Numbers = tuple[tuple[Decimal, ...], ...]


def term_parts(text: str) -> tuple[TermKind, Numbers]:
    """Return the kind of a term and its numbers, part by part. Raises Invalid (``deal_term``).

    >>> kind, parts = term_parts("rebate 0:2; 100000:3.5")
    >>> kind.value, [[str(one) for one in part] for part in parts]
    ('rebate', [['0', '2'], ['100000', '3.5']])
    """
    word, _space, rest = text.strip().partition(" ")
    try:
        kind = TermKind(word)
        parts = tuple(
            tuple(exact(one.strip(), "term") for one in part.split(":"))
            for part in rest.split(";") if part.strip()
        )  # fmt: skip
    except (ValueError, Invalid) as error:
        raise _wrong(text) from error
    size = 2 if kind is TermKind.REBATE else 1
    alone = kind in (TermKind.DISCOUNT, TermKind.CAP)
    if not 1 <= len(parts) <= (1 if alone else MOST) or any(len(part) != size for part in parts):
        raise _wrong(text)
    if not _holds(kind, parts):
        raise _wrong(text)
    return kind, parts


def _holds(kind: TermKind, parts: Numbers) -> bool:
    first = parts[0][0]
    if kind is TermKind.DISCOUNT:
        return 0 < first < HUNDRED
    if kind is TermKind.REBATE:
        bounds = [lower for lower, _rate in parts]
        return (bounds == sorted(set(bounds)) and bounds[0] >= 0
                and all(0 <= rate <= HUNDRED for _lower, rate in parts))  # fmt: skip
    return first > 0 and all(-HUNDRED < step[0] <= HUNDRED for step in parts[1:])


def _wrong(text: str) -> Invalid:
    return Invalid(f"This is no term: {text}", code="deal_term", term=text)


def deal_terms(
    package: Mapping[str, str], terms: Mapping[str, str], period: Period, currency: str
) -> DealTerms:
    """Return what the options of a package calculate, in the order of its issues.

    ``terms`` by issue, as ``term_parts`` reads them. A path gives one price a contract year, the
    last going on to the end; each is rounded to the currency. Several caps: Invalid.

    >>> found = deal_terms({"Price": "rise"}, {"Price": "path 1000; 2"},
    ...                    Period.parse("2027-01-01..2029-12-31"), "EUR")
    >>> [(str(one.amount), str(one.valid)) for one in found.prices]
    [('1000.00', '2027'), ('1020.00', '2028..2029')]
    """
    made = DealTerms()
    for at, (issue, option) in enumerate(package.items(), 1):
        if terms.get(issue):
            made = _with(made, f"{KEY}{at}", (issue, option), terms[issue], (period, currency))
    return made


def _with(
    made: DealTerms, key: str, said: tuple[str, str], text: str, at: tuple[Period, str]
) -> DealTerms:
    kind, parts = term_parts(text)
    period, currency = at
    if kind is TermKind.CAP:
        if made.cap is not None:
            raise Invalid("Two options set the most that is paid.", code="deal_caps")
        return dataclasses.replace(made, cap=Cap(parts[0][0]))
    if kind is TermKind.PATH:
        rows = _path(key, parts, period, currency)
        price = Condition(key, Family.CONTRACT_PRICE, label=said[0], timing=Timing.ON_INVOICE,
                          note=said[1])  # fmt: skip
        return dataclasses.replace(
            made, conditions=(*made.conditions, price), prices=(*made.prices, *rows)
        )
    if kind is TermKind.DISCOUNT:
        condition = Condition(
            key, Family.INVOICE_DISCOUNT, label=said[0], timing=Timing.ON_INVOICE,
            tiers=(Tier(ZERO, parts[0][0]),), note=said[1],
        )  # fmt: skip
    else:
        condition = Condition(
            key, Family.VOLUME_REBATE, label=said[0], tier_measure=Measure.NET_VALUE,
            tiers=tuple(Tier(lower, rate) for lower, rate in parts), note=said[1],
        )  # fmt: skip
    return dataclasses.replace(made, conditions=(*made.conditions, condition))


def _path(key: str, parts: Numbers, period: Period, currency: str) -> tuple[PriceRow, ...]:
    amounts = (parts[0][0], *path(Path(parts[0][0], tuple(step[0] for step in parts[1:]))))
    begins = [add_months(period.start, 12 * at) for at in range(len(amounts))]
    rows = []
    for at, (amount, begin) in enumerate(zip(amounts, begins, strict=True)):
        if begin < period.end:
            end = begins[at + 1] if at + 1 < len(amounts) else period.end
            rows.append(PriceRow(
                round_half_up(amount, minor_units(currency)), currency,
                valid=Period(begin, min(end, period.end)), key=f"{key}-{at + 1}",
            ))  # fmt: skip
    return tuple(rows)


def deal_terms_written(found: DealTerms) -> dict[str, Any]:
    """Return the terms as plain JSON, as ``deal_terms_read`` reads them."""
    return dict(written(found))


def deal_terms_read(data: Mapping[str, Any]) -> DealTerms:
    return read(DealTerms, dict(data))


def term_differences(agreed: DealTerms, version: AgreementVersion) -> tuple[Difference, ...]:
    """Return where the calculating terms of an agreement say otherwise than what was agreed.

    Compared are the conditions and prices that came from the deal, field by field, and the cap
    where one was agreed; the agreement may hold others beside them. Ledger accounts and worked
    examples are filled in later, and are no difference.
    """
    found: list[Difference] = []
    names = {one.key: one.label for one in agreed.conditions}
    for kind in ("conditions", "prices"):
        meant = {one.key: written(one) for one in getattr(agreed, kind)}
        there = {one.key: written(one) for one in getattr(version, kind)
                 if one.key.startswith(KEY)}  # fmt: skip
        for key in sorted({*meant, *there}):
            label = names.get(key) or names.get(key.rpartition("-")[0]) or key
            found += _fields(label, meant.get(key, {}), there.get(key, {}))
    if agreed.cap is not None and agreed.cap != version.cap:
        found += _fields("cap", written(agreed.cap), written(version.cap) or {})
    return tuple(found)


def _fields(label: str, meant: Mapping[str, Any], there: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(f"{label}: {name}", _said(meant.get(name)), _said(there.get(name)))
        for name in sorted({*meant, *there} - BOOKED)
        if meant.get(name) != there.get(name)
    ]


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(_said(one) for one in value)
    return str(value)
