"""Forms of a plan and of its lines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.planning.forms.fields import (
    ROWS,
    People,
    choose,
    day_field,
    money_field,
    number_field,
    owner_field,
    plain,
)
from keystead.planning.queries.words import INITIATIVE_STATES, KINDS, STANDINGS
from keystead.planning.types.plans import (
    Claim,
    ClaimEntry,
    ClaimKind,
    Initiative,
    InitiativeEntry,
    InitiativeState,
    Objective,
    ObjectiveEntry,
    Standing,
    Stated,
)

CLAIMS = [(kind.value, KINDS[kind.value]) for kind in ClaimKind]


class PlanForm(forms.Form):
    """The head of a plan."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    headline = forms.CharField(
        label=_("Headline"), max_length=300, required=False, widget=ROWS,
        help_text=_("The plan in one sentence."),
    )  # fmt: skip
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    owner = owner_field()

    def __init__(self, *args: Any, accounts: People, people: People, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "account", accounts)
        choose(self, "owner", [("", "–"), *people])


class CopyForm(forms.Form):
    """The year a plan is carried over into."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)


class _LineForm(forms.Form):
    """What every line of a plan carries, at the end of its form."""

    def __init__(self, *args: Any, people: People, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = owner_field()
        self.fields["stated_on"] = day_field(_("As of"))
        self.fields["stale_days"] = forms.IntegerField(
            label=_("Holds for (days)"), min_value=1, max_value=1500, required=False,
            help_text=_("Then it is shown as stale. Empty: by its kind."),
        )  # fmt: skip
        choose(self, "owner", [("", "–"), *people])

    def stated(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"owner_id": data["owner"], "stated_on": data["stated_on"],
                "stale_days": data["stale_days"]}  # fmt: skip


class ClaimForm(_LineForm):
    """A statement."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CLAIMS)
    text = forms.CharField(label=_("Statement"), max_length=400, widget=ROWS)
    detail = forms.CharField(label=_("Detail"), max_length=4000, required=False, widget=ROWS)
    evidence = forms.CharField(
        label=_("What shows it"), max_length=400, required=False,
        help_text=_("A document, a meeting, a person."),
    )  # fmt: skip
    amount = money_field(_("Amount"), help_text=_("Of a budget, or what a risk would cost."))
    likelihood_pct = number_field(
        _("Likelihood (%)"), max_digits=5, decimal_places=2, min_value=0, max_value=100
    )

    def entry(self) -> ClaimEntry:
        """Return the statement as it was typed."""
        names = ("text", "detail", "evidence", "amount", "likelihood_pct")
        given = {name: self.cleaned_data[name] for name in names}
        return ClaimEntry(kind=ClaimKind(self.cleaned_data["kind"]), **given, **self.stated())


class ObjectiveForm(_LineForm):
    """An objective: in words, or with the metric that says where it stands."""

    title = forms.CharField(label=_("Objective"), max_length=200)
    detail = forms.CharField(label=_("Detail"), max_length=4000, required=False, widget=ROWS)
    metric = forms.ChoiceField(
        label=_("Metric"), required=False,
        help_text=_("Empty: an objective in words; you say yourself how it stands."),
    )  # fmt: skip
    brand = forms.MultipleChoiceField(label=_("Only these brands"), required=False)
    baseline = number_field(_("Starts from"), help_text=_("Empty: from zero."))
    target = number_field(
        pgettext_lazy("amount", "Target"),
        help_text=_("In the currency of the plan; rates in per cent."),
    )
    standing = forms.ChoiceField(
        label=_("How it stands"), choices=list(STANDINGS.items()), required=False,
        initial="unknown", help_text=_("Only of an objective in words."),
    )  # fmt: skip
    due_on = day_field(_("Due on"))

    def __init__(self, *args: Any, metrics: Any, brands: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "metric", [("", "–"), *metrics])
        choose(self, "brand", [(one, one) for one in brands])

    def entry(self, others: Any = None) -> ObjectiveEntry:
        """Return the objective as it was typed; ``others``: filters that the form has not."""
        data = self.cleaned_data
        names = ("title", "detail", "metric", "baseline", "target", "due_on")
        filters = {name: values for name, values in (others or {}).items() if name != "brand"}
        if data["brand"]:
            filters["brand"] = tuple(data["brand"])
        return ObjectiveEntry(
            **{name: data[name] for name in names}, filters=filters if data["metric"] else {},
            standing=Standing(data["standing"] or "unknown"), **self.stated(),
        )  # fmt: skip


class InitiativeForm(_LineForm):
    """An initiative with its exit test."""

    title = forms.CharField(label=_("Initiative"), max_length=200)
    detail = forms.CharField(label=_("Detail"), max_length=4000, required=False, widget=ROWS)
    objective = forms.TypedChoiceField(
        label=_("For the objective"), coerce=int, required=False, empty_value=None
    )
    starts = day_field(_("Begins on"))
    ends = day_field(_("Ends on"))
    cost = money_field(_("Cost"))
    effect = money_field(_("Expected effect"), help_text=_("Money of a year."))
    effect_words = forms.CharField(label=_("Effect in words"), max_length=400, required=False)
    exit_test = forms.CharField(
        label=_("Exit test"), max_length=400, required=False,
        help_text=_("What would show that it failed."),
    )  # fmt: skip
    exit_on = day_field(_("Tested on"))
    state = forms.ChoiceField(label=_("State"), choices=list(INITIATIVE_STATES.items()))

    def __init__(self, *args: Any, objectives: People, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "objective", [("", "–"), *objectives])

    def entry(self) -> InitiativeEntry:
        """Return the initiative as it was typed."""
        data = self.cleaned_data
        names = ("title", "detail", "starts", "ends", "cost", "effect", "effect_words",
                 "exit_test", "exit_on")  # fmt: skip
        return InitiativeEntry(
            **{name: data[name] for name in names}, objective_id=data["objective"],
            state=InitiativeState(data["state"]), **self.stated(),
        )  # fmt: skip


def initial_line(line: Claim | Objective | Initiative) -> dict[str, Any]:
    """Return a line as its form shows it."""
    found = _stated(line)
    if isinstance(line, Claim):
        return found | {
            "kind": line.kind.value, "text": line.text, "detail": line.detail,
            "evidence": line.evidence, "amount": plain(line.amount),
            "likelihood_pct": plain(line.likelihood_pct),
        }  # fmt: skip
    found |= {"title": line.title, "detail": line.detail}
    if isinstance(line, Objective):
        return found | {
            "metric": line.metric, "brand": list(line.filters.get("brand", ())),
            "baseline": plain(line.baseline), "target": plain(line.target),
            "standing": line.standing.value, "due_on": line.due_on,
        }  # fmt: skip
    return found | {
        "objective": line.objective_id or "", "starts": line.starts, "ends": line.ends,
        "cost": plain(line.cost), "effect": plain(line.effect), "exit_on": line.exit_on,
        "effect_words": line.effect_words, "exit_test": line.exit_test,
        "state": line.state.value,
    }  # fmt: skip


def _stated(line: Stated) -> dict[str, Any]:
    return {"owner": line.owner_id or "", "stated_on": line.stated_on,
            "stale_days": line.stale_days}  # fmt: skip
