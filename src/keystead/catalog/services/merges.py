"""Merge two rows of one and the same product, and take it back.

Nothing is moved or rewritten, as with accounts: the merged product keeps its id, SKU, codes and
listings, and points to where it lives on. Undoing gives each its own again.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.catalog import models
from keystead.catalog.queries.products import as_merge, part_links
from keystead.catalog.rules import makes_a_loop
from keystead.catalog.services.loading import lock_catalog, missing, product_row
from keystead.catalog.types import ProductMerge, ProductsMerged, ProductsUnmerged
from keystead.kernel.errors import Invalid
from keystead.kit import audit, outbox
from keystead.kit.access import Actor


def merge_products(
    *,
    actor: Actor,
    source_id: int,
    target_id: int,
    why: str = "",
    source_version: int | None = None,
    target_version: int | None = None,
) -> ProductMerge:
    """Return the merge of ``source`` into ``target``; needs ``catalog.edit``.

    Publishes ``ProductsMerged``. Raises Invalid when they are one already, when their packs
    differ (that is a successor, not the same product: units would be added up wrongly) or when
    one is inside the other; Conflict when either was changed.
    """
    with transaction.atomic():
        lock_catalog()
        source, target = product_row(actor, source_id), product_row(actor, target_id)
        _check(source, target)
        old = source.snapshot()
        target.save_checked(actor, target_version)
        source.merged_into = source.canonical = target
        source.save_checked(actor, source_version)
        _settle_chains()
        row = models.ProductMerge.objects.create(
            source=source,
            target=target,
            merged_at=timezone.now(),
            merged_by_name=actor.name[:160],
            why=why.strip(),
        )
        audit.record(
            actor=actor,
            action="product.merge",
            subject=("product", source.pk),
            old=old,
            new=source.snapshot(),
            why=why.strip(),
        )
        outbox.publish(ProductsMerged(source_id=source.pk, target_id=target.pk))
    return as_merge(row)


def unmerge_products(*, actor: Actor, merge_id: int, why: str = "") -> ProductMerge:
    """Return the merge, undone: the source stands for itself again. Needs ``catalog.edit``."""
    actor.require("catalog.edit")
    with transaction.atomic():
        lock_catalog()
        rows = models.ProductMerge.objects.select_related("source", "target")
        row = rows.filter(pk=merge_id).first()
        if row is None:
            raise missing(merge_id)
        if row.undone_at is not None:
            raise Invalid(_("This merge was undone already."), code="merge_undone")
        source = row.source
        old = source.snapshot()
        source.merged_into = source.canonical = None
        source.save_checked(actor)
        _settle_chains()
        row.undone_at = timezone.now()
        row.save(update_fields=["undone_at"])
        audit.record(
            actor=actor,
            action="product.unmerge",
            subject=("product", source.pk),
            old=old,
            new=source.snapshot(),
            why=why.strip(),
        )
        outbox.publish(ProductsUnmerged(source_id=source.pk, target_id=row.target_id))
    return as_merge(row)


def _check(source: models.Product, target: models.Product) -> None:
    if source.pk == target.pk:
        raise Invalid(_("These two are one product already."), code="merge_same")
    if (source.pack_size, source.unit) != (target.pack_size, target.unit):
        raise Invalid(
            _("Their packs differ, so their units cannot be added up as one product."),
            code="merge_packs",
            hint=_("Name the new pack as the successor of the old one instead."),
        )
    links = part_links()
    if makes_a_loop(source.pk, target.pk, links) or makes_a_loop(target.pk, source.pk, links):
        raise Invalid(_("One of the two is inside the other."), code="merge_parts")


def _settle_chains() -> None:
    """Point every merged product at the end of its chain."""
    rows = list(models.Product.objects.exclude(merged_into=None))
    into = {row.pk: row.merged_into_id for row in rows}
    for row in rows:
        head = row.merged_into_id
        while head in into:
            head = into[head]
        if row.canonical_id != head:
            models.Product.objects.filter(pk=row.pk).update(canonical_id=head)
