"""The form that makes an agreed offer an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.agreements.queries.words import KINDS
from keystead.agreements.types import Agreement, AgreementKind
from keystead.negotiation.forms.case import day
from keystead.negotiation.queries.fee_words import span
from keystead.negotiation.types.plans import FeePlan

EVERY = (
    (0, pgettext_lazy("invoices", "once")),
    (12, pgettext_lazy("invoices", "once a year")),
    (6, pgettext_lazy("invoices", "every half year")),
    (3, pgettext_lazy("invoices", "every quarter")),
    (1, pgettext_lazy("invoices", "every month")),
)


class SignForm(forms.Form):
    """What an agreement needs beyond the offer; a split gives schedule and invoices."""

    agreement = forms.ChoiceField(label=_("Agreement"), required=False)
    kind = forms.ChoiceField(label=_("Kind of a new agreement"))
    title = forms.CharField(label=_("Title"), max_length=160)
    starts = day(_("First day"))
    last = day(_("Last day"))
    notice_days = forms.IntegerField(
        label=_("Notice, in days"), min_value=0, max_value=3650, required=False
    )
    plan = forms.ChoiceField(label=_("Split of the fee"), required=False)
    every_months = forms.TypedChoiceField(
        label=_("Invoices"), choices=EVERY, coerce=int, initial=12
    )
    first = day(_("First invoice on"), required=False)

    def __init__(
        self, *args: Any, agreements: Sequence[Agreement], plans: Sequence[FeePlan], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {
            "agreement": [("", gettext("a new agreement"))],
            "kind": [(one.value, str(KINDS[one])) for one in AgreementKind],
            "plan": [("", gettext("none"))],
        }
        choices["agreement"] += [
            (str(one.id), gettext("amend %(number)s") % {"number": f"{one.number} {one.title}"})
            for one in agreements
        ]
        choices["plan"] += [(str(one.id), f"{one.name} ({one.number}), {span(one)}")
                            for one in plans]  # fmt: skip
        for name, known in choices.items():
            self.fields[name].choices = known  # type: ignore[attr-defined]
        self.fields["kind"].initial = AgreementKind.LICENCE.value
