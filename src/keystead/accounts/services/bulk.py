"""Accounts from a workbook: all rows or none, each row through the service a form would use."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries import sheets
from keystead.accounts.queries.details import identifiers_for, profile_for, team_for
from keystead.accounts.queries.door import account_by_code, restrict
from keystead.accounts.queries.labels import profile_label
from keystead.accounts.queries.tree import groups_of
from keystead.accounts.rules import clean_identifier, fold, identifier_key
from keystead.accounts.services.accounts import create_account, edit_account
from keystead.accounts.services.identifiers import add_identifier, edit_identifier
from keystead.accounts.services.measures import set_measure
from keystead.accounts.services.memberships import add_membership, end_membership
from keystead.accounts.services.profile import set_profile
from keystead.accounts.services.team import assign_team, end_team
from keystead.accounts.types import Account, Scheme
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import User
from keystead.kit.office.bulk import BulkReport, BulkSheet, Outcome, Table, run
from keystead.kit.office.reading import tables_of

Values = dict[str, Any]


def import_accounts(
    *, actor: Actor, content: bytes | Path, name: str, dry_run: bool = False
) -> BulkReport:
    """Return what a workbook (or CSV) of accounts did; needs ``accounts.edit``.

    All rows are written or none, each through the service a form would use, with its audit row;
    one more audit row names the file and the counts. ``dry_run`` writes nothing and tells the
    same. Raises SourceProblem when the file cannot be read or has none of our sheets.
    """
    actor.require("accounts.edit")
    tables = tables_of(content, name=name)
    data = content if isinstance(content, bytes) else content.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    return import_tables(actor=actor, tables=tables, name=name, dry_run=dry_run, sha256=sha256)


def import_tables(
    *, actor: Actor, tables: list[Table], name: str, dry_run: bool = False, sha256: str = ""
) -> BulkReport:
    """Return what tables that were read already did; see ``import_accounts``."""
    actor.require("accounts.edit")
    writer = _Writer(actor, name)
    with transaction.atomic():
        report = run(writer.specs(), tables, dry_run=dry_run)
        if report.written and report.created + report.changed:
            audit.record(
                actor=actor,
                action="account.import",
                subject=("file", sha256[:64] or name[:64]),
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


class _Writer:
    """Writes one row of each sheet, and says what came of it."""

    def __init__(self, actor: Actor, name: str) -> None:
        self.actor = actor
        self.source = f"import {name}"[:40]

    def specs(self) -> list[BulkSheet]:
        writers: dict[str, Callable[[Values], Outcome]] = {
            "accounts": self.account,
            "identifiers": self.identifier,
            "memberships": self.membership,
            "measures": self.measure,
            "profile": self.profile,
            "team": self.team,
        }
        return [dataclasses.replace(spec, apply=writers[spec.key]) for spec in sheets.SHEETS]

    def account(self, row: Values) -> Outcome:
        version = row.pop("version", None)
        rows = models.Account.objects.filter(code__iexact=row["code"], merged_into=None)
        found = restrict(rows, self.actor).first()
        if found is None:
            create_account(actor=self.actor, source=self.source, **row)
            return "created"
        if version is not None and version != found.version:
            text = _("This account was changed after the export.")
            hint = _("Export again, then change it.")
            raise Conflict(text, code="stale", hint=hint, field="version")
        row["code"] = found.code
        after = edit_account(
            actor=self.actor, account_id=found.pk, version=version, source=self.source, **row
        )
        return "changed" if after.version != found.version else "unchanged"

    def identifier(self, row: Values) -> Outcome:
        account = self._account(row.pop("code"))
        scheme = Scheme(row["scheme"])
        value = clean_identifier(scheme, row["value"], country=account.country)
        wanted = (scheme, identifier_key(scheme, value), row.get("source", ""))
        for item in identifiers_for(self.actor, account):
            if (item.scheme, identifier_key(scheme, item.value), item.source) != wanted:
                continue
            if row.get("valid_from", item.span.valid_from) != item.span.valid_from:
                continue
            after = edit_identifier(
                actor=self.actor,
                identifier_id=item.id,
                version=item.version,
                value=value,
                source=item.source,
                valid_from=item.span.valid_from,
                valid_to=row.get("valid_to", item.span.valid_to),
            )
            return "changed" if after.version != item.version else "unchanged"
        add_identifier(actor=self.actor, account_id=account.id, **row)
        return "created"

    def membership(self, row: Values) -> Outcome:
        member = self._account(row.pop("code"))
        group = self._account(row.pop("group"), field="group")
        start, end = row.get("valid_from"), row.get("valid_to")
        for item in groups_of(self.actor, member):
            same = (item.group_id, item.role.value) == (group.id, row["role"])
            if not same or item.span.valid_from != start:
                continue
            if end is None or end == item.span.valid_to:
                return "unchanged"
            end_membership(
                actor=self.actor, membership_id=item.id, valid_to=end, version=item.version
            )
            return "changed"
        add_membership(actor=self.actor, member_id=member.id, group_id=group.id, **row)
        return "created"

    def measure(self, row: Values) -> Outcome:
        account = self._account(row.pop("code"))
        given = {key: value for key, value in row.items() if value is not None}
        before = models.AccountMeasure.objects.filter(
            account_id=account.id,
            kind=row["kind"],
            as_of=row["as_of"],
            source=row.get("source", ""),
        ).first()
        after = set_measure(actor=self.actor, account_id=account.id, **given)
        if before is None:
            return "created"
        return "changed" if after.version != before.version else "unchanged"

    def profile(self, row: Values) -> Outcome:
        account = self._account(row["code"])
        key = _profile_key(row["key"])
        entry = {item.key: item for item in profile_for(self.actor, account)}.get(key)
        if entry is None:
            text = _("There is no such profile field for this kind of account.")
            raise Invalid(text, code="profile_field", field="key")
        value, source = row.get("value", entry.value), row.get("source", entry.source)
        day = row.get("reviewed_on") or entry.reviewed_on or timezone.localdate()
        if (value, day, source) == (entry.value, entry.reviewed_on, entry.source):
            return "unchanged"
        set_profile(
            actor=self.actor,
            account_id=account.id,
            key=key,
            value=value,
            reviewed_on=day,
            source=source,
        )
        return "changed" if entry.id else "created"

    def team(self, row: Values) -> Outcome:
        account = self._account(row["code"])
        user = User.objects.filter(username__iexact=row["user"]).first()
        if user is None:
            raise Invalid(_("There is no such active user."), code="user", field="user")
        start, end = row.get("valid_from"), row.get("valid_to")
        for item in team_for(self.actor, account, history=True):
            if (item.user_id, item.role.value) != (user.pk, row["role"]):
                continue
            if start not in (None, item.span.valid_from):
                continue
            if end is None or end == item.span.valid_to:
                return "unchanged"
            end_team(actor=self.actor, team_id=item.id, valid_to=end, version=item.version)
            return "changed"
        assign_team(
            actor=self.actor,
            account_id=account.id,
            user_id=user.pk,
            role=row["role"],
            valid_from=start,
            valid_to=end,
        )
        return "created"

    def _account(self, code: str, field: str = "code") -> Account:
        try:
            return account_by_code(self.actor, code)
        except NotFound as error:
            raise Invalid(
                _("There is no account with this code, or it is not one of yours."),
                code=error.code,
                hint=error.hint,
                field=field,
            ) from error


def _profile_key(text: str) -> str:
    """Return the key of a profile field that was named by key or by label in any language."""
    wanted = fold(text.replace("_", " "))
    for field in models.ProfileField.objects.all():
        names = {fold(field.key.replace("_", " "))}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                names.add(fold(profile_label(field.key, field.label)))
        if wanted in names:
            return field.key
    raise Invalid(_("There is no such profile field."), code="profile_field", field="key")
