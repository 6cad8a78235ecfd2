"""Forms of a case: head, sides, offer, concession, objection."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.negotiation.queries.words import MEASURES, STATES, WHO
from keystead.negotiation.types.cases import Measure, Outcome, Side
from keystead.negotiation.types.room import Concession, Draft, Negotiation, Who

OUTCOMES = 3
HUNDRED = Decimal(100)


def day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **more
    )


class HeadForm(forms.Form):
    """What a case is about."""

    name = forms.CharField(label=_("Name"), max_length=120)
    state = forms.ChoiceField(label=_("State"), choices=tuple(STATES.items()))
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    parties = forms.CharField(
        label=_("Parties, one a line"), required=False, widget=forms.Textarea({"rows": 3})
    )
    mandate = forms.CharField(
        label=_("Mandate (ours alone)"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip

    def clean_parties(self) -> tuple[str, ...]:
        lines = str(self.cleaned_data["parties"]).splitlines()
        return tuple(line.strip() for line in lines if line.strip())


class SidesForm(forms.Form):
    """What both sides have without a deal, and what a deal must bring at least."""

    def __init__(self, *args: Any, found: Negotiation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = (("ours", _("We"), found.ours), ("theirs", _("They, as we think"), found.theirs))
        for key, who, side in names:
            self._add(key, str(who), side)

    def _add(self, key: str, who: str, side: Side) -> None:
        def label(text: Any) -> str:
            return gettext("%(who)s: %(what)s") % {"who": who, "what": text}

        self.fields[f"{key}_measure"] = forms.ChoiceField(
            label=label(_("how packages are counted")), choices=tuple(MEASURES.items()),
            initial=side.measure.value,
        )  # fmt: skip
        known = [*side.without_deal, *[None] * OUTCOMES][: max(OUTCOMES, len(side.without_deal))]
        for at, one in enumerate(known):
            number = {"number": at + 1}
            self.fields[f"{key}_text_{at}"] = forms.CharField(
                label=label(gettext("without a deal %(number)s") % number), required=False,
                max_length=200, initial=one.text if one else "",
            )  # fmt: skip
            self.fields[f"{key}_amount_{at}"] = forms.DecimalField(
                label=label(gettext("brings %(number)s") % number), required=False,
                initial=one.amount if one else None,
            )  # fmt: skip
            self.fields[f"{key}_odds_{at}"] = forms.DecimalField(
                label=label(gettext("likely, in percent %(number)s") % number), required=False,
                min_value=0, max_value=100, initial=one.probability_pct if one else None,
            )  # fmt: skip
        self.fields[f"{key}_margin"] = forms.DecimalField(
            label=label(_("a deal must bring more by")), required=False, initial=side.margin
        )
        self.fields[f"{key}_reservation"] = forms.DecimalField(
            label=label(_("or the least by hand")), required=False, initial=side.reservation
        )

    def side(self, key: str) -> Side:
        data = self.cleaned_data
        count = len([name for name in self.fields if name.startswith(f"{key}_text_")])
        outcomes = tuple(
            Outcome(
                data[f"{key}_text_{at}"],
                data[f"{key}_amount_{at}"],
                HUNDRED if data[f"{key}_odds_{at}"] is None else data[f"{key}_odds_{at}"],
            )
            for at in range(count)
            if data[f"{key}_amount_{at}"] is not None
        )
        return Side(
            Measure(data[f"{key}_measure"]), data[f"{key}_reservation"], outcomes,
            data[f"{key}_margin"] or Decimal(0),
        )  # fmt: skip


class OfferForm(forms.Form):
    """One option per issue; ``theirs``: an offer that they made."""

    name = forms.CharField(label=_("Name"), max_length=120)

    def __init__(
        self, *args: Any, found: Negotiation, draft: Draft | None, theirs: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        self.fields["name"].initial = draft.name if draft else ""
        if theirs:
            self.fields["on"] = day(_("Received on"))
        for at, issue in enumerate(found.issues):
            self.fields[f"issue_{at}"] = forms.ChoiceField(
                label=issue.name, choices=[(one.name, one.name) for one in issue.options],
                initial=draft.package.get(issue.name) if draft else None,
            )  # fmt: skip
        self.fields["valid_until"] = day(
            _("Valid until"), required=False, initial=draft.valid_until if draft else None
        )

    def package(self) -> dict[str, str]:
        return {
            issue.name: self.cleaned_data[f"issue_{at}"]
            for at, issue in enumerate(self.found.issues)
        }


class ConcessionForm(forms.Form):
    """Who gave what; ``moves`` are an issue with two of its options."""

    side = forms.ChoiceField(label=_("Who gave"), choices=tuple(WHO.items()))
    on = day(_("On"))
    before = forms.ChoiceField(label=pgettext_lazy("concession", "From"))
    after = forms.ChoiceField(label=pgettext_lazy("concession", "To"))
    answers = forms.ChoiceField(label=_("In return for"), required=False)
    got = forms.CharField(label=_("Or what was got for it"), max_length=400, required=False)
    reason = forms.CharField(label=_("Why (ours alone)"), max_length=400, required=False)

    def __init__(
        self, *args: Any, found: Negotiation, lines: Sequence[Concession], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        options = [
            (issue.name, [(f"{at}:{n}", one.name) for n, one in enumerate(issue.options)])
            for at, issue in enumerate(found.issues)
        ]
        answers = [(str(one.id), _told(one)) for one in lines]
        for name, choices in (
            ("before", options), ("after", options), ("answers", [("", "–"), *answers]),
        ):  # fmt: skip
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = str(data.get("before", "")), str(data.get("after", ""))
        if first and last and first.partition(":")[0] != last.partition(":")[0]:
            self.add_error("after", _("Choose two options of the same issue."))
        return data

    def moved(self) -> tuple[str, str, str]:
        """Return the issue and its two options by name."""
        issue, first = map(int, self.cleaned_data["before"].split(":"))
        last = int(self.cleaned_data["after"].split(":")[1])
        held = self.found.issues[issue]
        return held.name, held.options[first].name, held.options[last].name


def _told(one: Concession) -> str:
    return f"{WHO[Who(one.side)]}: {one.issue}, {one.before} → {one.after}"


class ObjectionForm(forms.Form):
    """What they say, and our answer."""

    text = forms.CharField(label=_("What they say"), max_length=400)
    answer = forms.CharField(
        label=_("Our answer"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    proof = forms.CharField(label=_("Proof of a figure"), required=False, max_length=400)
    document = forms.CharField(label=_("Document"), required=False, max_length=200)
