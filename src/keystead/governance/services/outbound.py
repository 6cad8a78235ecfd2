"""Lets documents out to customers, or stops them, and keeps what was found and why."""

from __future__ import annotations

import dataclasses

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.governance import models
from keystead.governance.queries.outbound import (
    as_release,
    open_request,
    release_covering,
    release_for,
    was_released,
)
from keystead.governance.rules.outbound import check_release
from keystead.governance.types.outbound import Findings, Release, ReleaseState
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.access.account_door import may_see_account

LIFTS = "compliance.decide"


@dataclasses.dataclass(frozen=True)
class Leaving:
    """A document that is to leave: for whom, what sort of thing, its name and hash, its maker."""

    account_id: int
    kind: str
    name: str
    sha256: str
    made_by: int | None = None


def release(*, actor: Actor, leaving: Leaving, findings: Findings, reason: str = "") -> Release:
    """Let a document out and keep that, on an account the actor may see. Frozen, one audit row.

    What is found for review takes ``export.data``, a reason, and another person than its maker;
    what is blocked besides takes ``compliance.decide``. Conflict and Invalid otherwise.
    """
    _may(actor, leaving, deciding=True)
    lifts = actor.can(LIFTS)
    try:
        check_release(
            findings, reason=reason, by=actor.user_id, made_by=leaving.made_by, lifts=lifts
        )
    except (Conflict, Invalid) as error:
        error.message = _(error.message)
        raise
    return _keep(actor, leaving, findings, ReleaseState.RELEASED, reason)


def hand_in(*, actor: Actor, leaving: Leaving, findings: Findings) -> Release:
    """Keep what a look at a document found: let out when clean, else blocked, or waiting.

    Needs ``export.data`` on an account the actor may see. Frozen, one audit row; what was kept of
    the same file with the same findings is found again instead.
    """
    _may(actor, leaving)
    of_file = leaving.account_id, leaving.sha256, findings
    with transaction.atomic():
        before = release_covering(*of_file) or open_request(*of_file)
        return before or _keep(actor, leaving, findings, _stands(findings), "")


def _stands(findings: Findings) -> ReleaseState:
    if findings.clean:
        return ReleaseState.RELEASED
    return ReleaseState.BLOCKED if findings.blocked else ReleaseState.WAITING


def let_waiting_out(*, actor: Actor, release_id: int, reason: str) -> Release:
    """Release what was stopped, with a reason, by another person than its maker; one more row.

    What is blocked by compliance alone. Frozen. NotFound when it is missing or foreign, Conflict
    when it does not wait (any more).
    """
    waiting = release_for(actor, release_id)
    if waiting.state is ReleaseState.RELEASED or was_released(waiting.account_id, waiting.sha256):
        raise Conflict(_("This does not wait for a release."), code="outbound_not_waiting")
    leaving = Leaving(
        waiting.account_id, waiting.kind, waiting.name, waiting.sha256, waiting.made_by_id
    )
    return release(actor=actor, leaving=leaving, findings=Findings(waiting.findings), reason=reason)


def _may(actor: Actor, leaving: Leaving, *, deciding: bool = False) -> None:
    if not (deciding and actor.can(LIFTS)):
        actor.require("export.data")
    if not may_see_account(actor, leaving.account_id):
        raise NotFound(_("There is no such account."), code="account_not_found")


def _keep(
    actor: Actor, leaving: Leaving, findings: Findings, state: ReleaseState, reason: str
) -> Release:
    told = [
        {"place": one.place, "leak": one.leak.value, "severity": one.severity.value,
         "found": one.found, "account": one.account_id}
        for one in findings.found
    ]  # fmt: skip
    with transaction.atomic():
        row = models.ReleaseRow.objects.create(
            account_id=leaving.account_id,
            kind=leaving.kind[:40],
            file_name=leaving.name[:200],
            sha256=leaving.sha256,
            state=state.value,
            findings=told,
            reason=reason.strip()[:400],
            made_by_id=leaving.made_by,
            by_id=actor.user_id,
        )
        audit.record(
            actor=actor,
            action=f"outbound.{_VERBS[state]}",
            subject=("outbound", row.pk),
            new={"kind": row.kind, "file": row.file_name, "sha256": row.sha256,
                 "findings": _counted(findings)},
            why=row.reason,
            account_id=leaving.account_id,
        )  # fmt: skip
    return as_release(row)


_VERBS = {
    ReleaseState.RELEASED: "release",
    ReleaseState.WAITING: "hand_in",
    ReleaseState.BLOCKED: "block",
}


def _counted(findings: Findings) -> dict[str, int]:
    """Return how often each sort was found: the trail names no other customer."""
    counts: dict[str, int] = {}
    for one in findings.found:
        counts[one.leak.value] = counts.get(one.leak.value, 0) + 1
    return counts
