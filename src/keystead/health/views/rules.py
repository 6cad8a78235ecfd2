"""The rules of the score with all their versions, a new one, and the back-test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.health import queries, services
from keystead.health.forms.scores import RulesForm, rules_initial
from keystead.health.queries.words import SIGNALS, UNITS
from keystead.health.types.scores import BackTest, RuleSet
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import blame
from keystead.kit.ui.tables import Column, Row, Table
from keystead.kit.ui.tags.numbers import pct


@require_GET
@policy("health.view")
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules in force and every version before, each as it was."""
    used = queries.rules_used()
    versions = queries.rule_versions()
    context = {
        "current": versions[0],
        "table": _rule_table(versions[0]),
        "versions": [(one, _rule_table(one), used.get(one.number, 0)) for one in versions],
        "may_write": actor_of(request).can("health.rules"),
    }
    return render(request, "health/rules.html", context)


@policy("health.rules")
def new_rules(request: HttpRequest) -> HttpResponse:
    """Write the next version of the rules."""
    before = queries.rules_in_force()
    form = RulesForm(request.POST or None, initial=rules_initial(before))
    if request.method == "POST" and form.is_valid():
        try:
            services.write_rules(actor=actor_of(request), rules=form.rules(before))
        except Invalid as error:
            blame(form, error)
        else:
            return redirect("health:rules")
    status = 422 if form.is_bound else 200
    context = {"form": form, "before": before}
    return render(request, "health/new_rules.html", context, status=status)


@require_GET
@policy("health.view")
def back_test(request: HttpRequest) -> HttpResponse:
    """Show whether scores told anything about renewals, or that it is not known."""
    found = queries.back_tests()
    context = {
        "tests": [_told(one) for one in found],
        "message": _message(found),
        "rules": queries.rules_in_force(),
    }
    return render(request, "health/back_test.html", context)


def _message(found: tuple[BackTest, ...]) -> str:
    good = [one for one in found if one.low is not None and one.low > 0.5]
    if not any(one.validated for one in found):
        return _("Not validated: the record is too short")
    if good:
        return _("Scores told renewals from losses better than chance")
    return _("Scores told no more than chance")


def _told(one: BackTest) -> Mapping[str, Any]:
    rows = [
        Row({
            "range": f"{part.low}–{part.high}", "n": part.n, "renewed": part.renewed,
            "mean": part.mean_score, "pct": part.pct,
            "interval": f"{pct(part.pct_low, 0)} … {pct(part.pct_high, 0)}" if part.n else "–",
        })
        for part in one.bins
    ]  # fmt: skip
    columns = [
        Column("range", _("Score")), Column("n", _("Closed renewals"), "number"),
        Column("renewed", _("Renewed"), "number"),
        Column("mean", _("Mean score"), "number", digits=0, hide="phone"),
        Column("pct", _("Share renewed"), "pct", digits=0),
        Column("interval", _("95 % interval"), hide="phone"),
    ]  # fmt: skip
    return {
        "test": one,
        "table": Table(columns, rows, _("Calibration"), sortable=False) if rows else None,
    }


def _rule_table(found: RuleSet) -> Table:
    rows = [Row({
        "signal": SIGNALS[one.signal.value], "unit": UNITS[one.signal.value],
        "weight": one.weight, "bad": one.bad, "good": one.good,
        "better": _("more is better") if one.more_is_better else _("less is better"),
        "least": one.least or None, "days": one.days,
    }) for one in found.rules]  # fmt: skip
    columns = [
        Column("signal", _("Signal")), Column("unit", _("Measured in"), hide="phone"),
        Column("weight", _("Weight of the signal"), "number", digits=0),
        Column("bad", _("0 points at"), "number", digits=0),
        Column("good", _("100 points at"), "number", digits=0),
        Column("better", _("Direction"), hide="phone"),
        Column("least", _("Least answers"), "number", hide="phone"),
        Column("days", _("Holds for days"), "number", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Rules"), sortable=False)
