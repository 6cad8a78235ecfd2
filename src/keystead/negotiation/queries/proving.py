"""Answers for figures of the value story in documents: then from the trail, and now.

Only lines the customer may see count, in the total too: what is ours alone is in no proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from keystead.accounts.queries import account_for, restrict
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.proven import Kept, State, record_proof, record_standings
from keystead.negotiation import models
from keystead.negotiation.calc.value.economic import economic_value
from keystead.negotiation.calc.value.stored import lines_read
from keystead.negotiation.queries.value import told_story
from keystead.negotiation.types.value import LineKind

VALUE: Final = "value_story"
TOTAL: Final = "total"
LINE: Final = "line_"


def value_proof(story_id: int, key: str = "", seq: int | None = None) -> str:
    """Return the proof id of a line of a value story, or of its total."""
    return record_proof(VALUE, story_id, f"{LINE}{key}" if key else TOTAL, seq)


def prove_values(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of value stories stand for, of those the actor may read."""
    words = {TOTAL: gettext("Worth in all")}
    for one in ids:
        figure = one.partition("~")[2].partition("~")[0]
        if figure.startswith(LINE):
            words[figure] = gettext("A line of the value")
    return record_standings(VALUE, ids, lambda keys: _stories(actor, keys), _read, words)


def _stories(actor: Actor, keys: frozenset[int]) -> Iterator[Kept]:
    if not actor.can("negotiation.view"):
        return
    rows = restrict(models.ValueStoryRow.objects.filter(pk__in=keys), actor, name="terms")
    for row in rows.select_related("case"):
        query = f"?deal={row.case_id}" if row.case_id else ""
        yield Kept(
            key=row.pk,
            state=told_story(row),
            label=row.case.name if row.case else pgettext("economic", "Value"),
            account_id=row.account_id,
            at=reverse("negotiation:value", args=[row.account_id]) + query,
            detail=account_for(actor, row.account_id).name,
        )


def _read(record: Kept, state: State, figure: str, seq: int | None) -> tuple[Worth, str] | None:
    unit = str(state.get("currency") or "")
    found = economic_value(lines_read(state.get("lines") or ()), unit or "EUR")
    if figure == TOTAL:
        return (Worth(None, "", "no_data") if found.total is None
                else Worth(found.total.likely, unit)), "money"  # fmt: skip
    for one, value in found.lines:
        if f"{LINE}{one.key}" == figure:
            minus = one.kind is LineKind.MINUS
            return Worth(-value.likely if minus else value.likely, unit), "money"
    return Worth(None, "", "no_data"), "money"
