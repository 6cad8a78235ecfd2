"""Forms of the whitespace grid and of the segments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.planning.forms.fields import (
    People,
    choose,
    day_field,
    money_field,
    number_field,
    owner_field,
    plain,
)
from keystead.planning.queries.words import CELL_STATES
from keystead.planning.types.segments import Cuts
from keystead.planning.types.whitespace import CellEntry, CellState, Column, Said

CUTS = ("a_pct", "b_pct", "x_cv", "y_cv", "potential_mid_pct", "potential_high_pct",
        "relation_mid", "relation_high", "hysteresis_pct")  # fmt: skip


class CellForm(forms.Form):
    """What somebody says of a cell."""

    state = forms.ChoiceField(label=_("State"), choices=list(CELL_STATES.items()))
    potential = money_field(
        _("Potential of a year"), help_text=_("With what is bought already, by all together.")
    )
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    competitor = forms.CharField(label=_("Competitor"), max_length=120, required=False)
    owner = owner_field()
    note = forms.CharField(label=_("Note"), max_length=400, required=False)
    stated_on = day_field(_("As of"))
    stale_days = forms.IntegerField(
        label=_("Holds for (days)"), min_value=1, max_value=1500, initial=180
    )

    def __init__(self, *args: Any, people: People, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "owner", [("", "–"), *people])

    def entry(self, account_id: int, column: Column) -> CellEntry:
        """Return the cell as it was typed."""
        data = self.cleaned_data
        return CellEntry(
            account_id=account_id, brand=column.brand, product_id=column.product_id,
            state=CellState(data["state"]), potential=data["potential"],
            competitor=data["competitor"], owner_id=data["owner"], note=data["note"],
            stated_on=data["stated_on"], stale_days=data["stale_days"],
        )  # fmt: skip


def initial_cell(said: Said) -> dict[str, Any]:
    """Return a cell as its form shows it."""
    return {
        "state": said.state.value, "potential": plain(said.potential), "currency": said.currency,
        "competitor": said.competitor, "owner": said.owner_id or "", "note": said.note,
        "stated_on": said.stated_on, "stale_days": said.stale_days,
    }  # fmt: skip


class CutsForm(forms.Form):
    """The cuts of the segments."""

    metric = forms.ChoiceField(label=_("Value is"))
    a_pct = number_field(_("A up to (% of the value together)"), required=True)
    b_pct = number_field(_("B up to (% of the value together)"), required=True)
    x_cv = number_field(_("X below (variation)"), required=True)
    y_cv = number_field(_("Y below (variation)"), required=True)
    potential_mid_pct = number_field(_("Potential: mid from (% on top)"), required=True)
    potential_high_pct = number_field(_("Potential: high from (% on top)"), required=True)
    relation_mid = number_field(_("Relation: mid from (0 to 100)"), required=True)
    relation_high = number_field(_("Relation: high from (0 to 100)"), required=True)
    hysteresis_pct = number_field(_("Holds on at a border (%)"), required=True)
    why = forms.CharField(label=_("Why"), max_length=400)

    def __init__(self, *args: Any, metrics: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "metric", metrics)

    def cuts(self) -> Cuts:
        """Return the cuts as they were typed."""
        data = self.cleaned_data
        return Cuts(metric=data["metric"], **{name: data[name] for name in CUTS})


def initial_cuts(cuts: Cuts) -> dict[str, Any]:
    """Return cuts as their form shows them."""
    return {"metric": cuts.metric, **{name: plain(getattr(cuts, name)) for name in CUTS}}


class RunForm(forms.Form):
    """The currency a run is worked out in."""

    currency = forms.CharField(
        label=_("Currency"), min_length=3, max_length=3,
        help_text=_("Other currencies are converted at the rates of each month."),
    )  # fmt: skip
