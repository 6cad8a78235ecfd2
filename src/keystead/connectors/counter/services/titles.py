"""Title lists of accounts: read, checked, matched with products, one in force for each package."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.catalog.queries import product_by_sku, product_dimension, product_keys
from keystead.connectors.counter import models
from keystead.connectors.counter.calc.entitled import entitled_months, entitled_rows
from keystead.connectors.counter.calc.kbart import read_kbart
from keystead.connectors.counter.queries.title_words import hint_of, message_of, place_of
from keystead.connectors.counter.queries.titles import as_list, stored_list
from keystead.connectors.counter.rules.titles import check_titles, fold, names_of, product_named
from keystead.connectors.counter.types import Finding, Severity
from keystead.connectors.counter.types.kbart import KbartList, KbartRow, TitleList
from keystead.kernel.errors import Invalid, NotFound, SourceProblem
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.quota import spend_upload
from keystead.ledger.services import keep_file, post_facts
from keystead.ledger.types import Mode

LARGEST = 64 * 1024 * 1024
ENTITLED = "entitlement"
_BY_HAND = "person"


@dataclasses.dataclass(frozen=True)
class TitlesRead:
    """A title list as read and checked; ``stored``: what became of it when it was loaded."""

    found: KbartList
    findings: tuple[Finding, ...]
    matched: int
    waiting: int
    stored: TitleList | None = None

    @property
    def sound(self) -> bool:
        return all(one.severity != Severity.ERROR for one in self.findings)


def read_titles(path: Path, *, name: str = "") -> tuple[KbartList, tuple[Finding, ...]]:
    """Return a title list and what is wrong with it. Raises SourceProblem when it is too big."""
    if path.stat().st_size > LARGEST:
        raise SourceProblem(
            _("The file is larger than the limit of %(size)s MB.") % {"size": LARGEST // 1_000_000},
            code="too_big",
            hint=_("Split it, for example by month."),
            file=name or path.name,
        )
    content = path.read_bytes()
    text, sure = _decoded(content)
    found = read_kbart(text, name or path.name)
    findings = check_titles(found)
    if not sure:
        said = Finding(
            "encoding", Severity.WARNING, "line 1", "The file is not UTF-8.",
            "It was read as Windows-1252: look at letters with accents.",
        )  # fmt: skip
        findings = (*findings, said)
    return found, findings


@dataclasses.dataclass(frozen=True, kw_only=True)
class ListEntry:
    """What a person says about a title list; where it is empty, the file's name says it.

    ``starts``: the first day of the contract, which parts backfile from frontfile (default: the
    first day of the list's year).
    """

    account_id: int
    package: str = ""
    provider: str = ""
    as_of: date | None = None
    starts: date | None = None


def load_titles(
    *, actor: Actor, entry: ListEntry, path: Path, name: str = "", post: bool = True
) -> TitlesRead:
    """Read, check and store the titles an account is entitled to; needs ``ledger.import``.

    The list takes the place of the one in force for the package. Titles that no product is
    known for wait. What it opens is posted as facts (``entitlement``), month by month. One audit
    row beside the batch's own. Raises Invalid when the list breaks a rule.
    """
    actor.require("ledger.import")
    account = account_for(actor, entry.account_id)
    found, findings = read_titles(path, name=name)
    provider = (entry.provider or found.provider).strip()[:120]
    matches = _matches(found.rows, provider)
    matched = sum(1 for product, _how in matches if product is not None)
    read = TitlesRead(found, findings, matched, len(found.rows) - matched)
    if not post:
        return read
    package, day = _place(read, entry)
    with transaction.atomic():
        spend_upload(actor=actor, size_bytes=path.stat().st_size)
        sha256, _size = keep_file(path)
        rows = models.EntitlementList.objects.select_for_update()
        before = rows.filter(account_id=account.id, package=package, replaced_by=None).first()
        if before is not None and before.sha256 == sha256 and before.as_of == day:
            return dataclasses.replace(read, stored=as_list(before))
        row = models.EntitlementList(
            account_id=account.id, package=package, provider=provider, sha256=sha256, as_of=day,
            file_name=(name or path.name)[:255], starts=entry.starts or date(day.year, 1, 1),
        )  # fmt: skip
        _put_in_force(actor, row, before)
        _store(row, found.rows, matches)
        _post(actor, row, found.rows, fresh=before is None)
        audit.record(
            actor=actor, action="usage.titles.load", subject=("title_list", row.pk),
            new={"package": package, "as_of": day.isoformat(), "titles": len(found.rows),
                 "waiting": read.waiting, "sha256": sha256,
                 "replaces": before.pk if before else None},
            account_id=account.id,
        )  # fmt: skip
    return dataclasses.replace(read, stored=as_list(row))


def _place(read: TitlesRead, entry: ListEntry) -> tuple[str, date]:
    """Return package and day of a sound list; Invalid when it is not sound, or says neither."""
    if not read.sound:
        worst = read.findings[0]
        raise Invalid(
            _("The title list is not loaded: %(why)s") % {"why": message_of(worst)},
            code="kbart", hint=hint_of(worst), place=place_of(worst),
        )  # fmt: skip
    day = entry.as_of or read.found.as_of
    package = (entry.package or read.found.package).strip()[:120]
    if day is None or not package:
        raise Invalid(
            _("Say of which package and which day the list is."), code="kbart_place",
            hint=_("Its name does not: Provider_Package_2026-01-31.txt."),
        )  # fmt: skip
    return package, day


def _store(
    row: models.EntitlementList,
    rows: tuple[KbartRow, ...],
    matches: list[tuple[int | None, str]],
) -> None:
    models.EntitlementTitle.objects.bulk_create(
        [
            models.EntitlementTitle(
                of=row, line=one.line, said=one.said, title=one["publication_title"][:400],
                first_day=one.first_day, last_day=one.last_day, product_id=product,
                matched_by=how,
            )
            for one, (product, how) in zip(rows, matches, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip


def _post(
    actor: Actor, row: models.EntitlementList, rows: tuple[KbartRow, ...], *, fresh: bool
) -> None:
    """Post what the list opens for a year: from the contract's first day, a later one from its own.

    Months before a newer list keep what was said then.
    """
    months = entitled_months(row.starts, row.as_of, fresh=fresh)
    post_facts(
        actor=actor, dataset=ENTITLED, source=f"KBART {row.account.code[:40]}: {row.package}",
        table=entitled_rows(rows, row.account_id, row.package, row.provider, months),
        lineage=f"{row.sha256} {row.account_id} {row.as_of}", mode=Mode.REPLACE, months=months,
    )  # fmt: skip


def match_title(*, actor: Actor, list_id: int, line: int, sku: str) -> int:
    """Say which product a title of a list is; returns how many lines of the list it settles.

    Needs ``ledger.import`` on the account. Later lists of the provider remember it by the
    title's own identifier. One audit row.
    """
    actor.require("ledger.import")
    row = stored_list(actor, list_id)
    product = product_by_sku(actor, sku)
    with transaction.atomic():
        title = models.EntitlementTitle.objects.filter(of=row, line=line).first()
        if title is None:
            raise NotFound(_("There is no such title."), code="title_not_found")
        same = models.EntitlementTitle.objects.filter(of=row, pk=title.pk)
        own = title.said.get("title_id", "")
        if own:
            same = models.EntitlementTitle.objects.filter(of=row, said__title_id=own)
        old = {"product_id": title.product_id}
        count = same.update(product_id=product.id, matched_by=_BY_HAND)
        audit.record(
            actor=actor, action="usage.titles.match", subject=("title_list", row.pk),
            old=old, new={"line": line, "product_id": product.id, "lines": count},
            account_id=row.account_id,
        )  # fmt: skip
    return count


def _put_in_force(
    actor: Actor, row: models.EntitlementList, before: models.EntitlementList | None
) -> None:
    """Store a list in the place of another: two are never in force at once."""
    if before is None:
        row.save_checked(actor)
        return
    package, row.package = row.package, f"{row.package[:100]} {row.sha256[:16]}"
    row.save_checked(actor)
    before.replaced_by = row
    before.save_checked(actor)
    row.package = package
    row.save_checked(actor)


def _matches(rows: tuple[KbartRow, ...], provider: str) -> list[tuple[int | None, str]]:
    known, remembered = _known(), _remembered(provider)
    found = []
    for row in rows:
        product, how = product_named(names_of(row), known)
        if product is None and row["title_id"] in remembered:
            product, how = remembered[row["title_id"]], _BY_HAND
        found.append((product, how))
    return found


def _known() -> dict[str, dict[str, frozenset[int]]]:
    """Return products by scheme and what they are called there, merged ones where they live on."""
    dimension = product_dimension()
    lives = dict(zip(*(dimension.column(name).to_pylist() for name in
                       ("product_id", "canonical_id")), strict=True))  # fmt: skip
    keys = product_keys()
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for product, scheme, value in zip(
        *(keys.column(name).to_pylist() for name in ("product_id", "scheme", "value")), strict=True
    ):
        if scheme != "name":
            found[scheme][fold(value)].add(lives[product])
    return {
        scheme: {value: frozenset(ids) for value, ids in named.items()}
        for scheme, named in found.items()
    }


def _remembered(provider: str) -> dict[str, int]:
    """Return what people answered about a provider's titles, by the title's own identifier."""
    if not provider:
        return {}
    rows = models.EntitlementTitle.objects.filter(
        of__provider=provider, matched_by=_BY_HAND
    ).order_by("pk")
    return {
        said["title_id"]: product
        for said, product in rows.values_list("said", "product_id")
        if said.get("title_id") and product is not None
    }


def _decoded(content: bytes) -> tuple[str, bool]:
    """Return the text, and whether its encoding is sure."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), False
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), False
