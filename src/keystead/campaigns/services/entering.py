"""Enter campaigns and plan expenses, change them, keep what was shown."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import family_ids
from keystead.agreements.queries.funds import funds_for
from keystead.agreements.services.documents import keep_shown
from keystead.campaigns import models
from keystead.campaigns.queries.expenses import (
    NO_CAMPAIGN,
    as_campaign,
    stored_expense,
    visible_campaigns,
)
from keystead.campaigns.rules.life import EDITABLE, may_follow
from keystead.campaigns.services.booking import reverse_all
from keystead.campaigns.services.loading import (
    account_to_plan,
    expense_to_write,
    keep,
    told,
    with_author,
)
from keystead.campaigns.types import (
    Campaign,
    CampaignEntry,
    Expense,
    ExpenseEntry,
    ExpenseState,
)
from keystead.catalog.queries import product_by_sku
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.money import currency_code
from keystead.kit import audit
from keystead.kit.access import Actor

S = ExpenseState


def create_campaign(*, actor: Actor, entry: CampaignEntry) -> Campaign:
    """Store a campaign; needs ``campaigns.edit`` on the account. One audit row."""
    account = account_to_plan(actor, entry.account_id)
    with transaction.atomic():
        row = models.Campaign(account_id=account.id)
        _fill_campaign(row, entry)
        row.save_checked(actor)
        _record(actor, row, "create", None)
    return as_campaign(row)


def edit_campaign(
    *, actor: Actor, campaign_id: int, expected_version: int | None, entry: CampaignEntry
) -> Campaign:
    """Change a campaign; its account stays. One audit row."""
    actor.require("campaigns.edit")
    with transaction.atomic():
        row = visible_campaigns(actor).select_for_update().filter(pk=campaign_id).first()
        if row is None:
            raise NotFound(_(NO_CAMPAIGN), code="campaign_not_found")
        account_to_plan(actor, row.account_id)
        old = row.snapshot()
        _fill_campaign(row, entry)
        row.save_checked(actor, expected_version)
        _record(actor, row, "edit", old)
    return as_campaign(row)


def plan_expense(*, actor: Actor, entry: ExpenseEntry) -> Expense:
    """Store a planned expense; needs ``campaigns.edit`` on the account. One audit row.

    Nothing is in the ledger before it is approved.
    """
    account = account_to_plan(actor, entry.account_id)
    with transaction.atomic():
        row = models.Expense(account_id=account.id)
        _fill(actor, row, entry)
        with_author(row, actor)
        keep(actor, row, "plan", None)
    return stored_expense(row.pk)


def edit_expense(
    *, actor: Actor, expense_id: int, expected_version: int | None, entry: ExpenseEntry
) -> Expense:
    """Change what is not committed yet; an approval is lost, its plan is taken back."""
    with transaction.atomic():
        row = expense_to_write(actor, expense_id)
        if ExpenseState(row.state) not in EDITABLE or row.waits:
            raise Conflict(_("Only a plan is changed. Cancel it and plan anew."), code="state")
        old = told(row)
        _fill(actor, row, entry)
        reverse_all(actor, row, _("The plan was changed."))
        row.state = S.PLANNED.value
        with_author(row, actor)
        keep(actor, row, "edit", old, expected=expected_version)
    return stored_expense(expense_id)


def add_proof(
    *,
    actor: Actor,
    expense_id: int,
    text: str = "",
    file_name: str = "",
    content: bytes = b"",
    expected_version: int | None = None,
) -> Expense:
    """Keep what shows that something was delivered; a committed expense is proved by it."""
    with transaction.atomic():
        row = expense_to_write(actor, expense_id)
        if ExpenseState(row.state) in (S.PAID, S.CANCELLED):
            raise Conflict(_("The expense is closed."), code="state")
        old = told(row)
        shown = keep_shown(actor=actor, text=text, file_name=file_name, content=content)
        models.ExpenseProof.objects.create(expense=row, by_id=actor.user_id, **shown)
        if may_follow(ExpenseState(row.state), S.PROVED) and row.state == S.COMMITTED.value:
            row.state = S.PROVED.value
        keep(actor, row, "prove", old, expected=expected_version)
    return stored_expense(expense_id)


def _fill_campaign(row: models.Campaign, entry: CampaignEntry) -> None:
    wrong: dict[str, str] = {}
    if not entry.name.strip():
        wrong["name"] = _("A campaign has a name.")
    if entry.last < entry.starts:
        wrong["last"] = _("It ends before it begins.")
    ids = family_ids(row.account_id)
    same = models.Campaign.objects.filter(account_id__in=ids, name__iexact=entry.name.strip())
    if same.exclude(pk=row.pk).exists():
        wrong["name"] = _("There is a campaign of this name.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="campaign", fields=wrong)
    row.name, row.category = entry.name.strip(), entry.category.strip()
    row.starts, row.last, row.note = entry.starts, entry.last, entry.note.strip()


def _record(actor: Actor, row: models.Campaign, verb: str, old: dict[str, Any] | None) -> None:
    audit.record(
        actor=actor,
        action=f"campaign.{verb}",
        subject=("campaign", row.pk),
        old=old,
        new=row.snapshot(),
        account_id=row.account_id,
    )


def _fill(actor: Actor, row: models.Expense, entry: ExpenseEntry) -> None:
    _check(entry)
    for name in ("title", "category", "product_code", "payee", "ledger_code", "note"):
        setattr(row, name, getattr(entry, name).strip())
    row.currency, row.planned, row.on = currency_code(entry.currency), entry.amount, entry.on
    row.campaign_id = _campaign(actor, row, entry.campaign_id)
    row.product_id = _product(actor, entry.product_code)
    row.fund_id = _fund(actor, row, entry.fund_id)
    service, transfer = entry.service, entry.transfer
    row.is_service, row.deliverable = service.is_service, service.what.strip()
    row.service_first, row.service_last = service.first, service.last
    row.fair_value_note = service.fair_value_note.strip()
    row.recipient, row.recipient_id = transfer.recipient.value, transfer.recipient_id.strip()
    row.recipient_country = transfer.recipient_country.strip().upper()
    row.transfer_category, row.consent = transfer.category, transfer.consent
    row.hospitality_per_person = transfer.hospitality_per_person


def _check(entry: ExpenseEntry) -> None:
    wrong: dict[str, str] = {}
    if not entry.title.strip():
        wrong["title"] = _("Say what it is.")
    if not entry.category.strip():
        wrong["category"] = _("An expense has a category.")
    if entry.amount <= 0:
        wrong["amount"] = _("An expense is above zero.")
    service = entry.service
    if (service.first is None) != (service.last is None):
        wrong["service_last"] = _("A period has two days.")
    elif service.first and service.last and service.last < service.first:
        wrong["service_last"] = _("The period ends before it begins.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="expense", fields=wrong)


def _campaign(actor: Actor, row: models.Expense, campaign_id: int | None) -> int | None:
    if campaign_id is None:
        return None
    found = visible_campaigns(actor).filter(pk=campaign_id).first()
    if found is None or found.account_id not in family_ids(row.account_id):
        text = _("The campaign is of another account.")
        raise Invalid(text, code="campaign", fields={"campaign": text})
    return found.pk


def _fund(actor: Actor, row: models.Expense, fund_id: int | None) -> int | None:
    if fund_id is None:
        return None
    found = next((one for one in funds_for(actor) if one.id == fund_id), None)
    same = found is not None and found.head.account_id in family_ids(row.account_id)
    if found is None or not same or found.head.currency != row.currency:
        text = _("The fund is of another account or currency.")
        raise Invalid(text, code="fund", fields={"fund": text})
    return found.id


def _product(actor: Actor, code: str) -> int | None:
    if not code.strip():
        return None
    try:
        return product_by_sku(actor, code).id
    except NotFound as error:
        text = _("There is no product with this SKU.")
        raise Invalid(text, code="product", fields={"product_code": text}) from error
