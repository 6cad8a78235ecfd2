"""What was conceded, and what was objected."""

from __future__ import annotations

import dataclasses
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.concessions import price
from keystead.negotiation.calc.privacy import for_customer
from keystead.negotiation.queries.cases import stored_case, stored_concession, stored_objection
from keystead.negotiation.services.loading import row_to_write, tell
from keystead.negotiation.types.room import Concession, Objection, Who


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """A concession as it is written down; its price comes from the options of the case."""

    on: date
    side: Who
    issue: str
    before: str
    after: str
    answers: int | None = None
    got: str = ""
    reason: str = ""


def concede(*, actor: Actor, negotiation_id: int, step: Step) -> Concession:
    """Write a concession of one side into the ledger, with its price as it is now.

    It stays as it is written. Raises Invalid where the issue has no such options.
    """
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        issue = stored_case(row).issue(step.issue)
        if issue is None or issue.option(step.before) is None or issue.option(step.after) is None:
            raise Invalid(_("The issue does not have these options."), code="option")
        if step.before == step.after:
            text = _("Nothing was given: both options are the same.")
            raise Invalid(text, code="same", fields={"after": text})
        if step.answers is not None:
            _answerable(row, step.answers, step.side)
        ours, theirs = price(issue, step.before, step.after)
        made = models.ConcessionRow(
            case=row, on=step.on, side=step.side.value, issue=step.issue, before=step.before,
            after=step.after, our_money=ours, their_money=theirs, answers_id=step.answers,
            got=step.got.strip()[:400], reason=step.reason.strip()[:400], at=timezone.now(),
            by_id=actor.user_id,
        )  # fmt: skip
        made.save(force_insert=True)
        found = stored_concession(made)
        tell(actor, row, "concede", for_customer(found))
    return found


def _answerable(row: models.NegotiationRow, concession_id: int, side: Who) -> None:
    other = models.ConcessionRow.objects.filter(case=row, pk=concession_id).first()
    if other is None or other.side == side.value:
        text = _("A concession answers one of the other side.")
        raise Invalid(text, code="answers", fields={"answers": text})


@dataclasses.dataclass(frozen=True, kw_only=True)
class ObjectionEntry:
    """What they say, our answer, what proves it."""

    text: str
    answer: str = ""
    proof: str = ""
    document: str = ""


def add_objection(*, actor: Actor, negotiation_id: int, entry: ObjectionEntry) -> Objection:
    """Write down an objection."""
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        made = models.ObjectionRow(case=row)
        _keep(actor, row, made, entry, None)
    return stored_objection(made)


def edit_objection(
    *, actor: Actor, objection_id: int, expected_version: int | None, entry: ObjectionEntry
) -> Objection:
    """Change an objection or its answer; Conflict when somebody was faster."""
    with transaction.atomic():
        made = models.ObjectionRow.objects.select_for_update().filter(pk=objection_id).first()
        if made is None:
            actor.require("negotiation.edit")
            raise NotFound(_("There is no such objection."), code="objection_not_found")
        row = row_to_write(actor, made.case_id)
        _keep(actor, row, made, entry, expected_version)
    return stored_objection(made)


def _keep(
    actor: Actor,
    row: models.NegotiationRow,
    made: models.ObjectionRow,
    entry: ObjectionEntry,
    expected: int | None,
) -> None:
    if not entry.text.strip():
        text = _("Write what they say.")
        raise Invalid(text, code="text_missing", fields={"text": text})
    old = made.snapshot() if made.pk else None
    made.text, made.answer = entry.text.strip()[:400], entry.answer.strip()[:2000]
    made.proof, made.document = entry.proof.strip()[:400], entry.document.strip()[:200]
    made.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action="negotiation.objection",
        subject=("negotiation", row.pk),
        old=old,
        new=made.snapshot(),
        account_id=row.account_id,
    )
