"""What every write begins and ends with: the door, the checks, one row in the trail."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.agreements import models
from keystead.agreements.queries.agreements import MISSING, visible
from keystead.agreements.queries.findings import places, sentence
from keystead.agreements.queries.naming import scopes_of
from keystead.agreements.rules.checking import Known
from keystead.agreements.rules.checking import check as findings
from keystead.agreements.rules.life import SIGNED
from keystead.agreements.services.drawing import refuse_unknown_funds
from keystead.agreements.types import (
    AgreementState,
    AgreementVersion,
    Condition,
    Finding,
    Terms,
)
from keystead.catalog.queries import group_names
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.governance.types.compliance import Level
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.metrics.calc.definitions import ALL

RESALE: Final = frozenset(metric.id for metric in ALL if metric.resale_price)
UNFILLED: Final = frozenset(
    {
        "rate_missing",
        "goods_missing",
        "targets_missing",
        "price_missing",
        "payment_terms",
    }
)  # figures that a template leaves open
LATER: Final = frozenset({"empty", "ledger_code"})  # a draft may still lack it


def row_to_write(actor: Actor, agreement_id: int) -> models.Agreement:
    """Return the locked row if the actor may write terms on its account."""
    actor.require("agreements.edit")
    row = visible(actor).select_for_update().filter(pk=agreement_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="agreement_not_found")
    account_to_write(actor, row.account_id, name="terms")
    return row


def working_row(row: models.Agreement) -> models.AgreementVersion:
    """Return the version that is not signed yet; Conflict when there is none."""
    found = _unsigned(row).first()
    if found is None:
        raise Conflict(
            _("What is signed never changes."),
            code="terms_frozen",
            hint=_("Write an amendment: a new version from a day on."),
        )
    return found


def has_working(row: models.Agreement) -> bool:
    """Return whether a version is still being written or waits for an answer."""
    return _unsigned(row).exists()


def _unsigned(row: models.Agreement) -> Any:
    signed = [state.value for state in SIGNED]
    rows = models.AgreementVersion.objects.select_for_update().filter(agreement=row)
    return rows.exclude(state__in=signed)


def check(
    actor: Actor,
    version: AgreementVersion,
    *,
    account_id: int,
    complete: bool = False,
    written_now: str | None = None,
) -> tuple[Finding, ...]:
    """Refuse terms that make no sense; return what somebody must look at.

    ``account_id``: whose terms they are, for the funds that conditions are paid from.

    ``written_now``: the condition that is being saved; others, begun from a template, may still
    lack the figures named in ``UNFILLED``.

    A draft may still lack what ``LATER`` names, a complete version not. What hangs on resale
    prices is stopped by rule R-01 and stays on record: call this outside the transaction of the
    write.
    """
    read = sorted(_metrics(version) & RESALE)
    if read:
        facts = {"reads_resale_price": True, "metrics": read}
        subject = ("agreement", version.agreement_id or content_hash(facts)[:12])
        refuse_if_stopped(screen(actor=actor, context="condition", subject=subject, facts=facts))
    known = Known(today=timezone.localdate(), resale_price_metrics=RESALE)
    found = tuple(
        one
        for one in findings(version, known)
        if not _at_signing(version, one)
        and (complete or one.code not in LATER)
        and not _unfilled(one, complete, written_now)
    )
    _known_groups(version)
    refuse_unknown_funds(version, account_id, only=None if complete else written_now)
    blocking = [one for one in found if one.level is Level.BLOCK]
    if blocking:
        told = places(blocking, version)
        raise Invalid(
            sentence(blocking[0], version),
            code=blocking[0].code,
            places=told,
            fields={"": " ".join(told.values())},
        )
    return found


def _known_groups(version: AgreementVersion) -> None:
    """Refuse a product group that the catalog does not have: its sales could never be told."""
    known = group_names()
    named = {row.group for row in version.prices if row.group}
    for scope in scopes_of(version):
        named |= {*scope.include.groups, *scope.exclude.groups}
    for group in sorted(named - known.keys()):
        told = _("There is no product group %(group)s.") % {"group": group}
        hint = _("Define it under products, or choose another.")
        raise Invalid(told, code="group_unknown", hint=hint, fields={"": told})


def draft_of(
    terms: Terms, currency: str, effective: Period, agreement_id: int = 0
) -> AgreementVersion:
    """Return terms as the version they would be, to look at them."""
    held = {field.name: getattr(terms, field.name) for field in dataclasses.fields(Terms)}
    return AgreementVersion(
        agreement_id=agreement_id, number=0, effective=effective, currency=currency, **held
    )


def _unfilled(finding: Finding, complete: bool, written_now: str | None) -> bool:
    other = written_now is not None and finding.condition != written_now
    return other and not complete and finding.code in UNFILLED


def _at_signing(version: AgreementVersion, finding: Finding) -> bool:
    """Return whether a baseline is only named so far: it is read from sell-in at signing."""
    condition = version.condition(finding.condition)
    if finding.code != "baseline_required" or condition is None or not condition.baseline:
        return False
    base = version.baseline(condition.baseline)
    return base is None or base.source == "sell_in"


def _metrics(version: AgreementVersion) -> set[str]:
    named = {target.metric for target in version.targets}
    for condition in version.conditions:
        named |= {condition.tier_metric, condition.benefit_metric}
        named |= {target.metric for target in condition.targets}
        named |= {gate.name for gate in condition.gates}
    return named


def told(row: models.Agreement) -> dict[str, Any]:
    """Return an agreement with its versions as the trail keeps it."""
    found = row.snapshot()
    for version in models.AgreementVersion.objects.filter(agreement=row).order_by("number"):
        found[f"version {version.number}"] = {
            "state": version.state,
            "starts": version.starts.isoformat(),
            "reason": version.reason,
        }
        found[f"terms {version.number}"] = version.terms
    return found


def keep(
    actor: Actor,
    row: models.Agreement,
    action: str,
    old: dict[str, Any] | None,
    *,
    expected: int | None = None,
    why: str = "",
) -> None:
    """Save the head under its version and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"agreement.{action}",
        subject=("agreement", row.pk),
        old=old,
        new=told(row),
        why=why,
        account_id=row.account_id,
    )


def write_state(
    row: models.Agreement, version: models.AgreementVersion, state: AgreementState
) -> None:
    """Move a version on; until the first one is active the agreement goes with it."""
    version.state = state.value
    version.save()
    if version.number == 1:
        row.state = state.value


def with_author(version: models.AgreementVersion, actor: Actor) -> None:
    """Remember who wrote a version: they may not approve it."""
    version.authors = sorted({*version.authors, actor.user_id or 0})


def condition_in(terms: Terms, key: str) -> Condition:
    """Return a condition of terms by its key; NotFound for one that is not there."""
    found = next((one for one in terms.conditions if one.key == key), None)
    if found is None:
        raise NotFound(_("There is no such condition."), code="condition_not_found")
    return found
