"""Worked examples onto the functions of this room: kind -> adapter, input in, answer out.

``keystead conformance`` calls them, and names every field of an input that they did not read. An
adapter never sees the expected value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.profitability.calc.bridge import growth_bridge
from keystead.profitability.calc.waterfall import waterfall
from keystead.profitability.types import Base, Bridge, Convention, Level, Line, Part, Step

Body = Mapping[str, Any]
PLACES = 4
UNIT_VALUES: Final = ("price", "margin", "contribution margin")


def price_volume_mix(given: Body) -> dict[str, Any]:
    """Return volume, mix and rate of named lines with units and a value per unit.

    The value may be a price or a unit margin: the sums are the same.

    >>> line = {"A": {"units": "10", "unit_value": "2"}}
    >>> price_volume_mix({"base": line, "actual": line})["total"]
    Decimal('0.0000')
    """
    convention = Convention(given.get("convention", Convention.ACTUAL_QUANTITY))
    if given.get("unit_value", "price") not in UNIT_VALUES:
        raise Invalid("The value per unit is a price or a margin.", code="unit_value")
    names = list(dict.fromkeys([*given["base"], *given["actual"]]))
    lines = [
        _priced(name, *_side(given["base"].get(name)), *_side(given["actual"].get(name)))
        for name in names
    ]
    found = growth_bridge(lines, convention, places=PLACES)
    answer = _named(found, Part.VOLUME, Part.MIX)
    answer |= {"rate": found.parts[Part.PRICE], "joint": found.parts[Part.JOINT]}
    answer |= {"new": found.parts[Part.NEW], "lost": found.parts[Part.LOST]}
    answer["volume_plus_mix"] = answer["volume"] + answer["mix"]
    answer["by_line"] = {
        line.key: {part.value: amount for part, amount in line.parts.items()}
        for line in found.lines
    }
    return answer


def pvm(given: Body) -> dict[str, Any]:
    """Return volume, mix, price and total of products with p0, q0, p1, q1."""
    lines = [
        _priced(one["id"], exact(one["q0"]), exact(one["p0"]), exact(one["q1"]), exact(one["p1"]))
        for one in given["products"]
    ]
    convention = Convention(given.get("convention", Convention.ACTUAL_QUANTITY))
    return _named(growth_bridge(lines, convention), Part.VOLUME, Part.MIX, Part.PRICE)


def pv_sequential(given: Body) -> dict[str, Any]:
    """Return price at the base quantity, volume at the base price, and the cross term."""
    p0, q0, p1, q1 = (exact(given[name]) for name in ("p0", "q0", "p1", "q1"))
    found = growth_bridge([_priced("one", q0, p0, q1, p1)], Convention.BASE_QUANTITY)
    answer = _named(found, Part.VOLUME, Part.PRICE)
    return answer | {"cross": found.parts[Part.JOINT]}


def waterfall_steps(given: Body) -> dict[str, Any]:
    """Return the amounts of the steps, what is left after each, and the end."""
    steps = []
    for one in given["steps"]:
        steps.append(
            Step(
                one["name"],
                amount=_known(one.get("amount")),
                rate_pct=_known(one.get("rate_pct")),
                base=Base(one.get("base", Base.RUNNING)),
            )
        )
    found = waterfall(exact(given["list"]), steps)
    return {
        "amounts": [step.amount for step in found.steps],
        "after": [step.after for step in found.steps],
        "end": found.end,
    }


def price_waterfall(given: Body) -> dict[str, Any]:
    """Return the steps from gross sales to net-net sales, and the gross-to-net percentage."""
    cash, retro = given["cash_discount_pct"], given["retro_pct"]
    steps = [
        Step(
            "on_invoice_discount",
            rate_pct=exact(given["on_invoice_pct"]),
            base=Base.LIST,
            leads_to=Level.INVOICE,
        ),
        Step(f"cash_discount_{cash}pct_of_invoice", rate_pct=exact(cash), base=Base.INVOICE),
        Step(f"retro_rebate_{retro}pct_of_invoice", rate_pct=exact(retro), base=Base.INVOICE),
        Step("free_goods_at_cogs", amount=exact(given["free_goods_cost"])),
        Step("price_protection", amount=exact(given["price_protection"])),
    ]
    found = waterfall(exact(given["gross_sales"]), steps)
    rows = [("gross_sales", found.list_amount), (steps[0].name, -found.steps[0].amount)]
    rows.append(("invoice_sales", found.levels[Level.INVOICE]))
    rows += [(step.name, -step.amount) for step in found.steps[1:]]
    rows.append(("net_net_sales", found.levels[Level.NET_NET]))
    return {
        "steps": [{"name": name, "amount": amount} for name, amount in rows],
        "gtn_pct": found.gross_to_net_pct,
    }


CONFORMANCE: Final[dict[str, Callable[[Body], dict[str, Any]]]] = {
    "price_volume_mix": price_volume_mix,
    "waterfall_steps": waterfall_steps,
    "pvm": pvm,
    "pv_sequential": pv_sequential,
    "price_waterfall": price_waterfall,
}


def _known(value: Any) -> Decimal | None:
    return None if value is None else exact(value)


def _side(given: Body | None) -> tuple[Decimal, Decimal | None]:
    """Return units and value per unit; no value for a line that is not there."""
    if given is None:
        return Decimal(0), None
    return exact(given["units"]), exact(given["unit_value"])


def _priced(key: str, q0: Decimal, p0: Decimal | None, q1: Decimal, p1: Decimal | None) -> Line:
    return Line(key, q0, q0 * (p0 or 0), q1, q1 * (p1 or 0), base_price=p0, price=p1)


def _named(found: Bridge, *parts: Part) -> dict[str, Any]:
    """Return these parts and the total; any other part that is not zero is added by its name."""
    answer: dict[str, Any] = {part.value: found.parts[part] for part in parts}
    return answer | {"total": found.change}
