"""Attach documents to an agreement, and withdraw them; nothing is ever deleted."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.models.documents import AREA
from keystead.agreements.queries.agreements import stored, visible
from keystead.agreements.queries.documents import MISSING, as_document, document_for
from keystead.agreements.rules.documents import LARGEST, check_file
from keystead.agreements.services.loading import row_to_write
from keystead.agreements.types import Agreement, Attachment, Document, DocumentKind
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files.kept import keep, kept
from keystead.kit.quota import spend_upload


def attach_document(*, actor: Actor, agreement_id: int, attachment: Attachment) -> Document:
    """Keep a file under its hash and attach it; needs ``agreements.edit`` on the account's terms.

    Counts against the day's upload quota. Raises Invalid for a file that is empty, too large or
    not what its name says, for a condition or version that is not there, and for a proof of
    service without its condition; NotFound for a foreign agreement. One audit row.
    """
    actor.require("agreements.edit")
    name, content = plain_name(attachment.name), attachment.content
    refuse_file(name, content)
    period = attachment.period
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        _known_condition(stored(row), attachment)
        version = _version(row, attachment.version_number)
        spend_upload(actor=actor, size_bytes=len(content))
        document = models.AgreementDocument(
            agreement=row,
            agreement_version=version,
            condition=attachment.condition,
            kind=attachment.kind.value,
            name=name,
            note=attachment.note.strip()[:400],
            starts=period.start if period else None,
            ends=period.end if period else None,
            sha256=keep(AREA, content),
            size_bytes=len(content),
        )
        document.save_checked(actor)
        _record(actor, row, document, "attach", None)
    return document_for(actor, document.pk)


def withdraw_document(
    *, actor: Actor, document_id: int, expected_version: int | None = None, reason: str
) -> Document:
    """Say that a document no longer counts, and why; the file stays. One audit row."""
    actor.require("agreements.edit")
    if not reason.strip():
        text = _("Say why it no longer counts.")
        raise Invalid(text, code="reason_missing", fields={"reason": text})
    with transaction.atomic():
        document = _locked(actor, document_id)
        row = row_to_write(actor, document.agreement_id)
        if document.withdrawn_at is not None:
            raise Conflict(_("This document was withdrawn already."), code="withdrawn")
        old = _told(document)
        document.withdrawn_at = timezone.now()
        document.withdrawn_by_id = actor.user_id
        document.withdrawn_reason = reason.strip()[:400]
        document.save_checked(actor, expected_version)
        _record(actor, row, document, "withdraw", old, why=reason.strip())
    return document_for(actor, document_id)


def hand_out_document(*, actor: Actor, document_id: int) -> tuple[Document, bytes]:
    """Return a document with its file, and note in the trail that it left the house."""
    actor.require("agreements.view")
    with transaction.atomic():
        document = _locked(actor, document_id)
        content = kept(AREA, document.sha256)
        _record(actor, document.agreement, document, "read", None)
    return as_document(document), content


def _locked(actor: Actor, document_id: int) -> models.AgreementDocument:
    rows = models.AgreementDocument.objects.select_for_update(of=("self",))
    found = rows.filter(pk=document_id, agreement__in=visible(actor)).first()
    if found is None:
        raise NotFound(_(MISSING), code="document_not_found")
    return found


def refuse_file(name: str, content: bytes) -> None:
    """Raise Invalid, in the reader's language, for a file that is not kept here."""
    try:
        check_file(name, content)
    except Invalid as error:
        most = {"size": LARGEST // 1024 // 1024}
        words = {
            "file_empty": _("The file is empty."),
            "file_large": _("The file is larger than %(size)s MB.") % most,
            "file_kind": _("This kind of file is not kept here: send a PDF, an office file, a "
                           "picture, a mail or a ZIP."),
            "file_disguised": _("The file is not what its name says."),
        }  # fmt: skip
        text = words.get(error.code, error.message)
        raise Invalid(text, code=error.code, field="file", fields={"file": text}) from error


def keep_shown(*, actor: Actor, text: str, file_name: str, content: bytes) -> dict[str, Any]:
    """Keep what somebody shows for a claim or an expense; return the fields of its row.

    Words, a file, or both; a file is kept under its hash and counts against the day's quota. The
    caller has passed the door of what it is shown for, and is inside the transaction of its row.
    """
    if not text.strip() and not content:
        missing = _("Write what was shown, or choose a file.")
        raise Invalid(missing, code="nothing_shown", fields={"text": missing})
    name = plain_name(file_name) if content else ""
    if content:
        refuse_file(name, content)
        spend_upload(actor=actor, size_bytes=len(content))
    return {
        "text": text.strip()[:400],
        "file_name": name,
        "sha256": keep(AREA, content) if content else "",
        "size_bytes": len(content),
    }


def _version(row: models.Agreement, number: int | None) -> models.AgreementVersion | None:
    if number is None:
        return None
    found = models.AgreementVersion.objects.filter(agreement=row, number=number).first()
    if found is None:
        text = _("The agreement has no version %(number)s.") % {"number": number}
        raise Invalid(text, code="version_not_found", fields={"version_number": text})
    return found


def _known_condition(agreement: Agreement, attachment: Attachment) -> None:
    condition, kind = attachment.condition, attachment.kind
    if condition and not any(version.condition(condition) for version in agreement.versions):
        text = _("There is no such condition.")
        raise Invalid(text, code="condition_not_found", fields={"condition": text})
    if kind is DocumentKind.PROOF_OF_SERVICE and not condition:
        text = _("Say which condition it proves.")
        raise Invalid(text, code="condition_missing", fields={"condition": text})


def plain_name(name: str) -> str:
    """Return the last part of a name without signs that do not print; the ending stays."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C"
    ).strip()
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[: 199 - len(ending)]}{dot}{ending}" if stem and len(ending) < 20 else clean[:200]


def _told(document: models.AgreementDocument) -> dict[str, Any]:
    return document.snapshot()


def _record(
    actor: Actor,
    row: models.Agreement,
    document: models.AgreementDocument,
    verb: str,
    old: dict[str, Any] | None,
    *,
    why: str = "",
) -> None:
    audit.record(
        actor=actor,
        action=f"agreement.document.{verb}",
        subject=("agreement", row.pk),
        old=old,
        new={**_told(document), "document": document.pk},
        why=why,
        account_id=row.account_id,
    )
