"""Forms: a KPI set with its lines, what an account says to a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.accounts.queries import labels_of
from keystead.accounts.types import AccountKind
from keystead.kernel.errors import Invalid
from keystead.scorecards.queries import metric_choices
from keystead.scorecards.types import (
    Direction,
    KpiSet,
    LineDef,
    TargetPer,
    TargetSource,
    ZeroKind,
    plain,
)

DIRECTIONS = [
    (Direction.HIGHER.value, _("higher is better")),
    (Direction.LOWER.value, _("lower is better")),
    (Direction.BAND.value, _("best between two values")),
]
SOURCES = [
    (TargetSource.TYPED.value, _("typed in")),
    (TargetSource.DATASET.value, _("imported targets")),
    (TargetSource.LAST_YEAR.value, _("last year plus a rise")),
    (TargetSource.NONE.value, _("none, only shown")),
]
PERS = [
    (TargetPer.AS_IS.value, pgettext_lazy("target", "as it is")),
    (TargetPer.MONTH.value, _("per month")),
    (TargetPer.YEAR.value, _("per year")),
]
ZEROS = [
    (ZeroKind.PERCENT.value, _("% of the target")),
    (ZeroKind.VALUE.value, _("as a value")),
]


def _number(label: Any, **options: Any) -> forms.DecimalField:
    options = {"max_digits": 20, "decimal_places": 4, **options}
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(label=label, widget=widget, **options)


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=choices[0][0])


class KpiSetForm(forms.Form):
    """The head of a set."""

    name = forms.CharField(label=_("Name"), max_length=120)
    segment = forms.CharField(
        label=_("Segment"),
        max_length=60,
        required=False,
        help_text=_("Accounts of this segment get this scorecard"),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Also for these kinds of account"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    good_from = _number(_("On track from"), initial=Decimal(80), help_text=_("points"))
    watch_from = _number(_("Watch from"), initial=Decimal(50), help_text=_("points"))
    min_coverage_pct = _number(
        _("Least coverage"),
        initial=Decimal(50),
        help_text=_("% of the weight that needs points before there is a total"),
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["kinds"]).choices = labels_of(AccountKind)


class KpiLineForm(forms.Form):
    """One line of a set; an empty metric means no line."""

    metric = forms.ChoiceField(label=_("KPI"), required=False)
    weight = _number(
        _("Weight"), required=False, max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    direction = _choice(_("Direction"), DIRECTIONS)
    target_source = _choice(_("Target"), SOURCES)
    target = _number(pgettext_lazy("figure", "Value"), required=False)
    target_high = _number(_("to"), required=False)
    target_per = _choice(pgettext_lazy("target", "Counts"), PERS)
    uplift_pct = _number(
        _("Rise, %"), required=False, initial=Decimal(0), max_digits=7, decimal_places=2
    )
    zero_at = _number(_("No points at"), required=False, initial=Decimal(50))
    zero_kind = _choice(_("written as"), ZEROS)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = sorted((gettext(metric.label), metric.id) for metric in metric_choices())
        names = [("", "–"), *((name, label) for label, name in known)]
        current = self.initial.get("metric")
        if current and current not in {name for name, _label in names}:
            names.append((current, current))
        cast(forms.ChoiceField, self.fields["metric"]).choices = names

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        scored = data.get("target_source") != TargetSource.NONE.value
        as_value = data.get("zero_kind") == ZeroKind.VALUE.value
        if data.get("metric") and scored and as_value and data.get("zero_at") is None:
            self.add_error("zero_at", _("Say which value is worth no points."))
        return data

    def line(self) -> LineDef:
        """Return the line; what its kind of target does not use falls back to the default."""
        data = self.cleaned_data
        direction = Direction(data["direction"])
        source = TargetSource(data["target_source"])
        typed, band = source is TargetSource.TYPED, direction is Direction.BAND
        shown = source is TargetSource.NONE
        return LineDef(
            metric=data["metric"],
            weight=data["weight"] or Decimal(0),
            direction=direction,
            target_source=source,
            target=data["target"] if typed else None,
            target_high=data["target_high"] if typed and band else None,
            target_per=TargetPer(data["target_per"]) if typed else TargetPer.AS_IS,
            uplift_pct=(data["uplift_pct"] or Decimal(0))
            if source is TargetSource.LAST_YEAR
            else Decimal(0),
            zero_kind=ZeroKind.PERCENT if shown else ZeroKind(data["zero_kind"]),
            zero_at=Decimal(50) if shown or data["zero_at"] is None else data["zero_at"],
        )


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[KpiLineForm]
else:
    _FormSet = forms.BaseFormSet


class LineForms(_FormSet):
    """The lines of a set."""

    def lines(self) -> list[tuple[int, LineDef]]:
        """Return the filled lines that stay, in their order, with the place of their form."""
        kept = [
            (form.cleaned_data.get("ORDER") or 999, place, form)
            for place, form in enumerate(self.forms)
            if form.cleaned_data.get("metric") and not form.cleaned_data.get("DELETE")
        ]
        ordered = sorted(kept, key=lambda one: one[:2])
        return [(place, form.line()) for _order, place, form in ordered]


KpiLines = cast(
    type[LineForms],
    forms.formset_factory(
        KpiLineForm, formset=LineForms, extra=2, max_num=14, can_delete=True, can_order=True
    ),
)


def initial_of(kpi_set: KpiSet) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the forms of a stored set begin with."""
    names = ("name", "segment", "good_from", "watch_from", "min_coverage_pct", "active", "version")
    head = {name: _value(getattr(kpi_set, name)) for name in names} | {"kinds": list(kpi_set.kinds)}
    fields = [name for name in KpiLineForm.base_fields if name != "metric"]
    lines = [
        {"metric": line.metric, **{name: _value(getattr(line, name)) for name in fields}}
        for line in kpi_set.lines
    ]
    return head, lines


def blame(form: KpiSetForm, lines: LineForms, places: list[int], error: Invalid) -> None:
    """Put the sentences of a refused set beside the fields they speak of."""
    fields: dict[str, str] = error.data.get("fields") or {"": error.message}
    for name, sentence in fields.items():
        parts = name.split(".")
        if len(parts) == 3 and int(parts[1]) < len(places):
            lines.forms[places[int(parts[1])]].add_error(parts[2], gettext(sentence))
        else:
            form.add_error(name if name in form.fields else None, gettext(sentence))


class NoteForm(forms.Form):
    """Owner, comment and own target of an account on a line."""

    owner = forms.ChoiceField(required=False)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    target = _number(
        _("Own target"), required=False, help_text=_("Counts for this account instead of the set's")
    )
    target_high = _number(_("to"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[int, str]],
        typed: bool,
        band: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        names = [("", "–"), *((str(pk), name) for pk, name in people)]
        self.fields["owner"] = forms.ChoiceField(label=_("Owner"), required=False, choices=names)
        if not typed:
            del self.fields["target"]
        if not (typed and band):
            del self.fields["target_high"]

    def clean_version(self) -> int:
        return int(self.cleaned_data["version"] or 0)

    @property
    def owner_id(self) -> int | None:
        chosen = self.cleaned_data["owner"]
        return int(chosen) if chosen else None


def _value(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else getattr(value, "value", value)
