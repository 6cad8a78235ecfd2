"""Freeze a review: every figure at one commit, kept for ever. Taking it back keeps it too."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.reviews import models
from keystead.reviews.calc.codec import digest, plain_material, with_proofs
from keystead.reviews.queries.gathering import gather
from keystead.reviews.queries.proving import proof_name
from keystead.reviews.queries.reviews import review_for
from keystead.reviews.queries.stored import plain_edits
from keystead.reviews.rules.cycle import check_step
from keystead.reviews.rules.words import check_edits
from keystead.reviews.services.loading import account_to_review, keep, review_to_write, value
from keystead.reviews.types.cycle import Edits, Review, ReviewState


def freeze_review(*, actor: Actor, review_id: int, expected_version: int | None = None) -> Review:
    """Freeze every figure of a review at the latest commit of the ledger, as a new version.

    Needs ``reviews.edit`` on the account. Writes the version, the state and one audit row.
    """
    found = review_for(actor, review_id)
    account_to_review(actor, found.account_id)
    check_step(found.state, ReviewState.FROZEN)
    code = secrets.token_hex(8)
    now = timezone.now()
    gathered = gather(actor, found, at=now)
    material = with_proofs(gathered, lambda key: proof_name(code, key))
    content = plain_material(material)
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        check_step(ReviewState(row.state), ReviewState.FROZEN)
        if row.version != found.version:
            raise Conflict(_("Somebody changed the review just now: freeze it again."),
                           code="review_moved")  # fmt: skip
        last = models.FrozenRow.objects.filter(review=row).order_by("-number").first()
        frozen = models.FrozenRow(
            review=row, number=(last.number if last else 0) + 1, code=code,
            commit=material.commit, content=content, edits=row.edits, agenda=row.agenda,
            content_hash=digest(content, row.edits, row.agenda, material.commit), at=now,
            by_id=actor.user_id,
        )  # fmt: skip
        old = row.snapshot()
        row.state = ReviewState.FROZEN.value
        told = {"frozen_version": frozen.number, "commit": material.commit,
                "content_hash": frozen.content_hash}  # fmt: skip
        keep(actor, row, "freeze", old, expected=expected_version, more=told)
        frozen.save(force_insert=True)
    return value(review_id)


def unfreeze_review(
    *, actor: Actor, review_id: int, why: str, expected_version: int | None = None
) -> Review:
    """Take a freeze back, with a reason; the version stays. One audit row."""
    if not why.strip():
        text = _("Say why the freeze is taken back.")
        raise Invalid(text, code="why", fields={"why": text})
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        check_step(ReviewState(row.state), ReviewState.PREPARING)
        old = row.snapshot()
        row.state = ReviewState.PREPARING.value
        row.approved_by, row.approved_at = None, None
        keep(actor, row, "unfreeze", old, expected=expected_version, why=why.strip()[:400])
    return value(review_id)


def edit_story(
    *, actor: Actor, review_id: int, edits: Edits, expected_version: int | None = None
) -> Review:
    """Move parts, leave them out, put them in own words, before the freeze. One audit row."""
    found = review_for(actor, review_id)
    account_to_review(actor, found.account_id)
    check_edits(edits, gather(actor, found))
    with transaction.atomic():
        row = review_to_write(actor, review_id)
        if row.state != ReviewState.PREPARING:
            raise Conflict(
                _("The review is frozen: take the freeze back to change it."), code="review_frozen"
            )
        old = row.snapshot()
        row.edits = plain_edits(edits)
        keep(actor, row, "story", old, expected=expected_version)
    return value(review_id)
