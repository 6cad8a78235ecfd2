"""Write a split of a fee: draft, members, rules; agree it for good; begin a new version."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, account_to_write
from keystead.governance.rules.approvals import content_hash
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import Money, currency_code
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.plans.stored import members_written, rules_written
from keystead.negotiation.calc.plans.working import TAKEN, asked, joins, split
from keystead.negotiation.queries.figures import members_read
from keystead.negotiation.queries.plans import (
    fees_before,
    missing_plan,
    stored_plan,
    visible_plans,
)
from keystead.negotiation.types.fees import Override
from keystead.negotiation.types.plans import Answer, FeePlan, PlanMember, PlanState, Rules

MOST_MEMBERS: Final = 400
MOST_FIGURES: Final = 24


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlanHead:
    """What a split is of: the period is that of the fee; ``last`` is its last day."""

    name: str
    starts: date
    last: date
    currency: str
    total: Decimal
    note: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class MemberEntry:
    """What is typed of a member: its answer, figures, last year's fee, a fee by hand."""

    account_id: int
    answer: Answer = Answer.OPEN
    previous: Decimal | None = None
    figures: dict[str, Decimal] = dataclasses.field(default_factory=dict)
    by_hand: Override | None = None


def start_plan(*, actor: Actor, account_id: int, head: PlanHead) -> FeePlan:
    """Begin a split with the members of its first day and their figures as they are known.

    Needs ``negotiation.edit`` and the consortium's terms. Raises Invalid where it has no member.
    """
    actor.require("negotiation.edit")
    account = account_to_write(actor, account_id, name="terms")
    starts, currency = head.starts, currency_code(head.currency)
    found = members_read(
        actor, account, starts, currency, fees=fees_before(account.id, starts) or None
    )
    if not found:
        raise Invalid(
            _("Nobody belongs to this consortium on that day: add its members first."),
            code="no_members",
            field="starts",
        )
    with transaction.atomic():
        row = models.FeePlanRow(account_id=account.id, read_on=timezone.localdate())
        _take(row, head)
        row.members, row.rules = members_written(found[:MOST_MEMBERS]), rules_written(Rules())
        _keep(actor, row, "start", None)
    return stored_plan(row)


def edit_plan(
    *, actor: Actor, plan_id: int, expected_version: int | None, head: PlanHead
) -> FeePlan:
    """Change name, period, total or note of a draft; Conflict when somebody was faster."""
    return _change(actor, plan_id, expected_version, "edit", lambda row: _take(row, head))


def set_rules(
    *,
    actor: Actor,
    plan_id: int,
    expected_version: int | None,
    rules: Rules,
    total: Decimal | None = None,
    answers: dict[int, Answer] | None = None,
) -> FeePlan:
    """Write how the total is shared, with the total and the members' answers beside it.

    Raises Invalid for rules that cannot be read; rules that the figures do not allow (yet) are
    kept: the page says what is missing.
    """

    def change(row: models.FeePlanRow) -> None:
        plan = dataclasses.replace(stored_plan(row), rules=rules)
        if total is not None:
            row.total = _amount(total, row.currency)
        if answers:
            row.members = members_written(
                dataclasses.replace(one, answer=answers.get(one.account_id, one.answer))
                for one in plan.members
            )
        asked(dataclasses.replace(plan, total=Money(row.total, row.currency)))
        row.rules = rules_written(rules)

    return _change(actor, plan_id, expected_version, "rules", change)


def set_members(
    *,
    actor: Actor,
    plan_id: int,
    expected_version: int | None,
    entries: Sequence[MemberEntry],
) -> FeePlan:
    """Write answers, figures, last year's fees and fees by hand; who is not named stays."""
    known = {one.account_id: one for one in entries}

    def change(row: models.FeePlanRow) -> None:
        plan = stored_plan(row)
        strange = set(known) - {one.account_id for one in plan.members}
        if strange:
            raise Invalid(_("This is no member of the split."), code="unknown_member")
        made = [_entered(one, known.get(one.account_id)) for one in plan.members]
        row.members = members_written(made)

    return _change(actor, plan_id, expected_version, "members", change)


