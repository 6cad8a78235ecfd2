"""The story of a review, chosen by rules from its material: parts, messages, wins, misses, asks.

Every sentence is a code with the figures in it; the words are in the deck's language later.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from keystead.reviews.rules.findings import asks, misses, wins
from keystead.reviews.types.cycle import Edits
from keystead.reviews.types.material import Fact, Material, Record
from keystead.reviews.types.story import NOTHING, Part, Saying

STRIP: Final = (
    "sell_in", "target_attainment", "off_take_units", "unique_requests", "stock_days",
    "listing_coverage", "cost_per_use", "trade_rate", "returns", "stock_units",
)  # fmt: skip
INSIDE_FIGURES: Final = frozenset({"trade_rate"})  # what we spend on them is ours to know
STRIP_PLACES: Final = 6
TOP_MOVERS: Final = 3


def storyline(material: Material, edits: Edits) -> tuple[Part, ...]:
    """Return the parts of the story in their order, left-out ones marked.

    A part without material is not there. ``edits`` move parts, leave them out and put titles and
    sentences in own words; the first part stays the first. They cannot change a figure.
    """
    found = {one.key: one for one in _parts(material)}
    wanted = [key for key in edits.order if key in found and key != "cover"]
    order = ["cover", *wanted, *(key for key in found if key not in (*wanted, "cover"))]
    return tuple(
        dataclasses.replace(
            found[key],
            left_out=key in edits.left_out and key != "cover",
            own=edits.own.get(key, NOTHING),
        )
        for key in order
    )


def strip(material: Material, *, inside: bool) -> tuple[str, ...]:
    """Return the names of the (up to six) figures of the strip that have a number."""
    known = [
        name
        for name in STRIP
        if material.fact(name) and (inside or name not in INSIDE_FIGURES) and _tells(material, name)
    ]
    return tuple(known[:STRIP_PLACES])


def headline(material: Material) -> Saying:
    """Return the message of the review: sell-in against target and last year.

    For an account that only uses (a publisher's reader) it is the usage.
    """
    now, target = material.fact("sell_in"), material.fact("target")
    old, growth = material.fact("sell_in_last_year"), material.fact("sell_in_growth")
    gap = material.fact("target_gap")
    if not now:
        return _usage_headline(material)
    facts = {"sell_in": now}
    parts = []
    if target and gap and gap.value is not None:
        facts |= {"gap": gap}
        parts.append("ahead" if gap.value >= 0 else "behind")
    else:
        parts.append("no_target")
    if old and growth and growth.value is not None:
        facts |= {"growth": growth}
        parts.append("up" if growth.value >= 0 else "down")
    else:
        parts.append("no_last_year")
    return Saying("headline_" + "_".join(parts), facts)


def _usage_headline(material: Material) -> Saying:
    used = material.fact("unique_requests")
    if used and used.value:
        return Saying("headline_usage", {"requests": used})
    return Saying("headline_nothing")


def _parts(material: Material) -> Iterable[Part]:
    yield Part("cover", Saying("cover"))
    yield Part("agenda", Saying("agenda"))
    yield Part("headline", headline(material), tuple(_headline_points(material)))
    if material.records("carried"):
        yield Part("carried", _carried(material.records("carried")))
    yield from _sales(material)
    for key, found in (("wins", wins(material)), ("misses", misses(material))):
        if found:
            yield Part(key, Saying(key), found)
    yield from _range(material)
    yield from _usage(material)
    yield from _work(material)
    yield from _ahead(material)
    yield from _ours(material)
    if asked := asks(material):
        yield Part("asks", Saying("asks"), asked, needs="terms")
    yield Part("next", Saying("next"))


def _sales(material: Material) -> Iterable[Part]:
    if material.records("months"):
        yield Part("months", _months(material))
    bridge = material.records("bridge")
    if len(bridge) > 2:
        yield Part("bridge", _bridge(bridge))
    if movers := material.records("movers"):
        top = movers[:TOP_MOVERS]
        yield Part("movers", _movers(top), tuple(_mover(one) for one in top))
    if material.records("pnl"):
        yield Part("net_sales", Saying("net_sales"), shows=_shared(material), needs="terms")
        yield Part("pnl", _pnl(material), inside=True, needs="cost")


def _work(material: Material) -> Iterable[Part]:
    if material.records("campaigns"):
        yield Part("campaigns", Saying("campaigns"))
        if any(one.fact("spent") for one in material.records("campaigns")):
            yield Part("spend", Saying("spend"), inside=True, needs="terms")
    if material.records("agreements"):
        yield Part("agreements", Saying("agreements"), needs="terms")
    if material.records("claims"):
        total = material.fact("claims_open")
        code = "claims_total" if total else "claims"
        yield Part("claims", Saying(code, {"total": total} if total else {}), needs="terms")


def _ours(material: Material) -> Iterable[Part]:
    if material.records("deals"):
        yield Part("deals", Saying("deals"), inside=True, needs="terms")
    if material.records("health"):
        score = material.records("health")[0]
        yield Part(
            "health", Saying("health", {"score": score.fact("score")}), inside=True, needs="terms"
        )


def _headline_points(material: Material) -> Iterable[Saying]:
    rate, left = material.fact("required_run_rate"), material.fact("months_remaining")
    if material.fact("sell_in") and material.fact("run_rate") and rate and left.value:
        yield Saying("pace", {"run_rate": material.fact("run_rate"), "needed": rate})
    for one in material.records("movers")[:1]:
        yield _mover(one)
    if material.fact("claims_open"):
        yield Saying("claims_point", {"total": material.fact("claims_open")}, needs="terms")


def _carried(records: tuple[Record, ...]) -> Saying:
    is_open = any(one.words["state"] == "open" for one in records)
    return Saying("carried_open" if is_open else "carried_done")


def _months(material: Material) -> Saying:
    done, whole = material.fact("sell_in_to_date"), material.fact("target_year")
    if done and whole:
        return Saying("months_target", {"to_date": done, "target": whole})
    return Saying("months", {"to_date": done}) if done else Saying("months_plain")


def _bridge(records: tuple[Record, ...]) -> Saying:
    parts = [one for one in records if one.key not in ("base", "actual")]
    most = max(parts, key=lambda one: abs(one.fact("amount").value or Decimal(0)))
    return Saying("bridge", {"amount": most.fact("amount")}, {"part": most.key})


def _movers(records: tuple[Record, ...]) -> Saying:
    signs = {(one.fact("change").value or 0) > 0 for one in records}
    if len(signs) == 2:
        return Saying("movers_both")
    return Saying("movers_up" if True in signs else "movers_down")


def _mover(one: Record) -> Saying:
    up = (one.fact("change").value or 0) > 0
    facts: dict[str, Fact] = {"change": one.fact("change"), "reason": one.fact("reason")}
    words = {"name": one.words["name"], "part": one.words["reason"]}
    return Saying("mover_up" if up else "mover_down", facts, words)


def _shared(material: Material) -> tuple[str, ...]:
    from_us = {"gross_sales", "returns", "on_invoice", "invoice_sales", "cash_discount", "retro",
               "free_goods", "price_protection", "net_net_sales"}  # fmt: skip
    return tuple(one.key for one in material.records("pnl") if one.key in from_us)


def _pnl(material: Material) -> Saying:
    for one in material.records("pnl"):
        if one.key == "contribution" and one.fact("actual"):
            return Saying("pnl", {"contribution": one.fact("actual")})
    return Saying("pnl_plain")


def _range(material: Material) -> Iterable[Part]:
    listed = material.records("range")
    coverage = material.fact("listing_coverage")
    if listed:
        gaps = [one for one in listed if not one.words["listed"]]
        code = "range_whole" if not gaps else "range_gaps"
        yield Part("range", Saying(code, {"coverage": coverage} if coverage else {}))
    if material.records("stock"):
        days = material.fact("stock_days")
        yield Part("stock", Saying("stock", {"days": days}) if days else Saying("stock_plain"))


def _usage(material: Material) -> Iterable[Part]:
    if material.records("usage"):
        yield Part("usage", Saying("usage", {"requests": material.fact("unique_requests")}))
    if material.records("value"):
        cost = material.fact("cost_per_use")
        yield Part("value", Saying("value", {"cost": cost}) if cost else Saying("value_plain"))


def _ahead(material: Material) -> Iterable[Part]:
    ahead = material.records("forecast")
    if ahead:
        agreed = any(one.fact("forecast") for one in ahead)
        needed = material.fact("required_run_rate")
        facts = {"needed": needed} if needed else {}
        yield Part("outlook", Saying("outlook" if agreed else "outlook_target", facts))
    if material.records("objectives"):
        yield Part("objectives", Saying("objectives"))


def _tells(material: Material, name: str) -> bool:
    """Say whether a figure says anything: no reader of journals has a use of zero to show."""
    return bool(material.fact(name).value) or name in ("sell_in", "target_attainment")
