"""JSON endpoints: the account P&L, and why a figure moved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.profitability import queries
from keystead.profitability.calc.whatif.written import offer_read
from keystead.profitability.queries import offers
from keystead.profitability.types import Against, Convention, Measure

router = Router(tags=["profitability"])


class AmountBody(Schema):
    value: str | None
    proofs: list[str]


class AccountBody(Schema):
    id: int
    code: str
    name: str


class PnlRowBody(Schema):
    line: str
    label: str
    detail: str
    is_sum: bool
    totals: dict[str, AmountBody]
    months: dict[str, AmountBody]


class PaceBody(Schema):
    """What the forecast rests on: the pace until a day over so many months, or agreed sales."""

    basis: str
    coming: AmountBody | None
    until: str
    months_gone: str
    months: str


class PnlBody(Schema):
    account: AccountBody
    period: str
    last_year: str
    currency: str
    rows: list[PnlRowBody]
    without_cost: list[str]
    without_expenses: list[str]
    accrues_since: str | None
    paid_rebates: AmountBody
    hides_rebates: bool
    forecast: PaceBody | None
    sees_cost: bool
    commit: int


class PnlCellBody(Schema):
    product_id: int | None
    sku: str
    name: str
    month: str
    amounts: dict[str, str]


class CutBody(Schema):
    dimension: str
    value: str
    label: str


class DetailBody(AmountBody):
    name: str


class StepBody(AmountBody):
    line: str
    label: str
    is_level: bool
    base: str
    share: str | None
    per_unit: str | None
    source: str
    unknown: str | None
    spread: str
    details: list[DetailBody]


class WaterfallBody(Schema):
    account: AccountBody
    period: str
    currency: str
    of: CutBody
    starts_at: str
    products_with_list_price: int
    products_without_list_price: int
    units: str | None
    unit: str
    gross_to_net_pct: str | None
    steps: list[StepBody]
    hides_rebates: bool
    sees_cost: bool
    commit: int


class MarginBody(Schema):
    resale: str
    bought: str
    rebates: str
    front_margin: str
    margin: str
    margin_pct: str | None


class CustomerLineBody(Schema):
    sku: str
    name: str
    units: str | None
    unit: str
    buy_price: str | None
    recommended_price: str | None
    bought: AmountBody
    rebates: str | None
    margin: MarginBody | None


class CustomerBody(Schema):
    account: AccountBody
    period: str
    currency: str
    lines: list[CustomerLineBody]
    total: MarginBody | None
    without_recommended_price: int
    without_units: int
    hides_rebates: bool
    commit: int


class GrowthLineBody(Schema):
    name: str
    base: AmountBody
    actual: AmountBody
    parts: dict[str, str]


class DriverBody(Schema):
    kind: str
    id: str
    amount: str


class GrowthBody(Schema):
    account: AccountBody
    measure: str
    convention: str
    period: str
    before: str
    currency: str
    base: AmountBody
    actual: AmountBody
    change: str
    parts: dict[str, str]
    lines: list[GrowthLineBody]
    drivers: list[DriverBody]
    without_cost: int
    commit: int


@router.get("/accounts/{account_id}/pnl", response=PnlBody)
@policy("metrics.view")
def pnl(
    request: HttpRequest, account_id: int, period: str = "", currency: str = ""
) -> dict[str, Any]:
    """The P&L of an account; the period defaults to the year to date.

    Amounts are as they count: costs are negative. Totals by scenario: `actual`, `forecast` (the
    run rate, where the period is under way), `budget` and `last_year`. Cost and margin only where
    you may see them.
    """
    found = queries.account_pnl(
        actor=actor_of(request), account_id=account_id, period=_period(period), currency=currency
    )
    return queries.pnl_body(found)


@router.get("/accounts/{account_id}/pnl/products", response=list[PnlCellBody])
@policy("metrics.view")
def pnl_products(
    request: HttpRequest,
    account_id: int,
    period: str = "",
    currency: str = "",
    spread_expenses: bool = False,
) -> list[dict[str, Any]]:
    """The same P&L product by product and month by month; its sums are the P&L of the account.

    ``spread_expenses`` spreads what names no product over the products by their sales.
    """
    cells = queries.pnl_cells(
        actor=actor_of(request),
        account_id=account_id,
        period=_period(period),
        currency=currency,
        spread_expenses=spread_expenses,
    )
    return queries.cells_body(cells)


@router.get("/accounts/{account_id}/waterfall", response=WaterfallBody)
@policy("metrics.view")
def waterfall(
    request: HttpRequest, account_id: int, period: str = "", of: str = "", currency: str = ""
) -> dict[str, Any]:
    """From the list price down to the contribution, each step with its base and source.

    `of`: `product:SKU`, `brand:NAME` or `category:NAME`; without it, everything. A step without
    data says why in `unknown` and has no value.
    """
    actor = actor_of(request)
    found = queries.price_waterfall(
        actor=actor,
        account_id=account_id,
        period=_period(period),
        cut=queries.cut_named(actor, of),
        currency=currency,
    )
    return queries.waterfall_body(found)


@router.get("/accounts/{account_id}/customer-margin", response=CustomerBody)
@policy("metrics.view")
def customer_margin(
    request: HttpRequest, account_id: int, period: str = "", currency: str = ""
) -> dict[str, Any]:
    """What the customer earns with each product, if it is sold on at the recommended price."""
    found = queries.customer_margin(
        actor=actor_of(request), account_id=account_id, period=_period(period), currency=currency
    )
    return queries.customer_body(found)


@router.get("/accounts/{account_id}/growth", response=GrowthBody)
@policy("metrics.view")
def growth(
    request: HttpRequest,
    account_id: int,
    period: str = "",
    against: Against = Against.LAST_YEAR,
    measure: Measure = Measure.SELL_IN,
    convention: Convention = Convention.ACTUAL_QUANTITY,
    currency: str = "",
) -> dict[str, Any]:
    """Why sell-in or gross margin moved: volume, mix, price, new, lost, currency."""
    found = queries.growth(
        actor=actor_of(request),
        account_id=account_id,
        period=_period(period),
        against=against,
        measure=measure,
        convention=convention,
        currency=currency,
    )
    return queries.growth_body(found)


# The offer what-if.


class OfferBody(Schema):
    """One offer as JSON, in the form in which a case stores it."""

    offer: dict[str, Any]


@router.get("/accounts/{account_id}/offers", response=list[dict[str, Any]])
@policy("agreements.view")
def account_offers(request: HttpRequest, account_id: int) -> list[dict[str, Any]]:
    """The cases of an account with their offers, the latest change first."""
    return [offers.case_body(one) for one in offers.cases_of(actor_of(request), account_id)]


@router.get("/offers/{case_id}", response=dict[str, Any])
@policy("agreements.view")
def offer_case(request: HttpRequest, case_id: int) -> dict[str, Any]:
    """A case with what each of its stored offers would do."""
    actor = actor_of(request)
    case = offers.case_for(actor, case_id)
    answers = []
    for one in case.offers:
        found = offers.answer_of(actor, case, one)
        answers.append(offers.answer_body(found, offers.sending(actor, case, found)))
    return {**offers.case_body(case), "answers": answers}


@router.post("/offers/{case_id}/evaluate", response=dict[str, Any])
@policy("agreements.view")
def evaluate_offer(request: HttpRequest, case_id: int, body: OfferBody) -> dict[str, Any]:
    """What an offer would do on the sales of a case; nothing is saved.

    Raises 422 with the sentence for terms that make no sense.
    """
    actor = actor_of(request)
    case = offers.case_for(actor, case_id)
    offer = offer_read(body.offer)
    wrong = offers.contradictions(actor, case, offer)
    if wrong:
        fields = {one.condition: one.text for one in wrong}
        raise Invalid(wrong[0].text, code="terms", fields=fields)
    found = offers.answer_of(actor, case, offer)
    return offers.answer_body(found, offers.sending(actor, case, found))


def _period(text: str) -> Period:
    return Period.parse(text) if text.strip() else queries.default_period()
