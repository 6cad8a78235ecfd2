"""The review of an account as a report by mail: its deck, frozen or as it stands on that day."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, scope_for
from keystead.accounts.types import Account
from keystead.governance.types.outbound import Outgoing
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit import mail
from keystead.kit.access import Actor
from keystead.reviews.calc.agenda import shipped_agenda
from keystead.reviews.queries.reviews import review_of
from keystead.reviews.queries.subscriptions import Document, register
from keystead.reviews.services.decks import build_deck
from keystead.reviews.services.writing import (
    POWERPOINT,
    approvals_missing,
    file_name,
    proofs_behind,
    written,
)
from keystead.reviews.types.cycle import Edits, Rating, Review, ReviewKind, ReviewState
from keystead.reviews.types.subscriptions import ReportEntry, ReportKind, reviewed


def review_deck(actor: Actor, entry: ReportEntry) -> Document:
    """Return the deck of the review of this day's period, as the actor may see it.

    Of a frozen review its frozen figures; of one in preparation, or that nobody has begun, the
    figures of the day, and the deck says that they are not frozen. Writes nothing.
    """
    actor.require("reviews.view")
    actor.require("export.data")
    account = account_for(actor, entry.account_id or 0)
    scope = scope_for(actor, name="plan")
    if not scope.everything and account.id not in scope.account_ids:
        raise NotFound(_("There is no such review, or it is not one of yours."), code="no_review")
    kind, period = reviewed(entry.every, timezone.localdate())
    found = review_of(actor, account.id, kind, period) or _unbegun(account, kind, period)
    deck = build_deck(
        actor, found, entry.language, inside=entry.inside, preview=True,
        link=proofs_behind(mail.link("/")),
    )  # fmt: skip
    content = written(deck, None, inside=entry.inside)
    name = file_name(found, "pptx", inside=entry.inside)
    outgoing = Outgoing(
        account_id=account.id, kind="deck", name=name, content=content,
        missing=approvals_missing(found),
    )  # fmt: skip
    return Document(name, content, POWERPOINT, outgoing=None if entry.inside else outgoing)


def _unbegun(account: Account, kind: ReviewKind, period: Period) -> Review:
    """Return a review as it would begin; it is stored nowhere."""
    return Review(
        id=0, account_id=account.id, kind=kind, period=period, state=ReviewState.PREPARING,
        planned_on=None, place="", owner_id=None, owner_name="", agenda=shipped_agenda(kind),
        people=(), colleagues=(), edits=Edits(), notes="", held_on=None, next_on=None,
        rating=Rating(), approved_by="", approved_at=None, version=0, account_name=account.name,
        account_code=account.code,
    )  # fmt: skip


register(ReportKind.REVIEW, review_deck)
