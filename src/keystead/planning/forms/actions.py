"""Forms of actions and of questions to colleagues."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.planning.forms.fields import ROWS, People, choose, day_field, owner_field
from keystead.planning.queries.words import ACTION_STATES
from keystead.planning.types.plans import (
    Action,
    ActionEntry,
    ActionState,
    Input,
    InputEntry,
)


class ActionForm(forms.Form):
    """A step that somebody takes by a day."""

    title = forms.CharField(label=_("What is done"), max_length=300)
    detail = forms.CharField(label=_("Detail"), max_length=4000, required=False, widget=ROWS)
    owner = owner_field()
    starts = day_field(_("Begins on"))
    due_on = day_field(_("Due on"))
    initiative = forms.TypedChoiceField(
        label=_("Of the initiative"), coerce=int, required=False, empty_value=None
    )
    state = forms.ChoiceField(label=_("State"), choices=list(ACTION_STATES.items()))

    def __init__(self, *args: Any, people: People, initiatives: People, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "owner", [("", "–"), *people])
        choose(self, "initiative", [("", "–"), *initiatives])

    def entry(self) -> ActionEntry:
        """Return the action as it was typed."""
        data = self.cleaned_data
        return ActionEntry(
            title=data["title"], detail=data["detail"], owner_id=data["owner"],
            starts=data["starts"], due_on=data["due_on"], initiative_id=data["initiative"],
            state=ActionState(data["state"]),
        )  # fmt: skip


class DaysForm(forms.Form):
    """The days of an action, as its bar was drawn."""

    starts = day_field(_("Begins on"))
    due_on = day_field(_("Due on"))

    def entry(self, known: Action) -> ActionEntry:
        """Return the action with these days; all else stays as it is."""
        return ActionEntry(
            title=known.title, detail=known.detail, owner_id=known.owner_id, state=known.state,
            initiative_id=known.initiative_id, item=known.item, **self.cleaned_data,
        )  # fmt: skip


def initial_action(one: Action) -> dict[str, Any]:
    """Return an action as its form shows it."""
    return {
        "title": one.title, "detail": one.detail, "owner": one.owner_id or "",
        "starts": one.starts, "due_on": one.due_on, "initiative": one.initiative_id or "",
        "state": one.state.value,
    }  # fmt: skip


class InputForm(forms.Form):
    """A question to a colleague."""

    question = forms.CharField(label=_("What is needed"), max_length=400, widget=ROWS)
    function = forms.CharField(
        label=_("Function"), max_length=80, help_text=_("Marketing, finance, supply …")
    )
    asked = forms.TypedChoiceField(
        label=_("Who is asked"), coerce=int, help_text=_("They see the account's plan.")
    )
    due_on = day_field(_("Due on"), required=True)

    def __init__(self, *args: Any, people: People, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "asked", people)

    def entry(self) -> InputEntry:
        """Return the question as it was typed."""
        data = self.cleaned_data
        return InputEntry(question=data["question"], function=data["function"],
                          asked_id=data["asked"], due_on=data["due_on"])  # fmt: skip


def initial_input(one: Input) -> dict[str, Any]:
    """Return a question as its form shows it."""
    return {"question": one.question, "function": one.function, "asked": one.asked_id,
            "due_on": one.due_on}  # fmt: skip


class AnswerForm(forms.Form):
    """The answer of the person who was asked."""

    answer = forms.CharField(label=_("Your answer"), max_length=4000, widget=ROWS)
