"""Decks of many accounts at once: reviews begun and frozen where they are not, one archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for, may_write, team_for
from keystead.accounts.types import Account, TeamRole
from keystead.kernel.errors import Conflict, Invalid, KeysteadError
from keystead.kernel.periods import Period
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.kit.files.kept import keep
from keystead.reviews.queries.reviews import review_of
from keystead.reviews.services.decks import checked_language, master_content
from keystead.reviews.services.freezing import freeze_review
from keystead.reviews.services.reviews import create_review
from keystead.reviews.services.writing import deck_file, file_name
from keystead.reviews.types.cycle import Review, ReviewEntry, ReviewKind, ReviewState

JOB = "reviews.decks"
AREA = "review_decks"
MOST = 500
Told = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which decks: of the accounts a manager leads (None: all one may write), about what.

    ``most``: only of so many, the first by name.
    """

    period: Period
    kind: ReviewKind = ReviewKind.QUARTER
    language: str = "en"
    manager_id: int | None = None
    master_id: int | None = None
    inside: bool = False
    most: int | None = None


@dataclass
class Made:
    """What came of it: decks by file name, and why others are not there."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def accounts_of(actor: Actor, manager_id: int | None) -> list[Account]:
    """Return the accounts whose decks the actor may build, those a manager leads where named."""
    return [
        one
        for one in accounts_for(actor)
        if may_write(actor, one.id, name="plan")
        and (manager_id is None or _led_by(actor, one, manager_id))
    ]


def _led_by(actor: Actor, account: Account, manager_id: int) -> bool:
    team = team_for(actor, account)
    return any(one.user_id == manager_id and one.role == TeamRole.OWNER for one in team)


def make_decks(
    *, actor: Actor, wanted: Wanted, template: bytes | None = None, told: Told | None = None
) -> Made:
    """Return the deck of each account; what is not frozen yet is begun and frozen.

    An account without figures, or with a problem, is named among the problems and stops nobody. A
    deck that the guard stops is there as an internal copy, marked, and named with what stops it.
    """
    actor.require("reviews.edit")
    actor.require("export.data")
    checked_language(wanted.language)
    accounts = accounts_of(actor, wanted.manager_id)[: wanted.most]
    if not accounts:
        raise Invalid(_("There is no account here whose deck you may build."), code="no_accounts")
    if len(accounts) > MOST:
        raise Invalid(_("At most 500 decks at once."), code="many_decks")
    if template is None:
        template = master_content(actor, wanted.master_id)
    made = Made()
    for at, account in enumerate(accounts):
        if told is not None:
            told(at, len(accounts), account.name)
        try:
            found = frozen_review(actor, account.id, wanted)
            _make(actor, found, wanted, template, made)
        except KeysteadError as error:
            made.problems.append(f"{account.code} {account.name}: {_(error.message)}")
    return made


def _make(actor: Actor, found: Review, wanted: Wanted, template: bytes | None, made: Made) -> None:
    """Add a deck; the customer's own where it may leave, else a copy for ourselves."""
    try:
        content = deck_file(actor, found, wanted.language, inside=wanted.inside, template=template)
        made.files[file_name(found, "pptx", inside=wanted.inside)] = content
    except Conflict as error:
        if "release" not in error.data:
            raise
        made.files[file_name(found, "pptx", inside=True)] = deck_file(
            actor, found, wanted.language, inside=True, template=template
        )
        why = "; ".join(error.hint.splitlines())
        made.problems.append(f"{found.account_code} {found.account_name}: {error.message} {why}")


def frozen_review(actor: Actor, account_id: int, wanted: Wanted) -> Review:
    """Return the frozen review of an account and period; begin and freeze it where needed."""
    found = review_of(actor, account_id, wanted.kind, wanted.period)
    if found is None:
        entry = ReviewEntry(account_id=account_id, kind=wanted.kind, period=wanted.period)
        found = create_review(actor=actor, entry=entry)
    if found.state is ReviewState.PREPARING:
        found = freeze_review(actor=actor, review_id=found.id)
    return found


def start_decks(*, actor: Actor, wanted: Wanted) -> int:
    """Put the building of many decks in the queue and return the job's id."""
    actor.require("reviews.edit")
    actor.require("export.data")
    checked_language(wanted.language)
    payload = {
        "period": str(wanted.period), "kind": wanted.kind.value, "language": wanted.language,
        "manager_id": wanted.manager_id, "master_id": wanted.master_id,
        "inside": wanted.inside,
    }  # fmt: skip
    key = f"{JOB}:{actor.user_id}:{sorted(payload.items(), key=str)}"[:120]
    return jobs.enqueue(JOB, payload, actor=actor, key=key)


def archive(made: Made) -> bytes:
    """Return the decks as one archive, with notes on what is not there or not for the customer."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in sorted(made.files.items()):
            bundle.writestr(_entry(name), content)
        if made.problems:
            bundle.writestr(_entry("notes.txt"), "\n".join(made.problems))
    return held.getvalue()


def keep_archive(made: Made) -> str:
    """Keep the archive and return its hash."""
    return keep(AREA, archive(made))


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def wanted_of(payload: dict[str, object]) -> Wanted:
    """Return what a job was asked for."""
    return Wanted(
        period=Period.parse(str(payload["period"])), kind=ReviewKind(str(payload["kind"])),
        language=str(payload["language"]), manager_id=_number(payload["manager_id"]),
        master_id=_number(payload["master_id"]), inside=bool(payload["inside"]),
    )  # fmt: skip


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
