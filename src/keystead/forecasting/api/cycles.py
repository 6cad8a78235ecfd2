"""JSON endpoints: cycles, their numbers, overrides, hand-ins, signatures and the lock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from keystead.forecasting import queries, services
from keystead.forecasting.queries import wire
from keystead.forecasting.queries.gaps import gaps_of
from keystead.forecasting.queries.problems import problem_bodies, problems_of
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.types.cycle import (
    Asked,
    AssumptionEntry,
    Calendar,
    CycleHead,
    DemandKind,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
    Verdict,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import actor_of, policy

router = Router(tags=["forecasts"])
MOST = 1000
Body = dict[str, Any]


class CycleIn(Schema):
    """``month`` is the first day that is forecast. Without a horizon: 18 months, or 13 weeks."""

    month: date
    opens: date
    submit_by: date
    review_by: date
    lock_by: date
    kind: DemandKind = DemandKind.SELL_IN
    name: str = ""
    rhythm: Rhythm = Rhythm.MONTH
    horizon: int | None = None
    frozen_months: int = 0
    gap_pct: Decimal = Decimal(10)
    accounts: list[int] = []
    parties: list[Layer] = [Layer.ACCOUNT_MANAGER, Layer.MARKETING, Layer.OPERATIONS]


class RunIn(Schema):
    recipe: str = "standard"
    trial: bool = False
    seed: int = 0
    country: str = ""


class OverrideIn(Schema):
    """``amounts`` gives each month its own; ``seen`` is the ``stamp`` of the table it is about."""

    account_id: int | None = None
    product_id: int | None = None
    brand: str = ""
    months: list[date]
    kind: OverrideKind
    amount: Decimal = Decimal(0)
    amounts: list[Decimal] = []
    reason: Reason
    note: str = ""
    evidence: str = ""
    expires: date | None = None
    layer: Layer | None = None
    seen: int | None = None


class SayIn(Schema):
    party: Layer | None = None
    account_ids: list[int] | None = None
    agree: bool = True
    note: str = ""


class SendBackIn(Schema):
    party: Layer
    account_id: int | None = None
    why: str


class AssumptionIn(Schema):
    """``assumption_id`` with ``expected_version`` changes one that is there."""

    text: str
    category: str = "market"
    effect: str = ""
    account_id: int | None = None
    product_id: int | None = None
    brand: str = ""
    starts: date
    expires: date
    owner_id: int | None = None
    assumption_id: int | None = None
    expected_version: int | None = None


class VerdictIn(Schema):
    verdict: Verdict
    note: str = ""
    expected_version: int | None = None


class WhyIn(Schema):
    why: str = ""
    expected_version: int | None = None


class TableQuery(Schema):
    layer: Layer = Layer.AGREED
    account_id: int | None = None
    brand: str = ""
    limit: int = 200
    offset: int = 0


class RemarkQuery(Schema):
    code: str = ""
    limit: int = Field(200, ge=1, le=MOST)
    offset: int = Field(0, ge=0)


@router.get("/forecasts")
@policy("forecasting.view")
def cycles(request: HttpRequest, kind: DemandKind | None = None) -> Body:
    """The cycles in which one may read, the newest first."""
    found = queries.cycles_for(actor_of(request), kind=kind)
    return {"items": [wire.cycle_body(one) for one in found[:MOST]], "total": len(found)}


@router.post("/forecasts", response={201: dict[str, Any]})
@policy("forecasting.run")
def open_cycle(request: HttpRequest, body: CycleIn) -> Status[Body]:
    """Open the cycle of a month, or of a week."""
    head = CycleHead(
        month=body.month, kind=body.kind, name=body.name,
        rhythm=body.rhythm, horizon=body.rhythm.horizon if body.horizon is None else body.horizon,
        calendar=Calendar(body.opens, body.submit_by, body.review_by, body.lock_by),
        frozen_months=body.frozen_months, gap_pct=body.gap_pct,
        accounts=frozenset(body.accounts), parties=tuple(body.parties),
    )  # fmt: skip
    made = services.open_cycle(actor=actor_of(request), head=head)
    return Status(201, wire.cycle_body(made))


@router.get("/forecasts/{cycle_id}")
@policy("forecasting.view")
def cycle(request: HttpRequest, cycle_id: int) -> Body:
    """One cycle with its runs, what the parties said, and the gaps."""
    actor = actor_of(request)
    found = queries.cycle_for(actor, cycle_id)
    table = cycle_table(actor, cycle_id)
    return {
        **wire.cycle_body(found),
        "runs": [wire.run_body(one) for one in queries.runs_of(actor, cycle_id)],
        "sign_offs": [wire.sign_body(one) for one in queries.signs_of(actor, cycle_id)],
        "gaps": [wire.gap_body(one) for one in gaps_of(actor, table)],
    }


@router.get("/forecasts/{cycle_id}/table")
@policy("forecasting.view")
def table(request: HttpRequest, cycle_id: int, asked: Query[TableQuery]) -> Body:
    """The numbers of one layer, a row per account and product."""
    actor = actor_of(request)
    whole = cycle_table(actor, cycle_id)
    node = Node(asked.account_id, None, asked.brand)
    rows = wire.table_rows(whole, asked.layer)
    kept = [rows[at] for at in whole.rows_of(node)]
    if not 0 < asked.limit <= MOST or asked.offset < 0:
        raise Invalid(_("A page holds 1 to 1000 rows."), code="limit")
    return {
        "cycle": whole.cycle.name,
        "layer": asked.layer.value,
        "rhythm": whole.cycle.rhythm.value,
        "months": [month.isoformat() for month in whole.periods],
        "stamp": whole.stamp,
        "total": len(kept),
        "items": kept[asked.offset : asked.offset + asked.limit],
    }


@router.get("/forecasts/{cycle_id}/overrides")
@policy("forecasting.view")
def overrides(request: HttpRequest, cycle_id: int) -> Body:
    """Every override on accounts one may read, with its reason."""
    found = queries.overrides_of(actor_of(request), cycle_id)
    return {"items": [wire.override_body(one) for one in found], "total": len(found)}


@router.post("/forecasts/{cycle_id}/overrides", response={201: dict[str, Any]})
@policy("forecasting.edit")
def override(request: HttpRequest, cycle_id: int, body: OverrideIn) -> Status[Body]:
    """Write an override into one's own layer; stale cells are a conflict with both values."""
    made = services.override(actor=actor_of(request), cycle_id=cycle_id, entry=_entry(body))
    return Status(201, wire.override_body(made))


