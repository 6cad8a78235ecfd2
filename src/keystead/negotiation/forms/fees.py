"""Forms of a split: its head, how the total is shared, what is known of each member."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.kernel.money import currency_code
from keystead.negotiation.forms.case import day
from keystead.negotiation.queries.fee_words import ANSWERS, METHODS, OPT_OUTS, figure_word
from keystead.negotiation.types.fees import EQUAL, BidRule, Limits, OnOptOut, Override
from keystead.negotiation.types.plans import HEADS, Answer, FeePlan, PlanMember, PlanQuorum, Rules

OWN: Final = ("bid", "claim", "alone")  # figures that a method asks for and nobody else knows
HUNDRED: Final = Decimal(100)
# Field -> methods that it is for; the page shows it only with one of them.
WHEN: Final = {
    "measure": "proportional bands fixed_plus bids contested_garment savings_share shapley",
    "mix": "mix",
    "bands": "bands",
    "fixed": "fixed_plus",
    "by": "savings_share",
    "bid_rule": "bids",
    "steps": "shapley",
    "why": "manual",
}
USUAL: Final = {
    "bids": "bid", "contested_garment": "claim", "savings_share": "alone", "shapley": "alone",
}  # fmt: skip


def amount(label: Any, **more: Any) -> forms.DecimalField:
    """Return a field for an amount or a figure of zero or more."""
    given = {"required": False, "min_value": 0, "max_digits": 20, "decimal_places": 4, **more}
    return forms.DecimalField(label=label, **given)


class PlanHeadForm(forms.Form):
    """What a split is of."""

    name = forms.CharField(label=_("Name"), max_length=120)
    starts = day(_("First day"))
    last = day(_("Last day"))
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    total = amount(_("Fee in all"), required=True)
    note = forms.CharField(
        label=_("Note (ours alone)"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip

    def clean_currency(self) -> str:
        try:
            return currency_code(str(self.cleaned_data["currency"]))
        except Invalid:
            raise forms.ValidationError(gettext("This is no currency code.")) from None


class AnswerSelect(forms.Select):
    """A choice drawn without a template: hundreds of members stand on one page."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((key, " selected" if key == value else "", label) for key, label in self.choices),
        )  # fmt: skip
        told = flatatt({**self.attrs, **(attrs or {})})
        return format_html('<select name="{}"{}>{}</select>', name, told, options)


