"""Name groups of products, and say what they hold from which month on."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.rules.fields import tidy
from keystead.accounts.types import Span
from keystead.catalog import models
from keystead.catalog.queries.groups import MISSING, as_group, as_member
from keystead.catalog.queries.products import family_ids
from keystead.catalog.rules.groups import touches_past, whole_months
from keystead.catalog.services.loading import (
    check_span,
    delete_checked,
    lock_catalog,
    missing,
    product_row,
)
from keystead.catalog.types import GroupMember, ProductGroup
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import month_start
from keystead.kit import audit
from keystead.kit.access import Actor

_CODE = re.compile(r"[^\s,;:，；：、]{1,40}")


def create_group(*, actor: Actor, code: str, name: str, note: str = "") -> ProductGroup:
    """Return the new group; needs ``catalog.edit``. The code is unlike any other, in any case.

    Raises Invalid for a code that is taken, or that terms could not name (blanks, commas).
    """
    actor.require("catalog.edit")
    with transaction.atomic():
        lock_catalog()
        row = models.ProductGroup(code=_code(code), name=_name(name), note=tidy(note)[:400])
        if models.ProductGroup.objects.filter(code__iexact=row.code).exists():
            raise Invalid(_("This code is taken."), code="group_twice", field="code")
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="product.group.create",
            subject=("product_group", row.pk),
            new=row.snapshot(),
        )
    return as_group(row)


def edit_group(
    *, actor: Actor, group_id: int, version: int | None, name: str, note: str = ""
) -> ProductGroup:
    """Return the group with another name or note; its code stands in terms and stays."""
    with transaction.atomic():
        row = _group(actor, group_id)
        old = row.snapshot()
        row.name, row.note = _name(name), tidy(note)[:400]
        if row.snapshot() == old:
            return as_group(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="product.group.edit",
            subject=("product_group", row.pk),
            old=old,
            new=row.snapshot(),
        )
    return as_group(row)


def add_member(
    *,
    actor: Actor,
    group_id: int,
    product_id: int | None = None,
    brand: str = "",
    category: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    why: str = "",
) -> GroupMember:
    """Return the new member: a product, or all products of a brand or a category.

    Dates are half-open and lie at the turn of months, so that a month is in or out. A group that
    is older than a day needs ``why`` for months that are over. Raises Invalid for more or less
    than one thing, a brand or category no product has, or what is in it already on a common day.
    """
    with transaction.atomic():
        lock_catalog()
        group = _group(actor, group_id)
        given = [product_id is not None, bool(tidy(brand)), bool(tidy(category))]
        if sum(given) != 1:
            raise Invalid(
                _("Name one product, or a brand, or a category."),
                code="member_thing",
                field="product",
            )
        row = models.ProductGroupMember(
            group=group,
            product=None if product_id is None else product_row(actor, product_id),
            brand=_in_use("brand", brand),
            category=_in_use("category", category),
            valid_from=valid_from,
            valid_to=valid_to,
        )
        _check(row, None, why)
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="product.group.member.add",
            subject=("product_group", group.pk),
            new=row.snapshot(),
            why=tidy(why),
        )
    return as_member(row)


def edit_member(
    *,
    actor: Actor,
    member_id: int,
    version: int | None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    why: str = "",
) -> GroupMember:
    """Return the member with other months; what it is never changes. ``why`` as in adding."""
    with transaction.atomic():
        lock_catalog()
        row = _member(actor, member_id)
        old, span = row.snapshot(), Span(row.valid_from, row.valid_to)
        row.valid_from, row.valid_to = valid_from, valid_to
        if row.snapshot() == old:
            return as_member(row)
        _check(row, span, why)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="product.group.member.edit",
            subject=("product_group", row.group_id),
            old=old,
            new=row.snapshot(),
            why=tidy(why),
        )
    return as_member(row)


def remove_member(
    *, actor: Actor, member_id: int, version: int | None = None, why: str = ""
) -> None:
    """Take out a member that never was; one that is over gets a last month instead."""
    with transaction.atomic():
        row = _member(actor, member_id)
        old = row.snapshot()
        _explain(row, Span(row.valid_from, row.valid_to), None, why)
        delete_checked(row, version)
        audit.record(
            actor=actor,
            action="product.group.member.remove",
            subject=("product_group", row.group_id),
            old=old,
            why=tidy(why),
        )


def _group(actor: Actor, group_id: int) -> models.ProductGroup:
    actor.require("catalog.edit")
    row = models.ProductGroup.objects.filter(pk=group_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="group_not_found")
    return row


def _member(actor: Actor, member_id: int) -> models.ProductGroupMember:
    actor.require("catalog.edit")
    rows = models.ProductGroupMember.objects.select_related("group", "product__canonical")
    row = rows.filter(pk=member_id).first()
    if row is None:
        raise missing(member_id)
    return row


def _code(code: str) -> str:
    found = tidy(code)
    if not _CODE.fullmatch(found):
        raise Invalid(
            _("A code has 1 to 40 signs, without blanks, commas, colons and semicolons."),
            code="group_code",
            field="code",
        )
    return found


def _name(name: str) -> str:
    found = tidy(name)[:120]
    if not found:
        raise Invalid(_("Give it a name."), code="group_name", field="name")
    return found


def _in_use(field: str, value: str) -> str:
    """Return a brand or category as the products spell it; Invalid when none has it."""
    wanted = tidy(value)
    if not wanted:
        return ""
    rows = models.Product.objects.filter(merged_into=None, **{f"{field}__iexact": wanted})
    found = rows.order_by(field).values_list(field, flat=True).first()
    if found is None:
        text = _("No product has the brand %(name)s.") if field == "brand" else _(
            "No product is in the category %(name)s."
        )  # fmt: skip
        raise Invalid(text % {"name": wanted[:80]}, code=f"{field}_unknown", field=field)
    return str(found)


def _check(row: models.ProductGroupMember, before: Span | None, why: str) -> None:
    span = Span(row.valid_from, row.valid_to)
    check_span(row.valid_from, row.valid_to)
    if not whole_months(span):
        raise Invalid(
            _("A member comes and goes with a month: choose its first and last day."),
            code="member_month",
            field="valid_from",
        )
    _explain(row, before, span, why)
    twins = models.ProductGroupMember.objects.filter(
        group_id=row.group_id, brand=row.brand, category=row.category
    ).exclude(pk=row.pk)
    if row.product is not None:
        twins = twins.filter(product_id__in=family_ids(row.product.canonical_key))
    for twin in twins:
        if span.overlaps(Span(twin.valid_from, twin.valid_to)):
            raise Invalid(
                _("It is in the group already in these months."),
                code="member_twice",
                field="valid_from",
            )


def _explain(
    row: models.ProductGroupMember, before: Span | None, after: Span | None, why: str
) -> None:
    """Ask for a reason where months that are over change: terms that name the group pay anew."""
    today = timezone.localdate()
    begun = timezone.localtime(row.group.created_at).date() < today
    if begun and not tidy(why) and touches_past(before, after, month_start(today)):
        raise Invalid(
            _("Months that are over change by this, and what terms paid for them: say why."),
            code="member_past",
            field="why",
        )
