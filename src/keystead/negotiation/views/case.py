"""The cases, and one of them: issues, front, packages, offers, concessions, objections."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.negotiation import queries
from keystead.negotiation.calc.concessions import balance
from keystead.negotiation.queries.picture import Picture, picture_of, worth_of
from keystead.negotiation.queries.words import POINTS, STATES
from keystead.negotiation.services import needs_approval, request_on
from keystead.negotiation.types.room import Balance, Negotiation
from keystead.negotiation.views import charts, tables
from keystead.negotiation.views.signing import signed


@require_GET
@policy("negotiation.view")
def cases(request: HttpRequest) -> HttpResponse:
    """List the negotiations of the accounts one may see."""
    actor = actor_of(request)
    found = queries.negotiations_for(actor)
    names = {one.id: one.name for one in accounts_for(actor)}
    context = {"table": tables.cases(found, names), "none": not found}
    return render(request, "negotiation/cases.html", context)


@require_GET
@policy("negotiation.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the negotiations with an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = queries.negotiations_of(actor, account.id)
    context = {
        "account": account,
        "table": tables.cases(found),
        "none": not found,
        "may_edit": _writes(actor, account.id),
        "consortium": account.kind == "consortium",
    }
    return render(request, "negotiation/panel.html", context)


@require_GET
@policy("negotiation.view")
def case(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Show a case; what is ours alone only to who may know it."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    account = account_for(actor, found.account_id)
    private = queries.sees_private(actor)
    sent = queries.offers_of(actor, found.id)
    lines = queries.concessions_of(actor, found.id)
    writes = _writes(actor, account.id)
    worth = {one.key: _worth(found, one.package) for one in found.drafts}
    context: dict[str, Any] = {
        "negotiation": found,
        "account": account,
        "state": STATES[found.state],
        "private": private,
        "may_edit": writes,
        "consortium": account.kind == "consortium",
        "issues": tables.issues(found, private=private),
        "offers": tables.offers(found, sent, worth, private=private),
        "drafts": _drafts(found, worth) if writes else (),
        "ledger": tables.concessions(lines, balance(lines), private=private, unit=found.currency),
        "signings": signed(actor, found),
        "to_sign": _to_sign(actor, found, sent) if writes else (),
        "objections": tables.objections(
            queries.objections_of(actor, found.id), found.id, edits=writes
        ),
    }
    if private:
        context |= _private(found, sent, balance(lines) if lines else None)
    return render(request, "negotiation/case.html", context)


def _private(found: Negotiation, sent: Any, held: Balance | None) -> dict[str, Any]:
    """What only we may know: the picture, the floors, the price of what was given."""
    problem, seen = "", None
    try:
        seen = picture_of(found)
    except Invalid as error:
        problem = _(error.message)
    context: dict[str, Any] = {
        "problem": problem, "sides": tables.sides(found, seen), "balance": held,
        "message": _message(found, seen),
    }  # fmt: skip
    if seen is not None:
        context |= {
            "chart": charts.front(seen, sent, found.currency),
            "exact": seen.exact,
            "equal": tables.packages(
                found, seen,
                [(_("Package %(number)s") % {"number": at}, one)
                 for at, one in enumerate(seen.equal, 1)],
            ) if seen.equal else None,
            "equal_numbers": range(1, len(seen.equal) + 1),
            "named": tables.packages(
                found, seen, [(str(POINTS[name]), one) for name, one in seen.named.items()]
            ) if seen.named else None,
            "trades": seen.trades,
        }  # fmt: skip
    return context


def _message(found: Negotiation, seen: Picture | None) -> str:
    if seen is None:
        return _("Write down the issues: then both sides' value is worked out.")
    if not seen.has_zone:
        return _("There is no package that both would take rather than no deal.")
    inside = [one for one in seen.front if one.in_zone]
    most = max(one.worth.above_floor for one in inside)
    words = {
        "number": len(inside),
        "most": tables.value(most, seen.measures[0], found.currency),
    }
    return ngettext(
        "%(number)s package of the front suits both; at best we are %(most)s above our floor.",
        "%(number)s packages of the front suit both; at best we are %(most)s above our floor.",
        len(inside),
    ) % words  # fmt: skip


def _drafts(found: Negotiation, worth: dict[str, Any]) -> list[dict[str, Any]]:
    """The drafts with what each needs before it can be sent."""
    made = []
    for one in found.drafts:
        below = needs_approval(worth[one.key])
        request = request_on(found, one) if below else None
        state = request.state.value if request else ""
        made.append(
            {"key": one.key, "name": one.name, "below": below, "request": request,
             "waits": state == "open", "approved": state == "approved"}
        )  # fmt: skip
    return made


def _to_sign(actor: Actor, found: Negotiation, sent: Any) -> list[Any]:
    """The offers that may become an agreement, the latest first."""
    if not actor.can("agreements.edit"):
        return []
    done = {one.offer_id for one in queries.signings_of(actor, found.id)}
    return [one for one in reversed(sent) if one.id not in done][:4]


def _worth(found: Negotiation, package: Any) -> Any:
    try:
        return worth_of(found, package)
    except Invalid:
        return None


def _writes(actor: Actor, account_id: int) -> bool:
    return actor.can("negotiation.edit") and may_write(actor, account_id, name="terms")
