"""Say how a gate stood in a period; what nobody shows pays nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from keystead.agreements import queries, services
from keystead.agreements.queries import words
from keystead.agreements.queries.evaluation import Evaluated, evaluate_agreement
from keystead.agreements.queries.gates import GateStand, gates_of
from keystead.agreements.queries.traces import RESULTS
from keystead.agreements.types import GateKind
from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table

TONES = {"met": "good", "not_met": "bad", "unknown": "warn"}
STATES = (("met", RESULTS["met"]), ("not_met", RESULTS["not_met"]), ("unknown", RESULTS["unknown"]))


class GateForm(forms.Form):
    """Which gate, how it stood, and what shows it."""

    gate = forms.ChoiceField(label=gettext_lazy("Gate and period"))
    value = forms.ChoiceField(label=gettext_lazy("How it stood"), choices=STATES)
    number = forms.DecimalField(
        label=gettext_lazy("Number"),
        required=False,
        help_text=gettext_lazy("For a gate with a threshold: what was measured."),
    )
    evidence = forms.CharField(label=gettext_lazy("What shows it"), max_length=400)

    def __init__(self, *args: Any, stands: tuple[GateStand, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["gate"]
        field.choices = [(one.key, f"{name_of(one)}, {_span(one)}") for one in stands]
        if all(one.gate.kind is GateKind.FLAG for one in stands):
            del self.fields["number"]


@policy("settlements.edit")
def record(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Record how a gate stood; the latest word counts, and all of them stay."""
    actor = actor_of(request)
    agreement = queries.agreement_for(actor, agreement_id)
    found = evaluate_agreement(actor, agreement.id, as_of=timezone.localdate())
    stands = gates_of(agreement, found.run)
    by_key = {one.key: one for one in stands}
    first = next((one.key for one in stands if one.result.value == "unknown"), None)
    form = GateForm(request.POST or None, stands=stands, initial={"gate": first})

    def save(typed: dict[str, Any], _seen: int | None) -> None:
        stand = by_key[typed["gate"]]
        flag = stand.gate.kind is GateKind.FLAG
        number: Decimal | None = None if flag else typed.get("number")
        services.record_gate(
            actor=actor,
            agreement_id=agreement.id,
            name=stand.gate.name,
            period=stand.period,
            met={"met": True, "not_met": False}.get(typed["value"]) if flag else None,
            number=None if typed["value"] == "unknown" else number,
            evidence=typed["evidence"],
        )

    page = Page(
        _("How a gate stood"),
        back=reverse("agreements:entitlement", args=[agreement.id]),
        back_label=agreement.number,
        lede=_("An accrual takes an unknown gate as met; a settlement pays nothing for it."),
    )
    return edit_page(request, form, save, page)


def name_of(stand: GateStand) -> str:
    """Return a gate in words, with its threshold."""
    name = str(words.GATES.get(stand.gate.name, stand.gate.name))
    least = stand.gate.at_least
    return name if least is None else f"{name} ≥ {formats.number(least, locale=_locale())}"


def _span(stand: GateStand) -> str:
    return formats.period(stand.period.start, stand.period.end, locale=_locale())


def _locale() -> str:
    return get_language() or "en"


def gate_table(found: Evaluated, names: dict[str, str]) -> Table | None:
    """Return how the gates stand, for the tab "Entitlement"; None where there is none."""
    stands = gates_of(found.agreement, found.run)
    if not stands:
        return None
    rows = [
        Row(
            {
                "gate": name_of(one),
                "period": _span(one),
                "for": ", ".join(names.get(key, key) for key in one.conditions),
                "state": Cell(str(RESULTS[one.result.value]), tone=TONES[one.result.value]),
            }
        )
        for one in stands
    ]
    columns = [
        Column("gate", _("Gate")),
        Column("period", _("Period")),
        Column("for", _("Counts for"), hide="phone", wide=True),
        Column("state", _("How it stood"), "tag"),
    ]
    return Table(columns, rows, _("Gates"))
