"""The tab "Settlements", one settlement with its lines, and its steps."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for
from keystead.agreements import queries, services
from keystead.agreements.forms.settling import (
    NoteForm,
    OpenForm,
    PartnerForm,
    PayeeForm,
    PayForm,
    ReverseForm,
    WhyForm,
)
from keystead.agreements.queries.settlements import due_on, settlement_for, settlements_of
from keystead.agreements.queries.traces import SETTLING, SETTLING_TONES
from keystead.agreements.rules.settling import DONE, may_follow
from keystead.agreements.types import (
    Agreement,
    Settlement,
    SettlementLine,
    SettlementState,
)
from keystead.agreements.views.earned import names_of
from keystead.agreements.views.tabs import may_edit, tab_page
from keystead.governance.queries.approvals import latest
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kernel.periods import month_start
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.kit.ui.tables import Cell, Column, Row, Table

S = SettlementState
PAY = "settlements.pay"
# step -> service, what is said, the capability
AT_ONCE: Final[dict[str, tuple[Callable[..., Settlement], Any]]] = {
    "calculate": (services.calculate, gettext_lazy("Calculated.")),
    "submit": (services.submit_settlement, gettext_lazy("It waits for approval.")),
}
ASKED: Final[dict[str, tuple[Callable[..., Settlement], Any, Any]]] = {
    "partner": (services.partner_agrees, PartnerForm, gettext_lazy("The customer agreed")),
    "payee": (services.edit_settlement, PayeeForm, gettext_lazy("Payee and day")),
    "issue": (services.issue_credit_note, NoteForm, gettext_lazy("Issue the credit note")),
    "pay": (services.pay, PayForm, gettext_lazy("It is paid")),
    "dispute": (services.dispute, WhyForm, gettext_lazy("The customer does not agree")),
    "resolve": (services.resolve, WhyForm, gettext_lazy("The dispute is resolved")),
    "write-off": (services.ask_write_off, WhyForm, gettext_lazy("Ask to write it off")),
    "reverse": (
        services.reverse_settlement,
        ReverseForm,
        pgettext_lazy("settlement", "Take it back"),
    ),
}
FINANCE: Final = frozenset({"issue", "pay", "reverse"})


@policy("agreements.view")
def settlements(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show the settlements of an agreement, and what would be due now."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    listed = settlements_of(actor, found.id)
    last = min(found.valid.last, _ended())
    lines: tuple[SettlementLine, ...] = ()
    wrong = ""
    if last in found.valid and queries.in_force(found).versions:
        try:
            lines = due_on(actor, found.id, last)
        except Invalid as error:
            wrong = f"{error} {error.hint}".strip()
    waiting = any(not one.posted and one.state not in DONE for one in listed)
    more = {
        "table": _list(listed),
        "due": lines_table(found, lines, _("Due now")) if lines else None,
        "last": last,
        "wrong": wrong,
        "may_open": _may(actor, found) and not waiting and bool(queries.in_force(found).versions),
    }
    return tab_page(request, found, "settlements", "agreements/tab_settlements.html", more)


@policy("settlements.edit")
def open_settlement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Open a settlement up to a day, and calculate it."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = OpenForm(request.POST or None, initial={"last": min(_ended(), found.valid.last)})

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.open_settlement(actor=actor, agreement_id=found.id, last=data["last"])
        services.calculate(actor=actor, settlement_id=made.id)
        return reverse("agreements:settlement", args=[made.id])

    page = Page(
        _("New settlement"), back=reverse("agreements:settlements", args=[found.id]),
        back_label=found.number, save_label=_("Calculate"), said=_("Calculated."),
        lede=_("What is earned up to that day, less what was settled before."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("agreements.view")
def settlement(request: HttpRequest, settlement_id: int) -> HttpResponse:
    """Show one settlement: its lines, where it stands, what may be done next."""
    actor = actor_of(request)
    found = settlement_for(actor, settlement_id)
    agreement = queries.agreement_for(actor, found.agreement_id)
    asked = latest(SubjectKind.SETTLEMENT, str(found.id))
    context = {
        "settlement": found,
        "agreement": agreement,
        "account": account_for(actor, agreement.account_id),
        "state": SETTLING[found.state.value],
        "tone": SETTLING_TONES.get(found.state.value, ""),
        "table": lines_table(agreement, found.lines, pgettext("settlement", "Lines")),
        "steps": _steps(actor, agreement, found, waits=bool(asked and asked.waiting_for)),
        "asked": asked,
        "facts": _facts(found),
        "may_export": actor.can("export.data"),
        "may_log": actor.can("audit.view"),
        "command": uuid.uuid4().hex,
    }
    return render(request, "agreements/settlement.html", context)


@require_POST
@policy("settlements.edit")
def settlement_step(request: HttpRequest, settlement_id: int, step: str) -> HttpResponse:
    """Go one step that needs nothing but the wish."""
    actor = actor_of(request)
    found = settlement_for(actor, settlement_id)
    if step not in AT_ONCE:
        raise Http404
    service, said = AT_ONCE[step]
    version = version_of(request) or found.version
    try:
        service(actor=actor, settlement_id=found.id, expected_version=version)
    except Invalid as error:
        messages.error(request, f"{error} {error.hint}".strip())
    else:
        messages.success(request, said)
    return redirect(reverse("agreements:settlement", args=[found.id]))


@policy("settlements.edit")
def settlement_asked(request: HttpRequest, settlement_id: int, step: str) -> HttpResponse:
    """Go one step that asks for a day, a number or a reason."""
    actor = actor_of(request)
    found = settlement_for(actor, settlement_id)
    if step not in ASKED:
        raise Http404
    service, form_class, title = ASKED[step]
    today = timezone.localdate()
    form = form_class(
        request.POST or None,
        initial={"on": today, "payee": found.payee, "due_on": found.due_on},
    )

    def save(data: dict[str, Any], version: int | None) -> str | None:
        try:
            made = service(
                actor=actor, settlement_id=found.id, expected_version=version or found.version,
                **data,
            )  # fmt: skip
        except NotAllowed as error:
            if not error.data.get("rule"):
                raise
            raise Invalid(f"{error} ({error.data['rule']}) {error.hint}".strip()) from error
        return reverse("agreements:settlement", args=[made.id])

    back = reverse("agreements:settlement", args=[found.id])
    page = Page(str(title), back=back, back_label=str(found.period), version=found.version)
    return edit_page(request, form, save, page)


def _ended() -> date:
    """The last day of the month that ended last."""
    return month_start(timezone.localdate()) - timedelta(days=1)


def lines_table(agreement: Agreement, lines: tuple[SettlementLine, ...], caption: str) -> Table:
    """Return the lines of a settlement with their sum."""
    names, locale = names_of(agreement), get_language() or "en"
    rows = [
        Row(
            {
                "name": Cell(names.get(one.condition, one.condition), sub=_of(one, locale)),
                "earned": one.entitlement.amount,
                "before": one.settled_before.amount,
                "due": one.due.amount,
            }
        )
        for one in lines
    ]
    if rows:
        sums = {
            "earned": sum((one.entitlement.amount for one in lines), Decimal(0)),
            "before": sum((one.settled_before.amount for one in lines), Decimal(0)),
            "due": sum((one.due.amount for one in lines), Decimal(0)),
        }
        rows.append(Row({"name": pgettext("settlement", "Due"), **sums}, total=True))
    money: dict[str, Any] = {"currency": agreement.currency, "digits": 2}
    columns = [
        Column("name", _("Condition")),
        Column("earned", _("Earned"), "money", **money),
        Column("before", _("Settled before"), "money", hide="phone", **money),
        Column("due", pgettext("settlement", "Due"), "money", **money),
    ]
    return Table(columns, rows, caption, empty=_("No period is over yet."), sortable=False)


def _of(one: SettlementLine, locale: str) -> str:
    """Return the period of a line, and what of it is not paid."""
    period = formats.period(one.period.start, one.period.end, locale=locale)
    return f"{period} · {kept}" if (kept := _kept(one)) else period


def _kept(one: SettlementLine) -> str:
    if one.carried:
        return _("%(amount)s held against later payments") % {"amount": one.carried}
    return _("%(amount)s stays with the customer") % {"amount": one.kept} if one.kept else ""


def _list(listed: tuple[Settlement, ...]) -> Table:
    rows = [
        Row(
            {
                "period": Cell(
                    one.period.last, href=reverse("agreements:settlement", args=[one.id])
                ),
                "total": one.total.amount,
                "note": one.credit_note,
                "due": one.due_on,
                "paid": one.paid_on,
                "state": Cell(
                    str(SETTLING[one.state.value]),
                    tone=SETTLING_TONES.get(one.state.value, ""),
                ),
            }
        )
        for one in listed
    ]
    currency = listed[0].currency if listed else ""
    columns = [
        Column("period", _("Up to"), "date"),
        Column("total", _("Amount"), "money", currency=currency, digits=2),
        Column("note", _("Credit note"), "code", hide="phone"),
        Column("due", _("Due on"), "date", hide="phone"),
        Column("paid", pgettext("settlement", "Paid on"), "date", hide="phone"),
        Column("state", _("State"), "tag"),
    ]
    return Table(
        columns, rows, _("Settlements"), sortable=False, empty=_("Nothing was settled yet.")
    )


def _may(actor: Actor, found: Agreement) -> bool:
    return actor.can("settlements.edit") and (actor.can(PAY) or may_edit(actor, found))


def _steps(
    actor: Actor, agreement: Agreement, found: Settlement, *, waits: bool
) -> list[tuple[str, str, bool]]:
    """Return what may be done next: name, words, and whether it asks for more on a page."""
    if not _may(actor, agreement):
        return []

    def can(then: SettlementState) -> bool:
        return may_follow(found.state, then, posted=found.posted)

    pays = actor.can(PAY)
    early = not found.posted and found.state not in (S.APPROVED, *DONE)
    possible = [
        ("issue", _("Issue the credit note"), True, pays and can(S.CREDIT_NOTE_ISSUED)),
        ("pay", _("It is paid"), True, pays and can(S.PAID)),
        ("submit", _("Ask for approval"), False, can(S.APPROVED) and not waits),
        ("partner", _("The customer agreed"), True, can(S.PARTNER_AGREED)),
        ("calculate", _("Calculate again"), False, can(S.CALCULATED)),
        ("payee", _("Payee and day"), True, early),
        ("dispute", _("The customer does not agree"), True, can(S.DISPUTED)),
        ("resolve", _("The dispute is resolved"), True, can(S.RESOLVED)),
        ("write-off", _("Ask to write it off"), True, can(S.WRITTEN_OFF)),
        (
            "reverse",
            pgettext("settlement", "Take it back"),
            True,
            pays and found.posted and not found.reverses,
        ),
    ]
    return [(name, words, page) for name, words, page, holds in possible if holds]


def _facts(found: Settlement) -> list[tuple[str, Any]]:
    locale = get_language() or "en"

    def day(value: date | None) -> str:
        return formats.day(value, locale=locale, year=True) if value else ""

    given = [
        (_("Payee"), found.payee),
        (_("Due on"), day(found.due_on)),
        (_("Agreed by"), found.partner),
        (_("Agreed on"), day(found.partner_on)),
        (_("Credit note"), found.credit_note),
        (_("Issued on"), day(found.issued_on)),
        (pgettext("settlement", "Paid on"), day(found.paid_on)),
        (pgettext("payment", "Reference"), found.reference),
        (_("Reason"), found.reason),
        (_("Inputs"), found.run_hash),
    ]
    return [(label, value) for label, value in given if value]
