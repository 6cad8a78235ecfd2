"""Creates the accounts and products that a file names and nobody knows yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.rules.fields import LENGTHS as ACCOUNT
from keystead.accounts.services import AccountValues, create_accounts
from keystead.accounts.types import AccountKind
from keystead.catalog.rules.fields import LENGTHS as PRODUCT
from keystead.catalog.services import ProductValues, create_products
from keystead.catalog.types import ProductKind
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.ledger.rules.fold import fold, fold_code
from keystead.ledger.services.desk import staging
from keystead.ledger.services.desk.countries import country_codes, country_column
from keystead.ledger.services.desk.work import Work, carry_on, require_open, work_on
from keystead.ledger.types.desk import MatchState

_FROM_FILE = frozenset({MatchState.UNKNOWN.value, MatchState.PROPOSED.value})
Progress = Callable[[int, int, str], None]


def create_from_file(
    *,
    actor: Actor,
    batch_id: int,
    kind: str,
    texts: Iterable[str] | None = None,
    as_kind: str = "",
    progress: Progress | None = None,
    start: bool = True,
) -> int:
    """Create the unknown accounts or products of a batch from the file; return how many.

    Needs ``ledger.import`` and ``accounts.edit`` or ``catalog.edit``. ``texts``: only these codes
    (as ``alias_text`` gives them); default all. Codes that are ambiguous are never created: a
    person says what they are; one that is too long for a code goes on waiting. A name serves
    where there is no code. ``as_kind``: kind of account
    or product. All are written in one transaction or none, each with its own trail row, by its
    own room.
    """
    actor.require("ledger.import")
    actor.require("accounts.edit" if kind == "account" else "catalog.edit")
    work = work_on(actor, batch_id)
    require_open(work, posted=True)
    longest = ACCOUNT["code"] if kind == "account" else PRODUCT["sku"]
    entries = _numbered(_entries(work, kind, None if texts is None else set(texts)), longest)
    (progress or _silent)(0, len(entries), "creating")
    if entries and kind == "account":
        _make_accounts(actor, work, entries, as_kind)
    elif entries:
        _make_products(actor, work, entries, as_kind)
    (progress or _silent)(len(entries), len(entries), "creating")
    if start:
        with transaction.atomic():
            work = work_on(actor, batch_id, lock=True)
            work.batch.save_checked(actor)
            carry_on(actor, work.batch)
    return len(entries)


def _entries(work: Work, kind: str, texts: set[str] | None) -> list[tuple[str, str]]:
    place = staging.folder_of(work.batch.pk) / staging.CHECKED / "matches.json"
    if not place.is_file():
        raise Invalid(_("The file is not checked yet."), code="not_checked")
    found: dict[str, tuple[str, str]] = {}
    for code, name, _rows, state, _target, _note, text in staging.read_json(place).get(kind, []):
        if state not in _FROM_FILE or (texts is not None and text not in texts):
            continue
        key = fold_code(code).upper() or f"n:{fold(name)}"
        known = found.get(key)
        if known is None or (name and not known[1]):
            found[key] = (code, name)
    return list(found.values())


def _make_products(
    actor: Actor, work: Work, entries: Mapping[str, tuple[str, str]], as_kind: str
) -> None:
    kind = ProductKind(as_kind or ProductKind.OTHER)
    rows: list[ProductValues] = [
        {"sku": sku, "name": _words(name) or sku, "kind": kind.value}
        for sku, (_code, name) in entries.items()
    ]
    create_products(actor=actor, rows=rows, source=_source(work))


def _make_accounts(
    actor: Actor, work: Work, entries: Mapping[str, tuple[str, str]], as_kind: str
) -> None:
    kind = AccountKind(as_kind or AccountKind.LEGAL_ENTITY)
    currency = work.columns.fields.get("currency")
    money = currency.constant.upper() if currency and len(currency.constant) == 3 else ""
    countries = _countries(work)
    rows: list[AccountValues] = [
        {
            "code": number,
            "name": _words(name) or number,
            "kind": kind.value,
            "country": countries.get(fold_code(code), ""),
            "currency": money,
        }
        for number, (code, name) in entries.items()
    ]
    create_accounts(actor=actor, rows=rows, source=_source(work))


def _numbered(entries: Iterable[tuple[str, str]], longest: int) -> dict[str, tuple[str, str]]:
    """Return the entries by the code each is to get; one that cannot get one is left out.

    A code that is too long is no code of ours, and its rows go on waiting. A name that is too
    long gives its beginning and a few signs that tell it from its like.
    """
    found: dict[str, tuple[str, str]] = {}
    taken: set[str] = set()
    for code, name in entries:
        number = fold_code(code) or _words(name)
        if not fold_code(code) and len(number) > longest:
            number = f"{number[: longest - 7].rstrip()}-{sha256(name.encode()).hexdigest()[:6]}"
        if len(number) <= longest and number.casefold() not in taken:
            taken.add(number.casefold())
            found[number] = (code, name)
    return found


def _words(name: str) -> str:
    return " ".join(name.split())[:200]


def _source(work: Work) -> str:
    return f"import {work.batch.pk}"


def _countries(work: Work) -> dict[str, str]:
    """Return the country that most rows of each account code name."""
    header, _column = country_column(work)
    rule = work.columns.fields.get("account")
    file = work.file
    if not header or rule is None or not rule.column or file is None:
        return {}
    rows, _rules = staging.load_rows(
        work.batch.pk, file, work.batch.options.get("sheets", []), frozenset()
    )
    text = pa.string()
    counts = (
        pa.table({"code": rows[rule.column].cast(text), "country": rows[header].cast(text)})
        .group_by(["code", "country"])
        .aggregate([([], "count_all")])
    )
    codes = country_codes()
    found: dict[str, str] = {}
    for row in counts.take(pc.sort_indices(counts["count_all"])).to_pylist():
        code = codes.get(fold(row["country"] or ""))
        if code:
            found[fold_code(row["code"] or "")] = code  # the commonest comes last
    return found


def _silent(_done: int, _total: int, _note: str) -> None:
    pass