@router.post("/forecasts/{cycle_id}/overrides/preview")
@policy("forecasting.edit")
def preview(request: HttpRequest, cycle_id: int, body: OverrideIn) -> Body:
    """What an override would do, cell by cell; nothing is written."""
    shown = services.preview(actor=actor_of(request), cycle_id=cycle_id, entry=_entry(body))
    return wire.preview_body(shown)


@router.post("/forecasts/{cycle_id}/runs", response={202: dict[str, Any]})
@policy("forecasting.run")
def start_run(request: HttpRequest, cycle_id: int, body: RunIn) -> Status[Body]:
    """Start a run as a job."""
    asked = Asked(recipe=body.recipe, seed=body.seed, country=body.country, trial=body.trial)
    made = services.start_run(actor=actor_of(request), cycle_id=cycle_id, asked=asked)
    return Status(202, wire.run_body(made))


@router.get("/forecasts/{cycle_id}/remarks")
@policy("forecasting.view")
def remarks(request: HttpRequest, cycle_id: int, asked: Query[RemarkQuery]) -> Body:
    """What the history of the run that counts says, with the proof of its rows."""
    found = problems_of(actor_of(request), cycle_id)
    kept = [one for one in found if asked.code in ("", one.code)]
    return {
        "total": len(kept),
        "items": problem_bodies(kept[asked.offset : asked.offset + asked.limit]),
    }


@router.post("/forecasts/{cycle_id}/submit")
@policy("forecasting.edit")
def submit(request: HttpRequest, cycle_id: int, body: SayIn) -> list[Body]:
    """Hand in one's accounts, or one's line."""
    made = services.submit(
        actor=actor_of(request), cycle_id=cycle_id, account_ids=body.account_ids,
        party=body.party, note=body.note,
    )  # fmt: skip
    return [wire.sign_body(one) for one in made]


