"""Reviews through the accounts' door: a foreign one answers like a missing one."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.reviews import models
from keystead.reviews.queries.stored import (
    as_item,
    as_master,
    as_reviews,
    as_template,
    as_version,
)
from keystead.reviews.types.cycle import (
    AgendaTemplate,
    Item,
    ItemKind,
    ItemState,
    Master,
    Review,
    ReviewKind,
    Version,
)

NO_REVIEW = gettext_noop("There is no such review, or it is not one of yours.")
NO_ITEM = gettext_noop("There is no such action, or it is not one of yours.")


def visible(actor: Actor) -> QuerySet[models.ReviewRow]:
    """Return the stored reviews of accounts whose plans the actor may read."""
    rows = models.ReviewRow.objects.select_related("account", "owner", "approved_by")
    if not actor.can("reviews.view"):
        return rows.none()
    return restrict(rows, actor, name="plan")


def reviews_for(
    actor: Actor,
    *,
    account_id: int | None = None,
    state: str = "",
    kind: str = "",
    owner_id: int | None = None,
    search: str = "",
) -> tuple[Review, ...]:
    """Return the reviews the actor may read, the latest period first."""
    actor.require("reviews.view")
    rows = visible(actor)
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_for(actor, account_id).id))
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id or None)
    if words := search.strip():
        rows = rows.filter(Q(account__name__icontains=words) | Q(account__code__icontains=words))
    return as_reviews(rows.order_by("-starts", "account__name", "id"))


def review_for(actor: Actor, review_id: int) -> Review:
    """Return a review; NotFound when missing or foreign."""
    actor.require("reviews.view")
    row = visible(actor).filter(pk=review_id).first()
    if row is None:
        raise NotFound(_(NO_REVIEW), code="review_not_found")
    return as_reviews([row])[0]


def review_of(actor: Actor, account_id: int, kind: ReviewKind, period: Period) -> Review | None:
    """Return the review of an account and a period, where there is one."""
    found = reviews_for(actor, account_id=account_id, kind=kind.value)
    return next((one for one in found if one.period == period), None)


def last_review(actor: Actor, account_id: int, before: Period, kind: ReviewKind) -> Review | None:
    """Return the review before a period: of the same kind where there is one, else of any."""
    found = [one for one in reviews_for(actor, account_id=account_id) if one.period.start
             < before.start]  # fmt: skip
    same = [one for one in found if one.kind is kind]
    return max(same or found, key=lambda one: (one.period.start, one.id), default=None)


def versions_of(review: Review) -> tuple[Version, ...]:
    """Return the frozen versions of a review that came through the door, the latest first."""
    rows = models.FrozenRow.objects.filter(review_id=review.id).select_related("by")
    return tuple(as_version(row) for row in rows.defer("content").order_by("-number"))


def items_of(review: Review) -> tuple[Item, ...]:
    """Return the actions and decisions of a review that came through the door."""
    rows = models.ItemRow.objects.filter(review_id=review.id)
    return tuple(as_item(row) for row in _with_names(rows).order_by("id"))


def items_for(
    actor: Actor,
    *,
    account_id: int | None = None,
    mine: bool = False,
    still_open: bool | None = None,
    kind: ItemKind | None = ItemKind.ACTION,
) -> tuple[Item, ...]:
    """Return the actions (or decisions) of reviews the actor may read, the first due first."""
    actor.require("reviews.view")
    rows = models.ItemRow.objects.filter(review__in=visible(actor))
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_for(actor, account_id).id))
    if mine:
        rows = rows.filter(owner_id=actor.user_id)
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if still_open is not None:
        open_ones = Q(state=ItemState.OPEN.value)
        rows = rows.filter(open_ones if still_open else ~open_ones)
    return tuple(as_item(row) for row in _with_names(rows).order_by("due", "id"))


def item_for(actor: Actor, item_id: int) -> Item:
    """Return an action or decision; NotFound when missing or foreign."""
    actor.require("reviews.view")
    rows = models.ItemRow.objects.filter(pk=item_id, review__in=visible(actor))
    row = _with_names(rows).first()
    if row is None:
        raise NotFound(_(NO_ITEM), code="item_not_found")
    return as_item(row)


def carried_over(actor: Actor, review: Review) -> tuple[Item, ...]:
    """Return the actions that come back: open ones of earlier reviews, and those done since."""
    last = last_review(actor, review.account_id, review.period, review.kind)
    rows = models.ItemRow.objects.filter(
        account_id=review.account_id, kind=ItemKind.ACTION.value,
        review__starts__lt=review.period.start,
    ).exclude(review_id=review.id)  # fmt: skip
    recent = Q(state=ItemState.OPEN.value)
    if last is not None:
        recent |= Q(review_id=last.id)
    return tuple(as_item(row) for row in _with_names(rows.filter(recent)).order_by("due", "id"))


def templates_of(actor: Actor, kind: ReviewKind | None = None) -> tuple[AgendaTemplate, ...]:
    """Return the agendas that were kept; they are the same for everybody."""
    actor.require("reviews.view")
    rows = models.AgendaTemplateRow.objects.all()
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return tuple(as_template(row) for row in rows)


def template_for(actor: Actor, template_id: int) -> AgendaTemplate:
    """Return a kept agenda; NotFound when there is none."""
    for one in templates_of(actor):
        if one.id == template_id:
            return one
    raise NotFound(_("There is no such agenda."), code="agenda_not_found")


def masters(actor: Actor, *, retired: bool = False) -> tuple[Master, ...]:
    """Return the company's PowerPoint files; they are the same for everybody."""
    actor.require("reviews.view")
    rows = (
        models.MasterRow.objects.all()
        if retired
        else models.MasterRow.objects.filter(retired=False)
    )
    return tuple(as_master(row) for row in rows)


def master_for(actor: Actor, master_id: int) -> Master:
    """Return a PowerPoint file of the company, also a retired one; NotFound when there is none."""
    for one in masters(actor, retired=True):
        if one.id == master_id:
            return one
    raise NotFound(_("There is no such template."), code="master_not_found")


def _with_names(rows: QuerySet[models.ItemRow]) -> QuerySet[models.ItemRow]:
    return rows.select_related("owner", "account", "review")
