"""What every write begins and ends with: the door, one row in the trail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write, people_for_team
from keystead.accounts.types import Account
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.reviews import models
from keystead.reviews.queries.reviews import NO_ITEM, NO_REVIEW, visible
from keystead.reviews.queries.stored import as_reviews
from keystead.reviews.types.cycle import Review, ReviewState
from keystead.stakeholders.queries import contacts_for


def account_to_review(actor: Actor, account_id: int) -> Account:
    """Return the account if the actor may write its reviews: who writes its plan."""
    actor.require("reviews.edit")
    return account_to_write(actor, account_id, name="plan")


def review_to_write(
    actor: Actor, review_id: int, *, capability: str = "reviews.edit", right: str = "w"
) -> models.ReviewRow:
    """Return the locked review if the actor may write (or approve) it."""
    actor.require(capability)
    row = visible(actor).select_for_update(of=("self",)).filter(pk=review_id).first()
    if row is None:
        raise NotFound(_(NO_REVIEW), code="review_not_found")
    account_to_write(actor, row.account_id, name="plan", rights=right)
    return row


def in_preparation(row: models.ReviewRow) -> models.ReviewRow:
    """Return the row while its story may change; raises Conflict once it is frozen."""
    if row.state != ReviewState.PREPARING:
        raise Conflict(
            _("The review is frozen: take the freeze back to change it."), code="review_frozen"
        )
    return row


def item_to_write(actor: Actor, item_id: int) -> models.ItemRow:
    """Return the locked action or decision if the actor may write its review."""
    actor.require("reviews.edit")
    rows = models.ItemRow.objects.filter(review__in=visible(actor).values("pk"))
    row = rows.select_for_update(of=("self",)).filter(pk=item_id).first()
    if row is None:
        raise NotFound(_(NO_ITEM), code="item_not_found")
    account_to_write(actor, row.account_id, name="plan")
    return row


def keep(
    actor: Actor,
    row: models.ReviewRow,
    verb: str,
    old: dict[str, Any] | None,
    *,
    expected: int | None = None,
    why: str = "",
    more: dict[str, Any] | None = None,
) -> None:
    """Save a review under its version and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor, action=f"review.{verb}", subject=("review", row.pk), old=old,
        new=row.snapshot() | (more or {}), why=why, account_id=row.account_id,
    )  # fmt: skip


def value(review_id: int) -> Review:
    """Return a stored review as a value."""
    rows = models.ReviewRow.objects.select_related("account", "owner", "approved_by")
    return as_reviews(rows.filter(pk=review_id))[0]


def checked_owner(actor: Actor, owner_id: int | None) -> int | None:
    """Return a person who may look at accounts; raises Invalid for anybody else."""
    if owner_id is None or owner_id == actor.user_id:
        return owner_id
    if owner_id not in {pk for pk, _name in people_for_team(actor)}:
        text = _("This person does not look after accounts.")
        raise Invalid(text, code="owner", fields={"owner": text})
    return owner_id


def checked_people(actor: Actor, ids: Iterable[int]) -> list[int]:
    """Return the people among the ids whom the actor may see, in the order given."""
    wanted = list(dict.fromkeys(ids))
    seen = {one.id for one in contacts_for(actor, wanted)} if wanted else set()
    return [one for one in wanted if one in seen]


def checked_colleagues(actor: Actor, ids: Iterable[int]) -> list[int]:
    """Return the colleagues among the ids who look after accounts, in the order given."""
    known = {pk for pk, _name in people_for_team(actor)} | {actor.user_id}
    return [one for one in dict.fromkeys(ids) if one in known]
