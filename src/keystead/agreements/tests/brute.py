"""A second calculator, written from the words of the field and from nothing of ours.

It walks cent by cent of the problem: units of the smallest step of a measure, one at a time where
that is possible, whole fractions elsewhere. Only ``fractions`` and whole numbers, no Decimal.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def reached(steps: list[tuple[int, int]], measure: Fraction, inclusive: bool) -> list[int]:
    """All rates whose bound is passed, by going through them from the top."""
    found = []
    for bound, rate in reversed(steps):
        if measure > bound or (inclusive and measure == bound):
            found.insert(0, rate)
    return found


def payout(
    steps: list[tuple[int, int]], method: str, measure: Fraction, base: Fraction, inclusive: bool
) -> Fraction:
    """What a schedule of (bound, rate in percent) pays on ``base`` at ``measure``."""
    rates = reached(steps, measure, inclusive)
    if not rates:
        return Fraction(0)
    if method == "all_units":
        return base * rates[-1] / 100
    if method == "additive":
        return sum((base * rate / 100 for rate in rates), Fraction(0))
    if method == "fixed":
        return Fraction(rates[-1])
    # incremental: fill the layers like a glass, from the bottom
    left, paid = measure, Fraction(0)
    left -= steps[0][0]
    for place in range(len(rates)):
        room = steps[place + 1][0] - steps[place][0] if place + 1 < len(steps) else left
        layer = min(left, Fraction(room))
        if layer <= 0:
            break
        paid += layer * steps[place][1] / 100
        left -= layer
    return paid if base == measure else paid * base / measure


def cents(amount: Fraction) -> int:
    """Half up, away from zero."""
    size = abs(amount) * 100
    whole = int(size)
    if size - whole >= Fraction(1, 2):
        whole += 1
    return whole if amount >= 0 else -whole


def contract(terms: dict[str, Any], rows: list[dict[str, Any]], until: int) -> dict[str, list[int]]:
    """Cents per period for each condition of a contract for the year, up to a month."""
    answers: dict[str, list[Fraction]] = {}
    for term in terms["conditions"]:
        length, found = term["months"], []
        first = 1
        while first <= until:
            span = range(first, min(first + length - 1, until) + 1)
            found.append(_period(terms, term, rows, span, answers, first))
            first += length
        answers[term["key"]] = found
    _best(terms, answers)
    return {key: [cents(amount) for amount in found] for key, found in answers.items()}


def _period(
    terms: dict[str, Any],
    term: dict[str, Any],
    rows: list[dict[str, Any]],
    span: range,
    answers: dict[str, list[Fraction]],
    first: int,
) -> Fraction:
    value = units = Fraction(0)
    for row in rows:
        if row["month"] not in span or row["account"] not in terms["accounts"]:
            continue
        if term["products"] and row["product"] not in term["products"]:
            continue
        if row["product"] in term["without"]:
            continue
        if row["return"] and not term["returns"]:
            continue
        value += row["value"]
        units += row["units"]
    measure = units if term["on_units"] else value
    base = value
    for key in term["less"]:
        other = next(t for t in terms["conditions"] if t["key"] == key)
        per = other["months"]
        for place, amount in enumerate(answers[key]):
            begins = place * per + 1
            if begins >= first and begins + per <= first + term["months"]:
                base -= amount
    paid = payout(term["steps"], term["method"], measure, base, term["inclusive"])
    if not term["open"]:
        return Fraction(0)
    limit = term["cap"]
    return min(paid, Fraction(limit)) if limit is not None else paid


def _best(terms: dict[str, Any], answers: dict[str, list[Fraction]]) -> None:
    rivals = [t["key"] for t in terms["conditions"] if t["best"]]
    for place in range(max((len(answers[key]) for key in rivals), default=0)):
        top = max(answers[key][place] for key in rivals)
        spared = False
        for key in rivals:
            if answers[key][place] == top and not spared:
                spared = True
            else:
                answers[key][place] = Fraction(0)
