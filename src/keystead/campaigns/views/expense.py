"""One expense: plan it, see where it stands, go its steps."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.agreements.queries.funds import funds_for
from keystead.campaigns import services
from keystead.campaigns.forms import (
    CommitForm,
    ExpenseForm,
    PayForm,
    PostForm,
    ProofForm,
    ReasonForm,
    initial_of,
)
from keystead.campaigns.queries import (
    campaigns_for,
    categories,
    expense_for,
    postings_of,
    proof_content,
    proofs_of,
)
from keystead.campaigns.queries.words import KINDS, RECIPIENTS, STATES, TONES, TRANSFERS
from keystead.campaigns.rules.life import EDITABLE
from keystead.campaigns.types import Expense, ExpenseState
from keystead.governance.queries.approvals import latest
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.kit.ui.sheets import download
from keystead.kit.ui.tables import Column, Row, Table
from keystead.kit.ui.tags.numbers import day, money_full

S = ExpenseState


@policy("campaigns.view")
def expense(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Show an expense: facts, where it stands, what was shown, what stands in the ledger."""
    actor = actor_of(request)
    found = expense_for(actor, expense_id)
    account = account_for(actor, found.account_id)
    writes = actor.can("campaigns.edit") and may_write(actor, account.id, name="campaign")
    context = {
        "expense": found,
        "account": account,
        "state": STATES[found.state.value],
        "tone": TONES.get(found.state.value, ""),
        "facts": _facts(found),
        "service": _service(found),
        "transfer": _transfer(found),
        "proofs": proofs_of(found.id),
        "proof_form": ProofForm(),
        "table": _postings(found),
        "writes": writes and found.state not in (S.PAID, S.CANCELLED),
        "steps": _steps(found, writes=writes, posts=actor.can("campaigns.post")),
        "asked": latest(SubjectKind.EXPENSE, str(found.id)),
        "command": uuid.uuid4().hex,
    }
    return render(request, "campaigns/expense.html", context)


