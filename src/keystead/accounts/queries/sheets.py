"""Accounts as a workbook: what each sheet holds, and the export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from keystead.accounts import models
from keystead.accounts.queries.door import restrict
from keystead.accounts.queries.groups import readable_values
from keystead.accounts.queries.labels import words_of
from keystead.accounts.types import (
    AccountKind,
    AccountStatus,
    Confidence,
    MeasureKind,
    MembershipRole,
    Scheme,
    TeamRole,
)
from keystead.kit.access import Actor
from keystead.kit.office.bulk import BulkSheet, Field, to_sheet
from keystead.kit.office.sheets import Column, Sheet, to_csv, workbook


def _choice(key: str, label: Any, kind: type[StrEnum], **more: Any) -> Field:
    return Field(key, label, "choice", choices=words_of(kind), **more)


_CODE = Field("code", _lazy("Account code"), required=True)
_FROM = Field("valid_from", _lazy("First day"), "date")
_UNTIL = Field("valid_to", _lazy("Last day"), "last_day")
_SOURCE = Field("source", _lazy("Source"))

ACCOUNTS = BulkSheet(
    "accounts",
    _lazy("Accounts"),
    (
        _CODE,
        Field("name", _lazy("Name"), required=True),
        _choice("kind", _lazy("Kind"), AccountKind, required=True),
        Field("country", _lazy("Country"), note=_lazy("Two letters: CN, FR")),
        Field("currency", _lazy("Currency"), note=_lazy("Three letters: CNY, EUR")),
        Field("segment", _lazy("Segment")),
        Field("territory", _lazy("Territory")),
        Field("channel", _lazy("Channel")),
        _choice("status", _lazy("Status"), AccountStatus),
        Field(
            "version",
            _lazy("Version"),
            "integer",
            note=_lazy("Leave it as exported: it finds changes made meanwhile."),
        ),
    ),
)
IDENTIFIERS = BulkSheet(
    "identifiers",
    _lazy("Identifiers"),
    (
        _CODE,
        _choice("scheme", _lazy("Scheme"), Scheme, required=True),
        Field("value", _lazy("Identifier"), required=True),
        _SOURCE,
        _FROM,
        _UNTIL,
    ),
)
MEMBERSHIPS = BulkSheet(
    "memberships",
    _lazy("Memberships"),
    (
        _CODE,
        _choice("role", _lazy("Role"), MembershipRole, required=True),
        Field("group", _lazy("Group code"), required=True),
        _FROM,
        _UNTIL,
        Field("weight", _lazy("Weight"), "number"),
        _SOURCE,
    ),
)
MEASURES = BulkSheet(
    "measures",
    _lazy("Measures"),
    (
        _CODE,
        _choice("kind", _lazy("Measure"), MeasureKind, required=True),
        Field("value", _lazy("Size"), "number", required=True),
        Field("unit", _lazy("Unit")),
        Field("currency", _lazy("Currency")),
        Field("as_of", _lazy("As of"), "date", required=True),
        _SOURCE,
        _choice("confidence", _lazy("Confidence"), Confidence),
        Field("note", _lazy("Note")),
    ),
)
PROFILE = BulkSheet(
    "profile",
    _lazy("Profile"),
    (
        _CODE,
        Field("key", _lazy("Field"), required=True),
        Field("value", _lazy("Answer")),
        Field("reviewed_on", _lazy("Reviewed on"), "date"),
        _SOURCE,
    ),
)
TEAM = BulkSheet(
    "team",
    _lazy("Team"),
    (
        _CODE,
        Field("user", _lazy("User"), required=True),
        _choice("role", _lazy("Role"), TeamRole, required=True),
        _FROM,
        _UNTIL,
    ),
)
SHEETS = (ACCOUNTS, IDENTIFIERS, MEMBERSHIPS, MEASURES, PROFILE, TEAM)


def accounts_workbook(actor: Actor) -> bytes:
    """Return every visible account with all that hangs on it, as a workbook that merges back.

    Needs ``export.data``. Merged accounts are left out; what hangs on them is written under the
    code of the account they live on in.
    """
    actor.require("export.data")
    rows: dict[str, Iterable[Mapping[str, Any]]] = {
        "accounts": _account_rows(actor),
        "identifiers": _identifier_rows(actor),
        "memberships": _membership_rows(actor),
        "measures": _measure_rows(actor),
        "profile": _profile_rows(actor),
        "team": _team_rows(actor),
    }
    sheets = [to_sheet(spec, rows[spec.key]) for spec in SHEETS]
    return workbook([*sheets, _notes()], title=_("Accounts"), author=actor.name)


def accounts_csv(actor: Actor) -> bytes:
    """Return the visible accounts as CSV, without what hangs on them. Needs ``export.data``."""
    actor.require("export.data")
    return to_csv(to_sheet(ACCOUNTS, _account_rows(actor)))


def accounts_template(actor: Actor) -> bytes:
    """Return the empty workbook with its headers, drop-down lists and notes."""
    sheets = [to_sheet(spec, ()) for spec in SHEETS]
    return workbook([*sheets, _notes()], title=_("Accounts"), author=actor.name)


def _notes() -> Sheet:
    lines = [
        _("One row for each account, identifier, membership, measure, answer or team member."),
        _("An account is found by its code; a code that is not there yet is created."),
        _("An empty cell empties the field; leave a column out to leave its field alone."),
        _("Rows that are not in the file stay as they are: nothing is deleted."),
        _("A last day belongs to the span; leave it empty while it goes on."),
        _("If one row has a problem, no row is written; each problem names its cell."),
    ]
    return Sheet(_("How it works"), [Column(_("How it works"), width=100)], [[x] for x in lines])


def _account_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    rows = restrict(models.Account.objects.filter(merged_into=None), actor)
    yield from rows.order_by("code").values(*(field.key for field in ACCOUNTS.fields))


def _identifier_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    rows = restrict(models.AccountIdentifier.objects.all(), actor)
    for row in _with_account(rows, "account").order_by("account__code", "scheme", "id"):
        yield {
            "code": _code(row.account),
            "scheme": row.scheme,
            "value": row.value,
            "source": row.source,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }


def _membership_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    rows = restrict(models.AccountMembership.objects.all(), actor, account="member_id")
    rows = _with_account(restrict(rows, actor, account="group_id"), "member", "group")
    for row in rows.order_by("member__code", "role", "valid_from", "id"):
        if row.member.canonical_key != row.group.canonical_key:
            yield {
                "code": _code(row.member),
                "role": row.role,
                "group": _code(row.group),
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "weight": row.weight,
                "source": row.source,
            }


def _measure_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    rows = restrict(models.AccountMeasure.objects.all(), actor)
    for row in _with_account(rows, "account").order_by("account__code", "kind", "as_of", "id"):
        yield {
            "code": _code(row.account),
            **{field.key: getattr(row, field.key) for field in MEASURES.fields[1:]},
        }


def _profile_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    rows = restrict(readable_values(actor).select_related("field"), actor)
    for row in _with_account(rows, "account").order_by("account__code", "field__position", "id"):
        yield {
            "code": _code(row.account),
            "key": row.field.key,
            "value": row.value,
            "reviewed_on": row.reviewed_on,
            "source": row.source,
        }


def _team_rows(actor: Actor) -> Iterator[dict[str, Any]]:
    rows = restrict(models.AccountTeamMember.objects.select_related("user"), actor)
    for row in _with_account(rows, "account").order_by("account__code", "valid_from", "id"):
        yield {
            "code": _code(row.account),
            "user": row.user.username,
            "role": row.role,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }


def _with_account(rows: QuerySet[Any], *names: str) -> QuerySet[Any]:
    return rows.select_related(*(f"{name}__canonical" for name in names))


def _code(account: models.Account) -> str:
    return (account.canonical or account).code