def read_again(*, actor: Actor, plan_id: int, expected_version: int | None) -> FeePlan:
    """Read members and figures anew; answers and fees by hand of those who stay are kept.

    Figures that were typed and that nothing else knows stay too.
    """
    seen = stored_plan(_row(actor, plan_id))
    account = account_for(actor, seen.account_id)
    fresh = members_read(
        actor, account, seen.period.start, seen.currency,
        fees=fees_before(account.id, seen.period.start) or None,
    )  # fmt: skip

    def change(row: models.FeePlanRow) -> None:
        old = {one.account_id: one for one in stored_plan(row).members}
        kept = [_refreshed(one, old.get(one.account_id)) for one in fresh[:MOST_MEMBERS]]
        row.members, row.read_on = members_written(kept), timezone.localdate()

    return _change(actor, plan_id, expected_version, "read", change)


def agree_plan(*, actor: Actor, plan_id: int, expected_version: int | None) -> FeePlan:
    """Freeze a split: what each member pays is written for good, with a hash of all it came of.

    Raises Invalid where the split cannot be worked out, or its quorum is not reached.
    """
    with transaction.atomic():
        row = _row_to_write(actor, plan_id)
        old, plan = _told(row), stored_plan(row)
        made = split(plan)
        if made.quorum is not None and not made.quorum.in_force:
            raise Invalid(
                _("The quorum is not reached: the split is not in force."), code="no_quorum"
            )
        row.state = PlanState.AGREED.value
        total = made.allocation.total.quantised()
        frozen = models.AgreedSplitRow(
            plan=row, agreed_on=timezone.localdate(), total=total.amount, currency=total.currency,
            rules=row.rules, content_hash=_hash(row), at=timezone.now(), by_id=actor.user_id,
        )  # fmt: skip
        _keep(actor, row, "agree", old, expected_version)
        frozen.save(force_insert=True)
        lines = {line.code: line for line in made.allocation.lines}
        shares = []
        for one in plan.members:
            line = lines.get(one.code) if joins(plan, one) else None
            shares.append(
                models.MemberShareRow(
                    split=frozen,
                    member_id=one.account_id,
                    code=one.code,
                    name=one.name,
                    joined=line is not None,
                    fee=line.fee if line else Decimal(0),
                    share_pct=line.share_pct if line else Decimal(0),
                    previous=one.previous,
                    bound=line.bound.value if line and line.bound else "",
                    reason=line.reason[:400] if line else "",
                )
            )
        models.MemberShareRow.objects.bulk_create(shares)
    return stored_plan(row)


def revise_plan(*, actor: Actor, plan_id: int) -> FeePlan:
    """Begin the next version of an agreed split as a draft; what was agreed stays."""
    with transaction.atomic():
        former = _row_to_write(actor, plan_id, state=PlanState.AGREED)
        same = models.FeePlanRow.objects.filter(account_id=former.account_id, name=former.name)
        if same.filter(state=PlanState.DRAFT).exists():
            raise Conflict(_("A new version is being written already."), code="draft_exists")
        number = (same.aggregate(most=Max("number"))["most"] or former.number) + 1
        row = models.FeePlanRow(account_id=former.account_id, number=number, replaces=former)
        for name in ("name", "starts", "ends", "currency", "total", "members", "rules", "read_on",
                     "note"):  # fmt: skip
            setattr(row, name, getattr(former, name))
        _keep(actor, row, "revise", None)
    return stored_plan(row)


def _row(actor: Actor, plan_id: int, *, lock: bool = False) -> models.FeePlanRow:
    rows = visible_plans(actor)
    row = (rows.select_for_update() if lock else rows).filter(pk=plan_id).first()
    if row is None:
        raise missing_plan()
    return row


