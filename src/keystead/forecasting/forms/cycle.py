"""Forms around a cycle: open it, say why, start a run, write an assumption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.forecasting.queries.words import CATEGORY_WORDS, KINDS, LAYERS, RHYTHMS, VERDICTS
from keystead.forecasting.types.cycle import PARTIES, DemandKind, Layer
from keystead.forecasting.types.rhythm import Rhythm

RECIPES = (
    ("standard", _("Standard: combination and learning from all series")),
    ("fast", _("Fast: combination of three models")),
    ("overnight", _("Overnight: all models")),
    ("naive", _("Naive: as a year before")),
)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class DaysForm(forms.Form):
    """The days of a cycle."""

    opens = _day(_("Opens"))
    submit_by = _day(_("Submit by"))
    review_by = _day(_("Review by"))
    lock_by = _day(_("Lock by"))


class CycleForm(DaysForm):
    """A cycle as it is opened."""

    rhythm = forms.ChoiceField(
        label=_("Rhythm"), choices=tuple(RHYTHMS.items()), initial=Rhythm.MONTH.value,
        required=False,
        help_text=_("Weeks run from Monday to Sunday and need sales or invoices with their day."),
    )  # fmt: skip
    month = _day(_("First month or week that is forecast"))
    kind = forms.ChoiceField(label=_("What is forecast"), choices=tuple(KINDS.items()))
    name = forms.CharField(
        label=_("Name (only where the month has a second cycle)"), max_length=80, required=False
    )
    horizon = forms.IntegerField(
        label=_("Months or weeks ahead"), min_value=1, max_value=Rhythm.WEEK.most_horizon,
        required=False, help_text=_("Left empty: 18 months, or 13 weeks."),
    )  # fmt: skip
    frozen_months = forms.IntegerField(
        label=_("First months or weeks that take no change"), initial=0, min_value=0
    )
    gap_pct = forms.DecimalField(
        label=_("Gap between lines to be explained, from %"), initial=10, min_value=0
    )
    parties = forms.MultipleChoiceField(
        label=_("Who signs"), choices=[(one.value, LAYERS[one]) for one in PARTIES],
        initial=[one.value for one in PARTIES[:3]], widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    field_order = (
        "rhythm", "month", "kind", "name", "horizon", "frozen_months", "opens", "submit_by",
        "review_by", "lock_by", "gap_pct", "parties",
    )  # fmt: skip


class RunForm(forms.Form):
    """How a run is calculated."""

    recipe = forms.ChoiceField(label=_("Recipe"), choices=RECIPES)
    country = forms.CharField(
        label=_("Country of the calendar (CN, FR, …), if one"), max_length=2, required=False
    )
    trial = forms.BooleanField(
        label=_("A trial"), required=False,
        help_text=_("Beside the run that counts, to see which recipe is better."),
    )  # fmt: skip


class WhyForm(forms.Form):
    """A reason, in a sentence."""

    why = forms.CharField(label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class SayForm(forms.Form):
    """What a party says; ``parties`` are those the author speaks for."""

    party = forms.ChoiceField(label=_("On behalf of"))
    why = forms.CharField(label=_("Note"), max_length=400, required=False)

    def __init__(self, *args: Any, parties: Sequence[Layer] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(one.value, LAYERS[one]) for one in parties]  # type: ignore[attr-defined]


class ObjectForm(SayForm):
    """A no needs a reason."""

    why = forms.CharField(label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class ReturnForm(WhyForm):
    """What is sent back: a party's line, or one account of it."""

    what = forms.ChoiceField(label=_("What was handed in"))
    field_order = ("what", "why")

    def __init__(self, *args: Any, given: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = list(given)  # type: ignore[attr-defined]


class AssumptionForm(forms.Form):
    """Something the forecast rests on."""

    text = forms.CharField(label=_("What we take as given"), max_length=400)
    category = forms.ChoiceField(
        label=pgettext_lazy("assumption", "About"), choices=tuple(CATEGORY_WORDS.items())
    )
    effect = forms.CharField(label=_("Its effect"), max_length=200, required=False)
    account = forms.CharField(label=_("Account (its code), if one"), max_length=80, required=False)
    brand = forms.CharField(label=_("Brand, if one"), max_length=80, required=False)
    starts = _day(_("From"))
    expires = _day(_("Until"))
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = list(people)  # type: ignore[attr-defined]


class AccuracyForm(forms.Form):
    """Which cycles are looked at, and how far ahead; what is unknown is left aside."""

    kind = forms.ChoiceField(choices=tuple(KINDS.items()), required=False)
    rhythm = forms.ChoiceField(choices=tuple(RHYTHMS.items()), required=False)
    lag = forms.IntegerField(required=False)

    def chosen(self) -> tuple[DemandKind, int, Rhythm]:
        """Return the kind, the months or weeks ahead, and the rhythm."""
        self.is_valid()
        held = self.cleaned_data
        rhythm = Rhythm(held.get("rhythm") or Rhythm.MONTH)
        lag = held.get("lag")
        kind = DemandKind(held.get("kind") or DemandKind.SELL_IN)
        return kind, lag if lag in rhythm.lags else rhythm.lags[0], rhythm


class VerdictForm(forms.Form):
    """What became of an assumption."""

    verdict = forms.ChoiceField(label=_("What became of it"), choices=tuple(VERDICTS.items()))
    note = forms.CharField(label=_("Note"), max_length=400, required=False)
