"""Answers for figures of a review that are no metric: ``review:CODE~KEY``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.kernel.errors import KeysteadError, NotFound
from keystead.kernel.standing import Standing, Worth
from keystead.kit import provers
from keystead.kit.access import Actor
from keystead.kit.provers import named, parts_of
from keystead.kit.ui import formats
from keystead.reviews import models
from keystead.reviews.calc.codec import fact_at
from keystead.reviews.queries.fact_words import fact_label
from keystead.reviews.queries.frozen import material_in, open_to
from keystead.reviews.queries.gathering import gather
from keystead.reviews.queries.reviews import review_for, visible
from keystead.reviews.types.material import Fact, Material, Needs, Record

KIND = "review"
OF_TERMS: Final[dict[str, Needs]] = {"claims_open": "terms"}


def proof_name(code: str, key: str) -> str:
    """Return the id of a figure of a frozen version."""
    return named(KIND, code, key)


def prove(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what figures of frozen reviews stand for; foreign and broken ids are left out.

    ``then`` is what was frozen; ``now`` is gathered again from the rooms, once for all figures of
    a review.
    """
    wanted = _asked(ids)
    found: dict[str, Standing] = {}
    for row in _rows(actor, list(wanted)):
        found |= _of_version(actor, row, wanted[row.code])
    return found


def sources(actor: Actor, ids: Sequence[str]) -> dict[str, provers.Whose]:
    """Return whose figures ids are: the account of their review; foreign ids are left out."""
    wanted = _asked(ids)
    found: dict[str, provers.Whose] = {}
    for row in _rows(actor, list(wanted)):
        then = material_in(row)
        seen = open_to(actor, then.account_id)
        for proof_id, key in wanted[row.code]:
            kept = fact_at(then, key)
            if kept is not None and _needs(key, kept[1]) in seen:
                found[proof_id] = (frozenset({then.account_id}), False)
    return found


def _asked(ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return id and key of each whole id, by the code of its frozen version."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for one in ids:
        try:
            code, key = parts_of(one, 2)
        except NotFound:
            continue
        wanted.setdefault(code, []).append((one, key))
    return wanted


def _rows(actor: Actor, codes: list[str]) -> QuerySet[models.FrozenRow]:
    rows = models.FrozenRow.objects.filter(code__in=codes, review__in=visible(actor))
    return rows.select_related("review")


def _of_version(
    actor: Actor, row: models.FrozenRow, asked: list[tuple[str, str]]
) -> dict[str, Standing]:
    then = material_in(row)
    seen = open_to(actor, then.account_id)
    now = _now(actor, row)
    found = {}
    for proof_id, key in asked:
        kept = fact_at(then, key)
        if kept is None or _needs(key, kept[1]) not in seen:
            continue
        found[proof_id] = _standing(proof_id, key, then, kept[0], now, row)
    return found


def _now(actor: Actor, row: models.FrozenRow) -> Material | None:
    try:
        return gather(actor, review_for(actor, row.review_id))
    except KeysteadError:
        return None


def _needs(key: str, line: Record | None) -> Needs:
    return OF_TERMS.get(key, "") if line is None else line.needs


def _standing(
    proof_id: str, key: str, then: Material, kept: Fact, now: Material | None,
    row: models.FrozenRow,
) -> Standing:  # fmt: skip
    today = fact_at(now, key) if now is not None else None
    worth = Worth(kept.value, kept.measure)
    current = Worth(today[0].value, today[0].measure) if today else Worth(None, "", "no_data")
    because: tuple[str, ...] = ()
    if (worth.value, worth.measure) != (current.value, current.measure):
        because = ("changed",) if today else ("gone",)
    language = get_language() or "en"
    return Standing(
        proof_id=proof_id, label=fact_label(then, key), then=worth, now=current,
        detail=f"{then.account_name}, "
        f"{formats.period(then.period.start, then.period.end, locale=language)}",
        unit=kept.unit, account_ids=frozenset({then.account_id}), because=because,
        commit=then.commit, moment=then.frozen_at,
        at=reverse("reviews:version", args=[row.review_id, row.number]),
        at_label=_("Review, version %(number)s") % {"number": row.number},
    )  # fmt: skip