@router.post("/forecasts/{cycle_id}/send-back")
@policy("forecasting.edit")
def send_back(request: HttpRequest, cycle_id: int, body: SendBackIn) -> Body:
    """Give what was handed in back to its author, with a reason."""
    made = services.send_back(
        actor=actor_of(request), cycle_id=cycle_id, party=body.party, why=body.why,
        account_id=body.account_id,
    )  # fmt: skip
    return wire.sign_body(made)


@router.get("/forecasts/{cycle_id}/assumptions")
@policy("forecasting.view")
def assumptions(request: HttpRequest, cycle_id: int) -> Body:
    """What the forecast rests on, the next to expire first."""
    found = queries.assumptions_of(actor_of(request), cycle_id)
    return {"items": [wire.assumption_body(one) for one in found], "total": len(found)}


@router.post("/forecasts/{cycle_id}/assumptions", response={201: dict[str, Any]})
@policy("forecasting.edit")
def assume(request: HttpRequest, cycle_id: int, body: AssumptionIn) -> Status[Body]:
    """Write down an assumption, or change one under its version."""
    entry = AssumptionEntry(
        text=body.text, category=body.category, effect=body.effect, starts=body.starts,
        node=Node(body.account_id, body.product_id, body.brand), expires=body.expires,
        owner_id=body.owner_id,
    )  # fmt: skip
    made = services.write_assumption(
        actor=actor_of(request), cycle_id=cycle_id, entry=entry,
        assumption_id=body.assumption_id, expected_version=body.expected_version,
    )  # fmt: skip
    return Status(201, wire.assumption_body(made))


@router.post("/forecasts/{cycle_id}/assumptions/{assumption_id}/verdict")
@policy("forecasting.edit")
def judge(request: HttpRequest, cycle_id: int, assumption_id: int, body: VerdictIn) -> Body:
    """Say what became of an assumption, also after the lock."""
    actor = actor_of(request)
    if assumption_id not in {one.id for one in queries.assumptions_of(actor, cycle_id)}:
        raise NotFound(_("There is no such assumption."), code="assumption_not_found")
    made = services.judge_assumption(
        actor=actor, assumption_id=assumption_id, verdict=body.verdict, note=body.note,
        expected_version=body.expected_version,
    )  # fmt: skip
    return wire.assumption_body(made)


@router.post("/forecasts/{cycle_id}/review")
@policy("forecasting.run")
def review(request: HttpRequest, cycle_id: int, body: WhyIn) -> Body:
    """Begin the review."""
    made = services.begin_review(
        actor=actor_of(request), cycle_id=cycle_id, why=body.why,
        expected_version=body.expected_version,
    )  # fmt: skip
    return wire.cycle_body(made)


@router.post("/forecasts/{cycle_id}/sign")
@policy("forecasting.edit")
def sign(request: HttpRequest, cycle_id: int, body: SayIn) -> Body:
    """Sign the whole as it stands, or object with a reason."""
    made = services.sign_off(
        actor=actor_of(request), cycle_id=cycle_id, agree=body.agree, party=body.party,
        note=body.note,
    )  # fmt: skip
    return wire.sign_body(made)


@router.post("/forecasts/{cycle_id}/lock", response={202: dict[str, Any]})
@policy("forecasting.lock")
def lock(request: HttpRequest, cycle_id: int, body: WhyIn) -> Status[Body]:
    """Ask for the lock; a second person approves it."""
    made = services.lock(
        actor=actor_of(request), cycle_id=cycle_id, expected_version=body.expected_version
    )
    return Status(202, wire.cycle_body(made))


def _entry(body: OverrideIn) -> OverrideEntry:
    return OverrideEntry(
        node=Node(body.account_id, body.product_id, body.brand), periods=tuple(body.months),
        kind=body.kind, amount=body.amount, amounts=tuple(body.amounts), reason=body.reason,
        note=body.note, evidence=body.evidence, expires=body.expires, layer=body.layer,
        seen=body.seen,
    )  # fmt: skip
