"""Files about people: contact cards and tables, mails and invitations. Nothing is stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import people_for_team
from keystead.accounts.rules.fields import tidy
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.files.letters.reader import letter_format, read_letter
from keystead.kit.models import User
from keystead.kit.office.reading import tables_of
from keystead.stakeholders.calc.contact_columns import people_of
from keystead.stakeholders.queries.people import contacts_at
from keystead.stakeholders.rules.letters import shortened, without_strangers
from keystead.stakeholders.types import (
    Draft,
    FileLine,
    Initiator,
    InteractionEntry,
    Message,
    TalkDraft,
    TouchKind,
)

LARGEST: Final = 5 * 1024 * 1024
LARGEST_LETTER: Final = 20 * 1024 * 1024
MOST: Final = 500


def read_people(content: bytes, *, name: str) -> tuple[FileLine, ...]:
    """Return the people of a card file or table.

    Raises Invalid when there are none, more than 500, or no column of names; SourceProblem when
    the file is refused.
    """
    if letter_format(content, name) == "vcf":
        found = read_letter(content, name=name, wanted=("vcf",))["people"]
        return tuple(_card(one) for one in found)
    tables = [people_of(one.rows) for one in tables_of(content, name=name)]
    lines = next((one for one in tables if one is not None), None)
    if lines is None:
        raise Invalid(
            _("No line near the top names the columns: a name, and a mail address or another."),
            code="file_columns", field="file",
        )  # fmt: skip
    if not 1 <= len(lines) <= MOST:
        said = _("A file has 1 to %(most)s people.") % {"most": MOST}
        raise Invalid(said, code="file_rows", field="file")
    return lines


def read_message(content: bytes, *, name: str) -> Message:
    """Return what a mail (.eml) or an invitation (.ics) says; SourceProblem when refused."""
    return _message(read_letter(content, name=name, wanted=("eml", "ics")))


def _message(found: dict[str, Any]) -> Message:
    sender = found["sender"]
    return Message(
        kind=TouchKind.MAIL if found["kind"] == "mail" else TouchKind.MEETING,
        subject=tidy(found["subject"])[:200],
        on=_day(found["when"]),
        text=found["text"],
        sender=_draft(sender) if sender else None,
        others=tuple(_draft(one) for one in found["others"]),
        message_id=tidy(found["id"])[:200],
        attachments=tuple(tidy(one) for one in found["attachments"]),
        events=found.get("events", 1),
        cancelled=found["cancelled"],
        more=tuple(_message(one) for one in found.get("more", ())),
    )


def talk_of(actor: Actor, account_id: int, message: Message) -> TalkDraft:
    """Return a message as a talk to look at: people of the account and of ours by mail address.

    Everybody else is a stranger: named apart, in no part of what would be stored. What lies in the
    future is offered as the next step of today.
    """
    people = {one.email.casefold(): one.id for one in contacts_at(actor, account_id) if one.email}
    ours = dict(people_for_team(actor))
    team = {
        mail.casefold(): pk
        for pk, mail in User.objects.filter(pk__in=ours).values_list("pk", "email")
        if mail
    }
    sender = (message.sender,) if message.sender else ()
    everybody = {one.email.casefold(): one for one in (*sender, *message.others)}
    strangers = tuple(
        one for mail, one in everybody.items() if mail not in people and mail not in team
    )
    known = people.keys() | team.keys()
    text, cut = shortened(without_strangers(message.text.replace("\0", ""), strangers, known))
    subject = without_strangers(message.subject, strangers, known)[:200]
    today = timezone.localdate()
    ahead = message.on is not None and message.on > today
    began_here = message.sender is not None and message.sender.email.casefold() in team
    met = [team[mail] for mail in everybody if mail in team and mail not in people]
    entry = InteractionEntry(
        account_id=account_id,
        kind=TouchKind.MAIL if ahead else message.kind,
        on=today if ahead or message.on is None else message.on,
        subject=subject,
        summary=text,
        initiator=Initiator.US if began_here else Initiator.THEM,
        people=tuple(people[mail] for mail in everybody if mail in people),
        colleagues=tuple(met) or ((actor.user_id,) if actor.user_id else ()),
        next_step=subject if ahead else "",
        next_on=message.on if ahead else None,
        message_id=message.message_id,
    )
    return TalkDraft(entry, strangers, ahead, cut)


def _card(found: dict[str, Any]) -> FileLine:
    told = {key: value for key, value in found.items() if key not in ("line", "problem")}
    return FileLine(found["line"], Draft(**{"name": "", **told}), found.get("problem", ""))


def _draft(found: dict[str, str]) -> Draft:
    return Draft(name=tidy(found["name"]), email=tidy(found["email"]))


def _day(when: str) -> date | None:
    """Return the day a moment falls on for the reader; without a zone as it stands."""
    if not when:
        return None
    if len(when) == 10:
        return date.fromisoformat(when)
    moment = datetime.fromisoformat(when)
    try:
        return (timezone.localtime(moment) if moment.tzinfo else moment).date()
    except OverflowError:
        return None
