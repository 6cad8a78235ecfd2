"""Title lists as values, through the accounts' door: foreign answers like missing."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, of_family, restrict
from keystead.connectors.counter import models
from keystead.connectors.counter.calc.kbart import coverage, write_kbart
from keystead.connectors.counter.types.kbart import Entitlement, TitleList
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor


def visible_lists(actor: Actor) -> QuerySet[models.EntitlementList]:
    """Return the stored lists of accounts that the actor may see."""
    rows = models.EntitlementList.objects.all()
    if not actor.can("ledger.view"):
        return rows.none()
    return restrict(rows, actor)


def stored_list(actor: Actor, list_id: int) -> models.EntitlementList:
    """Return a stored list; NotFound when it is missing or foreign."""
    row = visible_lists(actor).filter(pk=list_id).first()
    if row is None:
        raise NotFound(_("There is no such title list."), code="titles_not_found")
    return row


def lists_for(
    actor: Actor, *, account_id: int | None = None, in_force: bool = True
) -> tuple[TitleList, ...]:
    """Return title lists by package; those in force, or all."""
    rows = visible_lists(actor)
    if account_id is not None:
        rows = rows.filter(of_family(account_for(actor, account_id).id))
    if in_force:
        rows = rows.filter(replaced_by=None)
    found = list(rows.order_by("package", "account_id", "-pk"))
    counts = {
        of: (total, waiting)
        for of, total, waiting in models.EntitlementTitle.objects.filter(of__in=found)
        .values_list("of")
        .annotate(total=Count("pk"), waiting=Count("pk", filter=Q(product=None)))
    }
    return tuple(_as_list(row, *counts.get(row.pk, (0, 0))) for row in found)


def list_for(actor: Actor, list_id: int) -> TitleList:
    """Return one title list."""
    return as_list(stored_list(actor, list_id))


def titles_of(
    actor: Actor, list_id: int, *, on: date, waiting: bool = False, limit: int | None = None
) -> tuple[Entitlement, ...]:
    """Return the titles of a list by line, with what is open of each on a day."""
    of = stored_list(actor, list_id)
    rows = models.EntitlementTitle.objects.filter(of=of).order_by("line")
    if waiting:
        rows = rows.filter(product=None)
    return tuple(_as_title(row, of, on) for row in (rows[:limit] if limit else rows))


def kbart_of(actor: Actor, list_id: int) -> tuple[str, str]:
    """Return a list as a KBART file: its name and its text."""
    of = stored_list(actor, list_id)
    rows = models.EntitlementTitle.objects.filter(of=of).order_by("line")
    words = "_".join(part.replace(" ", "") for part in (of.provider or "Provider", of.package))
    return f"{words}_{of.as_of:%Y-%m-%d}.txt", write_kbart(rows.values_list("said", flat=True))


def as_list(row: models.EntitlementList) -> TitleList:
    """Return the value for a stored list."""
    titles = models.EntitlementTitle.objects.filter(of=row)
    return _as_list(row, titles.count(), titles.filter(product=None).count())


def _as_list(row: models.EntitlementList, titles: int, waiting: int) -> TitleList:
    return TitleList(
        id=row.pk,
        account_id=row.account_id,
        package=row.package,
        provider=row.provider,
        file_name=row.file_name,
        as_of=row.as_of,
        starts=row.starts,
        titles=titles,
        waiting=waiting,
        replaced=row.replaced_by_id is not None,
        version=row.version,
    )


def _as_title(row: models.EntitlementTitle, of: models.EntitlementList, on: date) -> Entitlement:
    said = row.said
    return Entitlement(
        id=row.pk,
        line=row.line,
        title=row.title,
        print_identifier=said.get("print_identifier", ""),
        online_identifier=said.get("online_identifier", ""),
        title_id=said.get("title_id", ""),
        kind=said.get("publication_type", ""),
        access=said.get("access_type", ""),
        embargo=said.get("embargo_info", ""),
        coverage=coverage(
            row.first_day, row.last_day, said.get("embargo_info", ""), on=on, starts=of.starts
        ),
        product_id=row.product_id,
        matched_by=row.matched_by,
    )
