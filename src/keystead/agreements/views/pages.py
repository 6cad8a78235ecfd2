"""The list of agreements, one agreement, and the panel of an account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.agreements import queries
from keystead.agreements.queries.agreements import intact, terms_of, working
from keystead.agreements.queries.funds import linked_funds
from keystead.agreements.queries.sentences import condition_parts, name_of, summary, terms_parts
from keystead.agreements.queries.spelled import told_to
from keystead.agreements.queries.words import FAMILIES, KINDS, STATES, TONES
from keystead.agreements.rules.life import RUNNING
from keystead.agreements.types import Agreement, AgreementVersion
from keystead.agreements.views.tabs import may_edit, tab_page
from keystead.governance.queries.approvals import latest
from keystead.governance.types.approvals import SubjectKind
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table

PAGE = 50


@policy("agreements.view")
def index(request: HttpRequest) -> HttpResponse:
    """List the agreements: filter, page."""
    actor, asked = actor_of(request), request.GET
    state, kind, words = asked.get("state", ""), asked.get("kind", ""), asked.get("q", "")
    found = queries.agreements_for(
        actor,
        state=state if state in STATES else "",
        kind=kind if kind in KINDS else "",
        search=words,
    )
    page = Paginator(found, PAGE).get_page(asked.get("page", "1"))
    names = {one.id: one.name for one in accounts_for(actor)}
    context = {
        "table": _table(page.object_list, names, _("Agreements"), _nothing(actor, asked)),
        "page": page,
        "total": len(found),
        "words": words,
        "selects": [
            ("state", _("State"), [(key, str(word)) for key, word in STATES.items()], state),
            ("kind", _("Kind"), [(key, str(word)) for key, word in KINDS.items()], kind),
        ],
        "may_edit": actor.can("agreements.edit"),
    }
    rows_only = request.headers.get("HX-Target") == "agreements"
    name = "agreements/panels/rows.html" if rows_only else "agreements/index.html"
    return render(request, name, context)


@policy("agreements.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the agreements of an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = queries.agreements_of_account(actor, account.id)
    context = {
        "account": account,
        "table": _table(found, {}, _("Agreements"), _nothing(actor, {})),
        "running": sum(one.state in RUNNING for one in found),
        "may_edit": actor.can("agreements.edit") and may_write(actor, account.id, name="terms"),
    }
    return render(request, "agreements/panels/account.html", context)


@policy("agreements.view")
def detail(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show the terms of an agreement in sentences, what changed, where it stands."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    wanted = request.GET.get("version", "")
    shown = next((v for v in found.versions if str(v.number) == wanted), found.versions[-1])
    before = next((v for v in reversed(found.versions) if v.number < shown.number), None)
    editable = may_edit(actor, found) and working(found.versions) == shown
    with told_to(actor):
        more = _told(actor, found, shown, before, editable=editable)
    return tab_page(request, found, "terms", "agreements/agreement.html", more)


def _told(
    actor: Actor,
    found: Agreement,
    shown: AgreementVersion,
    before: AgreementVersion | None,
    *,
    editable: bool,
) -> dict[str, Any]:
    """Return what the page of an agreement says of a version, to the one who reads it."""
    return {
        "version": shown,
        "version_state": STATES[shown.state.value],
        "versions": [(one.number, one == shown, STATES[one.state.value]) for one in found.versions],
        "whole": terms_parts(terms_of(shown), shown.currency),
        "conditions": [
            (name_of(one), condition_parts(one, shown.currency, shown.conditions))
            for one in shown.conditions
        ],
        "table": _conditions(found, shown) if editable else None,
        "redline": redline_table(before, shown) if before else None,
        "editable": editable,
        "funds": _funds(actor, found),
        "may_fund": actor.can("budgets.edit"),
        "approval": _approval(actor, shown),
        "intact": intact(found.id).get(shown.id),
        "may_log": actor.can("audit.view"),
    }


def _table(found: Iterable[Agreement], names: dict[int, str], caption: str, empty: str) -> Table:
    rows = [
        Row(
            {
                "number": Cell(
                    one.number, href=reverse("agreements:agreement", args=[one.id]), sub=one.title
                ),
                "account": names.get(one.account_id, one.customer_entity),
                "kind": str(KINDS[one.kind.value]),
                "starts": one.valid.start,
                "last": one.valid.last,
                "currency": one.currency,
                "state": Cell(str(STATES[one.state.value]), tone=TONES.get(one.state.value, "")),
            }
        )
        for one in found
    ]
    columns = [
        Column("number", _("Agreement")),
        *([Column("account", _("Customer"))] if names else []),
        Column("kind", _("Kind"), hide="phone"),
        Column("starts", _("First day"), "date", hide="phone"),
        Column("last", _("Last day"), "date", hide="phone"),
        Column("currency", _("Currency"), hide="phone"),
        Column("state", _("State"), "tag"),
    ]
    return Table(columns, rows, caption, empty=empty)


def _nothing(actor: Actor, asked: Mapping[str, str]) -> str:
    """Return what an empty list says: what to do first."""
    if any(asked.get(name) for name in ("q", "state", "kind")):
        return _("No agreement fits: widen the filter.")
    if actor.can("agreements.edit"):
        return _(
            "There is no agreement yet. Begin with “New agreement”: parties and dates first, "
            "then the conditions."
        )
    return _("There is no agreement on your accounts yet.")


def _conditions(found: Agreement, shown: AgreementVersion) -> Table:
    rows = []
    for one in shown.conditions:
        href = reverse("agreements:edit_condition", args=[found.id, one.key])
        rows.append(
            Row(
                {
                    "name": Cell(name_of(one), href=href, sub=str(FAMILIES[one.family.value])),
                    "terms": summary(one, shown.currency),
                    "examples": len(one.examples),
                    "gl": one.gl_code,
                }
            )
        )
    columns = [
        Column("name", _("Condition")),
        Column("terms", _("Tiers"), wide=True),
        Column("examples", _("Examples"), "number", hide="phone"),
        Column("gl", _("Ledger account"), "code", hide="phone"),
    ]
    empty = _("There are no conditions yet: add the first one.")
    return Table(columns, rows, _("Conditions"), empty=empty, sortable=False)


def _funds(actor: Actor, found: Agreement) -> Table | None:
    """Return the funds of an agreement, and which conditions are paid from them."""
    today = timezone.localdate()
    rows = [
        Row(
            {
                "name": Cell(
                    one.fund.head.name, href=reverse("campaigns:fund", args=[one.fund.id]),
                    sub=", ".join(name_of(condition) for condition in one.conditions),
                ),
                "budget": one.fund.balance.budget.amount,
                "committed": one.fund.balance.committed.amount,
                "spent": one.fund.balance.spent.amount,
                "left": one.fund.balance.available.amount,
                "expires": Cell(
                    one.fund.head.expires, tone="bad" if one.fund.head.expires < today else ""
                ),
            }
        )
        for one in linked_funds(actor, found)
    ]  # fmt: skip
    if not rows:
        return None
    money: dict[str, Any] = {"currency": found.currency, "digits": 2}
    columns = [
        Column("name", _("Fund")),
        Column("budget", _("Available in all"), "money", hide="phone", **money),
        Column("committed", _("Committed"), "money", hide="phone", **money),
        Column("spent", _("Spent"), "money", **money),
        Column("left", _("Left"), "money", **money),
        Column("expires", _("Expires"), "date", hide="phone"),
    ]
    return Table(columns, rows, _("Funds"), sortable=False)


def redline_table(before: AgreementVersion, shown: AgreementVersion) -> Table:
    """Return what differs between two versions, as a table of sentences."""
    rows = [
        Row({"place": entry.place, "old": entry.old, "new": entry.new})
        for entry in queries.redline(before, shown)
    ]
    columns = [
        Column("place", pgettext("redline", "Where")),
        Column("old", _("Before"), wide=True),
        Column("new", _("Now"), wide=True),
    ]
    return Table(columns, rows, _("What changes"), empty=_("Nothing changes."), sortable=False)


def _approval(actor: Actor, shown: AgreementVersion) -> dict[str, Any] | None:
    asked = latest(SubjectKind.AGREEMENT, str(shown.id))
    if asked is None:
        return None
    return {"id": asked.id, "by": asked.requested_by_name, "at": asked.requested_at}
