"""One opportunity: where it stands, what qualifies it, its lots and days, its history, its end."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for, may_write
from keystead.catalog.queries import product_for
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day, money_full, pct
from keystead.pipeline import queries
from keystead.pipeline.calc.chance import disagree
from keystead.pipeline.calc.days import deadlines
from keystead.pipeline.calc.gates import standing
from keystead.pipeline.calc.stages import QUALIFICATION, still_open, weighted
from keystead.pipeline.forms.opportunities import CheckForm
from keystead.pipeline.queries.deal_words import (
    CATEGORIES,
    CHECKS,
    DEAL_TRAITS,
    ENDINGS,
    KINDS,
    LOT_STATES,
    LOT_TONES,
    stage_name,
)
from keystead.pipeline.queries.words import REASONS
from keystead.pipeline.types.opportunities import LotState, Opportunity, OpportunityKind
from keystead.pipeline.types.renewals import Chance, Evidence
from keystead.pipeline.views.deals import TONES, deadline_words, next_stage

Pairs = list[tuple[str, Any]]


@require_GET
@policy("pipeline.view")
def opportunity(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """Show an opportunity."""
    actor, today = actor_of(request), timezone.localdate()
    found = queries.opportunity_for(actor, opportunity_id)
    account = account_for(actor, found.account_id)
    writes = found.open and actor.can("pipeline.edit") and may_write(actor, account.id, name="plan")
    shown = queries.qualification_of(found)
    model = queries.odds_now(found) if found.open else None
    ending = found.outcome.ending.value if found.outcome else ""
    context = {
        "deal": found,
        "account": account,
        "state": ENDINGS[ending] if ending else stage_name(found.stage),
        "tone": TONES.get(ending, ""),
        "kind": KINDS[found.kind.value],
        "days": [deadline_words(one) for one in deadlines(found, today)],
        "facts": _facts(actor, found),
        "money": _money(found),
        "tender": found.kind is OpportunityKind.TENDER,
        "lots": _lots(found, writes=writes),
        "checks": _checks(shown),
        "held": sum(one.done for one in standing(shown).values()),
        "of": len(QUALIFICATION),
        "model": model,
        "model_lines": _rules(model) if model else [],
        "apart": bool(model and disagree(found.pct, model.pct)),
        "outcome": _outcome(found),
        "history": _history(found),
        "stages": [
            (one.code, stage_name(one)) for one in queries.stages() if one.code != found.stage.code
        ],
        "next": next_stage(found.stage),
        "form": CheckForm() if writes else None,
        "writes": writes,
        "command": uuid.uuid4().hex,
    }
    return render(request, "pipeline/opportunity.html", context)


def _facts(actor: Actor, found: Opportunity) -> Pairs:
    names = [_product(actor, one) for one in found.product_ids]
    pairs: Pairs = [
        (_("Products"), ", ".join(name for name in names if name)),
        (_("What they want"), found.wanted),
        (_("Next step"), f"{found.next_step} · {day(found.next_on)}" if found.next_on else ""),
        (_("Competitors"), ", ".join(found.competitors)),
        (_("Owner"), found.owner_name or _("nobody")),
        (_("Number of the tender"), found.reference),
        (_("Questions until"), day(found.questions_until) if found.questions_until else ""),
        (_("Submit by"), day(found.submit_until) if found.submit_until else ""),
        (_("Submitted on"), day(found.submitted_on) if found.submitted_on else ""),
        (_("Note"), found.note),
    ]
    return [(label, word) for label, word in pairs if word]


def _product(actor: Actor, product_id: int) -> str:
    try:
        return product_for(actor, product_id).name
    except NotFound:
        return ""


def _money(found: Opportunity) -> Pairs:
    code = found.currency
    amount = money_full(found.amount, code) if found.amount is not None else _("not set")
    pairs: Pairs = [
        (_("Amount of a year"), amount),
        (_("Expected to close on"), day(found.expected_close)),
        (_("Forecast category"), str(CATEGORIES[found.category.value])),
        (_("Probability of the stage"), pct(found.stage.pct, 0)),
        (_("My probability"), pct(found.own_pct, 0) if found.own_pct is not None else ""),
        (_("Why not that of the stage"), found.pct_reason),
        (_("Weighted"), money_full(weighted(still_open(found), found.pct), code)
         if found.open and found.amount is not None else ""),
    ]  # fmt: skip
    return [(label, word) for label, word in pairs if word]


def _lots(found: Opportunity, *, writes: bool) -> Table | None:
    if found.kind is not OpportunityKind.TENDER:
        return None
    rows = [
        Row({
            "number": Cell(
                one.number, sub=one.title,
                href=reverse("pipeline:lot", args=[one.id]) if writes else "",
            ),
            "amount": one.amount, "deadline": one.deadline or found.submit_until,
            "state": Cell(LOT_STATES[one.state.value], tone=LOT_TONES.get(one.state.value, "")),
            "awarded": one.awarded if one.state is LotState.WON else None,
            "winner": one.winner or "–",
        })
        for one in found.lots
    ]  # fmt: skip
    columns = [
        Column("number", _("Lot")),
        Column("amount", _("Amount"), "number", unit=found.currency, digits=0),
        Column("deadline", _("Deadline"), "date"), Column("state", _("Outcome"), "tag"),
        Column("awarded", _("Awarded"), "number", unit=found.currency, digits=0, hide="phone"),
        Column("winner", _("Who won it"), hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Lots"), empty=_("No lot yet: the tender counts as a whole."))


def _checks(shown: tuple[Evidence, ...]) -> list[tuple[Any, Evidence | None]]:
    held = standing(shown)
    return [(CHECKS[item], held.get(item)) for item in QUALIFICATION]


def _rules(model: Chance) -> list[tuple[str, str]]:
    """Return the sums behind the model's probability, in words."""
    if model.pct is None:
        return []
    lines = [(_("All that reached this stage"), _share(model.won, model.closed, model.base_pct))]
    return lines + [
        (str(DEAL_TRAITS[one.code, one.value]), _share(one.won, one.closed, one.pct))
        for one in model.rules
    ]


