"""Kinds about prices, discounts, free goods, growth, mix, protection, payment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from keystead.agreements.calc.conformance.reading import cents, number, table
from keystead.agreements.calc.earn import Measures, earn
from keystead.agreements.calc.goods import free_units
from keystead.agreements.calc.growth import growth_pct
from keystead.agreements.calc.invoice import Discount, invoice_price, with_margin
from keystead.agreements.calc.mix import share_pct
from keystead.agreements.calc.payment import early_discount, parse_terms
from keystead.agreements.calc.prices import Asked, choose_price, in_window
from keystead.agreements.calc.protection import StockAtCut, protect
from keystead.agreements.calc.stacking import reduced
from keystead.agreements.calc.tiers import pay
from keystead.agreements.types import (
    Condition,
    DiscountBase,
    Family,
    FreeGoods,
    Partial,
    PriceProtection,
    PriceRow,
    Tier,
)

BASES: Final = {"cascade": DiscountBase.RUNNING, "additive": DiscountBase.LIST}
INCREMENT: Final = ("increment", "incremental", "growth")
PARTIALS: Final = {
    "round": Partial.HALF_UP,
    "ceil": Partial.CEILING,
    "prorata": Partial.PRORATED,
    "pro_rata": Partial.PRORATED,
    "proportional": Partial.PRORATED,
}


def discount_stack(given: Mapping[str, Any]) -> Mapping[str, Any]:
    base = BASES[given["mode"]]
    steps = [Discount("", number(rate), base=base) for rate in given["discounts_pct"]]
    found = invoice_price(number(given["list_price"]), steps)
    return {
        "amounts": [cents(amount) for _key, amount in found.amounts],
        "total_discount": cents(found.discount),
        "net": cents(found.net),
    }


def reduction_principle(given: Mapping[str, Any]) -> Mapping[str, Any]:
    run, value = given["run"], number(given["value"])
    deals = {deal["id"]: deal for deal in given["deals"]}
    passing = {key for key, deal in deals.items() if not deal["exclude_from_reduction"]}
    amounts: dict[str, Decimal] = {}
    for key in given["sequence"]:
        deal, rate = deals[key], (Tier(Decimal(0), number(deals[key]["pct"])),)
        bases, applies = tuple(deal["reduction_basis"]), deal["apply_reduction"]
        names = tuple(amounts) if applies and run in bases else ()
        terms = Condition(
            key,
            Family.VOLUME_REBATE,
            tiers=rate,
            reduce_by=tuple(name for name in names if name in passing),
        )
        base = value - reduced(terms, amounts)
        amounts[key] = earn(terms, Measures(base, base), date.min).amount
    total = sum(amounts.values(), Decimal(0))
    return {"amounts": [cents(amount) for amount in amounts.values()], "total": cents(total)}


def margin_then_discount(given: Mapping[str, Any]) -> Mapping[str, Any]:
    raised = with_margin(number(given["list_price"]), number(given["margin_pct"]))
    found = invoice_price(raised, [Discount("", number(given["discount_pct"]))])
    return {
        "rate_with_margin": cents(raised),
        "discount_amount": cents(found.discount),
        "net": cents(found.net),
    }


def qty_window_discount(given: Mapping[str, Any]) -> Mapping[str, Any]:
    most = number(given["max_qty"]) if "max_qty" in given else None
    least = number(given["min_qty"]) if "min_qty" in given else Decimal(0)
    window = PriceRow(number(given["discount_pct"]), "EUR", unit=given.get("uom", ""),
                      min_quantity=least, max_quantity=most)  # fmt: skip
    quantity = number(given["qty"]) * number(given.get("conversion", "1"))
    steps = [Discount("", window.amount)] if in_window(window, quantity) else []
    found = invoice_price(number(given["list_price"]), steps)
    return {"net": cents(found.net), "discount": cents(found.discount)}


def rule_choice(given: Mapping[str, Any]) -> Mapping[str, Any]:
    names: dict[str, int] = {}

    def code(value: str | None) -> int | None:
        return None if value is None else names.setdefault(value, len(names) + 1)

    rows = [
        PriceRow(
            number(rule["discount_pct"]),
            "EUR",
            product=code(rule.get("item")),
            group=rule.get("item_group", ""),
            account=code(rule.get("customer")),
            channel=rule.get("channel", ""),
            priority=int(rule["priority"]) if "priority" in rule else None,
            key=rule["id"],
        )
        for rule in given["rules"]
    ]
    about = given["context"]
    groups = frozenset(group for group in (about.get("item_group"),) if group)
    asked = Asked(code(about.get("item")), date.min, code(about.get("customer")),
                  about.get("channel", ""), groups)  # fmt: skip
    found = choose_price(rows, asked)
    if found is None:
        return {"chosen": None, "discount_pct": None}
    return {"chosen": found.key, "discount_pct": found.amount}


def free_goods(given: Mapping[str, Any]) -> Mapping[str, Any]:
    name = given.get("partial", "floor")
    terms = FreeGoods(
        number(given["free_qty"]),
        number(given["per_multiple"]),
        PARTIALS.get(name) or Partial(name),
    )
    return {"free_units": free_units(terms, number(given["ordered_qty"]))}


def benefit_basis(given: Mapping[str, Any]) -> Mapping[str, Any]:
    prices = {name: number(given[name]) for name in ("sales_price", "purchase_price")}
    return {"basis": cents(number(given["units"]) * prices[given["price_basis"]])}


def growth_rebate(given: Mapping[str, Any]) -> Mapping[str, Any]:
    base, actual = given.get("baseline"), number(given["actual"])
    baseline = Decimal(0) if base is None else number(base)
    schedule, on = table(given, "tiers_growth_pct"), given.get("benefit_on", "total")
    growth = growth_pct(baseline, actual)
    increment = max(actual - baseline, Decimal(0))
    benefit = {"total": actual, **dict.fromkeys(INCREMENT, increment)}[on]
    found = pay(schedule, growth, benefit)
    rate = Decimal(0) if found.rate is None else found.rate
    return {"growth_pct": cents(growth), "rate": rate, "rebate": cents(found.amount)}


def mix_rebate(given: Mapping[str, Any]) -> Mapping[str, Any]:
    focus, total = number(given["focus_sales"]), number(given["total_sales"])
    terms = Condition(
        "mix",
        Family.MIX_REBATE,
        tiers=(Tier(number(given["target_share_pct"]), number(given["rate_pct"])),),
    )
    share = share_pct(focus, total)
    benefit = {"total": total, "focus": focus}[given["benefit_on"]]
    found = earn(terms, Measures(share, benefit), date.min)
    return {"share_pct": cents(share or Decimal(0)), "rebate": cents(found.amount)}


def price_protection(given: Mapping[str, Any]) -> Mapping[str, Any]:
    def maybe(name: str) -> Decimal | None:
        return number(given[name]) if name in given else None

    terms = PriceProtection(given.get("include_in_transit", False), maybe("cap_days_of_stock"))
    stock = StockAtCut(number(given["stock_units"]), maybe("in_transit_units") or Decimal(0),
                       maybe("daily_sell_out"))  # fmt: skip
    found = protect(terms, number(given["old_price"]), number(given["new_price"]), stock)
    return {"covered_units": found.covered_units, "credit": cents(found.credit)}


def early_payment_discount(given: Mapping[str, Any]) -> Mapping[str, Any]:
    issued, paid = (date.fromisoformat(given[name]) for name in ("invoice_date", "paid_date"))
    terms = parse_terms(given["terms"])
    return {"discount": cents(early_discount(terms, number(given["invoice"]), issued, paid))}


KINDS: Final = {
    "discount_stack": discount_stack,
    "reduction_principle": reduction_principle,
    "margin_then_discount": margin_then_discount,
    "qty_window_discount": qty_window_discount,
    "rule_choice": rule_choice,
    "free_goods": free_goods,
    "benefit_basis": benefit_basis,
    "growth_rebate": growth_rebate,
    "mix_rebate": mix_rebate,
    "price_protection": price_protection,
    "early_payment_discount": early_payment_discount,
}
