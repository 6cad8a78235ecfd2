"""What an account says to a line: owner, comment, own target."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.exact import exact
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import User
from keystead.scorecards import models
from keystead.scorecards.queries.sets import set_for_account
from keystead.scorecards.services.refresh import rescore
from keystead.scorecards.types import Direction, TargetSource

MAX_COMMENT = 600


def note_line(
    *,
    actor: Actor,
    account_id: int,
    metric: str,
    expected_version: int,
    owner_id: int | None,
    comment: str,
    target: Decimal | None = None,
    target_high: Decimal | None = None,
) -> int:
    """Store owner, comment and own target of an account on one line; returns the new version.

    Needs ``scorecards.edit`` and the account. ``expected_version`` is 0 where nothing was said
    before. An own target replaces the typed target of the line for this account only; None
    takes it back. Raises NotFound, Invalid, Conflict; writes one audit entry.
    """
    actor.require("scorecards.edit")
    account = account_to_write(actor, account_id)
    kpi_set = set_for_account(account)
    lines = kpi_set.lines if kpi_set else ()
    line = next((one for one in lines if one.metric == metric), None)
    if kpi_set is None or line is None:
        raise NotFound(_("This line is not on the account's scorecard."), code="line_not_found")
    if target is not None and line.target_source is not TargetSource.TYPED:
        raise Invalid(
            _("The target of this line is not typed in."),
            code="target_source",
            fields={"target": _("The target of this line is not typed in.")},
        )
    low, high = _edges(target, target_high, band=line.direction is Direction.BAND)
    if owner_id is not None and not User.objects.filter(pk=owner_id, is_active=True).exists():
        raise Invalid(_("There is no such person."), code="owner", fields={"owner": ""})
    with transaction.atomic():
        rows = models.AccountLine.objects.select_for_update()
        row = rows.filter(account_id=account.id, line_id=line.id).first()
        old = row.snapshot() if row else {}
        if (expected_version == 0) != (row is None):
            raise Conflict(
                _("Somebody else changed this in the meantime."),
                hint=_("Look at it again, then save yours."),
                theirs=old or None,
                current_version=row.version if row else 0,
            )
        row = row or models.AccountLine(account_id=account.id, line_id=line.id)
        row.owner_id, row.comment = owner_id, comment.strip()[:MAX_COMMENT]
        moved = (row.target, row.target_high) != (low, high)
        row.target, row.target_high = low, high
        row.save_checked(actor, expected_version or None)
        if moved:
            rescore(account, kpi_set)
        audit.record(
            actor=actor,
            action="scorecard.note",
            subject=("scorecard_line", f"{account.id}:{metric}"),
            old=old,
            new=row.snapshot(),
            account_id=account.id,
        )
    return row.version


def _edges(
    low: Decimal | None, high: Decimal | None, *, band: bool
) -> tuple[Decimal | None, Decimal | None]:
    low = None if low is None else exact(low, "target")
    high = None if high is None or not band else exact(high, "target")
    if band and (low is None) != (high is None):
        raise Invalid(_("A band has two edges."), code="band", fields={"target_high": ""})
    if low is not None and high is not None and high < low:
        raise Invalid(
            _("The upper edge is below the lower one."), code="band", fields={"target_high": ""}
        )
    return low, high
