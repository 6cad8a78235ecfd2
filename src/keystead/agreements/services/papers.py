"""Papers that leave the house: contract and statement, each with its row in the trail.

What leaves for the customer passes the guard (``governance.services.leaving``); an internal copy
does not, and is marked.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from keystead.agreements.queries.agreements import agreement_for
from keystead.agreements.queries.contract_paper import (
    contract_blocks,
    contract_paper,
    contract_words,
)
from keystead.agreements.queries.settlements import settlement_for
from keystead.agreements.queries.spelled import told_to
from keystead.agreements.queries.statement_book import statement_workbook
from keystead.agreements.queries.statement_paper import statement_paper
from keystead.agreements.queries.statements import statement_of, statement_of_settlement
from keystead.agreements.queries.templates import template_bytes
from keystead.agreements.rules.marking import gettext_noop
from keystead.agreements.types import Agreement, AgreementState, AgreementVersion, Statement
from keystead.governance.services.leaving import let_leave
from keystead.governance.types.outbound import Missing, Outgoing, missing
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.office import pdf, word
from keystead.kit.office.inside import inside_file, inside_name, inside_paper
from keystead.kit.office.paper import Paper

KINDS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@dataclasses.dataclass(frozen=True)
class Made:
    """A paper as a file: its name, its bytes, its media type."""

    name: str
    content: bytes = dataclasses.field(repr=False)
    kind: str = ""


@dataclasses.dataclass(frozen=True)
class Wanted:
    """How a paper is wanted: ``xlsx``, ``docx`` or ``pdf``, and in which language (empty: mine).

    ``inside``: an internal copy, marked as such, instead of the customer's.
    """

    format: str
    language: str = ""
    inside: bool = False


@dataclasses.dataclass(frozen=True)
class _Written:
    """A paper before it is let out; a PDF with its twin in Word, which the guard can read."""

    content: bytes
    twin: bytes | None = None


@dataclasses.dataclass(frozen=True)
class _About:
    """What a paper is: ``name`` of its file, what the trail keeps, approvals that are missing."""

    action: str
    name: str
    told: dict[str, Any]
    settlement: str = ""
    missing: tuple[str, ...] = ()


def write_contract(
    *,
    actor: Actor,
    agreement_id: int,
    wanted: Wanted,
    version_number: int | None = None,
    template_id: int = 0,
) -> Made:
    """Return the contract of a version (default: the latest) as Word or PDF.

    Needs ``agreements.view`` and ``export.data``; NotFound for a foreign agreement. Raises
    Invalid for a template that names something unknown, Conflict where the guard stops it: an
    unapproved version leaves for nobody. One audit row: it leaves the house.
    """
    actor.require("agreements.view")
    actor.require("export.data")
    found = agreement_for(actor, agreement_id)
    version = _version(found, version_number)
    _known(wanted.format, ("docx", "pdf"))

    def make() -> _Written:
        with told_to(actor):
            paper = contract_paper(found, version)
            if wanted.format == "pdf":
                return _pdf(paper, inside=wanted.inside)
            return _Written(_filled(actor, found, version, paper, template_id))

    told = {"version": version.number, "template": template_id}
    about = _About("contract", gettext_noop("Contract %(number)s"), told, missing=_missing(version))
    return _made(actor, found, wanted, about, make)


def write_statement(
    *,
    actor: Actor,
    agreement_id: int,
    as_of: date,
    wanted: Wanted,
    version_number: int | None = None,
) -> Made:
    """Return the statement of an agreement up to a day as Excel, Word or PDF.

    Needs ``agreements.view`` and ``export.data``; raises as ``statement_of``. One audit row.
    """
    found = _asked(actor, agreement_id, wanted)
    statement = statement_of(actor, agreement_id, as_of=as_of, version=version_number)
    told = {"as_of": statement.as_of.isoformat()}
    return _stated(actor, found, statement, wanted, gettext_noop("Statement %(number)s"), told)


def write_settlement(*, actor: Actor, settlement_id: int, wanted: Wanted) -> Made:
    """Return the statement of one settlement, as it was calculated, as Excel, Word or PDF.

    Needs ``agreements.view`` and ``export.data``; raises as ``statement_of_settlement``. One
    audit row.
    """
    one = settlement_for(actor, settlement_id)
    found = _asked(actor, one.agreement_id, wanted)
    statement = statement_of_settlement(actor, one.id)
    told = {"as_of": statement.as_of.isoformat(), "settlement": one.id}
    name = gettext_noop("Settlement %(settlement)s of %(number)s")
    return _stated(actor, found, statement, wanted, name, told)


def _asked(actor: Actor, agreement_id: int, wanted: Wanted) -> Agreement:
    actor.require("agreements.view")
    actor.require("export.data")
    found = agreement_for(actor, agreement_id)
    _known(wanted.format, tuple(KINDS))
    return found


def _stated(
    actor: Actor,
    found: Agreement,
    statement: Statement,
    wanted: Wanted,
    name: str,
    told: dict[str, Any],
) -> Made:
    def make() -> _Written:
        with told_to(actor):
            if wanted.format == "xlsx":
                return _Written(statement_workbook(statement))
            paper = statement_paper(statement)
        if wanted.format == "pdf":
            return _pdf(paper, inside=wanted.inside)
        return _Written(word.document(paper))

    told |= {"due": str(statement.due), "run": statement.run.inputs_hash}
    about = _About("statement", name, told, settlement=statement.number)
    return _made(actor, found, wanted, about, make)


def language_of(text: str) -> str:
    """Return one of our languages by its code (``zh`` for ``zh-hans``); empty stays empty."""
    code = text.strip().casefold().replace("_", "-")
    known = [one for one, _name in settings.LANGUAGES]
    found = next((one for one in known if code and (one == code or one.startswith(code))), None)
    if code and found is None:
        raise Invalid(
            _("There is no paper in “%(language)s”; choose one of %(known)s.")
            % {"language": text, "known": ", ".join(known)},
            code="language_unknown",
            field="language",
        )
    return found or ""


def _made(
    actor: Actor, found: Agreement, wanted: Wanted, about: _About, make: Callable[[], _Written]
) -> Made:
    language = language_of(wanted.language) or translation.get_language() or "en"
    with translation.override(language):
        made = make()
        stem = _(about.name) % {"number": found.number, "settlement": about.settlement}
        content, file = made.content, f"{stem}.{wanted.format}"
        if wanted.inside:
            content, file = _inside(content, wanted.format), inside_name(file)
    if not wanted.inside:
        let_leave(actor=actor, outgoing=Outgoing(
            account_id=found.account_id, kind=about.action, name=file, content=content,
            readable=None if made.twin is None else (f"{stem}.docx", made.twin),
            missing=about.missing,
        ))  # fmt: skip
    with transaction.atomic():
        audit.record(
            actor=actor,
            action=f"agreement.{about.action}.send",
            subject=("agreement", found.id),
            new={**about.told, "format": wanted.format, "language": language,
                 **({"inside": True} if wanted.inside else {}),
                 "sha256": hashlib.sha256(content).hexdigest()},
            account_id=found.account_id,
        )  # fmt: skip
    return Made(file, content, KINDS[wanted.format])


def _inside(content: bytes, format: str) -> bytes:
    return content if format == "pdf" else inside_file(content, format)


def _missing(version: AgreementVersion) -> tuple[str, ...]:
    """Return that an approval is missing: a draft leaves for nobody."""
    if version.state not in (AgreementState.DRAFT, AgreementState.IN_REVIEW):
        return ()
    return (missing(Missing.VERSION, version.number),)


def _filled(
    actor: Actor, found: Agreement, version: AgreementVersion, paper: Paper, template_id: int
) -> bytes:
    words, blocks = contract_words(found, version), contract_blocks(found, version)
    for heading, block in HEADS.items():
        if not blocks[block]:
            words[heading] = ""  # nothing to head
    return word.fill(template_bytes(actor, template_id), words, blocks, paper=paper)


HEADS: Final = {
    "heading_conditions": "conditions",
    "heading_terms": "terms_table",
    "heading_whole": "whole_agreement",
    "heading_clauses": "clauses",
}


def _pdf(paper: Paper, *, inside: bool) -> _Written:
    if inside:
        return _Written(pdf.document(inside_paper(paper)))
    return _Written(pdf.document(paper), word.document(paper))


def _version(found: Agreement, number: int | None) -> AgreementVersion:
    if number is None:
        return found.versions[-1]
    version = next((one for one in found.versions if one.number == number), None)
    if version is None:
        raise NotFound(
            _("%(number)s has no version %(version)s.")
            % {"number": found.number, "version": number},
            code="version_not_found",
        )
    return version


def _known(wanted: str, formats: tuple[str, ...]) -> None:
    if wanted not in formats:
        raise Invalid(
            _("There is no “%(format)s” of this paper; choose one of %(known)s.")
            % {"format": wanted, "known": ", ".join(formats)},
            code="format_unknown",
            field="format",
        )
