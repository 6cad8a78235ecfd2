"""Frozen versions as they were kept, and who may see which part of them."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.kernel.errors import NotFound, SourceProblem
from keystead.kit.access import Actor
from keystead.profitability.queries import sees_cost
from keystead.reviews import models
from keystead.reviews.calc.codec import digest, material_of
from keystead.reviews.queries.gathering import gather
from keystead.reviews.queries.stored import agenda_of, as_version, edits_of
from keystead.reviews.rules.storyline import storyline
from keystead.reviews.types.cycle import AgendaItem, Edits, Review, ReviewState, Version
from keystead.reviews.types.material import Material, Needs
from keystead.reviews.types.story import Part


@dataclasses.dataclass(frozen=True)
class Story:
    """A review as it is told: frozen, or live while it is prepared (``version`` None).

    ``parts`` are those the reader may see.
    """

    material: Material
    parts: tuple[Part, ...]
    agenda: tuple[AgendaItem, ...]
    edits: Edits
    version: Version | None


def story_of(actor: Actor, review: Review, *, number: int | None = None) -> Story:
    """Return the story of a review that came through the door.

    Of a frozen one the latest version, or that of ``number``; of one in preparation what it
    would be now, with figures that are not yet kept.
    """
    if number is None and review.state is ReviewState.PREPARING:
        return _told(actor, gather(actor, review), review.edits, review.agenda, None)
    rows = models.FrozenRow.objects.filter(review_id=review.id).select_related("by")
    row = (rows if number is None else rows.filter(number=number)).order_by("-number").first()
    if row is None:
        raise NotFound(_("There is no such version of the review."), code="version_not_found")
    return _told(
        actor, material_in(row), edits_of(row.edits), agenda_of(row.agenda), as_version(row)
    )


def material_in(row: models.FrozenRow) -> Material:
    """Return the material of a frozen row; SourceProblem where it is not what was frozen."""
    if digest(row.content, row.edits, row.agenda, row.commit) != row.content_hash:
        raise SourceProblem(
            _("This version is damaged."), code="version_damaged",
            hint=_("Bring it back from a backup."),
        )  # fmt: skip
    return material_of(row.content)


def open_to(actor: Actor, account_id: int) -> frozenset[Needs]:
    """Return what an actor may see of a review of this account: plain, terms, cost."""
    found: set[Needs] = {""}
    scope = scope_for(actor, name="terms")
    if actor.can("agreements.view") and (scope.everything or account_id in scope.account_ids):
        found.add("terms")
    if sees_cost(actor, account_id):
        found.add("cost")
    return frozenset(found)


def _told(
    actor: Actor,
    material: Material,
    edits: Edits,
    agenda: tuple[AgendaItem, ...],
    version: Version | None,
) -> Story:
    seen = open_to(actor, material.account_id)
    parts = tuple(
        dataclasses.replace(one, points=tuple(point for point in one.points if point.needs in seen))
        for one in storyline(material, edits)
        if one.needs in seen
    )
    return Story(material, parts, agenda, edits, version)
