"""Forms of links: groups, and people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.accounts.forms.parts import SpanMixin, account_field, day_field, number_field
from keystead.accounts.queries import labels_of
from keystead.accounts.types import MembershipRole, TeamRole


class MembershipForm(SpanMixin):
    """Say what the account belongs to."""

    suggestions: dict[str, Sequence[str]] = {"accounts": ()}
    role = forms.ChoiceField(label=_("This account"))
    group = account_field(_("Which account"))
    valid_from = day_field(_("First day"), help_text=_("Empty: since ever"))
    last_day = day_field(_("Last day"), help_text=_("Empty: it goes on"))
    weight = number_field(
        _("Weight"), required=False, help_text=_("Votes or share in a consortium, if it has one")
    )
    source = forms.CharField(label=_("Source"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["role"].choices = labels_of(MembershipRole)


class TeamForm(SpanMixin):
    """Put somebody into the team; ``people`` are (id, name) pairs."""

    user = forms.ChoiceField(label=_("Who"))
    role = forms.ChoiceField(label=_("Role in the team"))
    valid_from = day_field(_("First day"), required=True)
    last_day = day_field(_("Last day"), help_text=_("Empty: it goes on"))
    hand_over = forms.BooleanField(
        label=_("Hand over: the present owner's time ends the day before"), required=False
    )

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["user"].choices = [(str(pk), name) for pk, name in people]
        fields["role"].choices = labels_of(TeamRole)


class EndForm(forms.Form):
    """The last day of a membership or of a place in the team."""

    last_day = day_field(_("Last day"), required=True)
