"""Forms of a review: begin it, change it, its story, its actions, its rating."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.reviews.calc.agenda import POINTS
from keystead.reviews.queries.words import (
    ITEM_KINDS,
    KINDS,
    MARKS,
    SIDES,
    language,
    point_words,
)
from keystead.reviews.types.cycle import (
    AgendaItem,
    Edits,
    Item,
    ItemEntry,
    ItemKind,
    OwnWords,
    Rating,
    Review,
    ReviewEntry,
    ReviewKind,
    Side,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROWS = forms.Textarea(attrs={"rows": 3})
AGENDA = forms.Textarea(attrs={"rows": 12})
LINE = re.compile(r"\s*(\d{1,3})\s+(.+?)\s*", re.ASCII)
Choices = Sequence[tuple[int, str]]


def agenda_text(items: Iterable[AgendaItem]) -> str:
    """Return an agenda as it is typed: minutes and words, a point to a line."""
    return "\n".join(f"{one.minutes} {point_words(one)}" for one in items)


def agenda_items(text: str) -> tuple[AgendaItem, ...]:
    """Return the points of a typed agenda; what is a shipped point stays one in every language."""
    shipped = {gettext(words): code for code, words in POINTS.items()}
    items = []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise ValidationError(_("Begin each line with its minutes: 15 What moved, and why."))
        minutes, words = int(found[1]), found[2][:160]
        code = shipped.get(words, "")
        items.append(AgendaItem(minutes, code, {} if code else {language(): words}))
    return tuple(items)


class ReviewForm(forms.Form):
    """A review as it is begun or changed."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    period = forms.CharField(
        label=_("Period"), max_length=40,
        help_text=_("Such as 2026-Q3, 2026-07, 2026-01..2026-06 or 2026."),
    )  # fmt: skip
    planned_on = forms.DateField(label=_("Day of the meeting"), widget=DAY, required=False)
    place = forms.CharField(label=pgettext_lazy("meeting", "Place"), max_length=160, required=False)
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, required=False, empty_value=None)
    people = forms.TypedMultipleChoiceField(
        label=_("Who comes from the customer"), coerce=int, required=False
    )
    colleagues = forms.TypedMultipleChoiceField(
        label=_("Who comes from us"), coerce=int, required=False
    )
    agenda = forms.CharField(
        label=pgettext_lazy("review", "Agenda"), required=False, max_length=6000, widget=AGENDA,
        help_text=_("A point to a line, its minutes first."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, accounts: Choices, owners: Choices, people: Choices = (),
        begun: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts
        cast(forms.ChoiceField, self.fields["owner"]).choices = [("", "–"), *owners]
        cast(forms.ChoiceField, self.fields["people"]).choices = people
        cast(forms.ChoiceField, self.fields["colleagues"]).choices = owners
        if begun:
            for name in ("account", "kind", "period"):
                del self.fields[name]
        else:
            for name in ("people", "colleagues", "agenda"):
                del self.fields[name]
        if begun and not people:
            del self.fields["people"]

    def clean_period(self) -> Period:
        try:
            return Period.parse(self.cleaned_data["period"].strip())
        except Invalid as error:
            raise ValidationError(gettext(error.message)) from error

    def clean_agenda(self) -> tuple[AgendaItem, ...]:
        return agenda_items(self.cleaned_data["agenda"])

    def entry(self, found: Review | None = None) -> ReviewEntry:
        """Return what was typed; account, kind and period of a begun review stay."""
        data = self.cleaned_data
        head: dict[str, Any] = {
            "account_id": found.account_id if found else data["account"],
            "kind": found.kind if found else ReviewKind(data["kind"]),
            "period": found.period if found else data["period"],
        }
        for name in ("people", "colleagues", "agenda"):
            head[name] = tuple(data[name]) if name in data else None
        return ReviewEntry(
            **head, planned_on=data["planned_on"], place=data["place"], owner_id=data["owner"]
        )


def initial_review(found: Review) -> dict[str, Any]:
    """Return a review as its form shows it."""
    return {
        "planned_on": found.planned_on, "place": found.place, "owner": found.owner_id,
        "people": list(found.people), "colleagues": list(found.colleagues),
        "agenda": agenda_text(found.agenda),
    }  # fmt: skip


class ItemForm(forms.Form):
    """An action or a decision, with the words of the notes it comes from."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(ITEM_KINDS.items()))
    text = forms.CharField(label=pgettext_lazy("review", "What"), max_length=400, widget=ROWS)
    side = forms.ChoiceField(
        label=pgettext_lazy("review", "Who does it"), choices=list(SIDES.items())
    )
    owner = forms.TypedChoiceField(
        label=_("One of us"), coerce=int, required=False, empty_value=None
    )
    owner_words = forms.CharField(label=_("One of theirs"), max_length=120, required=False)
    due = forms.DateField(label=pgettext_lazy("action", "Due"), widget=DAY, required=False)
    quote = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["owner"]).choices = [("", "–"), *owners]

    def entry(self) -> ItemEntry:
        """Return what was typed."""
        data = self.cleaned_data
        return ItemEntry(
            kind=ItemKind(data["kind"]), text=data["text"], quote=data["quote"],
            side=Side(data["side"]), owner_id=data["owner"], owner_words=data["owner_words"],
            due=data["due"],
        )  # fmt: skip


def initial_item(one: Item) -> dict[str, Any]:
    """Return an action as its form shows it."""
    return {
        "kind": one.kind.value, "text": one.text, "side": one.side.value, "owner": one.owner_id,
        "owner_words": "" if one.owner_id else one.owner_name, "due": one.due,
        "quote": one.quote,
    }  # fmt: skip


class RateForm(forms.Form):
    """How the meeting was found, and when the next one is."""

    theirs = forms.TypedChoiceField(
        label=_("The customer's mark"), coerce=int, required=False, empty_value=None
    )
    ours = forms.TypedChoiceField(label=_("Our mark"), coerce=int, required=False, empty_value=None)
    words = forms.CharField(
        label=pgettext_lazy("review", "In words"), max_length=400, required=False, widget=ROWS
    )
    next_on = forms.DateField(label=_("Next date"), widget=DAY, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        marks = [("", "–"), *((mark, f"{mark} · {word}") for mark, word in MARKS.items())]
        for name in ("theirs", "ours"):
            cast(forms.ChoiceField, self.fields[name]).choices = marks

    def rating(self) -> Rating:
        """Return the marks and words as typed."""
        data = self.cleaned_data
        return Rating(data["theirs"], data["ours"], data["words"])

    def next_day(self) -> date | None:
        found: date | None = self.cleaned_data["next_on"]
        return found


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(label=_("Why"), max_length=400, widget=ROWS)


class HeldForm(forms.Form):
    """The day on which the meeting took place."""

    held_on = forms.DateField(label=_("Held on"), widget=DAY)


class AgendaForm(forms.Form):
    """An agenda that is kept for the next time."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    agenda = forms.CharField(
        label=pgettext_lazy("review", "Agenda"), max_length=6000, widget=AGENDA,
        help_text=_("A point to a line, its minutes first."),
    )  # fmt: skip

    def clean_agenda(self) -> tuple[AgendaItem, ...]:
        return agenda_items(self.cleaned_data["agenda"])


class MasterForm(forms.Form):
    """A company's PowerPoint file."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    file = forms.FileField(label=_("PowerPoint file (.pptx)"))


class MasterChangeForm(forms.Form):
    """The name of a kept PowerPoint file, and whether it is used."""

    name = forms.CharField(label=_("Name"), max_length=80)
    retired = forms.BooleanField(label=_("No longer used"), required=False)


def edits_from(posted: Any, keys: Sequence[str]) -> Edits:
    """Return the edits of a story from its form: a place, a tick and three texts for each part."""

    def place(key: str) -> tuple[int, int]:
        text = posted.get(f"place_{key}", "")
        return (int(text) if text.isdecimal() else 999, keys.index(key))

    own = {
        key: OwnWords(
            *(posted.get(f"{name}_{key}", "").strip().replace("\r\n", "\n")
              for name in ("title", "text", "notes"))
        )
        for key in keys
    }  # fmt: skip
    return Edits(
        tuple(sorted(keys, key=place)),
        frozenset(key for key in keys if not posted.get(f"shown_{key}")),
        {key: words for key, words in own.items() if words},
    )
