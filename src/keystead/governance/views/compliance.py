"""Compliance: what rules stopped, and the rules themselves."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.governance.forms import LEVEL_NAMES, STATE_NAMES, STATE_TONES, HitDecisionForm
from keystead.governance.queries import compliance as reads
from keystead.governance.queries.rule_words import context_words, sentence
from keystead.governance.services import compliance
from keystead.governance.types.compliance import StoredHit
from keystead.kernel.errors import KeysteadError
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("compliance.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show open hits first, then what was decided, then the rules in force."""
    found = reads.hits(actor_of(request))
    waiting = [hit for hit in found if hit.state == "open"]
    return render(
        request,
        "governance/compliance.html",
        {
            "waiting": [(hit, sentence(hit.hit.rule_id, hit.hit.message)) for hit in waiting],
            "done": _done([hit for hit in found if hit.state != "open"]),
            "rules": _rules(),
            "levels": LEVEL_NAMES,
            "form": HitDecisionForm(auto_id=False),
            "command": uuid.uuid4().hex,
            "may_decide": actor_of(request).can("compliance.decide"),
        },
    )


@policy("compliance.decide")
@require_POST
def decide(request: HttpRequest, hit_id: int) -> HttpResponse:
    """Allow or refuse what a rule stopped, with a reason."""
    allow = request.POST.get("answer") == "allow"
    try:
        compliance.decide_hit(
            actor=actor_of(request),
            hit_id=hit_id,
            allow=allow,
            reason=request.POST.get("reason", ""),
        )
    except KeysteadError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Allowed.") if allow else _("Refused."))
    return redirect("governance:compliance")


def _done(hits: list[StoredHit]) -> Table:
    columns = [
        Column("rule", _("Rule"), "code"),
        Column("message", _("What it says")),
        Column("subject", pgettext("subject", "About")),
        Column("at", _("When"), "moment"),
        Column("state", _("State"), "tag"),
        Column("by", _("Decided by"), hide="phone"),
        Column("reason", _("Reason"), hide="phone"),
    ]
    rows = [
        Row(
            {
                "rule": hit.hit.rule_id,
                "message": sentence(hit.hit.rule_id, hit.hit.message),
                "subject": f"{hit.subject_type} {hit.subject_id}",
                "at": hit.at,
                "state": Cell(str(STATE_NAMES[hit.state]), tone=STATE_TONES.get(hit.state, "")),
                "by": hit.decided_by_name,
                "reason": hit.reason,
            }
        )
        for hit in hits
    ]
    return Table(columns, rows, _("Decided and noted"), empty=_("Nothing yet."))


def _rules() -> Table:
    columns = [
        Column("id", _("Rule"), "code"),
        Column("context", _("Looks at")),
        Column("level", _("Does")),
        Column("where", _("Where")),
        Column("message", _("What it says")),
    ]
    rows = [
        {
            "id": rule.id,
            "context": context_words(rule.context),
            "level": str(LEVEL_NAMES[rule.level.value]),
            "where": _("everywhere") if rule.jurisdiction == "*" else rule.jurisdiction,
            "message": sentence(rule.id, rule.message),
        }
        for rule in reads.rules()
    ]
    return Table(columns, rows, _("Rules in force"))
