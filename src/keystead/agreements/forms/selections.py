"""Which sales a term is about, as people type it: codes and names, separated by commas."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final

from django.forms import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from rapidfuzz import process

from keystead.accounts.queries import accounts_for
from keystead.agreements.queries.funds import funds_for
from keystead.agreements.types import Scope, Selection
from keystead.catalog.queries import group_names, products, values_in_use
from keystead.kit.access import Actor
from keystead.kit.ui import formats

# Field of a selection: its words on the page, and the word that stands before it in one line.
FIELDS: Final[dict[str, tuple[Any, Any]]] = {
    "brands": (_("Brands"), _("brand")),
    "products": (_("Products"), _("product")),
    "categories": (_("Categories"), _("category")),
    "channels": (_("Channels"), _("channel")),
    "groups": (_("Product groups"), _("group")),
    "accounts": (_("Accounts"), _("account")),
    "ship_tos": (_("Delivery addresses"), _("ship-to")),
}
SPELLED: Final = {
    "brands": "brand", "products": "product", "categories": "category", "channels": "channel",
    "groups": "group", "accounts": "account", "ship_tos": "ship-to",
}  # fmt: skip
_APART: Final = re.compile(r"[,，、\n\t]+")


ON_ACCOUNTS: Final = ("accounts", "ship_tos")


class Names:
    """Codes to ids and back, of what the actor may see; read once a request, when asked for.

    An account that terms hold and the actor may not see stands as a quiet word that says so, and
    stays what it is when the form is saved; ``held`` are the ids behind a control.
    """

    def __init__(self, actor: Actor, account_id: int | None = None) -> None:
        self._actor, self._account_id = actor, account_id

    @cached_property
    def skus(self) -> Mapping[int, str]:
        return {one.id: one.sku for one in products(self._actor)}

    @cached_property
    def codes(self) -> Mapping[int, str]:
        return {one.id: one.code for one in accounts_for(self._actor)}

    def funds(self, currency: str) -> list[tuple[str, str]]:
        """Return the customer's funds to choose from: the name, and what is left until when."""
        if self._account_id is None or not self._actor.can("campaigns.view"):
            return []
        locale = get_language() or "en"
        return [
            (
                one.head.name,
                gettext("%(fund)s: %(left)s left, until %(day)s")
                % {
                    "fund": one.head.name,
                    "left": formats.money(one.balance.available.amount, currency, locale=locale),
                    "day": formats.day(one.head.expires, locale=locale, year=True),
                },
            )
            for one in funds_for(self._actor, account_id=self._account_id)
            if one.head.currency == currency
        ]

    @cached_property
    def _known(self) -> Mapping[str, Mapping[str, Any]]:
        found: dict[str, dict[str, Any]] = {
            "products": {sku.casefold(): pk for pk, sku in self.skus.items()},
            "accounts": {code.casefold(): pk for pk, code in self.codes.items()},
        }
        found["ship_tos"] = found["accounts"]
        found["groups"] = {code.casefold(): code for code in group_names()}
        for field, name in (("brands", "brand"), ("categories", "category")):
            found[field] = {one.casefold(): one for one in values_in_use(self._actor, name)}
        return found

    def _hidden(self, held: Iterable[int]) -> dict[str, int]:
        """Return the word of each account that is held and may not be seen."""
        found: dict[str, int] = {}
        for pk in dict.fromkeys(held):
            if pk not in self.codes:
                word = gettext("an account you may not see")
                found[f"{word} ({len(found) + 1})" if found else word] = pk
        return found

    def read(self, field: str, text: str, held: Iterable[int] = ()) -> tuple[Any, ...]:
        """Return what was typed as the values of a selection; ValidationError names the wrong one.

        Channels are words of the files; they are taken as they are typed.
        """
        words = [part.strip() for part in _APART.split(text) if part.strip()]
        known = self._known.get(field)
        if known is None:
            return tuple(dict.fromkeys(words))
        kept = self._hidden(held) if field in ON_ACCOUNTS else {}
        found = []
        for word in words:
            value = kept.get(word, known.get(word.casefold()))
            if value is None:
                raise ValidationError(_unknown(word, list(known)))
            found.append(value)
        return tuple(dict.fromkeys(found))

    def told(self, field: str, values: tuple[Any, ...], held: Iterable[int] | None = None) -> str:
        """Return the values of a selection as they are typed."""
        if field in ON_ACCOUNTS:
            kept = self._hidden(values if held is None else held)
            hidden = {pk: word for word, pk in kept.items()}
            return ", ".join(self.codes.get(one) or hidden[one] for one in values)
        named = self.skus if field == "products" else {}
        return ", ".join(str(named.get(one, one)) for one in values)

    def selection(self, text: str, held: Iterable[int] = ()) -> Selection:
        """Return the selection behind one line, such as ``brand: A, B; product: X-100``."""
        parts: dict[str, tuple[Any, ...]] = {}
        for piece in re.split(r"[;；]", text):
            if not piece.strip():
                continue
            name, colon, rest = piece.replace("：", ":").partition(":")
            field = _field_of(name.strip()) if colon else None
            if field is None:
                raise ValidationError(
                    gettext("Write it as %(form)s.") % {"form": "brand: A, B; product: X-100"}
                )
            parts[field] = self.read(field, rest, held)
        return Selection(**parts)

    def line(self, selection: Selection, held: Iterable[int] | None = None) -> str:
        """Return a selection as one line."""
        chosen = dataclasses.asdict(selection)
        return "; ".join(
            f"{FIELDS[field][1]}: {self.told(field, chosen[field], held)}"
            for field in FIELDS
            if chosen[field]
        )

    def scope(self, text: str, held: Iterable[int] = ()) -> Scope | None:
        found = self.selection(text, held)
        return None if found.is_empty else Scope(found)


def accounts_in(scopes: Iterable[Scope | None]) -> tuple[int, ...]:
    """Return the accounts and addresses that scopes hold, in their order."""
    chosen = [part for one in scopes if one for part in (one.include, one.exclude)]
    found = [pk for part in chosen for pk in (*part.accounts, *part.ship_tos)]
    return tuple(dict.fromkeys(found))


def _field_of(name: str) -> str | None:
    for field, (plural, one) in FIELDS.items():
        if name.casefold() in {
            str(plural).casefold(), str(one).casefold(), field, SPELLED[field],
        }:  # fmt: skip
            return field
    return None


def _unknown(word: str, known: list[str]) -> str:
    near = process.extractOne(word.casefold(), known, score_cutoff=60)
    text = gettext("“%(word)s” is not known here.") % {"word": word}
    if near is None:
        return text
    return f"{text} {gettext('Did you mean %(near)s?') % {'near': near[0]}}"
