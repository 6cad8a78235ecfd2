"""The sheet of the terms: each condition in sentences, and its tiers as a table to calculate."""

from __future__ import annotations

import dataclasses
from typing import TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.agreements.queries.sentences import condition_parts
from keystead.agreements.queries.statement_book.plan import Earned, Part, Plan
from keystead.agreements.types import Tier
from keystead.kit.office.book import Book, Page, here

Key: TypeAlias = tuple[str, int, tuple[Tier, ...]]
NO_END = 10**15  # shown as nothing: the last tier runs on


@dataclasses.dataclass(frozen=True)
class Block:
    """Where the tiers of a condition stand, as addresses of its columns."""

    lowers: str
    uppers: str
    rates: str
    count: int


@dataclasses.dataclass(frozen=True)
class TermsSheet:
    blocks: dict[Key, Block]

    def block(self, found: Earned) -> Block:
        return self.blocks[_key(found)]


def add_terms(book: Book, plan: Plan) -> TermsSheet:
    """Write the terms; every set of tiers that ruled a period has its own rows."""
    page = book.page(_("Terms"), landscape=False)
    page.put(0, 0, _("Terms"), "title")
    page.put(1, 0, _("Yellow cells may be changed to see the effect."), "subtitle")
    at = 3
    blocks: dict[Key, Block] = {}
    for part in plan.parts:
        seen: set[Key] = set()
        for found in part.rows:
            if _key(found) in seen:
                continue
            seen.add(_key(found))
            at = _sentences(page, at, part, found, plan.statement.currency)
            blocks[_key(found)], at = _tiers(page, at, found)
    page.widths([26, 20, 20, 16, 40])
    return TermsSheet(blocks)


def _key(found: Earned) -> Key:
    return found.row.key, found.version, found.tiers


def _sentences(page: Page, at: int, part: Part, found: Earned, currency: str) -> int:
    name = f"{part.number}. {part.name}"
    both = {"name": name, "number": found.version}
    many = len({other.version for other in part.rows}) > 1
    title = _("%(name)s (version %(number)s)") % both if many else name
    page.put(at, 0, title, "section")
    for column in range(1, 5):
        page.put(at, column, None, "section")
    others = found.row.version.conditions if found.row.version else ()
    told = condition_parts(found.condition, currency, others)
    for place, (label, text) in enumerate(told, start=1):
        page.put(at + place, 0, label, "label")
        page.put(at + place, 1, text, "text")
        at_last = at + place
    return at_last + 2


def _tiers(page: Page, at: int, found: Earned) -> tuple[Block, int]:
    labels = [
        (pgettext("statement", "Tier"), True),
        (pgettext("statement", "From"), True),
        (pgettext("statement", "Up to"), True),
        (pgettext("statement", "Rate"), True),
    ]
    page.header(at, labels)
    tiers = found.tiers
    if not tiers:
        page.put(at + 1, 0, 0, "integer")
        page.put(at + 1, 1, NO_END, "bound")
        page.put(at + 1, 2, NO_END, "bound")
        page.put(at + 1, 3, 0, "number")
    for place, tier in enumerate(tiers):
        row = at + 1 + place
        page.put(row, 0, place + 1, "integer")
        page.put(row, 1, tier.lower, "bound_input")
        if place + 1 < len(tiers):
            page.formula(row, 2, here(row + 1, 1), tiers[place + 1].lower, "bound")
        else:
            page.put(row, 2, NO_END, "bound")
        page.put(row, 3, tier.rate, "number_input")
    first, last = at + 1, at + max(len(tiers), 1)
    block = Block(
        page.span(first, last, 1), page.span(first, last, 2), page.span(first, last, 3), len(tiers)
    )
    return block, last + 2
