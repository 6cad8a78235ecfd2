"""JSON endpoints: why a number, the sell-in from off-take, recipes, accuracy, one's own record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from keystead.forecasting import queries
from keystead.forecasting.queries.champions import records_of, standings
from keystead.forecasting.queries.node import node_view
from keystead.forecasting.queries.people import record_of, records
from keystead.forecasting.queries.selling_in import planned_sell_in
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.value_added import accuracy as accuracy_of
from keystead.forecasting.queries.wire_books import accuracy_body, people_body
from keystead.forecasting.queries.wire_insight import (
    node_body,
    plan_body,
    recipes_body,
    record_body,
)
from keystead.forecasting.services.champions import decide_champions
from keystead.forecasting.types.cycle import DemandKind, Node
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy

router = Router(tags=["forecasts"])
Body = dict[str, Any]


class NodeQuery(Schema):
    account_id: int | None = None
    product_id: int | None = None
    brand: str = ""


class KindIn(Schema):
    kind: DemandKind = DemandKind.SELL_IN


@router.get("/forecasts/{cycle_id}/node")
@policy("forecasting.view")
def node(request: HttpRequest, cycle_id: int, asked: Query[NodeQuery]) -> Body:
    """Why the numbers of a place are what they are: ranges, parts that add up, months like it."""
    place = Node(asked.account_id, asked.product_id, asked.brand)
    return node_body(node_view(actor_of(request), cycle_id, place))


@router.get("/forecasts/{cycle_id}/sell-in")
@policy("forecasting.view")
def sell_in(request: HttpRequest, cycle_id: int) -> Body:
    """Both parts of the sell-in of an off-take cycle: what is sold on, the change of the stock."""
    actor = actor_of(request)
    cycle = queries.cycle_for(actor, cycle_id)
    if cycle.head.kind is not DemandKind.OFF_TAKE:
        raise Invalid("This cycle forecasts sell-in itself.", code="not_off_take")
    table = cycle_table(actor, cycle_id)
    found = planned_sell_in(actor, table) if cycle.run_id else ()
    return plan_body(found, table.periods, cycle.rhythm)


@router.get("/forecast-recipes")
@policy("forecasting.view")
def recipes(request: HttpRequest, kind: DemandKind = DemandKind.SELL_IN) -> Body:
    """The recipe of each segment, and every decision with its evidence."""
    actor = actor_of(request)
    return recipes_body(standings(actor, kind), records_of(actor, kind))


@router.post("/forecast-recipes/decide")
@policy("forecasting.run")
def decide(request: HttpRequest, body: KindIn) -> Body:
    """Hold the recipes that were tried against those in force; the new decisions."""
    made = decide_champions(actor=actor_of(request), kind=body.kind)
    return {"decisions": [record_body(one) for one in made]}


@router.get("/forecast-accuracy")
@policy("forecasting.view")
def accuracy(
    request: HttpRequest,
    kind: DemandKind = DemandKind.SELL_IN,
    lag: int = 1,
    rhythm: Rhythm = Rhythm.MONTH,
) -> Body:
    """How good the locked cycles of one rhythm were, who added value; by account, brand, product,
    segment and person (oneself and those who share)."""
    actor = actor_of(request)
    return {
        **accuracy_body(accuracy_of(actor, kind=kind, lag=lag, rhythm=rhythm)),
        "people": people_body(records(actor, kind=kind, rhythm=rhythm)),
    }


@router.get("/forecast-record")
@policy("forecasting.view")
def record(
    request: HttpRequest, person_id: int | None = None, rhythm: Rhythm = Rhythm.MONTH
) -> Body:
    """One's own record, or one that its owner shares."""
    found = record_of(actor_of(request), person_id, rhythm=rhythm)
    (told,) = people_body([(found.person, found.track)])
    return {**told, "own": found.own, "shared": found.shared}
