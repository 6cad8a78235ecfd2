"""Cycles, their runs, and what people added: stored rows as values, through the door."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import descendants, scope_for
from keystead.accounts.types import Scope
from keystead.forecasting import models
from keystead.forecasting.types.cycle import (
    Asked,
    Assumption,
    AssumptionEntry,
    Calendar,
    Comment,
    Cycle,
    CycleHead,
    CycleState,
    DemandKind,
    Layer,
    Node,
    Override,
    OverrideKind,
    RunInfo,
    RunState,
    SignOff,
    Stance,
    Verdict,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor

MISSING = "There is no such forecast cycle, or none of its accounts is yours."


def visible_rows(actor: Actor) -> QuerySet[models.CycleRow]:
    """Return the cycles in which the actor may read at least one account."""
    rows = models.CycleRow.objects.all()
    if not actor.can("forecasting.view"):
        return rows.none()
    scope = scope_for(actor, name="forecast")
    if scope.everything:
        return rows
    hidden = [
        pk
        for pk, accounts in rows.exclude(accounts=[]).values_list("pk", "accounts")
        if not within(accounts) & scope.account_ids
    ]
    return rows.exclude(pk__in=hidden)


def within(accounts: Iterable[int]) -> frozenset[int]:
    """Return the accounts and all below them."""
    found = frozenset(accounts)
    return found.union(*(descendants(one) for one in found)) if found else found


def cycle_row(actor: Actor, cycle_id: int, *, lock: bool = False) -> models.CycleRow:
    """Return the stored cycle; a foreign one is missing."""
    rows = visible_rows(actor)
    row = (rows.select_for_update() if lock else rows).filter(pk=cycle_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="cycle_not_found")
    return row


def cycle_for(actor: Actor, cycle_id: int) -> Cycle:
    """Return a cycle in which the actor may read; NotFound when missing or foreign."""
    return as_cycle(cycle_row(actor, cycle_id))


def cycles_for(
    actor: Actor, *, kind: DemandKind | None = None, states: Iterable[CycleState] = ()
) -> tuple[Cycle, ...]:
    """Return the cycles in which the actor may read, the newest first."""
    rows = visible_rows(actor)
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if wanted := [state.value for state in states]:
        rows = rows.filter(state__in=wanted)
    return tuple(as_cycle(row) for row in rows)


def runs_of(actor: Actor, cycle_id: int) -> tuple[RunInfo, ...]:
    """Return the runs of a cycle, the newest first, with the problems of accounts one may read."""
    row = cycle_row(actor, cycle_id)
    scope = scope_for(actor, name="forecast")
    rows = models.RunRow.objects.filter(cycle=row).order_by("-number")
    return tuple(_within(scope, as_run(run)) for run in rows)


def run_for(actor: Actor, run_id: int) -> RunInfo:
    """Return one run of a cycle in which the actor may read."""
    run = models.RunRow.objects.filter(pk=run_id).first()
    if run is None or not visible_rows(actor).filter(pk=run.cycle_id).exists():
        raise NotFound(_("There is no such run."), code="run_not_found")
    return _within(scope_for(actor, name="forecast"), as_run(run))


def _within(scope: Scope, run: RunInfo) -> RunInfo:
    if scope.everything:
        return run
    kept = [one for one in run.problems if one.get("account_id") in scope.account_ids]
    return dataclasses.replace(run, problems=tuple(kept))


def overrides_of(actor: Actor, cycle_id: int) -> tuple[Override, ...]:
    """Return the overrides of a cycle that touch accounts of the actor, in their order."""
    return _overrides(actor, cycle_id, Q())


def overrides_at(actor: Actor, cycle_id: int, node: Node) -> tuple[Override, ...]:
    """Return those of a cycle's overrides that were typed at a place, in their order."""
    return _overrides(
        actor, cycle_id,
        Q(account=node.account_id, product=node.product_id, brand=node.brand),
    )  # fmt: skip


def _overrides(actor: Actor, cycle_id: int, where: Q) -> tuple[Override, ...]:
    row = cycle_row(actor, cycle_id)
    rows = models.OverrideRow.objects.filter(where, cycle=row).select_related("by").order_by("id")
    scope = scope_for(actor, name="forecast")
    if not scope.everything:
        lines = models.OverrideLine.objects.filter(
            override__cycle=row, account_id__in=scope.account_ids
        )
        rows = rows.filter(
            Q(pk__in=lines.values("override_id"))
            | Q(supersedes__in=lines.values("override_id"))
        )  # fmt: skip
    found = list(rows)
    void = set(
        models.OverrideRow.objects.filter(cycle=row)
        .exclude(supersedes=None)
        .values_list("supersedes_id", flat=True)
    )
    return tuple(as_override(one, one.pk in void) for one in found)


