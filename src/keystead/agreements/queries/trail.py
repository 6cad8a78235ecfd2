"""What a row of the trail says about an agreement, as people read it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from keystead.agreements.calc.written import read
from keystead.agreements.queries.redline import redline
from keystead.agreements.queries.words import STATES
from keystead.agreements.types import AgreementVersion, RedlineEntry, Terms
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period

SPAN = Period(date(2000, 1, 1), date(2000, 1, 2))  # the days are told apart from the terms


def version_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[RedlineEntry, ...]:
    """Return what a write changed in the versions of an agreement: state, first day, terms.

    ``old`` and ``new`` are what the trail keeps: ``version 1`` and ``terms 1``, and so on. Terms
    that left the draft because they were signed are no change.
    """
    found: list[RedlineEntry] = []
    kept = [name.split() for name in (*old, *new) if name.startswith(("version ", "terms "))]
    numbers = sorted({int(words[1]) for words in kept})
    for number in numbers:
        place = _("Version %(number)s") % {"number": number}
        before, after = old.get(f"version {number}"), new.get(f"version {number}")
        found += _head(place, before or {}, after or {})
        was, now = old.get(f"terms {number}"), new.get(f"terms {number}")
        if was != now and now:
            found += _terms(place, was, now, str(new.get("currency", "")))
    return tuple(found)


def _head(place: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[RedlineEntry]:
    found = []
    for name, label in (("state", _("State")), ("starts", _("First day")), ("reason", _("Reason"))):
        old, new = str(before.get(name, "")), str(after.get(name, ""))
        if name == "state":
            old, new = str(STATES.get(old, old)), str(STATES.get(new, new))
        if old != new:
            found.append(RedlineEntry(f"{place}: {label}", old, new))
    return found


def _terms(place: str, was: Any, now: Any, currency: str) -> list[RedlineEntry]:
    try:
        after = _version(now, currency)
        before = _version(was, currency) if was else _version({}, currency)
    except Invalid:
        return [RedlineEntry(place, "", _("Terms of an older form."))]
    return [
        dataclasses.replace(one, place=f"{place}: {one.place}") for one in redline(before, after)
    ]


def _version(data: Any, currency: str) -> AgreementVersion:
    terms = read(Terms, data)
    held = {field.name: getattr(terms, field.name) for field in dataclasses.fields(Terms)}
    return AgreementVersion(agreement_id=0, number=0, effective=SPAN, currency=currency, **held)
