"""Forms of scores: what somebody knows of a signal, and a new version of the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.health.queries.words import SIGNALS, UNITS
from keystead.health.rules.scoring import SHIPPED
from keystead.health.types.scores import ENTERED, Rule, RuleSet, Signal

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROWS = forms.Textarea(attrs={"rows": 2})


def _number(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, widget=widget, max_digits=10, decimal_places=2, **options
    )


class ObservationForm(forms.Form):
    """What somebody knows of a signal, with its source."""

    signal = forms.ChoiceField(
        label=_("Signal"),
        choices=[(one.value, SIGNALS[one.value]) for one in ENTERED],
        help_text=_("Payment: days late on average. Open issues: number open for over 30 days."),
    )
    value = _number(_("Value"), min_value=0)
    on = forms.DateField(label=_("On the day"), widget=DAY)
    source = forms.CharField(
        label=_("Where it is from"), max_length=200,
        help_text=_("A report, a person, a system, so that somebody else can look."),
    )  # fmt: skip


class RulesForm(forms.Form):
    """All signals with weight, bad and good end; a weight of nothing leaves a signal out."""

    healthy = _number(_("Healthy from"), min_value=0, max_value=100)
    at_risk = _number(_("At risk below"), min_value=0, max_value=100)
    known_pct = _number(_("Least weight that must be known (%)"), min_value=0, max_value=100)
    why = forms.CharField(label=_("What changes, and why"), max_length=400, widget=ROWS)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in Signal:
            key = one.value
            self.fields[f"{key}_weight"] = _number(
                pgettext_lazy("health", "Weight"), min_value=0, max_value=100, required=False
            )
            self.fields[f"{key}_bad"] = _number(_("0 points at"), help_text=UNITS[key])
            self.fields[f"{key}_good"] = _number(_("100 points at"))
            self.fields[f"{key}_days"] = forms.IntegerField(
                label=_("Holds for days"), min_value=1, max_value=1000
            )

    def signals(self) -> list[tuple[Any, list[Any]]]:
        """Return the fields of each signal, under its name."""
        return [
            (SIGNALS[one.value], [self[f"{one.value}_{name}"]
                                  for name in ("weight", "bad", "good", "days")])
            for one in Signal
        ]  # fmt: skip

    def common(self) -> list[Any]:
        """Return the fields that belong to no signal."""
        return [self[name] for name in ("healthy", "at_risk", "known_pct", "why")]

    def rules(self, before: RuleSet) -> RuleSet:
        """Return the rules as they were typed; the least number of answers stays as it was."""
        data = self.cleaned_data
        least = {one.signal: one.least for one in (*SHIPPED.rules, *before.rules)}
        rules = tuple(
            Rule(
                one, data[f"{one.value}_weight"], data[f"{one.value}_bad"],
                data[f"{one.value}_good"], least.get(one, 0), data[f"{one.value}_days"],
            )
            for one in Signal
            if data[f"{one.value}_weight"]
        )  # fmt: skip
        return RuleSet(
            before.number + 1, rules, data["healthy"], data["at_risk"], data["known_pct"],
            why=data["why"],
        )  # fmt: skip


def rules_initial(found: RuleSet) -> dict[str, Any]:
    """Return rules as the form shows them; a signal that is left out has the shipped ends."""
    shown: dict[str, Any] = {
        "healthy": found.healthy, "at_risk": found.at_risk, "known_pct": found.known_pct,
    }  # fmt: skip
    inside = {one.signal: one for one in found.rules}
    for one in SHIPPED.rules:
        rule, key = inside.get(one.signal, one), one.signal.value
        weight = rule.weight if one.signal in inside else Decimal(0)
        shown |= {f"{key}_weight": weight, f"{key}_bad": rule.bad, f"{key}_good": rule.good,
                  f"{key}_days": rule.days}  # fmt: skip
    return shown
