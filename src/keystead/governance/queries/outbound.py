"""Releases as values, for those who may see their accounts."""

from __future__ import annotations

from keystead.governance import models
from keystead.governance.queries.compliance import rules
from keystead.governance.types.outbound import (
    Finding,
    Findings,
    Leak,
    Release,
    ReleaseState,
    Severity,
)
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.access.account_door import may_see_account

MOST = 100


def releases_for(actor: Actor, *, account_id: int | None = None) -> tuple[Release, ...]:
    """Return what was let out or stopped lately for accounts the actor may see, newest first."""
    _may(actor)
    rows = models.ReleaseRow.objects.select_related("by")
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    seen: dict[int, bool] = {}
    found = []
    for row in rows[: MOST * 5]:
        if row.account_id not in seen:
            seen[row.account_id] = may_see_account(actor, row.account_id)
        if seen[row.account_id]:
            found.append(as_release(row))
    return tuple(found[:MOST])


def release_for(actor: Actor, release_id: int) -> Release:
    """Return one release; NotFound when it is missing or its account is foreign."""
    _may(actor)
    row = models.ReleaseRow.objects.select_related("by").filter(pk=release_id).first()
    if row is None or not may_see_account(actor, row.account_id):
        raise NotFound("There is no such release, or it is not one of yours.", code="release")
    return as_release(row)


def was_released(account_id: int, sha256: str) -> bool:
    """Say whether this very file was let out for this account."""
    return models.ReleaseRow.objects.filter(
        account_id=account_id, sha256=sha256, state=ReleaseState.RELEASED.value
    ).exists()


def kept_of(account_id: int, sha256: str) -> tuple[Release, ...]:
    """Return what was decided about this very file for this account, newest first."""
    rows = models.ReleaseRow.objects.filter(account_id=account_id, sha256=sha256)
    return tuple(as_release(row) for row in rows.select_related("by"))


def open_request(account_id: int, sha256: str, findings: Findings) -> Release | None:
    """Return the request for a release of this very file, stopped for just this; None: none."""
    return next((one for one in kept_of(account_id, sha256)
                 if one.state is not ReleaseState.RELEASED
                 and one.findings == findings.found), None)  # fmt: skip


def release_covering(account_id: int, sha256: str, findings: Findings) -> Release | None:
    """Return the release of this very file that answers for all that is found in it today."""
    wanted = set(findings.found)
    return next((one for one in kept_of(account_id, sha256)
                 if one.state is ReleaseState.RELEASED
                 and (not wanted or (one.reason and wanted <= set(one.findings)))),
                None)  # fmt: skip


def may_let_out(actor: Actor, found: Release) -> bool:
    """Say whether the actor may let this out: not their own, and a block by compliance alone."""
    if found.state is ReleaseState.RELEASED or actor.user_id == found.made_by_id:
        return False
    if was_released(found.account_id, found.sha256):
        return False
    lifts = actor.can("compliance.decide")
    return lifts or (actor.can("export.data") and found.state is ReleaseState.WAITING)


def _may(actor: Actor) -> None:
    if not actor.can("compliance.decide"):
        actor.require("export.data")


def price_control_phrases() -> tuple[str, ...]:
    """Return the wording that R-02 looks for, as shipped or as the company set it."""
    for rule in rules():
        if rule.id == "R-02":
            return tuple(rule.trigger.get("phrases", ()))
    return ()


def as_release(row: models.ReleaseRow) -> Release:
    """Return the value of a stored release. No rights are checked here."""
    return Release(
        id=row.pk,
        account_id=row.account_id,
        kind=row.kind,
        name=row.file_name,
        sha256=row.sha256,
        state=ReleaseState(row.state),
        findings=tuple(
            Finding(one["place"], Leak(one["leak"]), Severity(one["severity"]), one["found"],
                    one["account"])
            for one in row.findings
        ),
        reason=row.reason,
        by_name=str(row.by or ""),
        made_by_id=row.made_by_id,
        at=row.at,
    )  # fmt: skip
