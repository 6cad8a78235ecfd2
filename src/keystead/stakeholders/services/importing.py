"""People of a file: looked over first, then entered whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.rules.fields import fold, tidy
from keystead.accounts.types import Account
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.stakeholders import models
from keystead.stakeholders.calc.duplicates import likely, twins
from keystead.stakeholders.queries.people import contacts_at
from keystead.stakeholders.services.keeping import account_of_people, refuse
from keystead.stakeholders.services.people import add_person, fill
from keystead.stakeholders.types import (
    Candidate,
    ChannelKind,
    Contact,
    Draft,
    FileLine,
    FileTerms,
    PersonEntry,
)

_FORMULA = re.compile(r"\s*[=@+\-|%]")


def look_over(
    *, actor: Actor, account_id: int, lines: Sequence[FileLine], terms: FileTerms
) -> tuple[Candidate, ...]:
    """Return everybody of a file: new, probably known at the account, or refused with a reason.

    Nothing is written. Needs ``stakeholders.edit`` on the account, and a note with the basis.
    """
    account = account_of_people(actor, account_id)
    if not tidy(terms.basis_note):
        refuse({"basis_note": _("Say where the data comes from.")})
    known = contacts_at(actor, account.id)
    above = twins([one.draft for one in lines])
    return tuple(
        _looked_over(account, line, terms, known, above[at], lines) for at, line in enumerate(lines)
    )


def import_people(
    *,
    actor: Actor,
    account_id: int,
    lines: Sequence[FileLine],
    terms: FileTerms,
    chosen: Mapping[int, int | None],
) -> tuple[Contact, ...]:
    """Enter the chosen people of a file, all or none. One audit row a person.

    ``chosen``: position in ``lines``, and the id of the person who was shown as probably the same
    (None: nobody was). Conflict when somebody else is there now, as after sending it twice.
    """
    if not chosen:
        raise Invalid(_("Choose at least one person."), code="nobody")
    with transaction.atomic():
        found = look_over(actor=actor, account_id=account_id, lines=lines, terms=terms)
        account = account_of_people(actor, account_id)
        made = []
        for at in sorted(chosen):
            if not 0 <= at < len(found) or found[at].reason:
                raise Invalid(_("A person who was refused can not be entered."), code="refused")
            one = found[at]
            if (one.known.id if one.known else None) != chosen[at]:
                raise Conflict(
                    _("%(name)s was entered or changed meanwhile: look at the list again.")
                    % {"name": one.draft.name},
                    code="people_changed",
                )
            made.append(
                add_person(
                    actor=actor,
                    entry=_entry(account.id, one.draft, terms),
                    job_title=one.draft.job_title,
                    organisation=_outside(account, one.draft, terms),
                )
            )
    return tuple(made)


def _looked_over(
    account: Account,
    line: FileLine,
    terms: FileTerms,
    known: Sequence[Contact],
    twin: int | None,
    lines: Sequence[FileLine],
) -> Candidate:
    reason = _problems(line.problem) or _wrong(account, line.draft, terms)
    if reason:
        return Candidate(line.line, line.draft, reason)
    near = likely(line.draft, known)
    return Candidate(
        line.line,
        line.draft,
        known=near.contact if near else None,
        by_mail=near is not None and near.by_mail,
        twin=lines[twin].line if twin is not None else None,
    )


def _problems(code: str) -> str:
    return {
        "open": _("The card does not end: the file was cut off, or a card stands inside another."),
        "group": _("This is a group or an organisation, not a person."),
        "nameless": _("A person has a name."),
    }.get(code, "")


def _wrong(account: Account, draft: Draft, terms: FileTerms) -> str:
    """Return why somebody can not be entered, "" when they can."""
    for text in (draft.name, draft.title, draft.job_title, draft.organisation, draft.email):
        if _FORMULA.match(text):
            return _("“%(text)s” reads like a formula of a spreadsheet.") % {"text": text[:40]}
    if not any(char.isalpha() for char in draft.name):
        return _("A name has letters.")
    if len(tidy(draft.job_title)) > 120 or len(tidy(draft.organisation)) > 160:
        return _("This is too long.")
    try:
        fill(models.Person(), _entry(account.id, draft, terms))
    except Invalid as error:
        fields: Mapping[str, Any] = error.data.get("fields") or {}
        return " ".join(
            f"{getattr(draft, name)[:60]}: {said}" if getattr(draft, name, "") else str(said)
            for name, said in fields.items()
        )
    return ""


def _entry(account_id: int, draft: Draft, terms: FileTerms) -> PersonEntry:
    by_phone = draft.phone and not draft.email
    return PersonEntry(
        account_id=account_id,
        name=draft.name,
        basis=terms.basis,
        basis_note=terms.basis_note,
        title=draft.title,
        email=draft.email,
        phone=draft.phone,
        language=draft.language,
        channel=ChannelKind.CALL if by_phone else ChannelKind.MAIL,
    )


def _outside(account: Account, draft: Draft, terms: FileTerms) -> str:
    """Return the organisation they work at when it is another than the account and counts."""
    if not terms.as_filed or fold(draft.organisation) == fold(account.name):
        return ""
    return draft.organisation
