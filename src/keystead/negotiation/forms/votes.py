"""The form of a vote: the rule, what each member votes, who has a veto."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.negotiation.queries.fee_words import figure_word
from keystead.negotiation.types.plans import PlanMember
from keystead.negotiation.types.votes import HEADS, Basis, Vote, Voter, VotingRule

VOTES = {
    Vote.YES: pgettext_lazy("vote", "yes"),
    Vote.NO: pgettext_lazy("vote", "no"),
    Vote.ABSTAIN: pgettext_lazy("vote", "abstains"),
    Vote.ABSENT: pgettext_lazy("vote", "absent"),
}
BASES = {
    Basis.CAST: _("of yes and no"),
    Basis.PRESENT: _("of all present"),
    Basis.ALL: _("of all members"),
}
HUNDRED = Decimal(100)


class VotesForm(forms.Form):
    """A rule and a vote; nothing of it is stored, the address holds it."""

    weight = forms.ChoiceField(label=_("Votes are counted by"))
    threshold = forms.DecimalField(
        label=_("Needed, %"), min_value=0, max_value=100, decimal_places=4, initial=50
    )
    strict = forms.BooleanField(label=_("More than that"), required=False, initial=True)
    basis = forms.ChoiceField(label=_("Counted"), choices=tuple(BASES.items()))
    quorum = forms.DecimalField(
        label=_("Quorum, %"), min_value=0, max_value=100, decimal_places=4, initial=0,
        required=False,
    )  # fmt: skip
    quorum_weight = forms.ChoiceField(label=_("The quorum is counted by"))

    def __init__(self, data: Any, *, members: Sequence[PlanMember]) -> None:
        given = bool(data.get("weight"))
        super().__init__(data if given else None, auto_id="vote_%s")
        self.members = [one for one in members if not one.hidden]
        names = sorted({name for one in self.members for name in one.figures})
        choices = [(name, figure_word(name)) for name in (HEADS, *names)]
        for name in ("weight", "quorum_weight"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for one in self.members:
            self.fields[f"vote_{one.account_id}"] = forms.ChoiceField(
                label=one.name, choices=tuple(VOTES.items()), required=False
            )
            self.fields[f"veto_{one.account_id}"] = forms.BooleanField(
                label=_("veto"), required=False
            )

    def rule(self) -> VotingRule:
        """Return the rule as typed, or the simple majority at first."""
        if not self.is_bound or not self.is_valid():
            return VotingRule()
        data = self.cleaned_data
        return VotingRule(
            weight=data["weight"],
            threshold=Fraction(data["threshold"]) / 100,
            strict=data["strict"],
            basis=Basis(data["basis"]),
            quorum=Fraction(data["quorum"] or 0) / 100,
            quorum_weight=data["quorum_weight"],
        )

    def voters(self) -> list[Voter]:
        """Return the members with their votes; who is not named says yes."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return [
            Voter(
                one.code,
                Vote(data.get(f"vote_{one.account_id}") or Vote.YES),
                one.figures,
                bool(data.get(f"veto_{one.account_id}")),
            )
            for one in self.members
        ]

    def rule_fields(self) -> list[forms.BoundField]:
        names = ("weight", "threshold", "basis", "strict", "quorum", "quorum_weight")
        return [self[name] for name in names]

    def vote_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [
            (self[f"vote_{one.account_id}"], self[f"veto_{one.account_id}"]) for one in self.members
        ]