def signs_of(actor: Actor, cycle_id: int) -> tuple[SignOff, ...]:
    """Return what the parties said, in its order; of foreign accounts nothing."""
    row = cycle_row(actor, cycle_id)
    rows = models.SignOffRow.objects.filter(cycle=row)
    scope = scope_for(actor, name="forecast")
    if not scope.everything:
        rows = rows.filter(Q(account=None) | Q(account_id__in=scope.account_ids))
    return stored_signs(rows)


def stored_signs(rows: QuerySet[models.SignOffRow]) -> tuple[SignOff, ...]:
    """Return sign-offs as values. No rights are checked."""
    return tuple(as_sign(one) for one in rows.select_related("by").order_by("id"))


def comments_of(actor: Actor, cycle_id: int) -> tuple[Comment, ...]:
    """Return the remarks of a cycle, oldest first; those at foreign accounts are left out."""
    row = cycle_row(actor, cycle_id)
    rows = models.CommentRow.objects.filter(cycle=row)
    scope = scope_for(actor, name="forecast")
    if not scope.everything:
        rows = rows.filter(Q(account=None) | Q(account_id__in=scope.account_ids))
    return tuple(as_comment(one) for one in rows.select_related("by").order_by("id"))


def assumptions_of(actor: Actor, cycle_id: int) -> tuple[Assumption, ...]:
    """Return what a cycle rests on, the next to expire first."""
    row = cycle_row(actor, cycle_id)
    rows = models.AssumptionRow.objects.filter(cycle=row)
    scope = scope_for(actor, name="forecast")
    if not scope.everything:
        rows = rows.filter(Q(account=None) | Q(account_id__in=scope.account_ids))
    return tuple(as_assumption(one) for one in rows.select_related("owner"))


def newest_override(cycle_id: int) -> int:
    """Return the id of the newest override of a cycle, 0 without any: what a reader has seen."""
    rows = models.OverrideRow.objects.filter(cycle_id=cycle_id)
    return rows.aggregate(newest=Max("id"))["newest"] or 0


def as_cycle(row: models.CycleRow) -> Cycle:
    head = CycleHead(
        month=row.month,
        calendar=Calendar(row.opens, row.submit_by, row.review_by, row.lock_by),
        kind=DemandKind(row.kind),
        name=row.name,
        horizon=row.horizon,
        frozen_months=row.frozen_months,
        gap_pct=row.gap_pct,
        accounts=frozenset(row.accounts),
        parties=tuple(Layer(one) for one in row.parties),
        rhythm=Rhythm(row.rhythm),
    )
    return Cycle(
        row.pk, head, CycleState(row.state), row.version, row.run_id, row.lock_request,
        row.locked_at, row.content_hash, row.batch_id, row.created_by_id,
    )  # fmt: skip


def as_run(row: models.RunRow) -> RunInfo:
    asked = Asked(recipe=row.recipe, seed=row.seed, country=row.country, trial=row.trial)
    return RunInfo(
        row.pk, row.cycle_id, row.number, RunState(row.state), asked, row.cut_off, row.commit,
        row.input_hash, row.output_hash, row.series, tuple(row.problems), row.backtest, row.job,
        row.started_at, row.finished_at, row.error, row.created_by_id,
    )  # fmt: skip


def as_override(row: models.OverrideRow, void: bool = False) -> Override:
    pct = row.change * 100 / abs(row.before) if row.before else None
    return Override(
        id=row.pk,
        cycle_id=row.cycle_id,
        layer=Layer(row.layer),
        node=_node(row),
        periods=tuple(date.fromisoformat(one) for one in row.periods),
        kind=OverrideKind(row.kind),
        amounts=tuple(Decimal(one) for one in row.amounts),
        reason=row.reason,
        note=row.note,
        evidence=row.evidence,
        expires=row.expires,
        supersedes=row.supersedes_id,
        carried_from=row.carried_from_id,
        warnings=tuple(row.warnings),
        change=row.change,
        change_pct=pct,
        by=row.by_id,
        by_name=str(row.by) if row.by else "Keystead",
        at=row.at,
        void=void,
    )


def as_sign(row: models.SignOffRow) -> SignOff:
    return SignOff(
        row.pk, Layer(row.party), Stance(row.stance), row.account_id, row.note, row.by_id,
        str(row.by) if row.by else "Keystead", row.at, row.stamp,
    )  # fmt: skip


def as_comment(row: models.CommentRow) -> Comment:
    name = str(row.by) if row.by else "Keystead"
    return Comment(row.pk, _node(row), row.period, row.about, row.text, name, row.at)


def as_assumption(row: models.AssumptionRow) -> Assumption:
    entry = AssumptionEntry(
        text=row.text, category=row.category, effect=row.effect, node=_node(row),
        starts=row.starts, expires=row.expires, owner_id=row.owner_id,
    )  # fmt: skip
    name = str(row.owner) if row.owner else ""
    return Assumption(
        row.pk, row.cycle_id, entry, name, Verdict(row.verdict), row.verdict_note, row.version
    )


def _node(row: models.OverrideRow | models.CommentRow | models.AssumptionRow) -> Node:
    return Node(row.account_id, row.product_id, row.brand)