def _row_to_write(
    actor: Actor, plan_id: int, *, state: PlanState = PlanState.DRAFT
) -> models.FeePlanRow:
    """Return the locked row if the actor may write terms on its account, in this state."""
    actor.require("negotiation.edit")
    row = _row(actor, plan_id, lock=True)
    account_to_write(actor, row.account_id, name="terms")
    if row.state != state.value:
        text = (
            _("What was agreed does not change: begin a new version.")
            if state is PlanState.DRAFT
            else _("The split is not agreed yet.")
        )
        raise Conflict(text, code="state")
    return row


def _change(
    actor: Actor,
    plan_id: int,
    expected: int | None,
    action: str,
    change: Callable[[models.FeePlanRow], None],
) -> FeePlan:
    with transaction.atomic():
        row = _row_to_write(actor, plan_id)
        old = _told(row)
        change(row)
        _keep(actor, row, action, old, expected)
    return stored_plan(row)


def _take(row: models.FeePlanRow, head: PlanHead) -> None:
    if not head.name.strip():
        text = _("Give the split a name.")
        raise Invalid(text, code="name_missing", fields={"name": text})
    if head.last < head.starts:
        text = _("The last day comes before the first.")
        raise Invalid(text, code="period_order", fields={"last": text})
    span = Period.between(head.starts, head.last)
    row.name, row.note = head.name.strip()[:120], head.note.strip()[:2000]
    row.starts, row.ends = span.start, span.end
    row.currency = currency_code(head.currency)
    row.total = _amount(head.total, row.currency)


def _amount(total: Decimal, currency: str) -> Decimal:
    made = Money(total, currency)
    if total < 0 or made != made.quantised():
        text = _("Give an amount of zero or more in whole smallest units of %(currency)s.") % {
            "currency": currency
        }
        raise Invalid(text, code="not_quantised", fields={"total": text})
    return total


def _entered(one: PlanMember, entry: MemberEntry | None) -> PlanMember:
    if entry is None:
        return one
    bad = next((name for name in entry.figures if name in TAKEN), None)
    if bad is not None or len(entry.figures) > MOST_FIGURES:
        raise Invalid(
            _("“%(name)s” cannot be the name of a figure.") % {"name": bad or "…"}, code="figure"
        )
    if entry.by_hand is not None and not entry.by_hand.reason.strip():
        text = _("A fee by hand needs a reason.")
        raise Invalid(text, code="no_reason", fields={f"reason-{one.account_id}": text})
    same = {name for name, value in entry.figures.items() if one.figures.get(name) == value}
    proofs = {name: proof for name, proof in one.proofs.items() if name in same}
    return dataclasses.replace(
        one, answer=entry.answer, previous=entry.previous, figures=dict(entry.figures),
        by_hand=entry.by_hand, proofs=proofs,
    )  # fmt: skip


def _refreshed(fresh: PlanMember, old: PlanMember | None) -> PlanMember:
    if old is None:
        return fresh
    return dataclasses.replace(
        fresh, figures={**old.figures, **fresh.figures}, answer=old.answer, by_hand=old.by_hand,
        previous=fresh.previous if fresh.previous is not None else old.previous,
    )  # fmt: skip


def _told(row: models.FeePlanRow) -> dict[str, Any]:
    """Return what the trail keeps: more people read it than may know a draft, so a hash."""
    return {
        "name": row.name, "number": row.number, "state": row.state,
        "ours_alone": content_hash(row.snapshot()),
    }  # fmt: skip


def _hash(row: models.FeePlanRow) -> str:
    return content_hash(
        {
            "account": row.account_id,
            "name": row.name,
            "number": row.number,
            "starts": row.starts.isoformat(),
            "ends": row.ends.isoformat(),
            "currency": row.currency,
            "total": f"{row.total.normalize():f}",
            "members": row.members,
            "rules": row.rules,
        }
    )


def _keep(
    actor: Actor,
    row: models.FeePlanRow,
    action: str,
    old: dict[str, Any] | None,
    expected: int | None = None,
) -> None:
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"negotiation.fees.{action}",
        subject=("fee_plan", row.pk),
        old=old,
        new=_told(row),
        account_id=row.account_id,
    )
