"""The documents of an agreement as values; whoever reads its terms reads them too."""

from __future__ import annotations

from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.models.documents import AREA
from keystead.agreements.queries.agreements import agreement_for, visible
from keystead.agreements.rules.documents import proves
from keystead.agreements.types import Document, DocumentKind
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.kit.files.kept import kept

MISSING = "There is no such document, or it is not one of yours."


def documents_of(actor: Actor, agreement_id: int) -> tuple[Document, ...]:
    """Return the documents of an agreement, the latest first, withdrawn ones too."""
    found = agreement_for(actor, agreement_id)
    return tuple(as_document(row) for row in _rows(found.id))


def document_for(actor: Actor, document_id: int) -> Document:
    """Return one document; NotFound when it is missing or its agreement is foreign."""
    actor.require("agreements.view")
    rows = models.AgreementDocument.objects.filter(agreement__in=visible(actor))
    row = rows.select_related("agreement_version", "created_by", "withdrawn_by")
    found = row.filter(pk=document_id).first()
    if found is None:
        raise NotFound(_(MISSING), code="document_not_found")
    return as_document(found)


def document_bytes(actor: Actor, document_id: int) -> bytes:
    """Return the file of a document as it came; its hash is checked."""
    return kept(AREA, document_for(actor, document_id).sha256)


def has_proof(agreement_id: int, condition_key: str, period: Period) -> bool:
    """Return whether a proof of service is there: no fee is settled without (R-09).

    No rights are checked: the answer is for the services that settle.
    """
    return proves((as_document(row) for row in _rows(agreement_id)), condition_key, period)


def as_document(row: models.AgreementDocument) -> Document:
    """Return the value of a stored document."""
    return Document(
        id=row.pk,
        agreement_id=row.agreement_id,
        kind=DocumentKind(row.kind),
        name=row.name,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        added_at=row.created_at,
        added_by=_name(row.created_by),
        version_number=row.agreement_version.number if row.agreement_version else None,
        condition=row.condition,
        period=Period(row.starts, row.ends) if row.starts and row.ends else None,
        note=row.note,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=_name(row.withdrawn_by),
        withdrawn_reason=row.withdrawn_reason,
        version=row.version,
    )


def _rows(agreement_id: int) -> list[models.AgreementDocument]:
    rows = models.AgreementDocument.objects.filter(agreement_id=agreement_id)
    return list(rows.select_related("agreement_version", "created_by", "withdrawn_by"))


def _name(user: object | None) -> str:
    return str(user) if user is not None else ""
