"""Worked examples of the field about metrics: each runs the declared metric itself.

A formula is declared as an expression for databases; here the same expression is worked out in
exact decimals. Series are the functions that the product calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from keystead.kernel.exact import exact, round_half_up
from keystead.kernel.periods import Period
from keystead.metrics.calc.compiler.expressions import declared
from keystead.metrics.calc.definitions import aggregates, metric_def
from keystead.metrics.calc.series.groups import Answer, Group
from keystead.metrics.calc.series.prices import price_dispersion as dispersion
from keystead.metrics.calc.series.prices import price_index, price_spread
from keystead.metrics.calc.series.shares import weighted_distribution as weighted
from keystead.metrics.types import Formula

ANY: Final = Period.year(2026)
HUNDRED: Final = Decimal(100)


def worked_out(source: str, values: Mapping[str, Decimal]) -> Decimal:
    """Return the value of a declared expression: names, numbers, + - * and coalesce.

    >>> worked_out("opening + coalesce(received, 0) * 2",
    ...            {"opening": Decimal(1), "received": Decimal(3)})
    Decimal('7')
    """
    return _value(declared(source, "given"), values)


def _value(node: exp.Expr, values: Mapping[str, Decimal]) -> Decimal:
    if isinstance(node, exp.Column):
        return values[node.name]
    if isinstance(node, exp.Literal):
        return Decimal(node.name)
    if isinstance(node, exp.Paren | exp.Coalesce):
        return _value(node.this, values)  # every value is there: the others count as given
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        left, right = _value(node.left, values), _value(node.right, values)
        if isinstance(node, exp.Mul):
            return left * right
        return left + right if isinstance(node, exp.Add) else left - right
    raise ValueError(f"{type(node).__name__} is not worked out here")


def ratio(metric: str, values: Mapping[str, Decimal]) -> Decimal:
    """Return numerator / denominator x scale of a declared metric."""
    compute = metric_def(metric).compute
    if not isinstance(compute, Formula):
        raise TypeError(f"{metric} is no formula")
    above = worked_out(compute.numerator, values)
    return above * compute.scale / worked_out(compute.denominator, values)


def numeric_distribution(given: Mapping[str, Any]) -> Mapping[str, Any]:
    values = {
        "sold": exact(given["stores_selling"]),
        "all_outlets": exact(given["stores_total"]),
    }
    return {"pct": _cents(ratio("numeric_distribution", values))}


def weighted_distribution(given: Mapping[str, Any]) -> Mapping[str, Any]:
    selling, whole = exact(given["acv_selling"]), exact(given["acv_total"])
    values = {
        "sold": {("selling",): Decimal(1)},
        "turnover": {("selling",): selling, ("others",): whole - selling},
    }
    return {"pct": _cents(_number(weighted(Group(ANY, values))))}


def days_on_hand(given: Mapping[str, Any]) -> Mapping[str, Any]:
    values = {
        "closing": exact(given["closing_units"]),
        "sold": exact(given["sell_out_units"]),
        "trailing_days": exact(given["period_days"]),
    }
    return {"doh": _cents(ratio("stock_days", values))}


def stock_reconciliation(given: Mapping[str, Any]) -> Mapping[str, Any]:
    values = {
        "opening": exact(given["opening"]),
        "received": exact(given["received"]),
        "returned": exact(given["returned_to_supplier"]),
        "sold": exact(given["sold"]),
        "customer_returned": exact(given["customer_returns"]),
        "adjusted": exact(given["adjustment"]),
        "quantity": exact(given["closing"]),
    }
    gap = worked_out(aggregates()["stock_gap"].expression, values)
    return {"expected_closing": gap + values["quantity"], "difference": -gap}


def price_dispersion(given: Mapping[str, Any]) -> Mapping[str, Any]:
    prices, regular = [exact(price) for price in given["prices"]], exact(given["reference"])
    rows = [
        {"account": 1, "shop": str(place), "item": "x", "product": 1, "currency": "EUR",
         "price": price, "regular": regular, "date": date(2026, 1, 1)}
        for place, price in enumerate(prices)
    ]  # fmt: skip
    group = Group(ANY, rows=rows)
    return {
        "mean": _cents(sum(prices, Decimal(0)) / len(prices)),
        "cv_pct": _cents(_number(dispersion(group))),
        "spread_pct": _cents(_number(price_spread(group))),
        "price_index": [_cents(_number(price_index(Group(ANY, rows=[row])))) for row in rows],
    }


def _number(answer: Answer) -> Decimal:
    if answer.value is None:
        raise ValueError(answer.note.value)
    return Decimal(str(answer.value))


def _cents(value: Decimal) -> Decimal:
    return round_half_up(value, 2)


CONFORMANCE: Final[dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    "numeric_distribution": numeric_distribution,
    "weighted_distribution": weighted_distribution,
    "days_on_hand": days_on_hand,
    "stock_reconciliation": stock_reconciliation,
    "price_dispersion": price_dispersion,
}
