"""One renewal: its days, its gates with what was shown, manager beside model, how it ended."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for, may_write
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tags.numbers import day, money_full, pct
from keystead.pipeline import queries
from keystead.pipeline.calc.chance import disagree
from keystead.pipeline.calc.gates import gates, standing
from keystead.pipeline.calc.notice import alert_due, next_term, notice_dates
from keystead.pipeline.calc.retention import split
from keystead.pipeline.forms.renewals import EvidenceForm
from keystead.pipeline.queries.words import (
    BOOKINGS,
    CLOSED_DAYS,
    ITEMS,
    REASONS,
    STATES,
    STEPS,
    TONES,
    UNITS,
    trait,
)
from keystead.pipeline.rules.renewals import CLOSED, after
from keystead.pipeline.types.renewals import Chance, Evidence, NoticeUnit, Renewal, RenewalState

S = RenewalState


@require_GET
@policy("pipeline.view")
def renewal(request: HttpRequest, renewal_id: int) -> HttpResponse:
    """Show a renewal."""
    actor, today = actor_of(request), timezone.localdate()
    found = queries.renewal_for(actor, renewal_id)
    account = account_for(actor, found.account_id)
    writes = actor.can("pipeline.edit") and may_write(actor, account.id, name="plan")
    shown = queries.evidence_of(found)
    model = queries.chance_of(found, today=today, shown=shown) if found.open else None
    context = {
        "renewal": found,
        "account": account,
        "state": STATES[found.state.value],
        "tone": TONES.get(found.state.value, ""),
        "message": _message(found),
        "days": _days(found),
        "money": _money(found),
        "gates": _gates(found, shown) if found.open else [],
        "shown": shown,
        "items": ITEMS,
        "model": model,
        "model_lines": _rules(model) if model else [],
        "apart": bool(model and disagree(found.manager_pct, model.pct)),
        "outcome": _outcome(found),
        "steps": _steps(actor, found) if writes else [],
        "form": EvidenceForm() if writes and found.open else None,
        "writes": writes and found.open,
        "successor": queries.successor_of(actor, found) if found.open else None,
        "command": uuid.uuid4().hex,
    }
    return render(request, "pipeline/renewal.html", context)


def _message(found: Renewal) -> str:
    """Return what matters first about the notice."""
    dates = notice_dates(found.last, found.notice)
    if not found.open or dates is None:
        return ""
    left = (dates.send_by - timezone.localdate()).days
    warning = alert_due(dates.send_by, timezone.localdate())
    if warning == 0:
        if found.notice.auto_renew_months:
            return _("The notice day is over: it renews itself unless both sides agree otherwise.")
        return _("The notice day is over.")
    return ngettext("%(left)s day until notice", "%(left)s days until notice", left) % {
        "left": left
    }


def _days(found: Renewal) -> list[tuple[str, Any]]:
    rule, dates = found.notice, notice_dates(found.last, found.notice)
    pairs: list[tuple[str, Any]] = [
        (_("First day"), day(found.starts) if found.starts else ""),
        (_("Last day of the term"), day(found.last)),
    ]
    if dates is not None and rule.amount is not None:
        unit = UNITS[rule.unit.value]
        of = f" ({rule.country})" if rule.unit is NoticeUnit.BUSINESS_DAYS else ""
        pairs += [
            (_("Notice"), f"{rule.amount} {unit}{of}"),
            (_("Last day for notice"), day(dates.deadline)),
            (_("Send it by"), day(dates.send_by) if dates.send_by != dates.deadline else ""),
            (_("When the last day is a weekend or holiday"),
             CLOSED_DAYS[rule.closed_day.value] if rule.country else ""),
        ]  # fmt: skip
    else:
        pairs.append((_("Notice"), _("none agreed")))
    following = next_term(found.last, rule)
    pairs.append(
        (_("If nobody acts"), _("it renews itself until %(day)s") % {"day": day(following)}
         if following else _("it ends"))
    )  # fmt: skip
    pairs.append((_("Looked at again on"), day(found.paused_until) if found.paused_until else ""))
    return [(label, word) for label, word in pairs if word]


def _money(found: Renewal) -> list[tuple[str, Any]]:
    code = found.currency
    pairs = [
        (_("Target amount"), money_full(found.target, code) if found.target is not None
         else _("not set")),
        (_("Forecast amount"), money_full(found.forecast, code) if found.forecast is not None
         else _("not set")),
        (_("Owner"), found.owner_name or _("nobody")),
        (_("Note"), found.note),
    ]  # fmt: skip
    return [(label, word) for label, word in pairs if word]


def _gates(found: Renewal, shown: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    held, today = standing(shown), timezone.localdate()
    told = []
    for gate in gates(found.last):
        items = [(item, ITEMS[item], held.get(item)) for item in gate.items]
        whole = all(one and one.done for _item, _words, one in items)
        told.append({
            "months": gate.months, "on": gate.on, "items": items,
            "state": _("done") if whole else _("overdue") if gate.on < today else _("to come"),
            "tone": "good" if whole else "bad" if gate.on < today else "",
        })  # fmt: skip
    return told


def _rules(model: Chance) -> list[tuple[str, str]]:
    """Return the sums behind the model's probability, in words."""
    if model.pct is None:
        return []
    lines = [(_("All closed renewals"), _share(model.won, model.closed, model.base_pct))]
    return lines + [
        (trait(one.code, one.value), _share(one.won, one.closed, one.pct)) for one in model.rules
    ]


def _share(won: int, closed: int, rate: Any) -> str:
    return _("%(won)s of %(closed)s kept: %(pct)s") % {
        "won": won, "closed": closed, "pct": pct(rate, 0),
    }  # fmt: skip


def _outcome(found: Renewal) -> list[tuple[str, Any]]:
    end = found.outcome
    if end is None:
        return []
    above, below = split(end.target, end.final)
    pairs = [
        (_("Closed on"), day(end.closed_on)),
        (_("Counts as"), str(BOOKINGS[end.booking.value])),
        (_("Target amount"), money_full(end.target, end.currency)),
        (_("Final amount"), money_full(end.final, end.currency)),
        (_("Upsell"), money_full(above, end.currency) if above else ""),
        (pgettext("renewal", "Less than the target"),
         money_full(below, end.currency) if below else ""),
        (_("Manager had said"), pct(end.manager_pct, 0) if end.manager_pct is not None else ""),
        (_("Model had said"), pct(end.model_pct, 0) if end.model_pct is not None else ""),
        (_("Main reason"), str(REASONS[end.reason.value])),
        (_("In their words"), end.note),
        (_("By"), end.by_name),
    ]  # fmt: skip
    return [(label, word) for label, word in pairs if word]


def _steps(actor: Actor, found: Renewal) -> list[tuple[str, str, str]]:
    """Return what may be done next: name, words, and the page or none for a mere click."""
    if not found.open:
        return []
    told = []
    for one in after(found.state):
        if one is S.STRATEGY_APPROVED and not actor.can("pipeline.approve"):
            continue
        page = ""
        if one in CLOSED:
            page = reverse("pipeline:close", args=[found.id, one.value])
        elif one is S.POSTPONED:
            page = reverse("pipeline:postpone", args=[found.id])
        if one is not S.AUTO_RENEWED or found.notice.auto_renew_months:
            told.append((one.value, str(STEPS[one.value]), page))
    told.append(("edit", pgettext("verb", "Change"), reverse("pipeline:edit", args=[found.id])))
    return told
