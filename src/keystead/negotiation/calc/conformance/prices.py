"""Kinds about price rules, bills and the buyer's calculation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.kernel.exact import exact, round_half_up
from keystead.negotiation.calc.buyer.use import kept_titles, paid_use
from keystead.negotiation.calc.prices.articles import bill, per_article, prepaid
from keystead.negotiation.calc.prices.paths import (
    escalated,
    highest_within_cap,
    mean,
    path,
    projected,
    quotient,
    total_change_pct,
    within_cap,
)
from keystead.negotiation.calc.prices.rights import (
    cancellable,
    cancellable_pct_per_year,
    fee_at,
    standing,
)
from keystead.negotiation.types.prices import (
    ArticleGroup,
    CancellationRight,
    Escalator,
    Path,
    PerArticle,
    QuorumStep,
    QuorumSteps,
)

Body = Mapping[str, Any]


def multi_year_price_path(given: Body) -> Body:
    rule = Path(exact(given["base"]), tuple(exact(step) for step in given["steps_pct"]))
    if len(given["years"]) != len(rule.steps_pct):
        raise ValueError("years and steps")
    return {"index_by_year": list(path(rule)), "total_change_pct": total_change_pct(rule)}


def multi_year_total(given: Body) -> Body:
    total, years = exact(given["total_eur"]), int(given["years"])
    return {"mean_per_year_eur": quotient(total, Decimal(years), 6)}


def capped_total(given: Body) -> Body:
    first, step = exact(given["year1_cap_usd"]), exact(given["escalator_pct"])
    return {"caps_usd": list(escalated(Escalator(first, step, int(given["years"]))))}


def implied_unit_price(given: Body) -> Body:
    return {"usd_per_article": per_article(exact(given["fee_usd"]), int(given["articles"]))}


def effective_price_per_article(given: Body) -> Body:
    _ = given.get("stage")  # preliminary or recalculated: a word about the invoices
    return {"eapc_eur": per_article(exact(given["total_eur"]), int(given["articles"]))}


def cancellation_allowance(given: Body) -> Body:
    _ = given.get("campuses")  # they share the one allowance
    rule = CancellationRight(exact(given["base_spend_usd"]), exact(given["allowance_pct"]))
    return {"max_cancel_usd": cancellable(rule)}


def cancellation_allowance_multi_year(given: Body) -> Body:
    base, pct = exact(given["base_spend_usd"]), exact(given["allowance_pct_total"])
    rule = CancellationRight(base, pct, int(given["years"]))
    return {
        "max_cancel_total_usd": cancellable(rule),
        "per_year_pct": cancellable_pct_per_year(rule),
    }


def price_cap_check(given: Body) -> Body:
    previous, pct = exact(given["previous_usd"]), exact(given["cap_pct"])
    return {
        "within_cap": [within_cap(previous, exact(one), pct) for one in given["offers_usd"]],
        "max_offer_usd": highest_within_cap(previous, pct),
    }


def participation_quorum(given: Body) -> Body:
    _ = given.get("contracts_before")  # how many there were: nothing follows from it
    below = QuorumStep(Decimal(0), change_pct=exact(given["offer_pct_without"]))
    above = QuorumStep(exact(given["quorum_members"]), change_pct=exact(given["offer_pct_with"]))
    rule = QuorumSteps((below, above))
    reached = [standing(rule, exact(count)).step for count in given["members_signed"]]
    return {"applied_pct": [step and step.change_pct for step in reached]}


def participation_quorum_two_steps(given: Body) -> Body:
    fee, rebate = exact(given["par_fee_eur"]), exact(given["rebate_pct"])
    rule = QuorumSteps(
        (
            QuorumStep(exact(given["effective_from_share_pct"])),
            QuorumStep(exact(given["rebate_from_share_pct"]), change_pct=-rebate),
        )
    )
    reached = [standing(rule, exact(share)).step for share in given["share_pct"]]
    return {
        "in_force": [step is not None for step in reached],
        "fee_eur": [fee_at(step, fee) for step in reached],
    }


def publish_and_read_bill(given: Body) -> Body:
    counts = given["articles"]
    gold = ArticleGroup(
        counts["gold"], exact(given["gold_list_price_eur"]), exact(given["gold_discount_pct"])
    )
    groups = {
        "core": ArticleGroup(counts["core"], exact(given["par_fee_core_eur"])),
        "cell_lancet": ArticleGroup(counts["cell_lancet"], exact(given["par_fee_cell_lancet_eur"])),
        "gold": gold,
    }
    found = bill(PerArticle(groups))
    return {**found.groups, "total": found.total}


def unbundling_saving(given: Body) -> Body:
    found = kept_titles(
        exact(given["bundle_usd"]),
        int(given["bundle_titles"]),
        exact(given["kept_usd"]),
        int(given["kept_titles"]),
    )
    return {
        "saving_usd": found.saving,
        "saving_pct": found.saving_pct,
        "titles_dropped": found.titles_dropped,
        "kept_title_share_pct": found.title_share_pct,
        "not_instant_pct": 100 - exact(given["instant_access_pct"]),
    }


def cost_per_paid_use(given: Body) -> Body:
    found = paid_use(
        exact(given["subscription_usd"]),
        exact(given["paywalled_use"]),
        exact(given["ill_cost_per_request_usd"]),
        exact(given["ill_share_pct"]),
    )
    return {
        "ill_requests": found.loans,
        "ill_cost_usd": found.loan_cost,
        "net_cost_usd": found.net_cost,
        "net_cost_per_paid_use_usd": found.per_use,
    }


def projection(given: Body) -> Body:
    offsets = [int(offset) for offset in given["year_offsets"]]
    years = projected(exact(given["bigdeal_usd"]), exact(given["growth_pct"]), offsets)
    whole = [round_half_up(year, 0) for year in years]
    return {"by_year_usd": whole, "mean_usd": mean(whole)}


def prepaid_usage(given: Body) -> Body:
    uses, price = int(given["downloads_last_year"]), exact(given["usd_per_download"])
    return {"prepay_usd": prepaid(uses, price, exact(given["multiplier"]))}


KINDS: Final = {
    "multi_year_price_path": multi_year_price_path,
    "multi_year_total": multi_year_total,
    "capped_total_with_escalator": capped_total,
    "implied_unit_price": implied_unit_price,
    "effective_price_per_article": effective_price_per_article,
    "cancellation_allowance": cancellation_allowance,
    "cancellation_allowance_multi_year": cancellation_allowance_multi_year,
    "price_cap_check": price_cap_check,
    "participation_quorum": participation_quorum,
    "participation_quorum_two_steps": participation_quorum_two_steps,
    "publish_and_read_bill": publish_and_read_bill,
    "unbundling_saving": unbundling_saving,
    "cost_per_paid_use": cost_per_paid_use,
    "projection": projection,
    "prepaid_usage": prepaid_usage,
}
