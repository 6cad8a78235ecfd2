"""Claims as a workbook: the list to fill in, and the export with what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from keystead.accounts.queries import accounts_for
from keystead.agreements.calc.claims import age_days
from keystead.agreements.queries.claim_words import CLAIM_KINDS, CLAIM_REASONS, CLAIM_STATES
from keystead.agreements.types import Claim
from keystead.kit.access import Actor
from keystead.kit.office.bulk import BulkSheet, Field, to_sheet
from keystead.kit.office.inside import inside_file
from keystead.kit.office.sheets import Column, Sheet, workbook

CLAIMS = BulkSheet(
    "claims",
    _lazy("Claims"),
    (
        Field("account", _lazy("Account code"), required=True),
        Field("external_number", _lazy("Claim number"), required=True),
        Field("kind", _lazy("Kind"), "choice", required=True, choices=tuple(CLAIM_KINDS.items())),
        Field(
            "reason", _lazy("Reason"), "choice", required=True, choices=tuple(CLAIM_REASONS.items())
        ),
        Field("amount", _lazy("Amount"), "money", required=True),
        Field("currency", _lazy("Currency"), required=True),
        Field("on", _lazy("Claim date"), "date", required=True),
        Field("agreement_number", _lazy("Agreement")),
        Field("condition", _lazy("Condition")),
        Field("invoice", _lazy("Invoice")),
        Field("product_code", _lazy("SKU")),
        Field("wholesaler_code", _lazy("Wholesaler code")),
        Field("first", _lazy("First day"), "date"),
        Field("last", _lazy("Last day"), "date"),
        Field("quantity", _lazy("Quantity"), "number"),
        Field("unit_price", _lazy("Price per unit"), "number"),
        Field("due_on", _lazy("Due"), "date"),
        Field("customer_code", _lazy("Their reason code")),
        Field("note", _lazy("Note")),
    ),
)
MORE = (
    Field("state", _lazy("State"), "choice", choices=tuple(CLAIM_STATES.items())),
    Field("age", _lazy("Age in days"), "integer"),
    Field("granted", _lazy("Granted"), "money"),
    Field("credit_note", _lazy("Credit note")),
)
EXPORT = BulkSheet("claims", CLAIMS.title, (*CLAIMS.fields, *MORE))


def claims_workbook(actor: Actor, claims: Iterable[Claim], today: date) -> bytes:
    """Return the claims as a workbook that can be sent back, marked as internal: it holds the
    claims of many accounts. Needs ``export.data``."""
    actor.require("export.data")
    made = workbook([to_sheet(EXPORT, _rows(actor, claims, today)), _notes()], title=_("Claims"),
                    author=actor.name)  # fmt: skip
    return inside_file(made, "xlsx")


def claims_template(actor: Actor) -> bytes:
    """Return the empty list with its headers, drop-down lists and notes."""
    return workbook([to_sheet(CLAIMS, ()), _notes()], title=_("Claims"), author=actor.name)


def _rows(actor: Actor, claims: Iterable[Claim], today: date) -> Iterator[dict[str, Any]]:
    codes = {one.id: one.code for one in accounts_for(actor)}
    for one in claims:
        yield {
            **{field.key: getattr(one, field.key, None) for field in CLAIMS.fields},
            "account": codes.get(one.account_id, ""),
            "kind": one.kind.value,
            "reason": one.reason.value,
            "amount": one.amount.amount,
            "currency": one.amount.currency,
            "first": one.period.start if one.period else None,
            "last": one.period.last if one.period else None,
            "state": one.state.value,
            "age": age_days(one, today),
            "granted": one.granted.amount if one.granted is not None else None,
            "credit_note": one.credit_note,
        }


def _notes() -> Sheet:
    lines = [
        _("One row for each claim of a customer."),
        _("A claim is found by account, kind and number; what is not decided yet is changed."),
        _("State, age, granted and credit note are only told: they are not read back."),
        _("If one row has a problem, no row is written; each problem names its cell."),
    ]
    return Sheet(_("How it works"), [Column(_("How it works"), width=100)], [[x] for x in lines])
