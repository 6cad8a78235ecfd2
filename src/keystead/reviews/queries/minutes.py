"""The minutes of a review as a paper, in the active language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from keystead.kit.office.paper import Block, Grid, GridColumn, Heading, Pairs, Paper, Text
from keystead.kit.ui import formats
from keystead.reviews.queries.deck.build import Around
from keystead.reviews.queries.words import ITEM_STATES, owner_words, point_words, title_of
from keystead.reviews.types.cycle import AgendaItem, Item, ItemKind, Review


def minutes_of(
    review: Review, around: Around, agenda: tuple[AgendaItem, ...], carried: tuple[Item, ...],
    *, language: str, today: date,
) -> Paper:  # fmt: skip
    """Return the minutes for the customer: who, decisions, actions, next date.

    Notes and marks are ours and stay out.
    """
    with override(language):
        title = _("Minutes: %(account)s, %(review)s") % {
            "account": review.account_name, "review": title_of(review),
        }  # fmt: skip
        return Paper(
            title=title, blocks=tuple(_blocks(review, around, agenda, carried, language)),
            language=language, made_on=review.held_on or today, footer=review.account_name,
        )  # fmt: skip


def _blocks(
    review: Review, around: Around, agenda: tuple[AgendaItem, ...], carried: tuple[Item, ...],
    language: str,
) -> list[Block]:  # fmt: skip
    def day(value: date | None) -> str:
        return "" if value is None else formats.day(value, locale=language)

    pairs = [
        (_("Day of the meeting"), day(review.held_on or review.planned_on)),
        (pgettext("meeting", "Place"), review.place),
        (review.account_name, ", ".join(around.people)),
        (_("We"), ", ".join(around.colleagues)),
    ]
    decisions = [one for one in around.items if one.kind is ItemKind.DECISION]
    actions = [one for one in around.items if one.kind is ItemKind.ACTION]
    blocks: list[Block] = [Pairs(tuple(pair for pair in pairs if pair[1]))]
    if agenda:
        blocks += [Heading(pgettext("review", "Agenda"))]
        blocks += [Text(f"{at}. {point_words(one)}") for at, one in enumerate(agenda, 1)]
    blocks.append(Heading(_("Decisions")))
    blocks += [Text(f"• {one.text}") for one in decisions] or [Text(_("None."))]
    blocks.append(Heading(_("Actions")))
    blocks.append(_table(actions, day) if actions else Text(_("None.")))
    if carried:
        blocks += [Heading(_("Actions of the last review")), _table(list(carried), day)]
    if review.next_on:
        blocks += [Heading(_("Next date")), Text(day(review.next_on))]
    return blocks


def _table(items: list[Item], day: Callable[[date | None], str]) -> Grid:
    columns = (
        GridColumn(pgettext("review", "Action"), share=3), GridColumn(_("Owner"), share=1.5),
        GridColumn(_("Due")), GridColumn(_("State")),
    )  # fmt: skip
    rows = tuple(
        (one.text, owner_words(one), day(one.due), str(ITEM_STATES[one.state.value]))
        for one in items
    )
    return Grid(columns, rows)
