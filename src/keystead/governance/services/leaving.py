"""The one way out: whatever is written for a customer passes here, and stops where it must.

Every room that writes for a customer calls ``let_leave`` with the finished file. Who knows what
must not leave lies above all of them and registers itself (``register``); without it nothing
leaves.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.governance.queries.outbound import kept_of, release_for
from keystead.governance.queries.outbound_words import findings_lines
from keystead.governance.services.outbound import Leaving, hand_in
from keystead.governance.types.outbound import Findings, Outgoing, Release, ReleaseState
from keystead.kernel.errors import Conflict, NotFound, SourceProblem
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files.kept import keep, kept

AREA: Final = "outbound"
Look: TypeAlias = Callable[[Actor, Outgoing], Findings]
_looks: list[Look] = []


def register(look: Look) -> None:
    """Set the function that says what of a document may not leave."""
    _looks[:] = [look]


def let_leave(*, actor: Actor, outgoing: Outgoing) -> Release:
    """Return the release with which a document may leave now; needs ``export.data``.

    A clean one is released, and that is kept once. One with findings leaves where somebody who may
    has released this very file with a reason; otherwise it is kept as stopped, for them to look
    at, and Conflict names each finding with place and reason. Frozen, one audit row.
    """
    (made,) = let_all_leave(actor=actor, outgoing=[outgoing])
    return made


def let_all_leave(*, actor: Actor, outgoing: Iterable[Outgoing]) -> tuple[Release, ...]:
    """Return the releases of documents that leave together: all of them, or none.

    As ``let_leave``; the first that is stopped is kept as such and told.
    """
    actor.require("export.data")
    looked = [_looked(actor, one) for one in outgoing]
    for one in looked:
        if one.let is None and not one.findings.clean:
            made = one.same or hand_in(actor=actor, leaving=one.leaving, findings=one.findings)
            keep(AREA, one.content)
            raise stopped(made)
    with transaction.atomic():
        return tuple(
            one.let or hand_in(actor=actor, leaving=one.leaving, findings=one.findings)
            for one in looked
        )


@dataclasses.dataclass(frozen=True)
class _Looked:
    """A document with what was found; ``let``: the release with which it leaves, ``same``: the
    row that keeps that it was stopped for just this."""

    leaving: Leaving
    findings: Findings
    let: Release | None
    same: Release | None
    content: bytes


def _looked(actor: Actor, outgoing: Outgoing) -> _Looked:
    sha256 = hashlib.sha256(outgoing.content).hexdigest()
    findings = look_at(actor, outgoing)
    before = kept_of(outgoing.account_id, sha256)
    return _Looked(
        Leaving(outgoing.account_id, outgoing.kind, outgoing.name, sha256, actor.user_id),
        findings,
        next((one for one in before if _covers(one, findings)), None),
        next((one for one in before if one.findings == findings.found
              and one.state is not ReleaseState.RELEASED), None),
        outgoing.content,
    )  # fmt: skip


def look_at(actor: Actor, outgoing: Outgoing) -> Findings:
    """Return what of a document may not leave; Conflict where nobody can look."""
    if not _looks:
        raise Conflict(_("Nobody looks over what leaves here, so nothing leaves."),
                       code="outbound_closed")  # fmt: skip
    return _looks[0](actor, outgoing)


def stopped(found: Release) -> Conflict:
    """Return the refusal of a document: what was found in it and where, and who may let it out."""
    blocked = found.state is ReleaseState.BLOCKED
    text = (
        _("“%(name)s” may not leave for the customer as it is.") if blocked
        else _("“%(name)s” leaves for the customer once another person says why it may.")
    )  # fmt: skip
    who = (
        _("Compliance may release it: number %(number)s.") if blocked
        else _("Release number %(number)s waits for them.")
    )  # fmt: skip
    findings = Findings(found.findings)
    lines = [*findings_lines(findings), who % {"number": found.id}]
    return Conflict(
        text % {"name": found.name},
        code="outbound_blocked" if blocked else "outbound_waiting",
        hint="\n".join(lines),
        release=found.id,
        look_at=f"/outbound/{found.id}/",
        findings=[
            {"place": one.place, "leak": one.leak.value, "severity": one.severity.value,
             "found": one.found}
            for one in found.findings
        ],
    )  # fmt: skip


def released_file(*, actor: Actor, release_id: int) -> tuple[Release, bytes]:
    """Return a document that was stopped first and released since, to send; one audit row.

    NotFound for a foreign release, Conflict for one that is still stopped.
    """
    actor.require("export.data")
    found = release_for(actor, release_id)
    if not any(
        one.state is ReleaseState.RELEASED and set(found.findings) <= set(one.findings)
        for one in kept_of(found.account_id, found.sha256)
    ):
        raise stopped(found)
    content = kept(AREA, found.sha256)
    audit.record(
        actor=actor, action="outbound.fetch", subject=("outbound", found.id),
        new={"file": found.name, "sha256": found.sha256}, account_id=found.account_id,
    )  # fmt: skip
    return found, content


def has_file(found: Release) -> bool:
    """Say whether the file of a release is kept here: only what was stopped is."""
    try:
        kept(AREA, found.sha256)
    except (NotFound, SourceProblem):
        return False
    return True


def _covers(one: Release, findings: Findings) -> bool:
    """Whether a release of the same file answers for all that is found in it today."""
    if one.state is not ReleaseState.RELEASED:
        return False
    return findings.clean or (bool(one.reason) and set(findings.found) <= set(one.findings))