def _share(won: int, closed: int, rate: Any) -> str:
    return _("%(won)s of %(closed)s won: %(pct)s") % {
        "won": won, "closed": closed, "pct": pct(rate, 0),
    }  # fmt: skip


def _outcome(found: Opportunity) -> Pairs:
    end = found.outcome
    if end is None:
        return []
    pairs: Pairs = [
        (_("Closed on"), day(end.closed_on)),
        (_("Final amount"), money_full(end.final, end.currency) if end.won else ""),
        (_("Amount it was to have"), money_full(end.amount, end.currency)
         if end.amount is not None else ""),
        (_("Manager had said"), pct(end.pct, 0)),
        (_("Model had said"), pct(end.model_pct, 0) if end.model_pct is not None else ""),
        (_("Main reason"), str(REASONS[end.reason.value])),
        (_("In their words"), end.note),
        (_("Who won it"), end.winner),
        (_("Their contract ends on"), day(end.winner_until) if end.winner_until else ""),
        (_("Document"), end.document),
        (_("By"), end.by_name),
    ]  # fmt: skip
    return [(label, word) for label, word in pairs if word]


def _history(found: Opportunity) -> Table:
    names = {one.code: stage_name(one) for one in queries.stages(retired=True)}
    rows = [
        Row({
            "at": one.at, "stage": Cell(names.get(one.after, one.after), sub=one.why),
            "pct": one.pct, "category": CATEGORIES[one.category.value], "amount": one.amount,
            "close": one.expected_close, "by": one.by_name or "–",
        })
        for one in queries.steps_of(found)
    ]  # fmt: skip
    columns = [
        Column("at", pgettext("history", "When"), "moment"), Column("stage", _("Stage")),
        Column("pct", _("Manager"), "pct", digits=0),
        Column("category", _("Forecast"), hide="phone"),
        Column("amount", _("Amount"), "number", unit=found.currency, digits=0, hide="phone"),
        Column("close", _("Expected to close on"), "date", hide="phone"),
        Column("by", _("By"), hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Steps"))
