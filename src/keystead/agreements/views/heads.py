"""The head of an agreement: new, changed, copied."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.accounts.types import Account
from keystead.agreements import queries, services
from keystead.agreements.forms import HeadForm
from keystead.agreements.queries.agreements import terms_of, working
from keystead.agreements.queries.library import templates_for
from keystead.agreements.types import Agreement
from keystead.kernel.errors import Conflict
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page

KEPT = ("number", "title", "currency", "maker_entity", "customer_entity", "law", "notice_days")


@policy("agreements.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Begin an agreement with its parties and dates."""
    actor = actor_of(request)
    asked = request.GET.get("account", "")
    account = account_for(actor, int(asked)) if asked.isdecimal() else None
    year = year_to_write(timezone.localdate())
    initial: dict[str, Any] = {"starts": date(year, 1, 1), "last": date(year, 12, 31)}
    if account is not None:
        initial |= {"account": account.id, "currency": account.currency}
        initial["customer_entity"] = account.name
    initial["template"] = request.GET.get("template", "")
    known = [(one.id, one.name) for one in templates_for(actor)]
    form = HeadForm(
        request.POST or None, initial=initial, accounts=_accounts(actor), templates=known
    )

    def save(data: dict[str, Any], version: int | None) -> str:
        head, template = form.head(actor.user_id), data.get("template")
        if template:
            made = services.start_from_template(actor=actor, template_id=template, head=head)
        else:
            made = services.create_agreement(actor=actor, head=head)
        return page_of(made)

    page = Page(
        _("New agreement"),
        back=reverse("agreements:index"),
        back_label=_("Agreements"),
        lede=_("Parties and dates first; the conditions come on the next page."),
        said=_("Saved. Now add the conditions."),
    )
    return edit_page(request, form, save, page)


@policy("agreements.edit")
def edit(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Change parties and dates of what is not signed yet."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    draft = working(found.versions)
    if draft is None:
        raise Conflict(
            _("What is signed never changes."),
            code="terms_frozen",
            hint=_("Write an amendment: a new version from a day on."),
        )
    form = HeadForm(request.POST or None, initial=_initial(found), accounts=_accounts(actor))
    form.fields["account"].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_draft(
            actor=actor,
            agreement_id=found.id,
            expected_version=version or found.version,
            head=form.head(found.owner_id or actor.user_id),
            terms=terms_of(draft),
        )

    page = Page(
        found.number,
        back=page_of(found),
        back_label=found.number,
        lede=_("An approval is lost by a change: ask for it again."),
        version=found.version,
    )
    return edit_page(request, form, save, page)


@policy("agreements.edit")
def copy(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Begin next year's agreement, or that of a related account, from this one."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    span = found.valid.shift_years(1)
    initial = {**_initial(found), "number": "", "starts": span.start, "last": span.last}
    form = HeadForm(request.POST or None, initial=initial, accounts=_accounts(actor))

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.copy_agreement(
            actor=actor, agreement_id=found.id, head=form.head(actor.user_id)
        )
        return page_of(made)

    page = Page(
        _("Copy of %(number)s") % {"number": found.number},
        back=page_of(found),
        back_label=found.number,
        lede=_("Terms of another customer are confidential: they stay within one group."),
        said=_("Copied. Look at every condition before you ask for approval."),
    )
    return edit_page(request, form, save, page)


def page_of(found: Agreement) -> str:
    """Return the address of an agreement."""
    return reverse("agreements:agreement", args=[found.id])


def year_to_write(today: date) -> int:
    """Return the year a new agreement is for: next year's from July on.

    >>> year_to_write(date(2026, 6, 30)), year_to_write(date(2026, 7, 1))
    (2026, 2027)
    """
    return today.year + (today.month > 6)


def _initial(found: Agreement) -> dict[str, Any]:
    values = {name: getattr(found, name) for name in KEPT}
    return {
        **values,
        "account": found.account_id,
        "kind": found.kind.value,
        "starts": found.valid.start,
        "last": found.valid.last,
    }


def _accounts(actor: Actor) -> list[Account]:
    return [one for one in accounts_for(actor) if may_write(actor, one.id, name="terms")]
