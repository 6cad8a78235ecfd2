"""Offers: drafts that may change, approval below our floor, and what was sent for good."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.governance.queries.approvals import latest
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import request_approval
from keystead.governance.services.leaving import let_leave
from keystead.governance.types.approvals import (
    ApprovalRequest,
    Ask,
    Change,
    Facts,
    RequestState,
    SubjectKind,
)
from keystead.governance.types.outbound import Outgoing
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.stored import drafts_written
from keystead.negotiation.queries.cases import stored_case, stored_offer, worth_written
from keystead.negotiation.queries.picture import checked, worth_of
from keystead.negotiation.services.loading import keep, row_to_write, tell, told
from keystead.negotiation.types.room import Draft, Negotiation, SentOffer, Who, Worth

KEYS: Final = "abcdefghijklmnopqrstuvwxyz"
BELOW: Final = "below_reservation"


def save_draft(
    *,
    actor: Actor,
    negotiation_id: int,
    expected_version: int | None,
    draft: Draft,
) -> tuple[Negotiation, str]:
    """Add an offer (no key) or change a draft; returns the case and the key of the draft."""
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        old, case = told(row), stored_case(row)
        checked(case, draft.package)
        if not draft.name.strip():
            text = _("Give the offer a name.")
            raise Invalid(text, code="name_missing", fields={"name": text})
        key = draft.key or _free(case)
        made = dataclasses.replace(draft, key=key, name=draft.name.strip()[:120])
        kept = [one for one in case.drafts if one.key != key]
        row.drafts = drafts_written(sorted([*kept, made], key=lambda one: one.key))
        keep(actor, row, "draft", old, expected_version)
    return stored_case(row), key


def drop_draft(
    *, actor: Actor, negotiation_id: int, expected_version: int | None, key: str
) -> Negotiation:
    """Take a draft out."""
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        old, case = told(row), stored_case(row)
        _draft(case, key)
        row.drafts = drafts_written(one for one in case.drafts if one.key != key)
        keep(actor, row, "drop", old, expected_version)
    return stored_case(row)


def ask_approval(*, actor: Actor, negotiation_id: int, key: str) -> ApprovalRequest:
    """Put a draft up for approval; the request is the one row of the trail.

    The hash of its content goes with it: a draft that is changed needs a new answer.
    """
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        case = stored_case(row)
        draft = _draft(case, key)
        worth = worth_of(case, draft.package)
        return request_approval(actor=actor, ask=_ask(actor, case, draft, worth))


def send_offer(
    *, actor: Actor, negotiation_id: int, expected_version: int | None, key: str
) -> SentOffer:
    """Send a draft: it becomes an offer with a number that nobody changes again.

    Below our floor, or where its worth cannot be told, an approval of exactly this content is
    needed. Raises Invalid ``needs_approval`` without one, Conflict where the guard of what leaves
    stops it.
    """
    with transaction.atomic():
        looked = stored_case(row_to_write(actor, negotiation_id))
    _look_over(actor, looked, _draft(looked, key))  # what it stops is kept: its own transaction
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        case, old = stored_case(row), told(row)
        draft = _draft(case, key)
        if draft != _draft(looked, key):
            raise Conflict(_("The offer has just been changed. Send it again."), code="changed")
        worth = worth_of(case, draft.package)
        request_id = _approved(case, draft) if needs_approval(worth) else None
        made = _insert(actor, row, Who.US, draft, worth, request_id)
        row.drafts = drafts_written(one for one in case.drafts if one.key != key)
        keep(actor, row, "send", old, expected_version)
    return stored_offer(made)


def receive_offer(
    *,
    actor: Actor,
    negotiation_id: int,
    name: str,
    package: Mapping[str, str],
    on: date,
    valid_until: date | None = None,
) -> SentOffer:
    """Note an offer that they made."""
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        case = stored_case(row)
        worth = worth_of(case, package)
        draft = Draft("", name.strip()[:120] or _("Their offer"), dict(package), valid_until)
        made = _insert(actor, row, Who.THEM, draft, worth, None, on=on)
        tell(actor, row, "receive", {"number": made.number, "hash": made.content_hash})
    return stored_offer(made)


def needs_approval(worth: Worth | None) -> bool:
    """Say whether somebody else must agree before it is sent: below our floor, or unknown."""
    return worth is None or worth.above_floor < 0


def subject_of(case: Negotiation, key: str) -> str:
    """Return what an approval is about: a draft of a case."""
    return f"negotiation:{case.id}:{key}"


def hash_of(case: Negotiation, draft: Draft) -> str:
    """Return the hash of all that is approved or sent."""
    return content_hash(
        {
            "account": case.account_id,
            "case": case.id,
            "currency": case.currency,
            "name": draft.name,
            "package": dict(draft.package),
            **({"terms": terms} if (terms := case.terms_of(draft.package)) else {}),
            "valid_until": draft.valid_until.isoformat() if draft.valid_until else None,
        }
    )


def request_on(case: Negotiation, draft: Draft) -> ApprovalRequest | None:
    """Return the newest request on exactly this content, whatever its state."""
    found = latest(SubjectKind.OFFER, subject_of(case, draft.key))
    return found if found is not None and found.content_hash == hash_of(case, draft) else None


def _approved(case: Negotiation, draft: Draft) -> int:
    found = request_on(case, draft)
    if found is None or found.state is not RequestState.APPROVED:
        raise Invalid(
            _("This offer is below our floor: it is sent once it is approved."),
            code="needs_approval",
        )
    return found.id


def _look_over(actor: Actor, case: Negotiation, draft: Draft) -> None:
    """Let the words of an offer pass the guard: its name and its options."""
    lines = [draft.name, *(f"{issue}: {option}" for issue, option in draft.package.items())]
    let_leave(actor=actor, outgoing=Outgoing(
        account_id=case.account_id, kind="offer", name=f"{_file_name(draft.name)}.txt",
        content="\n".join(lines).encode(),
    ))  # fmt: skip


def _file_name(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", name).strip(" .")[:80] or "offer"


def _insert(
    actor: Actor,
    row: models.NegotiationRow,
    side: Who,
    draft: Draft,
    worth: Worth | None,
    request_id: int | None,
    on: date | None = None,
) -> models.SentOfferRow:
    sent = models.SentOfferRow.objects.filter(case=row)
    number = (sent.aggregate(most=Max("number"))["most"] or 0) + 1
    made = models.SentOfferRow(
        case=row, number=number, side=side.value, name=draft.name, package=dict(draft.package),
        terms=stored_case(row).terms_of(draft.package),
        worth=worth_written(worth), sent_on=on or timezone.localdate(),
        valid_until=draft.valid_until, content_hash=hash_of(stored_case(row), draft),
        request=request_id, at=timezone.now(), by_id=actor.user_id,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def _ask(actor: Actor, case: Negotiation, draft: Draft, worth: Worth | None) -> Ask:
    account = account_for(actor, case.account_id)
    below = needs_approval(worth)
    told = {"currency": case.currency}
    if worth is not None:
        told["our value"] = f"{worth.ours.normalize():f}"
        told["against our floor"] = f"{worth.above_floor.normalize():f}"
    changes = [Change(issue, "", option) for issue, option in draft.package.items()]
    return Ask(
        kind=SubjectKind.OFFER,
        subject_id=subject_of(case, draft.key),
        title=f"{account.name}: {case.name}, {draft.name}",
        content_hash=hash_of(case, draft),
        facts=Facts(
            amount=worth.our_money if worth else None,
            currency=case.currency,
            flags=frozenset({BELOW} if below else set()),
        ),
        changes=tuple(changes),
        evidence=told,
        account_id=case.account_id,
    )


def _draft(case: Negotiation, key: str) -> Draft:
    found = case.draft(key)
    if found is None:
        raise NotFound(_("There is no such offer."), code="offer_not_found")
    return found


def _free(case: Negotiation) -> str:
    taken = {one.key for one in case.drafts}
    free = next((one for one in KEYS if one not in taken), "")
    if not free:
        raise Conflict(_("There are too many drafts: take one out first."), code="drafts")
    return free