class RulesForm(forms.Form):
    """How the total is shared, and what each member answered."""

    total = amount(_("Fee in all"), required=True)
    method = forms.ChoiceField(label=_("Method"), choices=tuple(METHODS.items()))
    measure = forms.ChoiceField(label=_("Figure"), required=False)
    bands = forms.CharField(
        label=_("Bands: from = points, one a line"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 4, "placeholder": "0 = 1\n500 = 2"}),
    )  # fmt: skip
    fixed = amount(_("Fixed fee of each"))
    by = forms.ChoiceField(label=_("The saving is shared by"), required=False)
    bid_rule = forms.ChoiceField(
        label=_("Below the bids"), required=False,
        choices=((BidRule.PROPORTIONAL.value, _("in proportion to the bids")),
                 (BidRule.EQUAL.value, _("the same as far as bids go"))),
    )  # fmt: skip
    steps = forms.CharField(
        label=_("Discounts: sum alone = percent, one a line"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 4, "placeholder": "100000 = 5\n250000 = 12"}),
    )  # fmt: skip
    why = forms.CharField(label=_("Why by hand"), required=False, max_length=400)
    floor = amount(_("Floor"))
    cap = amount(_("Cap"))
    up_pct = amount(_("May rise by at most, %"))
    down_pct = amount(_("May fall by at most, %"), max_value=100)
    quorum_measure = forms.ChoiceField(label=_("Quorum counts"), required=False)
    quorum_least = amount(_("Quorum: members, or % of the figure"))
    open_joins = forms.BooleanField(label=_("No answer counts as taking part"), required=False)
    on_opt_out = forms.ChoiceField(
        label=_("When a member stays out"), choices=tuple(OPT_OUTS.items())
    )

    def __init__(self, data: Any = None, *, plan: FeePlan) -> None:
        super().__init__(data, initial=_first(plan), auto_id="fee_%s")
        self.plan = plan
        names = list(dict.fromkeys([*plan.measures, *OWN]))
        figures = [(name, figure_word(name)) for name in names]
        for field, more in (
            ("measure", []), ("by", [(EQUAL, figure_word(EQUAL))]),
            ("quorum_measure", [("", gettext("no quorum")), (HEADS, figure_word(HEADS))]),
        ):  # fmt: skip
            shown = figures if field == "measure" else figures[: len(plan.measures)]
            self.fields[field].choices = [*more, *shown]  # type: ignore[attr-defined]
        self.mixed = [*plan.measures, EQUAL]
        parts = plan.rules.method.get("parts", {})
        for at, name in enumerate(self.mixed):
            share = parts.get(name)
            self.fields[f"mix_{at}"] = amount(
                gettext("%(figure)s, %%") % {"figure": figure_word(name)}, max_value=100,
                initial=None if share is None else f"{(Decimal(share) * HUNDRED).normalize():f}",
            )  # fmt: skip
        for one in plan.members:
            if not one.hidden:
                self.fields[f"answer_{one.account_id}"] = forms.ChoiceField(
                    label=one.name, choices=tuple(ANSWERS.items()), required=False,
                    initial=one.answer.value, widget=AnswerSelect,
                )  # fmt: skip

    def parameters(self) -> Iterator[tuple[str, forms.BoundField]]:
        """Return the fields of methods, each with the methods it is for."""
        for name, when in WHEN.items():
            if name == "mix":
                for at in range(len(self.mixed)):
                    yield when, self[f"mix_{at}"]
            else:
                yield when, self[name]

    def limits_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("floor", "cap", "up_pct", "down_pct")]

    def quorum_fields(self) -> list[forms.BoundField]:
        return [
            self[name] for name in ("quorum_measure", "quorum_least", "on_opt_out", "open_joins")
        ]

    def answer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("answer_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("bands", "steps"):
            if data.get(name):
                try:
                    pairs(data[name])
                except Invalid:
                    self.add_error(name, gettext("Write two numbers a line, such as 500 = 2."))
        if data.get("method") == "fixed_plus" and data.get("fixed") is None:
            self.add_error("fixed", gettext("This is needed."))
        if data.get("method") == "manual" and not data.get("why"):
            self.add_error("why", gettext("A fee by hand needs a reason."))
        return data

    def rules(self) -> Rules:
        """Return how the total is shared, as typed."""
        data = self.cleaned_data
        quorum = None
        if data["quorum_measure"] and data["quorum_least"] is not None:
            quorum = PlanQuorum(data["quorum_measure"], data["quorum_least"])
        return Rules(
            method=self._method(),
            limits=Limits(data["floor"], data["cap"], data["up_pct"], data["down_pct"]),
            on_opt_out=OnOptOut(data["on_opt_out"]), open_joins=data["open_joins"], quorum=quorum,
        )  # fmt: skip

    def answers(self) -> dict[int, Answer]:
        """Return the answers that were given, by account."""
        return {
            int(name.removeprefix("answer_")): Answer(value)
            for name, value in self.cleaned_data.items()
            if name.startswith("answer_") and value
        }

    def _method(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind, measure = data["method"], data["measure"]
        if kind == "mix":
            parts = {
                name: f"{(data[f'mix_{at}'] or Decimal(0)) / HUNDRED:f}"
                for at, name in enumerate(self.mixed)
                if data[f"mix_{at}"]
            }
            return {"kind": kind, "parts": parts}
        made: dict[str, Any] = {"kind": kind}
        if kind in ("proportional", "bands"):
            made["measure"] = measure
        if kind == "bands":
            made["bands"] = [
                {"from": f"{low:f}", "points": f"{points:f}"} for low, points in pairs(data[kind])
            ]
        elif kind == "fixed_plus":
            made |= {"fixed": f"{data['fixed']:f}",
                     "rest": {"kind": "proportional", "measure": measure}}  # fmt: skip
        elif kind == "savings_share":
            by = data["by"]
            made |= {"alone": measure, "by": {"kind": "equal"} if by in ("", EQUAL) else
                     {"kind": "proportional", "measure": by}}  # fmt: skip
        elif kind == "bids":
            made |= {"bid": measure, "rule": data["bid_rule"] or BidRule.PROPORTIONAL.value}
        elif kind == "contested_garment":
            made["claim"] = measure
        elif kind == "shapley":
            steps = [{"from": f"{low:f}", "pct": f"{pct:f}"} for low, pct in pairs(data["steps"])]
            made |= {"alone": measure, "discounts": steps}
        elif kind == "manual":
            made["reason"] = data["why"]
        return made


def pairs(text: str) -> list[tuple[Decimal, Decimal]]:
    """Return lines of ``from = value`` as numbers; raises Invalid for anything else."""
    found = []
    for line in text.splitlines():
        if line.strip():
            low, equals, value = line.partition("=")
            if not equals:
                raise Invalid("A line holds two numbers.", code="pairs")
            found.append((exact(low), exact(value)))
    return found


def _first(plan: FeePlan) -> dict[str, Any]:
    """Return what stands in the fields at first: the stored rules."""
    method, limits, quorum = plan.rules.method, plan.rules.limits, plan.rules.quorum
    kind = str(method.get("kind", EQUAL))
    named = method.get("measure") or method.get("bid") or method.get("claim")
    named = named or method.get("alone") or method.get("rest", {}).get("measure")
    lines = {
        "bands": [f"{one['from']} = {one['points']}" for one in method.get("bands", ())],
        "steps": [f"{one['from']} = {one['pct']}" for one in method.get("discounts", ())],
    }
    return {
        "total": plan.total.amount, "method": kind,
        "measure": named or USUAL.get(kind) or next(iter(plan.measures), ""),
        **{name: "\n".join(found) for name, found in lines.items()},
        "fixed": method.get("fixed"), "by": method.get("by", {}).get("measure", EQUAL),
        "bid_rule": method.get("rule", BidRule.PROPORTIONAL.value),
        "why": method.get("reason", ""), "floor": limits.floor, "cap": limits.cap,
        "up_pct": limits.up_pct, "down_pct": limits.down_pct,
        "quorum_measure": quorum.measure if quorum else "",
        "quorum_least": quorum.least if quorum else None,
        "open_joins": plan.rules.open_joins, "on_opt_out": plan.rules.on_opt_out.value,
    }  # fmt: skip


class MembersForm(forms.Form):
    """A row a member: answer, last year's fee, figures, and a fee by hand with its reason."""

    figure = forms.CharField(
        label=_("A further figure"), max_length=40, required=False,
        help_text=_("A column of your own, such as bid, claim, alone or site count."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, plan: FeePlan) -> None:
        super().__init__(data)
        self.plan = plan
        needs = [str(plan.rules.method.get(name)) for name in OWN if plan.rules.method.get(name)]
        self.names = list(dict.fromkeys([*plan.measures, *needs]))
        self.members = [one for one in plan.members if not one.hidden]
        for one in self.members:
            self._add(one)

    def _add(self, one: PlanMember) -> None:
        key, hand = one.account_id, one.by_hand
        first: dict[str, tuple[forms.Field, Any]] = {
            "answer": (forms.ChoiceField(choices=tuple(ANSWERS.items())), one.answer.value),
            "previous": (amount(""), one.previous),
        }
        for at, name in enumerate(self.names):
            first[f"figure{at}"] = (amount(""), one.figures.get(name))
        first["hand"] = (amount(""), hand.fee if hand else None)
        first["reason"] = (
            forms.CharField(max_length=400, required=False), hand.reason if hand else "",
        )  # fmt: skip
        for (name, (field, value)), label in zip(first.items(), self.heads()[1:], strict=True):
            field.label, field.initial = f"{one.name}: {label}", value
            field.widget.attrs |= {"aria-label": field.label, "class": "cell"}
            self.fields[f"{name}-{key}"] = field

    def heads(self) -> list[str]:
        """Return the labels of the columns."""
        return [
            gettext("Member"), pgettext("member", "Answer"), gettext("Last year's fee"),
            *(figure_word(name) for name in self.names), gettext("Fee by hand"),
            gettext("Why by hand"),
        ]  # fmt: skip

    def rows(self) -> Iterator[tuple[PlanMember, list[forms.BoundField]]]:
        """Return the fields of each member."""
        names = ["answer", "previous", *(f"figure{at}" for at in range(len(self.names))), "hand",
                 "reason"]  # fmt: skip
        for one in self.members:
            yield one, [self[f"{name}-{one.account_id}"] for name in names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one in self.members:
            if data.get(f"hand-{one.account_id}") is not None and not data.get(
                f"reason-{one.account_id}"
            ):
                self.add_error(f"reason-{one.account_id}", gettext("A fee by hand needs a reason."))
        return data

    def entered(self, one: PlanMember) -> dict[str, Any]:
        """Return what is typed of a member, as the service takes it."""
        data, key = self.cleaned_data, one.account_id
        figures = {
            name: data[f"figure{at}-{key}"]
            for at, name in enumerate(self.names)
            if data[f"figure{at}-{key}"] is not None
        }
        fresh = " ".join(data["figure"].split())
        if fresh and fresh not in self.names:
            figures[fresh] = Decimal(0)
        fee = data[f"hand-{key}"]
        return {
            "account_id": key, "answer": Answer(data[f"answer-{key}"]),
            "previous": data[f"previous-{key}"], "figures": figures,
            "by_hand": None if fee is None else Override(fee, data[f"reason-{key}"]),
        }  # fmt: skip


class LettersForm(forms.Form):
    """Letters to the members: in which language, dated when, and what stands in them."""

    language = forms.ChoiceField(label=_("Language"))
    on = day(_("Dated"))
    sender = forms.CharField(label=_("Signed by"), max_length=160, required=False)
    template_id = forms.TypedChoiceField(
        label=_("Template"), coerce=int, required=False, empty_value=None
    )
    template = forms.FileField(
        label=_("Or a Word file for this time alone"), required=False,
        help_text=_("A .docx with placeholders such as {{ member }}."),
    )  # fmt: skip
    inside = forms.BooleanField(label=_("Internal copies, marked as such"), required=False)

    def __init__(
        self,
        *args: Any,
        languages: list[tuple[str, str]],
        templates: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        shown = [("", _("The one that ships")), *templates]
        self.fields["template_id"].choices = shown  # type: ignore[attr-defined]


class LetterTemplateForm(forms.Form):
    """A letter template of the house."""

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), required=False)
    file = forms.FileField(label=_("Word file"), widget=forms.FileInput(attrs={"accept": ".docx"}))

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("All languages")), *languages]  # type: ignore[attr-defined]
