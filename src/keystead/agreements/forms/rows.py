"""Rows inside a form: tiers, targets, gates, examples. There is always room for one more."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django import forms
from django.forms import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.agreements.forms.parts import choice, number
from keystead.agreements.queries import words
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period

MOST: Final = 60
TARGETED: Final = ("net_value", "gross_value", "quantity", "metric")


class PeriodField(forms.CharField):
    """A period as people write it: 2027, 2027-Q2, 2027-03, 2027-01-05..2027-02-03."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=24, required=False, **options)

    def clean(self, value: Any) -> Period | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Period.parse(text)
        except Invalid:
            raise ValidationError(
                gettext("Write 2027, 2027-Q2, 2027-03 or 2027-01-05..2027-02-03.")
            ) from None

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Period) else value


def text(label: Any, most: int = 80, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **options)


@dataclasses.dataclass(frozen=True)
class Rows:
    """A table of rows in a form; its columns make controls, those of ``needs`` go together."""

    name: str
    columns: Mapping[str, Callable[[], forms.Field]]
    needs: tuple[str, ...]
    least: int = 2

    def control(self, place: int, column: str) -> str:
        return f"{self.name}-{place}-{column}"

    def count(self, given: Mapping[str, Any]) -> int:
        """Return how many rows the form shows: those filled and one more."""
        form = re.compile(rf"{re.escape(self.name)}-(\d{{1,3}})-")
        held = [
            int(match[1])
            for key, value in given.items()
            if (match := form.match(key)) and value not in ("", None)
        ]
        return min(MOST, max(self.least, max(held, default=0) + 1))

    def fields(self, given: Mapping[str, Any]) -> Iterator[tuple[str, forms.Field]]:
        for place in range(1, self.count(given) + 1):
            for column, make in self.columns.items():
                yield self.control(place, column), make()

    def held(self, data: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each row in which something that is needed was typed."""
        place = 1
        while self.control(place, self.needs[0]) in data or place == 1:
            row = {column: data.get(self.control(place, column)) for column in self.columns}
            if any(row[name] not in (None, "") for name in self.needs):
                yield place, row
            place += 1
            if place > MOST:
                return

    def missing(self, row: Mapping[str, Any]) -> str | None:
        """Return the first of the needed cells that is empty in a row begun."""
        return next((name for name in self.needs if row[name] in (None, "")), None)


TIERS: Final = Rows(
    "tiers",
    {
        "lower": lambda: number(pgettext_lazy("tier", "From")),
        "rate": lambda: number(pgettext_lazy("tier", "Rate")),
        "valid": lambda: PeriodField(label=_("Only in")),
    },
    ("lower", "rate"),
    least=3,
)
TARGETS: Final = Rows(
    "targets",
    {
        "key": lambda: text(_("Target"), 40),
        "measure": lambda: choice(
            _("Measured on"), {key: words.MEASURES[key] for key in TARGETED}, required=False
        ),
        "value": lambda: number(_("To be reached")),
        "metric": lambda: text(_("Metric"), 60),
        "period": lambda: PeriodField(label=_("Only in")),
        "only": lambda: text(_("Only these sales"), 200),
    },
    ("key", "value"),
)
GATES: Final = Rows(
    "gates",
    {
        "name": lambda: text(_("What must hold"), 60, widget=_listed("gates")),
        "kind": lambda: choice(_("Answered by"), words.GATE_KINDS, required=False),
        "at_least": lambda: number(pgettext_lazy("gate", "From")),
        "scale_pct": lambda: number(_("Else pay, %"), max_value=100, min_value=0),
        "focus": lambda: text(_("Focus range"), 200),
    },
    ("name",),
    least=1,
)
EXAMPLES: Final = Rows(
    "examples",
    {
        "name": lambda: text(_("Example"), 80),
        "tier_measure": lambda: number(_("Measured")),
        "benefit_measure": lambda: number(_("Paid on")),
        "baseline": lambda: number(_("Baseline")),
        "focus_measure": lambda: number(_("Focus range")),
        "targets_reached": lambda: forms.IntegerField(
            label=_("Targets reached"), min_value=0, max_value=99, required=False
        ),
        "expected": lambda: number(_("Must pay")),
    },
    ("name", "tier_measure", "expected"),
)
ALL: Final = (TIERS, TARGETS, GATES, EXAMPLES)


def _listed(name: str) -> forms.TextInput:
    return forms.TextInput(attrs={"list": f"list-{name}"})
