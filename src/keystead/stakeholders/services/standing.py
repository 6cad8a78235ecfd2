"""Say what people decide, what we think of them, and who moves whom."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import family_ids
from keystead.accounts.rules.fields import tidy
from keystead.kernel.errors import Conflict
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.stakeholders import models
from keystead.stakeholders.calc.tree import would_circle
from keystead.stakeholders.queries.people import as_assessment, as_role, as_tie
from keystead.stakeholders.rules.privacy import is_opinion
from keystead.stakeholders.services.keeping import (
    OPINION,
    account_of_people,
    entry_to_write,
    keep,
    may_judge,
    person_to_read,
    refuse,
    subject_of,
)
from keystead.stakeholders.types import (
    Assessment,
    AssessmentEntry,
    RoleEntry,
    RoleHeld,
    RoleKind,
    Tie,
    TieEntry,
    TieKind,
)


def hold_role(*, actor: Actor, person_id: int, entry: RoleEntry) -> RoleHeld:
    """Store the part somebody plays for an account, with its evidence. One audit row.

    Blocker and coach are opinions: they need the right to write private notes.
    """
    account = account_of_people(actor, entry.account_id)
    with transaction.atomic():
        person = person_to_read(actor, person_id)
        row = models.RoleHeld(person=person, account_id=account.id, role=entry.role.value)
        same = models.RoleHeld.objects.filter(
            person=person, account_id__in=family_ids(account.id), role=row.role, ended_on=None
        )
        if same.exists():
            refuse({"role": _("They hold this role already.")})
        _keep_role(actor, row, entry, None, None)
    return as_role(row)


def edit_role(
    *, actor: Actor, role_id: int, expected_version: int | None, entry: RoleEntry
) -> RoleHeld:
    """Change a role (evidence, certainty, review, end); who and which role stay. One audit row."""
    with transaction.atomic():
        row = entry_to_write(actor, models.RoleHeld, role_id)
        _keep_role(actor, row, entry, row.snapshot(), expected_version)
    return as_role(row)


def assess(
    *, actor: Actor, person_id: int, entry: AssessmentEntry, expected_version: int | None = None
) -> Assessment:
    """Store what we think of somebody: power, interest, stance. Private; one audit row.

    ``expected_version`` 0 says that the editor saw none yet.
    """
    account = account_of_people(actor, entry.account_id)
    may_judge(actor, account.id)
    wrong = {}
    if not 0 <= entry.power <= 5:
        wrong["power"] = _("Give 0 to 5.")
    if not 0 <= entry.interest <= 5:
        wrong["interest"] = _("Give 0 to 5.")
    if not -2 <= entry.stance <= 2:
        wrong["stance"] = _("Give -2 to 2.")
    refuse(wrong)
    with transaction.atomic():
        person = person_to_read(actor, person_id)
        rows = models.Assessment.objects.filter(person=person)
        row = rows.filter(account_id__in=family_ids(account.id)).first()
        if row is not None and expected_version == 0:
            raise _answered(row)
        old = row.snapshot() if row else None
        row = row or models.Assessment(person=person, account_id=account.id)
        row.power, row.interest, row.stance = entry.power, entry.interest, entry.stance
        row.note = tidy(entry.note)[:400]
        row.reviewed_on = entry.reviewed_on or timezone.localdate()
        keep(actor, row, OPINION, account_id=account.id, old=old, expected=expected_version)
    return as_assessment(row)


def tie(*, actor: Actor, entry: TieEntry) -> Tie:
    """Store a tie between two people at an account. One audit row.

    Somebody reports to one person only, and never to themselves through others. All but
    "reports to" is opinion.
    """
    account = account_of_people(actor, entry.account_id)
    with transaction.atomic():
        source = person_to_read(actor, entry.from_id)
        target = person_to_read(actor, entry.to_id)
        row = models.Tie(account_id=account.id, source=source, target=target, kind=entry.kind.value)
        family = models.Tie.objects.filter(account_id__in=family_ids(account.id))
        if source.pk == target.pk:
            refuse({"to": _("Choose two different people.")})
        if family.filter(source=source, target=target, kind=row.kind).exists():
            refuse({"to": _("This tie is there already.")})
        if entry.kind is TieKind.REPORTS_TO:
            bosses = dict(
                family.filter(kind=row.kind).order_by("id").values_list("source_id", "target_id")
            )
            if source.pk in bosses:
                refuse({"to": _("They report to somebody else already: remove that first.")})
            if would_circle(bosses, source.pk, target.pk):
                refuse({"to": _("They would come to report to themselves.")})
        _keep_tie(actor, row, entry, None, None)
    return as_tie(row)


def edit_tie(*, actor: Actor, tie_id: int, expected_version: int | None, entry: TieEntry) -> Tie:
    """Change how strong a tie is and its note; who and what stay. One audit row."""
    with transaction.atomic():
        row = entry_to_write(actor, models.Tie, tie_id)
        _keep_tie(actor, row, entry, row.snapshot(), expected_version)
    return as_tie(row)


def untie(*, actor: Actor, tie_id: int) -> None:
    """Remove a tie. One audit row."""
    with transaction.atomic():
        row = entry_to_write(actor, models.Tie, tie_id)
        kind = TieKind(row.kind)
        if is_opinion(kind):
            may_judge(actor, row.account_id)
        audit.record(
            actor=actor,
            action="contact.opinion.end" if is_opinion(kind) else "contact.tie.remove",
            subject=(subject_of(row), row.pk),
            old=row.snapshot(),
            account_id=row.account_id,
        )
        row.delete()


def _keep_role(
    actor: Actor,
    row: models.RoleHeld,
    entry: RoleEntry,
    old: dict[str, object] | None,
    expected: int | None,
) -> None:
    private = is_opinion(RoleKind(row.role))
    if private:
        may_judge(actor, row.account_id)
    row.evidence = tidy(entry.evidence)[:400]
    if not row.evidence:
        refuse({"evidence": _("Say what shows it.")})
    row.certainty, row.has_veto = entry.certainty.value, entry.has_veto
    row.reviewed_on = entry.reviewed_on or timezone.localdate()
    row.ended_on = entry.ended_on
    action = OPINION if private else f"contact.role.{'edit' if old else 'add'}"
    keep(actor, row, action, account_id=row.account_id, old=old, expected=expected)


def _keep_tie(
    actor: Actor,
    row: models.Tie,
    entry: TieEntry,
    old: dict[str, object] | None,
    expected: int | None,
) -> None:
    private = is_opinion(TieKind(row.kind))
    if private:
        may_judge(actor, row.account_id)
    if not 1 <= entry.weight <= 3:
        refuse({"weight": _("Give 1 to 3.")})
    row.weight, row.note = entry.weight, tidy(entry.note)[:200]
    action = OPINION if private else f"contact.tie.{'edit' if old else 'add'}"
    keep(actor, row, action, account_id=row.account_id, old=old, expected=expected)


def _answered(row: models.Assessment) -> Conflict:
    return Conflict(
        _("Somebody else answered this in the meantime. Nothing of yours was lost."),
        mine={},
        theirs=row.snapshot(),
        expected_version=0,
        current_version=row.version,
    )
