"""The issues of a case as one table: a row is an option; the first of an issue carries weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.plans.terms import term_parts
from keystead.negotiation.queries.words import TERMS, TRUST
from keystead.negotiation.types.room import IssuePlan, OptionPlan, Trust

SPARE: Final = 6
MOST: Final = 400
COLUMNS: Final = (
    "issue", "our_weight", "their_weight", "trust", "option", "our_money", "their_money", "ours",
    "theirs", "term", "term_value",
)  # fmt: skip
ZERO, ONE = Decimal(0), Decimal(1)


class IssuesForm(forms.Form):
    """Rows of options; an empty issue name means the issue above, an empty option ends nothing."""

    def __init__(self, data: Any = None, *, issues: Sequence[IssuePlan] = ()) -> None:
        super().__init__(data)
        rows = list(_rows(issues))
        self.count = min(MOST, max(len(rows) + SPARE, _posted(data)))
        for at in range(self.count):
            first = rows[at] if at < len(rows) else {}
            for name in COLUMNS:
                self.fields[f"{name}-{at}"] = _field(name, at, first.get(name))

    def rows(self) -> Iterator[list[forms.BoundField]]:
        """Return the fields row by row, in the order of the columns."""
        for at in range(self.count):
            yield [self[f"{name}-{at}"] for name in COLUMNS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        above = ""
        for at in range(self.count):
            issue, option = data.get(f"issue-{at}", ""), data.get(f"option-{at}", "")
            above = issue or above
            if option and not above:
                self.add_error(f"issue-{at}", _("Name the issue of this option."))
            if issue and not option:
                self.add_error(f"option-{at}", _("Name its first option."))
            if data.get(f"term-{at}"):
                try:
                    term_parts(_term(data.get(f"term-{at}"), data.get(f"term_value-{at}")))
                except Invalid:
                    self.add_error(f"term_value-{at}", term_help(str(data[f"term-{at}"])))
        return data

    def issues(self) -> tuple[IssuePlan, ...]:
        """Return the issues of the rows, in their order."""
        found: list[tuple[dict[str, Any], list[OptionPlan]]] = []
        for at in range(self.count):
            row = {name: self.cleaned_data.get(f"{name}-{at}") for name in COLUMNS}
            if row["issue"]:
                found.append((row, []))
            if row["option"] and found:
                option = OptionPlan(
                    row["option"], row["our_money"], row["their_money"], row["ours"] or ZERO,
                    row["theirs"] or ZERO,
                    _term(row["term"], row["term_value"]) if row["term"] else "",
                )  # fmt: skip
                found[-1][1].append(option)
        return tuple(
            IssuePlan(
                row["issue"], tuple(options),
                ONE if row["our_weight"] is None else row["our_weight"],
                ONE if row["their_weight"] is None else row["their_weight"],
                Trust(row["trust"] or Trust.MEDIUM),
            )
            for row, options in found
        )  # fmt: skip


def _rows(issues: Sequence[IssuePlan]) -> Iterator[Mapping[str, Any]]:
    for issue in issues:
        for at, one in enumerate(issue.options):
            head = {
                "issue": issue.name, "our_weight": issue.our_weight,
                "their_weight": issue.their_weight, "trust": issue.trust.value,
            } if at == 0 else {}  # fmt: skip
            yield {
                **head, "option": one.name, "our_money": one.our_money,
                "their_money": one.their_money, "ours": one.ours or None,
                "theirs": one.theirs or None, "term": one.term.partition(" ")[0],
                "term_value": one.term.partition(" ")[2],
            }  # fmt: skip


def _posted(data: Any) -> int:
    if not data:
        return 0
    ends = [name.rpartition("-")[2] for name in data if name.startswith("option-")]
    return max((int(end) + 1 for end in ends if end.isdecimal() and len(end) < 4), default=0)


def _field(name: str, at: int, initial: Any) -> forms.Field:
    label = f"{head(name)} {at + 1}"
    attrs = {"aria-label": label, "class": "cell"}
    if name == "term":
        return forms.ChoiceField(
            label=label, required=False, choices=[("", _("words")), *TERMS.items()],
            initial=initial, widget=forms.Select(attrs),
        )  # fmt: skip
    if name in ("issue", "option", "term_value"):
        return forms.CharField(
            label=label, max_length=120, required=False, initial=initial or "",
            widget=forms.TextInput(attrs),
        )  # fmt: skip
    if name == "trust":
        return forms.ChoiceField(
            label=label, required=False, choices=[("", "–"), *TRUST.items()], initial=initial,
            widget=forms.Select(attrs),
        )  # fmt: skip
    return forms.DecimalField(
        label=label, required=False, initial=initial, max_digits=20, decimal_places=4,
        widget=forms.NumberInput({**attrs, "step": "any"}),
    )  # fmt: skip


def _term(kind: Any, value: Any) -> str:
    return f"{kind} {str(value or '').strip()}".strip()


def term_help(kind: str) -> str:
    """Return how the numbers of a term are written."""
    return {
        "discount": _("Percent on the invoice: 3"),
        "rebate": _("From a yearly value on, percent: 0:2; 100000:3"),
        "cap": _("The most a year, an amount: 50000"),
        "path": _("First year's price, then percent a year: 250000; 2; 2"),
    }.get(kind, "")


def head(name: str) -> str:
    """Return the label of a column."""
    return {
        "issue": _("Issue"), "our_weight": _("Our weight"), "their_weight": _("Their weight"),
        "trust": _("How sure"), "option": _("Option"), "our_money": _("Worth to us"),
        "their_money": _("Worth to them"), "ours": _("Our points"), "theirs": _("Their points"),
        "term": _("In the agreement"), "term_value": _("Numbers"),
    }[name]  # fmt: skip
