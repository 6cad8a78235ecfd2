"""Confirm a statement; publish a company's own; switch its rule on or off."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.governance.models import Acknowledgement, StatementRow
from keystead.governance.queries import acknowledgements as reads
from keystead.governance.rules.acknowledgements import months_after, words, wrong_answers
from keystead.governance.rules.approvals import content_hash
from keystead.governance.types.acknowledgements import Statement, Topic
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.access.rules import ROLES

TEXTS = ("title", "body", "quiz")


@transaction.atomic
def acknowledge(
    *, actor: Actor, topic: str, edition: int, language: str, answers: Mapping[int, int]
) -> None:
    """Note that the actor read this edition; its quiz, if any, is answered right.

    Raises Conflict when a newer edition was published while they read, Invalid naming the
    questions that are not right. A token confirms nothing: a person does.
    """
    if actor.user_id is None or actor.token_scope is not None or actor.token_id is not None:
        raise NotAllowed(_("A person confirms this, signed in."))
    found = reads.statement(topic)
    if found.edition != edition:
        raise Conflict(_("The text changed while you were reading it. Read it again."))
    wrong = wrong_answers(found, answers)
    if wrong:
        raise Invalid(
            _("Not every answer is right. Read the text again."), code="quiz", places=list(wrong)
        )
    now = timezone.now()
    until = months_after(timezone.localdate(now), found.validity_months)
    text = {"title": words(found.title, language), "body": words(found.body, language)}
    row = Acknowledgement.objects.create(
        user_id=actor.user_id,
        topic=topic,
        edition=edition,
        at=now,
        until=until,
        language=language,
        text_hash=content_hash(text),
    )
    audit.record(
        actor=actor,
        action="acknowledgement.give",
        subject=("acknowledgement", row.pk),
        new={"topic": topic, "edition": edition, "until": until, "language": language},
    )


@transaction.atomic
def save_statement(
    *, actor: Actor, topic: str, values: Mapping[str, Any], why: str, version: int | None = None
) -> int:
    """Publish a company's own text or rule of a topic (``compliance.decide``); return its id.

    A new text is a new edition: who confirmed the older one has ``due_days`` to read it.
    """
    actor.require("compliance.decide")
    return _store(actor, topic, values, why, version)


@transaction.atomic
def enforce(*, actor: Actor, topic: str, on: bool, why: str) -> int:
    """Switch on or off that a lacking acknowledgement stops what hangs on it.

    For compliance, and for the administrator: it shows no business data.
    """
    if not actor.can("compliance.decide"):
        actor.require("users.manage")
    return _store(actor, topic, {"enforced": on}, why, None)


def _store(
    actor: Actor, topic: str, values: Mapping[str, Any], why: str, version: int | None
) -> int:
    if topic not in set(Topic):
        raise NotFound(_("There is no such statement."))
    if not why.strip():
        raise Invalid(_("Say why."), fields={"why": _("A change of a rule keeps its reason.")})
    _check(values)
    row = StatementRow.objects.select_for_update().filter(topic=topic).first()
    old = row.snapshot() if row else None
    row = row or StatementRow(**_as_stored(reads.statement(topic)))
    if version is not None and row._state.adding and version:
        raise Conflict(_("The text changed while you were writing. Look at it again."))
    texts = {name: getattr(row, name) for name in TEXTS}
    for name, value in values.items():
        setattr(row, name, value)
    if texts != {name: getattr(row, name) for name in TEXTS}:
        row.edition += 1
        row.published_on = timezone.localdate()
    row.save_checked(actor, version)
    audit.record(
        actor=actor,
        action="acknowledgement.rule",
        subject=("statement", topic),
        old=old,
        new=row.snapshot(),
        why=why,
    )
    return row.pk


def _check(values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values.get("roles", ())) - set(ROLES))
    if unknown:
        raise Invalid(_("There is no role called %(names)s.") % {"names": ", ".join(unknown)})
    for name in ("title", "body"):
        if name in values and not all(values[name].get(code) for code in ("en", "zh-hans", "fr")):
            raise Invalid(_("The text is needed in English, Chinese and French."))


def _as_stored(found: Statement) -> dict[str, Any]:
    values = dataclasses.asdict(found)
    return values | {"topic": found.topic.value, "roles": sorted(found.roles),
                     "quiz": [dataclasses.asdict(item) for item in found.quiz]}  # fmt: skip
