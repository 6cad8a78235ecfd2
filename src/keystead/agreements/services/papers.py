"""Papers that leave the house: contract and statement, each with its row in the trail."""

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
from keystead.agreements.types import Agreement, AgreementVersion, Statement
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.office import pdf, word
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
    """How a paper is wanted: ``xlsx``, ``docx`` or ``pdf``, and in which language (empty: mine)."""

    format: str
    language: str = ""


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
    Invalid for a template that names something unknown. One audit row: it leaves the house.
    """
    actor.require("agreements.view")
    actor.require("export.data")
    found = agreement_for(actor, agreement_id)
    version = _version(found, version_number)
    _known(wanted.format, ("docx", "pdf"))

    def make() -> bytes:
        with told_to(actor):
            paper = contract_paper(found, version)
            if wanted.format == "pdf":
                return _pdf(paper)
            return _filled(actor, found, version, paper, template_id)

    told = {"version": version.number, "template": template_id}
    return _made(
        actor,
        found,
        wanted,
        gettext_noop("Contract %(number)s"),
        make,
        action="contract",
        told=told,
    )


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
    def make() -> bytes:
        with told_to(actor):
            if wanted.format == "xlsx":
                return statement_workbook(statement)
            paper = statement_paper(statement)
        return _pdf(paper) if wanted.format == "pdf" else _word(paper)

    told |= {"due": str(statement.due), "run": statement.run.inputs_hash}
    return _made(
        actor, found, wanted, name, make, action="statement", told=told, settlement=statement.number
    )


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
    actor: Actor,
    found: Agreement,
    wanted: Wanted,
    name: str,
    make: Callable[[], bytes],
    *,
    action: str,
    told: dict[str, Any],
    settlement: str = "",
) -> Made:
    language = language_of(wanted.language) or translation.get_language() or "en"
    with translation.override(language):
        content = make()
        stem = _(name) % {"number": found.number, "settlement": settlement}
    with transaction.atomic():
        audit.record(
            actor=actor,
            action=f"agreement.{action}.send",
            subject=("agreement", found.id),
            new={**told, "format": wanted.format, "language": language,
                 "sha256": hashlib.sha256(content).hexdigest()},
            account_id=found.account_id,
        )  # fmt: skip
    return Made(f"{stem}.{wanted.format}", content, KINDS[wanted.format])


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


def _pdf(paper: Paper) -> bytes:
    return pdf.document(paper)


def _word(paper: Paper) -> bytes:
    return word.document(paper)


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
