"""Reads of acknowledgements, and the one function that a rule relies on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.governance.models import Acknowledgement, StatementRow
from keystead.governance.rules.acknowledgements import concerns, standing, words
from keystead.governance.rules.statements import STATEMENTS
from keystead.governance.types.acknowledgements import (
    Given,
    Question,
    Standing,
    Statement,
    Topic,
)
from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kit.access import Actor
from keystead.kit.models import User


def statements() -> tuple[Statement, ...]:
    """Return the statements in force: the company's own, or the shipped one of the topic."""
    own = {row.topic: statement_of(row) for row in StatementRow.objects.all()}
    return tuple(own.get(shipped.topic.value, shipped) for shipped in STATEMENTS)


def statement(topic: str) -> Statement:
    """Return the statement of a topic; NotFound for an unknown one."""
    found = next((one for one in statements() if one.topic.value == topic), None)
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def version_of(topic: str) -> int:
    """Return the version of the company's own text, 0 while the shipped one is in force."""
    return StatementRow.objects.filter(topic=topic).values_list("version", flat=True).first() or 0


def require_acknowledged(actor: Actor, topic: str) -> None:
    """Raise NotAllowed when the topic is enforced and the actor's acknowledgement does not hold.

    The one place where a lapsed acknowledgement or training stops something: services and queries
    call it before they do what hangs on it.
    """
    found = statement(topic)
    if actor.system or not found.enforced:
        return
    if _standings(found, [actor.user_id or 0])[actor.user_id or 0].holds:
        return
    title = words(found.title, get_language() or "en")
    raise NotAllowed(
        _("This needs your acknowledgement of: %(title)s.") % {"title": title},
        code="acknowledgement_missing",
        hint=_("Read and confirm it under Acknowledgements, then come back."),
        topic=topic,
    )


def standings_of(actor: Actor) -> tuple[Standing, ...]:
    """Return where the actor stands with every statement that concerns them."""
    who = actor.user_id or 0
    wanted = [one for one in statements() if concerns(one, actor.roles)]
    if not wanted:
        return ()
    today = timezone.localdate()
    topics = {one.topic.value: one.topic for one in wanted}
    given: dict[str, Given] = {}
    for row in Acknowledgement.objects.filter(user_id=who, topic__in=list(topics)):
        given.setdefault(row.topic, Given(topics[row.topic], row.edition, row.at, row.until))
    joined = User.objects.filter(pk=who).values_list("date_joined", flat=True).first()
    since = joined.date() if joined else today
    return tuple(standing(one, given.get(one.topic.value), since, today) for one in wanted)


def owing(actor: Actor) -> tuple[Standing, ...]:
    """Return what the actor has to read now: never read, lapsed, or soon over."""
    return tuple(one for one in standings_of(actor) if one.state.value != "current")


@dataclasses.dataclass(frozen=True)
class Line:
    """A person and a statement, for the report."""

    user_id: int
    name: str
    standing: Standing


def report(actor: Actor) -> tuple[Line, ...]:
    """Return where everybody stands with what concerns them; needs ``compliance.view``."""
    actor.require("compliance.view")
    users = list(User.objects.filter(is_active=True).order_by("username"))
    lines = []
    for one in statements():
        concerned = [user for user in users if concerns(one, frozenset(user.roles))]
        found = _standings(one, [user.pk for user in concerned])
        lines += [Line(user.pk, str(user), found[user.pk]) for user in concerned]
    return tuple(lines)


def _standings(found: Statement, user_ids: Iterable[int]) -> dict[int, Standing]:
    wanted = list(user_ids)
    today = timezone.localdate()
    given: dict[int, Given] = {}
    for row in Acknowledgement.objects.filter(topic=found.topic.value, user__in=wanted):
        given.setdefault(row.user_id, Given(found.topic, row.edition, row.at, row.until))
    joined = dict(User.objects.filter(pk__in=wanted).values_list("pk", "date_joined"))
    return {
        pk: standing(
            found, given.get(pk), joined[pk].date() if pk in joined else today, today
        )
        for pk in wanted
    }  # fmt: skip


def statement_of(row: StatementRow) -> Statement:
    """Return a stored statement as a value."""
    return Statement(
        topic=Topic(row.topic),
        edition=row.edition,
        title=row.title,
        body=row.body,
        roles=frozenset(row.roles),
        due_days=row.due_days,
        validity_months=row.validity_months,
        quiz=tuple(
            Question(item["text"], tuple(item["choices"]), item["right"]) for item in row.quiz
        ),
        enforced=row.enforced,
        published_on=row.published_on,
    )
