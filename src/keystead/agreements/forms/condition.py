"""The form of a condition: everything a condition can say, in calm steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.agreements.forms import rows
from keystead.agreements.forms.baselines import BaselineField
from keystead.agreements.forms.building import condition_of, held_by, initial_of
from keystead.agreements.forms.parts import DAY, choice, number
from keystead.agreements.forms.selections import FIELDS, ON_ACCOUNTS, Names
from keystead.agreements.forms.shapes import FOCUS, SHAPING, STEPS, Shape, example_columns, needed
from keystead.agreements.queries import words
from keystead.agreements.rules.tiers import single_method
from keystead.agreements.types import AgreementVersion, Condition, Method, Selection
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period

_ALWAYS: Final[tuple[Any, ...]] = ("", None, False, [], ())


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=999, required=False)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DAY, required=False)


def _check(label: Any, **options: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **options)


class ConditionForm(forms.Form):
    """One condition. What it does not need is folded away, never left out."""

    label = forms.CharField(label=_("Name"), max_length=80)
    family = choice(_("Kind of term"), words.FAMILIES, initial="volume_rebate")
    timing = choice(_("Given"), words.TIMINGS, initial="off_invoice")
    valid_from, valid_to = _day(_("Holds from")), _day(_("Holds until"))
    note = rows.text(_("Note"), 400)

    tier_measure = choice(_("Tier measured on"), words.MEASURES)
    tier_period = choice(_("Counted for"), words.PERIODS, initial="year")
    tier_metric = rows.text(_("Metric"), 60)
    baseline_source = choice(_("Growth counts from"), words.BASELINES, required=False)
    baseline_months = BaselineField()
    tier_uom = rows.text(_("Unit"), 12, help_text=_("A unit of the reference, as in PK."))
    anchor = choice(_("Periods begin"), words.ANCHORS, required=False)
    reset = _check(_("Each period counts for itself"), initial=True)
    baseline = forms.SlugField(label=_("Name of the baseline"), required=False)
    baseline_measure = choice(
        _("Baseline in"),
        {key: words.MEASURES[key] for key in ("net_value", "gross_value", "quantity")},
        required=False,
    )

    rate_kind = choice(_("Rate is"), words.RATE_KINDS)
    benefit_measure = choice(_("Paid on"), words.MEASURES)
    method = choice(_("Tiers pay"), words.METHODS, required=False)
    ramp = _check(_("Rates change by period"))
    free, per = number(_("Units free")), number(_("For units bought"))
    partial = choice(_("A part of a full lot is"), words.PARTIALS, required=False)
    goods_product = rows.text(
        _("Free product"), 60, help_text=_("Its code; the same product when left empty.")
    )
    include_in_transit = _check(_("Goods on the way count"))
    cap_days_of_stock = number(_("At most for days of stock"), min_value=0)
    report_days = forms.IntegerField(
        label=_("Stock reported at most so many days before"), min_value=1, max_value=366,
        required=False, help_text=_("31 when left empty. An older report does not count."),
    )  # fmt: skip
    sell_in_days = forms.IntegerField(
        label=_("At most what was bought in so many days"), min_value=1, max_value=3660,
        required=False, help_text=_("Days before the cut; no such limit when left empty."),
    )  # fmt: skip
    less_off_take = _check(_("Take off what was sold on since the report"))
    off_take_days = forms.IntegerField(
        label=_("Days that the pace of off-take is taken from"), min_value=1, max_value=366,
        required=False, help_text=_("90 when left empty."),
    )  # fmt: skip
    payment_terms = rows.text(_("Terms of payment"), 40, help_text=_("As in net 60, 2/10 net 60."))
    boundary = choice(_("At the bound"), words.BOUNDARIES, required=False)
    benefit_on_focus = _check(_("Paid on the focus range only"))
    benefit_metric = rows.text(_("Metric it is paid on"), 60)
    benefit_uom = rows.text(_("Unit it is paid on"), 12)

    settle_every = choice(
        pgettext_lazy("interval", "Settled"),
        {"": _("with its period"), **words.PERIODS},
        required=False,
    )
    payout_lag_days = _days(_("Paid after days"))
    grace_days = _days(_("Late lines count for days"))
    transaction_point = choice(
        _("A sale counts once"), words.POINTS, required=False, initial="invoiced"
    )
    returns_count = _check(_("Returns take away"), initial=True)
    paid_only = _check(_("Only what the customer has paid"))
    negative_policy = choice(_("When too much was paid"), words.NEGATIVES, required=False)

    cap_amount = number(_("At most"), min_value=0)
    cap_pct = number(_("At most, % of what it is paid on"), min_value=0)
    floor_amount = number(_("At least"), min_value=0)
    floor_cumulative = _check(_("Earlier periods count towards it"))

    sequence = forms.IntegerField(label=_("Place in the order"), min_value=0, required=False)
    discount_base = choice(_("Taken of"), words.BASES, required=False)
    stack_group = rows.text(pgettext_lazy("stacking", "Group"), 40)
    stack_mode = choice(_("Inside the group"), words.MODES, required=False)
    priority = forms.IntegerField(label=_("Priority at equal rank"), min_value=0, required=False)
    reduce_by = forms.MultipleChoiceField(
        label=_("First taken off"), required=False, widget=forms.CheckboxSelectMultiple
    )

    deliverable = rows.text(_("What is delivered"), 300)
    proof = rows.text(_("What proves it"), 300)
    fair_value_note = rows.text(_("Why the price is fair"), 300)
    due_from, due_to = _day(_("Delivered from")), _day(_("Delivered until"))
    gl_code = rows.text(_("Ledger account"), 40)
    fund = forms.ChoiceField(label=_("Fund"), required=False)
    payee = rows.text(_("Payee"), 160, help_text=_("The contracting company, or empty."))
    currency = rows.text(_("Currency"), 3)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        version: AgreementVersion,
        names: Names,
        stored: Condition | None = None,
        typed: Mapping[str, Any] | None = None,
        shape_url: str = "",
    ) -> None:
        """``typed``: what stands in the controls before it is checked (after a change of shape)."""
        initial = dict(typed) if typed is not None else initial_of(stored, version, names)
        super().__init__(data, initial=initial)
        self.version, self.names, self.stored = version, names, stored
        given = self.data if self.is_bound else initial
        self._selections()
        for group in rows.ALL:
            self.fields[group.name] = forms.Field(required=False)  # its errors stand there
            self.fields.update(dict(group.fields(given)))
        others = [(c.key, c.label or c.key) for c in version.conditions if c != stored]
        self._choose("reduce_by", others)
        self._choose_fund()
        self.shape = Shape.of(given) if given else Shape()
        self._live(shape_url, given)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for group in rows.ALL:
            data[group.name] = []
            for place, row in group.held(data):
                empty = group.missing(row)
                if empty is not None and not self._has_error(group, place):
                    self.add_error(group.control(place, empty), gettext("This is missing."))
                data[group.name].append(row)
        for first, last, name in (
            ("valid_from", "valid_to", "valid"),
            ("due_from", "due_to", "due"),
        ):
            data[name] = self._span(data, first, last)
        for name in (*(f"in_{one}" for one in FIELDS), *(f"out_{one}" for one in FIELDS), *FOCUS):
            self._read(data, name)
        self._read_rows(data)
        self._one_method()
        return data

    def _one_method(self) -> None:
        """Refuse a paste or a script that sends two methods: one would be lost in silence."""
        sent = self.data.getlist("method") if hasattr(self.data, "getlist") else []
        known = {one.value for one in Method}
        try:
            single_method(one for one in sent if one in known)
        except Invalid as error:
            self.add_error("method", gettext(error.message))

    def condition(self) -> Condition:
        """Return the condition as it was typed; its key stays, a new one is made from its name."""
        taken = {one.key for one in self.version.conditions}
        return condition_of(self.cleaned_data, self.stored, taken)

    def steps(self) -> Iterator[dict[str, Any]]:
        """Yield each step: what is needed, and what is folded away as more."""
        wanted = needed(self.shape)
        for name, title, controls in STEPS:
            held = [one for one in controls if not self.fields[one].widget.is_hidden]
            shown = [one for one in held if one in wanted or self._said(one)]
            more = [one for one in held if one not in shown]
            yield {
                "name": name,
                "title": title,
                "shown": [self._part(one) for one in shown],
                "more": [self._part(one) for one in more],
            }

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the words a control suggests."""
        yield "list-gates", list(words.GATES)

    def _part(self, name: str) -> dict[str, Any]:
        group = next((one for one in rows.ALL if one.name == name), None)
        if group is None:
            return {"bound": self[name]}
        columns = self._columns(group)
        given = self.data if self.is_bound else self.initial
        places = range(1, group.count(given) + 1)
        lines = [[self[group.control(place, one)] for one in columns] for place in places]
        hidden = [
            self[group.control(place, one)]
            for place in places
            for one in group.columns
            if one not in columns and self[group.control(place, one)].value() not in _ALWAYS
        ]
        return {
            "rows": lines,
            "hidden": hidden,
            "name": name,
            "head": [line.label for line in lines[0]],
            "errors": self[name].errors,
            "results": name == "examples",
        }

    def _columns(self, group: rows.Rows) -> list[str]:
        if group is rows.TIERS:
            return ["lower", "rate", *(["valid"] if self.shape.ramp else [])]
        if group is rows.EXAMPLES:
            wanted = example_columns(self.shape)
            return [one for one in group.columns if one in wanted]
        return list(group.columns)

    def _said(self, name: str) -> bool:
        """Return whether a control says something other than it does by itself, or is wrong."""
        if name in {group.name for group in rows.ALL}:
            group = next(one for one in rows.ALL if one.name == name)
            given = self.data if self.is_bound else self.initial
            held = (group.control(1, one) for one in group.needs)
            return bool(self[name].errors) or any(given.get(one) not in _ALWAYS for one in held)
        if self.is_bound and self[name].errors:
            return True
        field, value = self.fields[name], self[name].value()
        usual = field.initial
        if isinstance(field, forms.ChoiceField) and not isinstance(
            field, forms.MultipleChoiceField
        ):
            usual = usual or next(iter(cast(list[tuple[str, Any]], field.choices)))[0]
        if isinstance(field, forms.BooleanField):
            return bool(value) != bool(usual)
        return value not in _ALWAYS and str(value) != str(usual) and str(value) != "0"

    def _selections(self) -> None:
        for prefix, said in (("in_", _("Only %s")), ("out_", _("Without %s"))):
            for field, (plural, _one) in FIELDS.items():
                label = said % plural
                self.fields[f"{prefix}{field}"] = rows.text(label, 2000)
        for name in FOCUS:
            label = _("Focus: %s") % FIELDS[name.removeprefix("focus_")][0]
            self.fields[name] = rows.text(label, 2000)

    def _live(self, url: str, given: Mapping[str, Any]) -> None:
        """Have the form drawn again when a choice changes what it shows, or a last row is used."""
        if not url:
            return
        last = [
            group.control(group.count(given), column)
            for group in rows.ALL
            for column in group.needs
        ]
        for name in (*SHAPING, *last):
            self.fields[name].widget.attrs |= {
                "hx-post": url,
                "hx-trigger": "change",
                "hx-target": "#condition-steps",
                "hx-swap": "outerHTML",
                "hx-include": "closest form",
            }

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices
        if not choices:
            field.widget = forms.MultipleHiddenInput()

    def _choose_fund(self) -> None:
        """Offer the customer's funds; what is stored stays, whoever reads it."""
        found = self.names.funds(self.version.currency)
        kept = self.stored.fund if self.stored else ""
        if kept and kept not in dict(found):
            found.append((kept, kept))
        cast(forms.ChoiceField, self.fields["fund"]).choices = [("", "–"), *found]

    def _has_error(self, group: rows.Rows, place: int) -> bool:
        return any(group.control(place, one) in self.errors for one in group.columns)

    def _span(self, data: Mapping[str, Any], first: str, last: str) -> Period | None:
        start, end = data.get(first), data.get(last)
        if start is None and end is None:
            return None
        start, end = start or self.version.effective.start, end or self.version.effective.last
        if end < start:
            self.add_error(last, gettext("The last day comes before the first."))
            return None
        return Period.between(start, end)

    def _read(self, data: dict[str, Any], name: str) -> None:
        field = name.partition("_")[2]
        try:
            data[name] = self.names.read(field, data.get(name) or "", self._held(name))
        except forms.ValidationError as error:
            self.add_error(name, error)
            data[name] = ()

    def _held(self, name: str) -> tuple[int, ...]:
        """Return the accounts that the stored condition holds behind a control."""
        prefix, _mark, field = name.partition("_")
        if self.stored is None or field not in ON_ACCOUNTS:
            return ()
        focus = self.stored.focus.include if self.stored.focus else Selection()
        scope = self.stored.scope
        chosen = {"in": scope.include, "out": scope.exclude, "focus": focus}[prefix]
        return tuple(getattr(chosen, field))

    def _read_rows(self, data: dict[str, Any]) -> None:
        for group, column in (("targets", "only"), ("gates", "focus")):
            held = held_by(getattr(self.stored, group)) if self.stored else ()
            for place, row in enumerate(data[group], start=1):
                try:
                    row[column] = self.names.scope(row[column] or "", held)
                except forms.ValidationError as error:
                    self.add_error(f"{group}-{place}-{column}", error)
                    row[column] = None
        wanted = data.get("goods_product") or ""
        try:
            data["goods_product"] = next(iter(self.names.read("products", wanted)), None)
        except forms.ValidationError as error:
            self.add_error("goods_product", error)
            data["goods_product"] = None
