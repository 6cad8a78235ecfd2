"""The one way out: whatever is written for a customer passes here, and stops where it must.

Every room that writes for a customer calls ``let_leave`` with the finished file. Who knows what
must not leave lies above all of them and registers itself (``register``); without it nothing
leaves.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from typing import TypeAlias

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.governance.queries.outbound import open_request, release_covering, release_for
from keystead.governance.queries.outbound_words import finding_body, findings_lines
from keystead.governance.services.forgetting import AREA
from keystead.governance.services.outbound import Leaving, hand_in
from keystead.governance.types.outbound import Findings, Outgoing, Release
from keystead.kernel.errors import Conflict, NotFound, SourceProblem
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.access.once import remembers
from keystead.kit.files.kept import keep, kept

Look: TypeAlias = Callable[[Actor, Outgoing], Findings]
_looks: list[Look] = []


def register(look: Look) -> None:
    """Set the function that says what of a document may not leave."""
    _looks[:] = [look]


def let_leave(*, actor: Actor, outgoing: Outgoing) -> Release:
    """Return the release with which a document may leave now; needs ``export.data``.

    A clean one is released, and that is kept once. One with findings leaves where somebody who may
    has released this very file with a reason; otherwise Conflict names each finding with place and
    reason, and it is kept as stopped for them to look at: once for the same file and findings, and
    never by a request that only reads. Frozen, one audit row.
    """
    (made,) = let_all_leave(actor=actor, outgoing=[outgoing])
    return made


def let_all_leave(*, actor: Actor, outgoing: Iterable[Outgoing]) -> tuple[Release, ...]:
    """Return the releases of documents that leave together: all of them, or none.

    As ``let_leave``; the first that is stopped is told.
    """
    actor.require("export.data")
    looked = [_looked(actor, one) for one in outgoing]
    for one in looked:
        if one.let is None and not one.findings.clean:
            raise stopped(one.leaving.name, one.findings, _asked(actor, one))
    with transaction.atomic():
        return tuple(
            one.let or hand_in(actor=actor, leaving=one.leaving, findings=one.findings)
            for one in looked
        )


@dataclasses.dataclass(frozen=True)
class _Looked:
    """A document with what was found; ``let``: the release with which it leaves."""

    leaving: Leaving
    findings: Findings
    let: Release | None
    content: bytes


def _asked(actor: Actor, one: _Looked) -> Release | None:
    """Return the request for a release; who only reads makes none."""
    if remembers():
        return open_request(one.leaving.account_id, one.leaving.sha256, one.findings)
    made = hand_in(actor=actor, leaving=one.leaving, findings=one.findings)
    keep(AREA, one.content)
    return made


def _looked(actor: Actor, outgoing: Outgoing) -> _Looked:
    sha256 = hashlib.sha256(outgoing.content).hexdigest()
    findings = look_at(actor, outgoing)
    return _Looked(
        Leaving(outgoing.account_id, outgoing.kind, outgoing.name, sha256, actor.user_id),
        findings,
        release_covering(outgoing.account_id, sha256, findings),
        outgoing.content,
    )


def look_at(actor: Actor, outgoing: Outgoing) -> Findings:
    """Return what of a document may not leave; Conflict where nobody can look."""
    if not _looks:
        raise Conflict(_("Nobody looks over what leaves here, so nothing leaves."),
                       code="outbound_closed")  # fmt: skip
    return _looks[0](actor, outgoing)


def stopped(name: str, findings: Findings, asked: Release | None) -> Conflict:
    """Return the refusal of a document: what was found in it and where, and who may let it out.

    ``asked`` None: nobody was asked to release it yet.
    """
    text = (
        _("“%(name)s” may not leave for the customer as it is.") if findings.blocked
        else _("“%(name)s” leaves for the customer once another person says why it may.")
    )  # fmt: skip
    return Conflict(
        text % {"name": name},
        code="outbound_blocked" if findings.blocked else "outbound_waiting",
        hint="\n".join([*findings_lines(findings), _who(findings, asked)]),
        release=asked.id if asked else None,
        look_at=f"/outbound/{asked.id}/" if asked else "",
        findings=[finding_body(one) for one in findings.found],
    )


def _who(findings: Findings, asked: Release | None) -> str:
    if asked is None:
        return (
            _("Compliance may release it; nobody has asked them yet.") if findings.blocked
            else _("Nobody has been asked to release it yet.")
        )  # fmt: skip
    text = (
        _("Compliance may release it: number %(number)s.") if findings.blocked
        else _("Release number %(number)s waits for them.")
    )  # fmt: skip
    return text % {"number": asked.id}


def released_file(*, actor: Actor, release_id: int) -> tuple[Release, bytes]:
    """Return a document that was stopped first and released since, to send; one audit row.

    NotFound for a foreign release, Conflict for one that is still stopped.
    """
    actor.require("export.data")
    found = release_for(actor, release_id)
    findings = Findings(found.findings)
    if release_covering(found.account_id, found.sha256, findings) is None:
        raise stopped(found.name, findings, found)
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
