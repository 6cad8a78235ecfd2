"""One row of the sheet of product groups: the group, and one thing in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from keystead.catalog.queries.groups import group_by_code
from keystead.catalog.services.groups import add_member, create_group, edit_group, edit_member
from keystead.catalog.types import GroupMember, Product, ProductGroup
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.office.bulk import Outcome

RANK: dict[Outcome, int] = {"unchanged": 0, "changed": 1, "created": 2}


def write_group_row(
    actor: Actor, row: dict[str, Any], product: Callable[[str], Product]
) -> Outcome:
    """Write a row: the group by its code, its name, and the product, brand or category in it.

    A row with the group alone creates it, or changes its name. A thing that begins on the same
    day as one that is in it already gets the row's last day; anything else is added.
    """
    actor.require("catalog.edit")
    code = row["group"]
    found = group_by_code(actor, code)
    outcome: Outcome = "unchanged"
    if found is None:
        if not row.get("name"):
            text = _("A new group needs a name.")
            raise Invalid(text, code="group_name", field="name")
        found = create_group(actor=actor, code=code, name=row["name"])
        outcome = "created"
    elif row.get("name") and row["name"] != found.name:
        edit_group(actor=actor, group_id=found.id, version=found.version, name=row["name"],
                   note=found.note)  # fmt: skip
        outcome = "changed"
    if not any(row.get(name) for name in ("sku", "brand", "category")):
        return outcome
    own = _member(actor, found, row, product)
    return max(outcome, own, key=lambda one: RANK[one])


def _member(
    actor: Actor, group: ProductGroup, row: dict[str, Any], product: Callable[[str], Product]
) -> Outcome:
    sku, brand, category = (row.get(name) or "" for name in ("sku", "brand", "category"))
    product_id = product(sku).id if sku else None
    start, why = row.get("valid_from"), row.get("why") or ""
    for one in group.members:
        if not _same(one, product_id, brand, category) or one.span.valid_from != start:
            continue
        after = edit_member(
            actor=actor,
            member_id=one.id,
            version=one.version,
            valid_from=start,
            valid_to=row.get("valid_to", one.span.valid_to),
            why=why,
        )
        return "changed" if after.version != one.version else "unchanged"
    add_member(
        actor=actor,
        group_id=group.id,
        product_id=product_id,
        brand=brand,
        category=category,
        valid_from=start,
        valid_to=row.get("valid_to"),
        why=why,
    )
    return "created"


def _same(one: GroupMember, product_id: int | None, brand: str, category: str) -> bool:
    return (one.product_id, one.brand.casefold(), one.category.casefold()) == (
        product_id, brand.casefold(), category.casefold(),
    )  # fmt: skip
