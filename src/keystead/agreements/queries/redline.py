"""The difference between two versions, as sentences people can read."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _

from keystead.agreements.queries.agreements import terms_of
from keystead.agreements.queries.fields import FIELDS, field_text
from keystead.agreements.queries.sentences import Part, condition_parts, name_of, terms_parts
from keystead.agreements.types import AgreementVersion, Condition, RedlineEntry, Terms
from keystead.kernel.periods import Period
from keystead.kit.ui.tags import numbers


def redline(before: AgreementVersion | None, after: AgreementVersion) -> tuple[RedlineEntry, ...]:
    """Return what differs, in the order of the newer version; without a former one all is new.

    Conditions are told apart by their key. A difference that the sentences do not show is named
    by its fields, so that two versions that differ never look the same.
    """
    found: list[RedlineEntry] = []
    span = _span(after.effective)
    if before is None:
        found.append(RedlineEntry(_("Effective"), "", span))
    elif before.effective != after.effective:
        found.append(RedlineEntry(_("Effective"), _span(before.effective), span))
    old_parts = terms_parts(terms_of(before), before.currency) if before else ()
    over_all = _parts("", old_parts, terms_parts(terms_of(after), after.currency))
    found += over_all
    if before and not over_all:
        found += _unsaid("", terms_of(before), terms_of(after), without=("conditions",))
    old = {one.key: one for one in before.conditions} if before else {}
    for condition in after.conditions:
        was = old.pop(condition.key, None)
        found += _condition(was, condition, before, after)
    found += [
        RedlineEntry(name_of(gone), _whole(gone, before), "") for gone in old.values() if before
    ]
    return tuple(found)


def _condition(
    was: Condition | None,
    now: Condition,
    before: AgreementVersion | None,
    after: AgreementVersion,
) -> list[RedlineEntry]:
    if was is None or before is None:
        return [RedlineEntry(name_of(now), "", _whole(now, after))]
    if was == now:
        return []
    found = _parts(name_of(now), _told(was, before), _told(now, after))
    return found or _unsaid(name_of(now), was, now)


def _unsaid(
    place: str, was: Condition | Terms, now: Condition | Terms, *, without: tuple[str, ...] = ()
) -> list[RedlineEntry]:
    """What differs and the sentences do not say, by the names of its fields."""
    found = []
    for field in dataclasses.fields(now):
        old, new = getattr(was, field.name), getattr(now, field.name)
        if old != new and field.name not in without:
            name = str(FIELDS.get(field.name, field.name.replace("_", " ")))
            where = f"{place}: {name}" if place else name
            found.append(RedlineEntry(where, field_text(old) or "–", field_text(new) or "–"))
    return found


def _parts(place: str, before: tuple[Part, ...], after: tuple[Part, ...]) -> list[RedlineEntry]:
    old, new = dict(before), dict(after)
    return [
        RedlineEntry(f"{place}: {name}" if place else name, old.get(name, ""), new.get(name, ""))
        for name in [*new, *(name for name in old if name not in new)]
        if old.get(name, "") != new.get(name, "")
    ]


def _told(condition: Condition, version: AgreementVersion) -> tuple[Part, ...]:
    return condition_parts(condition, version.currency, version.conditions)


def _whole(condition: Condition, version: AgreementVersion) -> str:
    return " ".join(text for _name, text in _told(condition, version))


def _span(period: Period) -> str:
    return numbers.period(period)
