"""Forms over the whole agreement: scope, limits, targets, gates; and a clause."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.conf import settings
from django.forms import ValidationError
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from keystead.agreements.forms import building, rows
from keystead.agreements.forms.parts import number
from keystead.agreements.forms.selections import FIELDS, ON_ACCOUNTS, Names
from keystead.agreements.queries import words
from keystead.agreements.queries.clauses import LIBRARY
from keystead.agreements.types import AgreementVersion, Clause, ClauseText, Floor, Selection

GROUPS: Final = (rows.TARGETS, rows.GATES)


class WholeForm(forms.Form):
    """What holds over all conditions."""

    cap_amount = number(_("All rebates together at most"), min_value=0)
    cap_pct = number(_("At most, % of what it is paid on"), min_value=0)
    floor_amount = number(_("All rebates together at least"), min_value=0)
    exclusive = forms.BooleanField(label=_("The customer buys only here"), required=False)
    share_of_wallet_pct = number(
        _("Share of its need the customer buys here, %"), min_value=0, max_value=100
    )

    def __init__(self, data: Any, *, version: AgreementVersion, names: Names) -> None:
        initial = _whole_shown(version, names)
        super().__init__(data, initial=initial)
        self.names = names
        given = self.data if self.is_bound else initial
        for prefix, said in (("in_", _("Only %s")), ("out_", _("Without %s"))):
            for field, (plural, _one) in FIELDS.items():
                self.fields[f"{prefix}{field}"] = rows.text(said % plural, 2000)
        for group in GROUPS:
            self.fields[group.name] = forms.Field(required=False)
            self.fields.update(dict(group.fields(given)))
        self.version = version

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for prefix in ("in_", "out_"):
            for field in FIELDS:
                held = getattr(self._chosen(prefix), field) if field in ON_ACCOUNTS else ()
                self._try(
                    f"{prefix}{field}",
                    lambda text, of=field, kept=held: self.names.read(of, text, kept),
                    (),
                )
        for group, column in ((rows.TARGETS, "only"), (rows.GATES, "focus")):
            data[group.name] = []
            known = building.held_by(getattr(self.version, group.name))
            for place, row in group.held(data):
                empty = group.missing(row)
                if empty is not None and group.control(place, empty) not in self.errors:
                    self.add_error(group.control(place, empty), gettext("This is missing."))
                name = group.control(place, column)
                self._try(name, lambda text, kept=known: self.names.scope(text, kept), None)
                data[group.name].append({**row, column: data.get(name)})
        return data

    def changes(self) -> dict[str, Any]:
        """Return the parts of the terms as they were typed."""
        data = self.cleaned_data
        floor, before = data["floor_amount"], self.version.floor
        cumulative = before.cumulative if before else False
        held = self.version.targets
        return {
            "scope": building.scope_of(data),
            "cap": building.cap_of(data),
            "floor": None if floor is None else Floor(floor, cumulative),
            "targets": tuple(building.target_of(one, held) for one in data["targets"]),
            "gates": tuple(building.gate_of(one) for one in data["gates"]),
            "exclusive": data["exclusive"],
            "share_of_wallet_pct": data["share_of_wallet_pct"],
        }

    def parts(self) -> Iterator[dict[str, Any]]:
        """Yield what stands on the page, in its order."""
        first = ("cap_amount", "floor_amount", "cap_pct", "share_of_wallet_pct", "exclusive")
        yield {"title": gettext("Limits"), "controls": [self[name] for name in first]}
        given = self.data if self.is_bound else self.initial
        for title, group in ((gettext("Targets"), rows.TARGETS), (gettext("Gates"), rows.GATES)):
            lines = [
                [self[group.control(place, one)] for one in group.columns]
                for place in range(1, group.count(given) + 1)
            ]
            part = {"rows": lines, "hidden": [], "head": [one.label for one in lines[0]]}
            yield {"title": title, "part": {**part, "errors": self[group.name].errors}}
        scope = [self[f"{prefix}{field}"] for prefix in ("in_", "out_") for field in FIELDS]
        yield {"title": gettext("For which sales"), "controls": scope}

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        yield "list-gates", list(words.GATES)

    def _chosen(self, prefix: str) -> Selection:
        scope = self.version.scope
        return scope.include if prefix == "in_" else scope.exclude

    def _try(self, name: str, read: Any, nothing: Any) -> None:
        try:
            self.cleaned_data[name] = read(self.cleaned_data.get(name) or "")
        except ValidationError as error:
            self.add_error(name, error)
            self.cleaned_data[name] = nothing


class ClauseForm(forms.Form):
    """A clause, in the languages it is needed in."""

    heading = forms.CharField(label=_("Heading"), max_length=120)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, data: Any, *, stored: Clause | None, language: str) -> None:
        initial: dict[str, Any] = {}
        if stored is not None:
            initial = {"heading": stored.heading, "text": stored.text}
            for one in stored.versions:
                initial |= {
                    f"heading_{one.language}": one.heading,
                    f"text_{one.language}": one.text,
                }
        super().__init__(data, initial=initial)
        self.others = [code for code, _name in settings.LANGUAGES if code != language]
        for code in self.others:
            name = get_language_info(code)["name_local"]
            self.fields[f"heading_{code}"] = rows.text(
                gettext("Heading in %(language)s") % {"language": name}, 120
            )
            self.fields[f"text_{code}"] = rows.text(
                gettext("Text in %(language)s") % {"language": name},
                8000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def clause(self, stored: Clause | None, taken: set[str]) -> Clause:
        """Return the clause as it was typed."""
        data = self.cleaned_data
        key = stored.key if stored else building.free_key(data["heading"], taken)
        versions = tuple(
            ClauseText(code, data[f"heading_{code}"] or data["heading"], data[f"text_{code}"])
            for code in self.others
            if data[f"text_{code}"]
        )
        place = stored.position if stored else len(taken) + 1
        kind = stored.kind if stored else ""
        return Clause(key, data["heading"], data["text"], place, kind, versions)


class LibraryForm(forms.Form):
    """Which clauses of the library are taken over."""

    clauses = forms.MultipleChoiceField(
        label=_("Clauses of the library"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, taken: set[str]) -> None:
        super().__init__(data)
        field = self.fields["clauses"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (kind, f"{heading}: {text}")
                for kind, (heading, text) in LIBRARY.items()
                if kind not in taken
            ]


def _whole_shown(version: AgreementVersion, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {
        "exclusive": version.exclusive,
        "share_of_wallet_pct": version.share_of_wallet_pct,
    }
    if version.cap is not None:
        found |= {"cap_amount": version.cap.amount, "cap_pct": version.cap.pct_of_base}
    if version.floor is not None:
        found["floor_amount"] = version.floor.amount
    for prefix, chosen in (("in_", version.scope.include), ("out_", version.scope.exclude)):
        found |= {f"{prefix}{one}": names.told(one, getattr(chosen, one)) for one in FIELDS}
    found |= building.rows_shown(names, targets=version.targets, gates=version.gates)
    zero = {name: value for name, value in found.items() if value is not None}
    return {name: f"{v:f}" if isinstance(v, Decimal) else v for name, v in zero.items()}
