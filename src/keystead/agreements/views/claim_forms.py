"""Forms around a claim: receive, change, check, decide, settle, write off; lists in Excel."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for, accounts_for
from keystead.agreements import services
from keystead.agreements.forms.claims import (
    ClaimForm,
    DecisionForm,
    RemarkForm,
    SettleForm,
    WriteOffForm,
)
from keystead.agreements.queries.claim_checks import look
from keystead.agreements.queries.claim_sheets import claims_template
from keystead.agreements.services.claim_sheets import entry_of
from keystead.agreements.types import Claim
from keystead.agreements.views.claim import actor_and_claim, left_of, page_of
from keystead.agreements.views.claims import may_claim
from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.sheets import EXCEL, download, problem_table, uploaded
from keystead.kit.ui.tags.numbers import money_full

LARGEST = 20 * 1024 * 1024


@policy("claims.edit")
def receive_claim(request: HttpRequest) -> HttpResponse:
    """Enter a claim a customer sent, or a deduction they took."""
    actor, asked = actor_of(request), request.GET.get("account", "")
    initial: dict[str, Any] = {"on": timezone.localdate()}
    if asked.isdecimal():
        account = account_for(actor, int(asked))
        initial |= {"account": account.id, "currency": account.currency}
    if number := request.GET.get("agreement", ""):
        initial["agreement_number"] = number[:40]
    form = ClaimForm(request.POST or None, initial=initial, accounts=_accounts(actor))

    def save(data: dict[str, Any], version: int | None) -> str:
        return page_of(services.receive_claim(actor=actor, entry=form.entry()))

    page = Page(
        _("New claim"),
        back=reverse("agreements:claims"),
        back_label=_("Claims"),
        lede=_("What the customer asks for or already took; it is matched on the next page."),
        said=_("Saved. Now set it against what is accrued."),
    )
    return edit_page(request, form, save, page)


@policy("claims.edit")
def edit_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Change a claim nobody decided yet."""
    actor, found = actor_and_claim(request, claim_id)
    initial = {**dataclasses.asdict(entry_of(found)), "account": found.account_id}
    form = ClaimForm(request.POST or None, initial=initial, accounts=_accounts(actor))
    form.fields["account"].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_claim(
            actor=actor,
            claim_id=found.id,
            expected_version=version or found.version,
            entry=form.entry(found.condition),
        )

    lede = _("What it was set against is undone: it starts anew.")
    return edit_page(request, form, save, _page(found, found.external_number, lede))


@policy("claims.edit")
def check_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Confirm that a claim was looked at."""
    actor, found = actor_and_claim(request, claim_id)
    form = RemarkForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.validate_claim(
            actor=actor,
            claim_id=found.id,
            today=timezone.localdate(),
            remark=data["remark"],
            expected_version=version or found.version,
        )

    lede = _("You looked at the errors, the flags and what was shown.")
    return edit_page(request, form, save, _page(found, _("Check"), lede))


@policy("claims.edit")
def decide_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Ask a second person to grant all, a part or nothing."""
    actor, found = actor_and_claim(request, claim_id)
    initial = {"amount": found.amount.quantised().amount, "reason": found.decision_reason}
    form = DecisionForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.propose_decision(
            actor=actor,
            claim_id=found.id,
            amount=data["amount"],
            reason=data["reason"],
            today=timezone.localdate(),
            expected_version=version or found.version,
        )

    lede = _("Zero rejects it. A second person approves; you cannot be both.")
    page = dataclasses.replace(
        _page(found, _("Decide"), lede),
        said=_("It waits for approval."),
        save_label=_("Ask for approval"),
    )
    return edit_page(request, form, save, page)


@policy("claims.edit", "accruals.post")
def settle_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Pay what was granted against the accruals."""
    actor, found = actor_and_claim(request, claim_id)
    form = SettleForm(request.POST or None, initial={"day": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.pay_claim(
            actor=actor,
            claim_id=found.id,
            on=data["day"],
            credit_note=data["credit_note"],
            expected_version=version or found.version,
        )

    lede = _("The accruals it is set against go down by what was granted.")
    return edit_page(request, form, save, _page(found, _("Settle"), lede))


@policy("claims.edit")
def write_off_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Ask a second person to give up what was not granted."""
    actor, found = actor_and_claim(request, claim_id)
    looked = look(actor, found, timezone.localdate())
    places = [
        (f"{one.accrual.agreement_id}:{one.accrual.condition}",
         f"{one.accrual.agreement_number}: {one.accrual.label} ({money_full(one.accrual.open)})")
        for one in looked.candidates
    ]  # fmt: skip
    places.append(("-", _("no accrual: only noted here")))
    initial = {"amount": left_of(found).quantised().amount}
    form = WriteOffForm(request.POST or None, initial=initial, places=places)

    def save(data: dict[str, Any], version: int | None) -> None:
        where, _colon, condition = data["place"].partition(":")
        services.propose_write_off(
            actor=actor,
            claim_id=found.id,
            amount=data["amount"],
            reason=data["reason"],
            agreement_id=int(where) if where.isdecimal() else None,
            condition=condition,
            expected_version=version or found.version,
        )

    lede = _("What the customer keeps although it was not granted. Two others approve.")
    page = dataclasses.replace(
        _page(found, _("Write the rest off"), lede),
        said=_("It waits for approval."),
        save_label=_("Ask for approval"),
    )
    return edit_page(request, form, save, page)


@policy("claims.edit")
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show how a list of claims comes in."""
    return render(request, "agreements/claim_sheets.html")


@policy("claims.edit")
def claim_template(request: HttpRequest) -> HttpResponse:
    """Send the empty list."""
    return download(claims_template(actor_of(request)), "keystead-claims.xlsx", EXCEL)


@require_POST
@policy("claims.edit")
def import_claims(request: HttpRequest) -> HttpResponse:
    """Check a list of claims, or write it: all rows or none."""
    dry_run = request.POST.get("do") != "write"
    try:
        content, name = uploaded(request, LARGEST)
        report = services.import_claims(
            actor=actor_of(request), content=content, name=name, dry_run=dry_run
        )
    except (SourceProblem, Invalid) as error:
        return render(request, "agreements/claim_sheets.html", {"refused": error}, status=422)
    if report.written:
        counts = {"created": report.created, "changed": report.changed, "same": report.unchanged}
        text = _("%(created)s new, %(changed)s changed, %(same)s as before.") % counts
        messages.success(request, text)
        return redirect("agreements:claims")
    context = {"report": report, "name": name, "table": problem_table(report)}
    status = 422 if report.problems else 200
    return render(request, "agreements/claim_sheets.html", context, status=status)


def _page(found: Claim, title: str, lede: str) -> Page:
    return Page(
        title,
        back=page_of(found),
        back_label=found.external_number,
        lede=lede,
        version=found.version,
    )


def _accounts(actor: Actor) -> list[tuple[int, str]]:
    return [
        (one.id, f"{one.name} ({one.code})")
        for one in accounts_for(actor)
        if may_claim(actor, one.id)
    ]
