"""Claims from a workbook or CSV: all rows or none, each through the service the form uses."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_by_code
from keystead.agreements.queries.claim_sheets import CLAIMS
from keystead.agreements.queries.claims import stored_claim
from keystead.agreements.services.claims import edit_claim, receive_claim, same_number
from keystead.agreements.types import Claim, ClaimKind, ClaimReason
from keystead.agreements.types.claims import ClaimEntry
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.office.bulk import BulkReport, Outcome, run
from keystead.kit.office.reading import tables_of

Values = dict[str, Any]


def import_claims(
    *, actor: Actor, content: bytes | Path, name: str, dry_run: bool = False
) -> BulkReport:
    """Return what a list of claims did; needs ``claims.edit``, and each row its account.

    All rows are written or none; one more audit row names the file. Raises SourceProblem when
    the file cannot be read or has none of our columns.
    """
    actor.require("claims.edit")
    tables = tables_of(content, name=name)
    data = content if isinstance(content, bytes) else content.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    sheet = dataclasses.replace(CLAIMS, apply=lambda row: _write(actor, row))
    with transaction.atomic():
        report = run([sheet], tables, dry_run=dry_run)
        if report.written and report.created + report.changed:
            audit.record(
                actor=actor,
                action="claim.import",
                subject=("file", sha256),
                new={
                    "file": name,
                    "sha256": sha256,
                    "created": report.created,
                    "changed": report.changed,
                    "unchanged": report.unchanged,
                },
                source="import",
            )
    return report


def _write(actor: Actor, row: Values) -> Outcome:
    entry = _entry(actor, dict(row))
    known = next(iter(same_number(entry.account_id, entry.kind.value, entry.external_number)), None)
    if known is None:
        receive_claim(actor=actor, entry=entry)
        return "created"
    claim = stored_claim(known)
    given = set(row) - {"account"}
    before = entry_of(claim)
    merged = dataclasses.replace(before, **{key: getattr(entry, key) for key in given})
    if merged == before:
        return "unchanged"
    edit_claim(actor=actor, claim_id=known.pk, expected_version=None, entry=merged)
    return "changed"


def entry_of(claim: Claim) -> ClaimEntry:
    """Return a stored claim as what was entered."""
    return ClaimEntry(
        account_id=claim.account_id,
        external_number=claim.external_number,
        kind=claim.kind,
        reason=claim.reason,
        amount=claim.amount.amount,
        currency=claim.amount.currency,
        on=claim.on,
        agreement_number=claim.agreement_number,
        condition=claim.condition,
        invoice=claim.invoice,
        product_code=claim.product_code,
        wholesaler_code=claim.wholesaler_code,
        first=claim.period.start if claim.period else None,
        last=claim.period.last if claim.period else None,
        quantity=claim.quantity,
        unit_price=claim.unit_price,
        due_on=claim.due_on,
        customer_code=claim.customer_code,
        note=claim.note,
    )


def _entry(actor: Actor, row: Values) -> ClaimEntry:
    code = row.pop("account")
    try:
        account = account_by_code(actor, code)
    except NotFound as error:
        raise Invalid(
            _("There is no account with this code, or it is not one of yours."),
            code=error.code,
            hint=error.hint,
            field="account",
        ) from error
    row["kind"], row["reason"] = ClaimKind(row["kind"]), ClaimReason(row["reason"])
    return ClaimEntry(account_id=account.id, **row)
