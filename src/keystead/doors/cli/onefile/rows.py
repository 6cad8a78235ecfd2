"""Chooses the rows of an account from every table, and cuts what leads to anybody else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import CharField, Field, ForeignKey, JSONField, Model, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.doors.cli.onefile.blind import Blind, without
from keystead.doors.cli.onefile.tables import (
    ACCOUNTS,
    EMPTIED,
    OF_ACCOUNT,
    OF_ROW,
    OWN_TEXTS,
    PEOPLE,
    WHOLE,
)

READER = "reader"
READER_ROLES = ("kam",)
_MOST = 500  # ids in one condition: some builds of SQLite take no more than 999 values
_NO_TEXT = ("hash", "sha256", "proof_id", "path", "mark", "effect_key")
Rows = dict[str, dict[Any, Model]]


@dataclasses.dataclass(frozen=True)
class Words:
    """What accounts are called: those that go along, and all others."""

    foreign_ids: frozenset[int]
    blind: Blind


def models_by_table() -> dict[str, type[Model]]:
    """Return every stored model by the name of its table."""
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def words_of(account_ids: frozenset[int]) -> Words:
    """Return what must not be said in the file, and what may."""
    known = models_by_table()
    own: set[str] = set()
    foreign: set[str] = set()
    ids: set[int] = set()
    for pk, code, name in known[ACCOUNTS]._base_manager.values_list("pk", "code", "name"):
        (own if pk in account_ids else foreign).update((code, name))
        if pk not in account_ids:
            ids.add(pk)
    codes = known["accounts_accountidentifier"]._base_manager
    for pk, value in codes.values_list("account_id", "value"):
        if pk in account_ids or len(value) >= 5:
            (own if pk in account_ids else foreign).add(value)
    return Words(frozenset(ids), Blind(foreign=foreign, own=own))


def choose(account_ids: frozenset[int], ledger: Iterable[Model], words: Words) -> Rows:
    """Return the rows that go along by table, in an order in which they can be inserted."""
    known = models_by_table()
    found: Rows = {table: _by_key(known[table]._base_manager.all()) for table in WHOLE}
    _without_people(found)
    for table, column in OF_ACCOUNT.items():
        found[table] = _by_key(_matching(known[table], column, account_ids))
    for table, column in OF_ROW.items():
        above = _target(known[table], column)
        found[table] = _by_key(_matching(known[table], column, found[above].keys()))
    for row in ledger:
        found.setdefault(row._meta.db_table, {})[row.pk] = row
    for table in ("ledger_batch",):
        found.setdefault(table, {})
    _clean(found, account_ids, words)
    _cut(found)
    found[PEOPLE] = _people(known[PEOPLE], found)
    return found


def _by_key(rows: Iterable[Model]) -> dict[Any, Model]:
    return {row.pk: row for row in rows}


def _matching(model: type[Model], column: str, wanted: Iterable[Any]) -> Iterator[Model]:
    ids = sorted(wanted)
    for start in range(0, len(ids), _MOST):
        chunk = {f"{column}__in": ids[start : start + _MOST]}
        yield from model._base_manager.filter(**chunk).order_by("pk")


def foreign_keys(model: type[Model]) -> list[tuple[ForeignKey[Any, Any], str]]:
    """Return the foreign keys of a model with the tables they lead to."""
    return [
        (field, field.remote_field.model._meta.db_table)
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey)
    ]


def _target(model: type[Model], column: str) -> str:
    return next(table for field, table in foreign_keys(model) if field.attname == column)


def _without_people(found: Rows) -> None:
    """Forget who kept the catalog and the calendars: they have nothing to do with the account."""
    for table in WHOLE:
        for row in found[table].values():
            for field, target in foreign_keys(type(row)):
                if target == PEOPLE and field.null:
                    setattr(row, field.attname, None)


def _clean(found: Rows, account_ids: frozenset[int], words: Words) -> None:
    cycles = found["forecasting_cyclerow"]
    for pk, row in list(cycles.items()):
        before = set(getattr(row, "accounts", ()))
        if before and not before & account_ids:
            del cycles[pk]
    for table, rows in found.items():
        if not rows:
            continue
        fields = texts_of(type(next(iter(rows.values()))))
        for row in rows.values():
            for name, value in EMPTIED.get(table, {}).items():
                setattr(row, name, value)
            for field in fields:
                _clean_value(row, field, words, own=table in OWN_TEXTS)


def texts_of(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the columns of a model in which a name could stand."""
    kinds = (CharField, TextField, JSONField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and not field.attname.endswith(_NO_TEXT)
    ]


def _clean_value(row: Model, field: Field[Any, Any], words: Words, *, own: bool) -> None:
    value = getattr(row, field.attname)
    if isinstance(field, JSONField):
        cut = _entry_of(field.attname, value, words.foreign_ids)
        setattr(row, field.attname, cut if own else words.blind.value(cut))
    elif isinstance(value, str) and not own:
        setattr(row, field.attname, words.blind(value))


def _entry_of(name: str, value: Any, foreign: frozenset[int]) -> Any:
    return without({name: value}, foreign)[name]


def _cut(found: Rows) -> None:
    """Drop what leads to a row that stays at home; where a column may be empty, empty it.

    A row can be led to by many: this goes on until nothing changes.
    """
    changed = True
    while changed:
        changed = False
        for rows in found.values():
            if not rows:
                continue
            keys = foreign_keys(type(next(iter(rows.values()))))
            for pk, row in list(rows.items()):
                for field, table in keys:
                    value = getattr(row, field.attname)
                    if value is None or table == PEOPLE or value in found.get(table, {}):
                        continue
                    changed = True
                    if field.null:
                        setattr(row, field.attname, None)
                    else:
                        rows.pop(pk, None)


def _people(model: type[Model], found: Rows) -> dict[Any, Model]:
    """Return the colleagues that rows speak of: their names, and nothing with which to sign in."""
    wanted: set[int] = set()
    for rows in found.values():
        for row in rows.values():
            for field, table in foreign_keys(type(row)):
                if table == PEOPLE and getattr(row, field.attname) is not None:
                    wanted.add(getattr(row, field.attname))
    people = _by_key(_matching(model, "pk", wanted))
    bare: dict[str, Any] = {
        "password": "!", "email": "", "last_login": None, "manager_id": None, "roles": [],
        "is_staff": False, "is_superuser": False, "password_ends": None,
    }  # fmt: skip
    for row in people.values():
        for name, value in bare.items():
            setattr(row, name, value)
    return people


def add_reader(found: Rows, account_ids: frozenset[int], language: str) -> str:
    """Add the one who reads the file: a person of no house, to whom its accounts are open.

    Returns the user name.
    """
    known = models_by_table()
    pk = max(found[PEOPLE], default=0) + 1
    name = READER
    while any(getattr(row, "username", "") == name for row in found[PEOPLE].values()):
        name += "-of-the-file"
    found[PEOPLE][pk] = known[PEOPLE](
        pk=pk, username=name, first_name=_("Reader of this file"), password="!",  # noqa: S106 # nosec B106
        roles=list(READER_ROLES), language=language, is_active=True,
    )  # fmt: skip
    shares = found["accounts_accountshare"]
    first = max(shares, default=0) + 1
    for place, account_id in enumerate(sorted(account_ids)):
        shares[first + place] = known["accounts_accountshare"](
            pk=first + place,
            account_id=account_id,
            user_id=pk,
            rights="read",
            reason=_("Opened from a hand-over file."),
            valid_from=timezone.localdate() - timedelta(days=1),
        )
    return name