@policy("campaigns.edit")
def plan(request: HttpRequest) -> HttpResponse:
    """Plan an expense."""
    actor, asked = actor_of(request), request.GET.get("account", "")
    initial: dict[str, Any] = {"on": timezone.localdate(), "recipient": "none"}
    if asked.isdecimal():
        account = account_for(actor, int(asked))
        initial |= {"account": account.id, "currency": account.currency}
    form = _form(request, actor, initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        return page_of(services.plan_expense(actor=actor, entry=form.entry()))

    page = Page(
        _("Plan an expense"),
        back=reverse("campaigns:index"),
        back_label=_("Expenses"),
        lede=_("It counts once it is approved."),
    )
    return edit_page(request, form, save, page)


@policy("campaigns.edit")
def edit(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Change what is not committed yet."""
    actor, found = _both(request, expense_id)
    form = _form(request, actor, initial_of(found))
    form.fields["account"].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_expense(
            actor=actor,
            expense_id=found.id,
            expected_version=version or found.version,
            entry=form.entry(),
        )

    return edit_page(request, form, save, _page(found, found.title, _("An approval is lost.")))


@require_POST
@policy("campaigns.edit")
def step(request: HttpRequest, expense_id: int, step: str) -> HttpResponse:
    """Put a plan up for approval."""
    actor, found = _both(request, expense_id)
    if step != "ask":
        raise Http404
    services.ask_for_approval(
        actor=actor, expense_id=found.id, expected_version=version_of(request)
    )
    messages.success(request, _("It waits for approval."))
    return redirect(page_of(found))


@policy("campaigns.edit")
def commit(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Promise money of an approved plan."""
    actor, found = _both(request, expense_id)
    initial = {"amount": found.planned.quantised().amount, "on": timezone.localdate()}
    form = CommitForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.commit_expense(
            actor=actor, expense_id=found.id, expected_version=version or found.version, **data
        )

    lede = _("At most what was approved: %(amount)s.") % {"amount": money_full(found.planned)}
    return edit_page(request, form, save, _page(found, _("Commit"), lede))


@policy("campaigns.edit")
def cancel(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Give an expense up."""
    actor, found = _both(request, expense_id)
    form = ReasonForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.cancel_expense(
            actor=actor,
            expense_id=found.id,
            reason=data["reason"],
            expected_version=version or found.version,
        )

    lede = _("What stands in the ledger is reversed; nothing is deleted.")
    return edit_page(request, form, save, _page(found, _("Cancel the expense"), lede))


@policy("campaigns.post")
def post(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Book what was spent."""
    actor, found = _both(request, expense_id)
    amount = (found.committed or found.planned).quantised().amount
    form = PostForm(
        request.POST or None, initial={"amount": amount, "on": timezone.localdate()}
    )  # fmt: skip

    def save(data: dict[str, Any], version: int | None) -> None:
        services.post_expense(
            actor=actor, expense_id=found.id, expected_version=version or found.version, **data
        )

    lede = _("At most what is committed. No payment without proof of service.")
    return edit_page(request, form, save, _page(found, _("Post"), lede))


@policy("campaigns.post")
def pay(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Note that it was paid."""
    actor, found = _both(request, expense_id)
    form = PayForm(request.POST or None, initial={"on": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.pay_expense(
            actor=actor, expense_id=found.id, expected_version=version or found.version, **data
        )

    return edit_page(
        request, form, save, _page(found, pgettext("expense", "Paid"), money_full(found.amount))
    )


@policy("campaigns.post")
def correct(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Take back what was posted."""
    actor, found = _both(request, expense_id)
    form = ReasonForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.correct_expense(
            actor=actor,
            expense_id=found.id,
            reason=data["reason"],
            expected_version=version or found.version,
        )

    lede = _("A correction is a reversal; then it is posted anew.")
    return edit_page(request, form, save, _page(found, _("Correct"), lede))


@require_POST
@policy("campaigns.edit")
def add_proof(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Keep what was shown."""
    actor, found = _both(request, expense_id)
    file = request.FILES.get("file")
    try:
        services.add_proof(
            actor=actor,
            expense_id=found.id,
            text=request.POST.get("text", ""),
            file_name=(file.name or "") if file else "",
            content=file.read() if file else b"",
        )
    except Invalid as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect(page_of(found))


@policy("campaigns.view")
def proof_file(request: HttpRequest, expense_id: int, shown_id: int) -> HttpResponse:
    """Send a file that was shown for an expense."""
    name, content = proof_content(actor_of(request), expense_id, shown_id)
    return download(content, name, "application/octet-stream")


def page_of(found: Expense) -> str:
    """Return the address of an expense."""
    return reverse("campaigns:expense", args=[found.id])


def accounts_to_plan(actor: Actor) -> list[tuple[int, str]]:
    """Return the accounts on which the actor may write campaigns, to choose from."""
    return [
        (one.id, f"{one.name} ({one.code})")
        for one in accounts_for(actor)
        if may_write(actor, one.id, name="campaign")
    ]


def _form(request: HttpRequest, actor: Actor, initial: dict[str, Any]) -> ExpenseForm:
    names = {one.id: one.name for one in accounts_for(actor)}
    campaigns = [
        (one.id, f"{one.name} ({names.get(one.account_id, '')})") for one in campaigns_for(actor)
    ]
    return ExpenseForm(
        request.POST or None,
        initial=initial,
        accounts=accounts_to_plan(actor),
        campaigns=campaigns,
        funds=[
            (one.id, f"{one.head.name} ({money_full(one.balance.available)})")
            for one in funds_for(actor)
        ],
        categories=categories(actor),
    )


def _both(request: HttpRequest, expense_id: int) -> tuple[Actor, Expense]:
    actor = actor_of(request)
    return actor, expense_for(actor, expense_id)


def _page(found: Expense, title: str, lede: str) -> Page:
    return Page(
        title, back=page_of(found), back_label=found.title, lede=lede, version=found.version
    )


def _facts(found: Expense) -> list[tuple[str, Any]]:
    pairs = [
        (_("Category"), found.category),
        (_("Campaign"), found.campaign),
        (_("Planned"), money_full(found.planned)),
        (_("Committed"), money_full(found.committed) if found.committed else ""),
        (_("Actual"), money_full(found.actual) if found.actual else ""),
        (_("Expected on"), day(found.on)),
        (_("Payee"), found.payee),
        (_("SKU"), found.product_code),
        (_("Ledger account"), found.ledger_code),
        (_("Posted on"), day(found.posted_on) if found.posted_on else ""),
        (_("Invoice or document"), found.document),
        (pgettext("date", "Paid on"), day(found.paid_on) if found.paid_on else ""),
        (_("Payment reference"), found.payment),
        (_("Note"), found.note),
    ]
    return [(label, word) for label, word in pairs if word]


def _service(found: Expense) -> list[tuple[str, Any]]:
    given = found.service
    if not given.is_service:
        return []
    dated = given.first is not None and given.last is not None
    return [
        (_("What is delivered"), given.what or None),
        (_("Delivered"), f"{day(given.first)} – {day(given.last)}" if dated else None),
        (_("Why the price is fair"), given.fair_value_note or None),
    ]


def _transfer(found: Expense) -> list[tuple[str, Any]]:
    given = found.transfer
    if not given.discloses:
        return []
    per_person = given.hospitality_per_person
    return [
        (_("It reaches"), str(RECIPIENTS[given.recipient.value])),
        (_("Recipient's register number"), given.recipient_id or None),
        (_("Recipient's country"), given.recipient_country or None),
        (_("Disclosed as"), str(TRANSFERS[given.category]) if given.category else None),
        (_("Agreed to be disclosed"), _("yes") if given.consent else _("no")),
        (_("Hospitality per person"), money_full(per_person, found.currency)
         if per_person is not None else None),
    ]  # fmt: skip


def _postings(found: Expense) -> Table:
    moved = postings_of(found.id)
    rows = [
        Row(
            {
                "on": one.on,
                "kind": str(KINDS[one.kind.value]),
                "amount": one.amount.amount,
                "why": one.reason,
                "by": one.by_name,
            },
            tone="past" if one.reverses else "",
        )
        for one in moved
    ]
    columns = [
        Column("on", _("Day"), "date"),
        Column("kind", _("Status")),
        Column("amount", _("Amount"), "money", currency=found.currency, digits=2),
        *(
            [Column("why", _("Reversed because"), wide=True)]
            if any(one.reason for one in moved)
            else []
        ),
        Column("by", _("By"), hide="phone"),
    ]
    empty = _("Nothing stands in the ledger yet: it begins with the approval.")
    return Table(columns, rows, _("In the ledger"), empty=empty, sortable=False)


def _steps(found: Expense, *, writes: bool, posts: bool) -> list[tuple[str, str, bool]]:
    """Return what may be done next: name, words, and whether it has a page of its own."""
    state = found.state
    if found.waits:
        return []
    possible = [
        ("ask", _("Ask for approval"), False, writes and state is S.PLANNED),
        ("commit", _("Commit"), True, writes and state is S.APPROVED),
        ("post", _("Post"), True, posts and state is S.PROVED),
        ("pay", pgettext("expense", "Paid"), True, posts and state is S.POSTED),
        ("correct", _("Correct"), True, posts and state is S.POSTED),
        ("edit", pgettext("verb", "Change"), True, writes and state in EDITABLE),
        ("cancel", _("Cancel the expense"), True, writes
         and state in (S.PLANNED, S.APPROVED, S.COMMITTED, S.PROVED)),
    ]  # fmt: skip
    return [(name, words, page) for name, words, page, holds in possible if holds]
