"""Pure decisions on acknowledgements: who is concerned, where they stand, what is wrong."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from keystead.governance.types.acknowledgements import Given, Standing, State, Statement, Words

RENEW_DAYS = 30


def concerns(statement: Statement, roles: frozenset[str]) -> bool:
    """Say whether somebody with these roles has to read it."""
    return bool(roles) and (not statement.roles or bool(statement.roles & roles))


def months_after(day: date, months: int) -> date:
    """Return the day so many months later, the last of the month when there is no such day.

    >>> months_after(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def standing(statement: Statement, given: Given | None, joined: date, today: date) -> Standing:
    """Return where somebody stands; ``until`` of what was given is the first day it is over.

    An older edition holds until the new one is due: so many days after it was published.
    """
    begun = max(joined, statement.published_on or joined)
    due_on = begun + timedelta(days=statement.due_days)
    if given is None:
        state = State.DUE if today <= due_on else State.OVERDUE
        return Standing(statement, state, holds=False, due_on=due_on)
    if given.edition != statement.edition:
        end = min(given.until, due_on + timedelta(days=1))
        state = State.RENEW if today < end else State.LAPSED
        return Standing(statement, state, today < end, min(due_on, given.until), given)
    if today >= given.until:
        return Standing(statement, State.LAPSED, holds=False, due_on=given.until, given=given)
    soon = today >= given.until - timedelta(days=RENEW_DAYS)
    return Standing(
        statement, State.RENEW if soon else State.CURRENT, holds=True, due_on=given.until,
        given=given,
    )  # fmt: skip


def wrong_answers(statement: Statement, answers: Mapping[int, int]) -> tuple[int, ...]:
    """Return the places of the questions that were not answered right."""
    return tuple(
        place for place, item in enumerate(statement.quiz) if answers.get(place) != item.right
    )


def words(texts: Words, language: str) -> str:
    """Return the text in a language, in English where it is missing.

    >>> words({"en": "Conduct", "fr": "Conduite"}, "fr"), words({"en": "Conduct"}, "zh-hans")
    ('Conduite', 'Conduct')
    """
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
