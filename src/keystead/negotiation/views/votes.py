"""Votes of a consortium: what comes out, who can stop it, what a vote weighs in truth."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import pct
from keystead.negotiation.calc.votes import blocking, tally, weights_of
from keystead.negotiation.calc.votes.power import power
from keystead.negotiation.forms.votes import VOTES, VotesForm
from keystead.negotiation.queries.fee_words import figure_word, problem
from keystead.negotiation.queries.voters import voters_of
from keystead.negotiation.types.plans import PlanMember
from keystead.negotiation.types.votes import HEADS, Blocking, Power, Tally, Voter, VotingRule
from keystead.negotiation.views.fee_tables import number

MOST_GROUPS = 50


@require_GET
@policy("negotiation.view")
def votes(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show a vote of a consortium by the rule and the votes that the address holds."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    members = voters_of(actor, account.id)
    form = VotesForm(request.GET, members=members)
    context: dict[str, Any] = {"account": account, "form": form, "none": not members}
    if members:
        context |= _result(form, members)
    part = request.headers.get("HX-Target") == "vote"
    name = "negotiation/parts/vote.html" if part else "negotiation/votes.html"
    return render(request, name, context)


def _result(form: VotesForm, members: Sequence[PlanMember]) -> dict[str, Any]:
    rule, voters = form.rule(), form.voters()
    try:
        counted = tally(rule, voters)
        stops = blocking(rule, voters, MOST_GROUPS)
        shares = power(rule, voters)
    except Invalid as error:
        text, hint = problem(error.code, error.data, error.message, "EUR")
        return {"problem": text, "hint": hint}
    names = {one.code: one.name for one in members}
    return {
        "message": _message(counted, stops, names),
        "count": _count(counted),
        "power": _power(rule, voters, stops, shares, names),
        "exact": shares.exact,
        "orders": shares.orders,
        "groups": _groups(stops, names),
        "more": stops.more,
        "most": MOST_GROUPS,
    }


def _message(counted: Tally, stops: Blocking, names: dict[str, str]) -> str:
    text = _("The motion passes.") if counted.passes else _("The motion fails.")
    if not counted.quorate:
        text += " " + _("The quorum is not there.")
    if counted.vetoed_by:
        text += " " + _("Vetoed by %(names)s.") % {
            "names": ", ".join(names[one] for one in counted.vetoed_by)
        }
    alone = [group[0] for group in stops.by_no if len(group) == 1]
    if alone:
        who = ", ".join(names[one] for one in alone[:5])
        return f"{text} {_('Alone can stop it: %(names)s.') % {'names': who}}"
    smallest = min((len(group) for group in stops.by_no), default=0)
    if not smallest:
        return f"{text} {_('Nobody can stop what the others want.')}"
    told = ngettext(
        "It takes %(number)s member at least to stop it.",
        "It takes %(number)s members at least to stop it.", smallest,
    ) % {"number": smallest}  # fmt: skip
    return f"{text} {told}"


def _count(counted: Tally) -> list[tuple[str, str]]:
    pairs = [
        (str(VOTES[name]), number(value))
        for name, value in zip(
            VOTES, (counted.yes, counted.no, counted.abstained), strict=False
        )
    ]  # fmt: skip
    if counted.yes_pct is not None:
        pairs.append((_("Share of yes"), pct(counted.yes_pct, 1)))
    pairs.append((_("Share present"), pct(counted.present_pct, 1)))
    if counted.short:
        pairs.append((_("Missing to pass"), number(counted.short)))
    return pairs


def _power(
    rule: VotingRule,
    voters: Sequence[Voter],
    stops: Blocking,
    shares: Power,
    names: dict[str, str],
) -> Table:
    weights = weights_of(rule.weight, voters)
    whole = sum(weights.values())
    columns = [
        Column("member", _("Member")),
        Column("vote", _("Vote"), hide="phone"),
        Column("weight", _("Weight"), "number", unit=figure_word(rule.weight), hide="phone",
               digits=0 if rule.weight == HEADS else None),
        Column("part", _("Share of the votes"), "pct", digits=1),
        Column("power", _("Power"), "pct", digits=1, unit="Shapley-Shubik"),
        Column("groups", _("In blocking groups"), "number", digits=0),
    ]  # fmt: skip
    groups = {*stops.by_no, *stops.by_absence}
    rows = [
        Row(
            {
                "member": Cell(names[one.code], sub=_("veto") if one.veto else ""),
                "vote": VOTES[one.vote],
                "weight": Decimal(weights[one.code].numerator) / weights[one.code].denominator,
                "part": Decimal(float(weights[one.code] / whole * 100)).quantize(Decimal("0.01")),
                "power": shares.shares[one.code],
                "groups": sum(one.code in group for group in groups),
            }
        )
        for one in voters
    ]
    rows.sort(key=lambda row: (-row.cells["power"], -row.cells["weight"]))
    return Table(columns, rows, _("What a vote weighs"), sortable=False)


def _groups(stops: Blocking, names: dict[str, str]) -> Table:
    columns = [
        Column("how", _("How")), Column("size", _("Members"), "number", digits=0),
        Column("who", _("Who"), wide=True),
    ]  # fmt: skip
    rows = [
        Row({"how": how, "size": len(group), "who": ", ".join(names[one] for one in group)})
        for how, found in (
            (_("by voting no"), stops.by_no), (_("by staying away"), stops.by_absence),
        )
        for group in found[:MOST_GROUPS]
    ]  # fmt: skip
    return Table(columns, rows, _("Smallest groups that can stop it"), sortable=False,
                 empty=_("Nobody can stop what the others want."))  # fmt: skip
