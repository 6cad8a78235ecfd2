"""Campaigns and expenses as values, through the accounts' door: foreign answers like missing."""

from __future__ import annotations

from datetime import MAXYEAR, date
from decimal import Decimal
from typing import Final

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.campaigns import models
from keystead.campaigns.types import (
    Campaign,
    Deliverable,
    Expense,
    ExpenseState,
    Posting,
    PostingKind,
    Proof,
    RecipientKind,
    Transfer,
)
from keystead.kernel.errors import NotFound
from keystead.kernel.money import Money
from keystead.kit.access import Actor
from keystead.kit.files.kept import kept

AREA: Final = "documents"
NO_EXPENSE = "There is no such expense, or it is not one of yours."
NO_CAMPAIGN = "There is no such campaign, or it is not one of yours."


def visible_expenses(actor: Actor) -> QuerySet[models.Expense]:
    """Return the stored expenses of the accounts whose campaigns the actor may read."""
    rows = models.Expense.objects.select_related("campaign")
    if not actor.can("campaigns.view"):
        return rows.none()
    return restrict(rows, actor, name="campaign")


def visible_campaigns(actor: Actor) -> QuerySet[models.Campaign]:
    """Return the stored campaigns the actor may read."""
    if not actor.can("campaigns.view"):
        return models.Campaign.objects.none()
    return restrict(models.Campaign.objects.all(), actor, name="campaign")


def expenses_for(
    actor: Actor,
    *,
    year: int | None = None,
    account_id: int | None = None,
    campaign_id: int | None = None,
    category: str = "",
    search: str = "",
) -> tuple[Expense, ...]:
    """Return the expenses the actor may read, by day; ``year`` is that of the expected day."""
    actor.require("campaigns.view")
    rows = visible_expenses(actor)
    if year is not None and not 1 <= year < MAXYEAR:
        return ()
    if year is not None:
        rows = rows.filter(on__gte=date(year, 1, 1), on__lt=date(year + 1, 1, 1))
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_for(actor, account_id).id))
    if campaign_id is not None:
        rows = rows.filter(campaign_id=campaign_id)
    if category:
        rows = rows.filter(category=category)
    if words := search.strip():
        rows = rows.filter(
            Q(title__icontains=words) | Q(payee__icontains=words) | Q(document__icontains=words)
            | Q(campaign__name__icontains=words)
        )  # fmt: skip
    return tuple(as_expense(row) for row in _counted(rows).order_by("on", "id"))


def expense_for(actor: Actor, expense_id: int) -> Expense:
    """Return an expense; NotFound when missing or foreign."""
    actor.require("campaigns.view")
    row = _counted(visible_expenses(actor)).filter(pk=expense_id).first()
    if row is None:
        raise NotFound(_(NO_EXPENSE), code="expense_not_found")
    return as_expense(row)


def campaigns_for(actor: Actor, *, account_id: int | None = None) -> tuple[Campaign, ...]:
    """Return the campaigns the actor may read, the latest first."""
    actor.require("campaigns.view")
    rows = visible_campaigns(actor)
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_for(actor, account_id).id))
    return tuple(as_campaign(row) for row in rows.order_by("-starts", "name"))


def campaign_for(actor: Actor, campaign_id: int) -> Campaign:
    """Return a campaign; NotFound when missing or foreign."""
    actor.require("campaigns.view")
    row = visible_campaigns(actor).filter(pk=campaign_id).first()
    if row is None:
        raise NotFound(_(NO_CAMPAIGN), code="campaign_not_found")
    return as_campaign(row)


def categories(actor: Actor) -> tuple[str, ...]:
    """Return the categories in use, to choose from."""
    rows = visible_expenses(actor).order_by("category").values_list("category", flat=True)
    return tuple(rows.distinct())


def proofs_of(expense_id: int) -> tuple[Proof, ...]:
    """Return what was shown for an expense. The caller came through the expense's door."""
    rows = models.ExpenseProof.objects.filter(expense_id=expense_id).select_related("by")
    return tuple(
        Proof(row.pk, row.text, row.file_name, row.sha256, row.size_bytes, str(row.by or ""),
              row.at)
        for row in rows
    )  # fmt: skip


def proof_content(actor: Actor, expense_id: int, proof_id: int) -> tuple[str, bytes]:
    """Return name and bytes of a file shown for an expense; NotFound when foreign or missing."""
    expense_for(actor, expense_id)
    row = models.ExpenseProof.objects.filter(pk=proof_id, expense_id=expense_id).first()
    if row is None or not row.sha256:
        raise NotFound(_("There is no such file."), code="proof_not_found")
    return row.file_name, kept(AREA, row.sha256)


def postings_of(expense_id: int) -> tuple[Posting, ...]:
    """Return what of an expense stands in the ledger, in the order it was written."""
    rows = models.ExpensePosting.objects.filter(expense_id=expense_id).select_related("by")
    return tuple(
        Posting(
            id=row.pk,
            kind=PostingKind(row.kind),
            amount=Money(row.amount, row.currency),
            on=row.on,
            batch_id=row.batch_id,
            reverses=row.reverses_id,
            reason=row.reason,
            by_name=str(row.by or ""),
            at=row.at,
        )
        for row in rows.order_by("id")
    )


def stored_expense(expense_id: int) -> Expense:
    """Return a stored expense. No rights are checked here."""
    rows = models.Expense.objects.select_related("campaign")
    return as_expense(_counted(rows).get(pk=expense_id))


def as_campaign(row: models.Campaign) -> Campaign:
    """Return the value that crosses rooms for a stored campaign."""
    return Campaign(
        row.pk, row.account_id, row.name, row.starts, row.last, row.category, row.note, row.version
    )


def as_expense(row: models.Expense) -> Expense:
    """Return the value that crosses rooms for a stored expense."""
    return Expense(
        id=row.pk,
        account_id=row.account_id,
        title=row.title,
        category=row.category,
        currency=row.currency,
        on=row.on,
        planned=Money(row.planned, row.currency),
        committed=_money(row.committed, row.currency),
        actual=_money(row.actual, row.currency),
        state=ExpenseState(row.state),
        waits=row.waits,
        campaign_id=row.campaign_id,
        campaign=row.campaign.name if row.campaign else "",
        fund_id=row.fund_id,
        product_id=row.product_id,
        product_code=row.product_code,
        payee=row.payee,
        ledger_code=row.ledger_code,
        note=row.note,
        transfer=Transfer(
            recipient=RecipientKind(row.recipient),
            recipient_id=row.recipient_id,
            recipient_country=row.recipient_country,
            category=row.transfer_category,
            consent=row.consent,
            hospitality_per_person=row.hospitality_per_person,
        ),
        service=Deliverable(
            is_service=row.is_service,
            what=row.deliverable,
            first=row.service_first,
            last=row.service_last,
            fair_value_note=row.fair_value_note,
        ),
        posted_on=row.posted_on,
        document=row.document,
        paid_on=row.paid_on,
        payment=row.payment,
        proofs=getattr(row, "shown", 0),
        version=row.version,
    )


def _counted(rows: QuerySet[models.Expense]) -> QuerySet[models.Expense]:
    shown = models.ExpenseProof.objects.filter(expense=OuterRef("pk")).order_by()
    count = shown.values("expense").annotate(number=Count("pk")).values("number")
    return rows.annotate(shown=Coalesce(Subquery(count), 0))


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
