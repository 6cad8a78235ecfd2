"""Papers of an agreement: statement and contract as files, documents in and out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from keystead.agreements import services
from keystead.agreements.queries.documents import document_for, documents_of
from keystead.agreements.rules.documents import LARGEST
from keystead.agreements.services.papers import (
    Wanted,
    write_contract,
    write_settlement,
    write_statement,
)
from keystead.agreements.types import Attachment, Document, DocumentKind
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.kit.http.asking import may_ask
from keystead.kit.ui.sheets import download

router = Router()


class DocumentBody(Schema):
    """A document; ``first`` and ``last`` are the days it shows, both inclusive."""

    id: int
    agreement_id: int
    kind: str
    name: str
    sha256: str
    size_bytes: int
    version_number: int | None
    condition: str
    first: date | None
    last: date | None
    note: str
    added_at: datetime
    added_by: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    version: int


class DocumentPage(Schema):
    items: list[DocumentBody]


class NewDocument(Schema):
    """What the file shows and belongs to; the days are both inclusive."""

    kind: DocumentKind
    condition: str = ""
    version_number: int | None = None
    first: date | None = None
    last: date | None = None
    note: str = ""


class Withdrawal(Schema):
    """``version`` is the one that was read: a change in between answers 409."""

    version: int
    reason: str


@router.get("/agreements/{agreement_id}/statement")
@router.post("/agreements/{agreement_id}/statement", operation_id="ask_for_agreement_statement")
@policy("agreements.view", "export.data")
@may_ask
def statement(
    request: HttpRequest,
    agreement_id: int,
    as_of: date | None = None,
    format: Literal["xlsx", "pdf", "docx"] = "xlsx",
    language: str = "",
    inside: bool = False,
) -> HttpResponse:
    """The statement up to a day (default: today) as Excel with live formulas, PDF or Word."""
    made = write_statement(
        actor=actor_of(request),
        agreement_id=agreement_id,
        as_of=as_of or timezone.localdate(),
        wanted=Wanted(format, language, inside=inside),
    )
    return download(made.content, made.name, made.kind)


@router.get("/agreements/settlements/{settlement_id}/statement")
@router.post(
    "/agreements/settlements/{settlement_id}/statement", operation_id="ask_for_settlement_statement"
)
@policy("agreements.view", "export.data")
@may_ask
def settlement_statement(
    request: HttpRequest,
    settlement_id: int,
    format: Literal["xlsx", "pdf", "docx"] = "xlsx",
    language: str = "",
    inside: bool = False,
) -> HttpResponse:
    """The statement of one settlement, as it was calculated, as Excel, PDF or Word."""
    made = write_settlement(
        actor=actor_of(request),
        settlement_id=settlement_id,
        wanted=Wanted(format, language, inside=inside),
    )
    return download(made.content, made.name, made.kind)


@router.get("/agreements/{agreement_id}/contract")
@router.post("/agreements/{agreement_id}/contract", operation_id="ask_for_contract")
@policy("agreements.view", "export.data")
@may_ask
def contract(
    request: HttpRequest,
    agreement_id: int,
    version: int | None = None,
    format: Literal["docx", "pdf"] = "docx",
    language: str = "",
    template: int = 0,
    inside: bool = False,
) -> HttpResponse:
    """The contract of a version (default: the latest) as Word or PDF."""
    made = write_contract(
        actor=actor_of(request),
        agreement_id=agreement_id,
        wanted=Wanted(format, language, inside=inside),
        version_number=version,
        template_id=template,
    )
    return download(made.content, made.name, made.kind)


@router.get("/agreements/{agreement_id}/documents", response=DocumentPage)
@policy("agreements.view")
def list_documents(request: HttpRequest, agreement_id: int) -> dict[str, Any]:
    """The documents of an agreement, the latest first, withdrawn ones too."""
    found = documents_of(actor_of(request), agreement_id)
    return {"items": [_body(one) for one in found]}


@router.post("/agreements/{agreement_id}/documents", response={201: DocumentBody})
@policy("agreements.edit")
def attach_document(
    request: HttpRequest, agreement_id: int, about: Form[NewDocument], file: File[UploadedFile]
) -> Status[dict[str, Any]]:
    """Attach a file: it is kept as it comes, and never deleted."""
    if (file.size or 0) > LARGEST:
        raise Invalid("The file is too large.", code="file_large", field="file")
    attachment = Attachment(
        content=file.read(),
        name=file.name or "file",
        kind=about.kind,
        condition=about.condition,
        version_number=about.version_number,
        period=_period(about),
        note=about.note,
    )
    found = services.attach_document(
        actor=actor_of(request), agreement_id=agreement_id, attachment=attachment
    )
    return Status(201, _body(found))


@router.get("/agreements/documents/{document_id}")
@policy("agreements.view")
def document_file(request: HttpRequest, document_id: int) -> HttpResponse:
    """The file of a document as it came."""
    found, content = services.hand_out_document(actor=actor_of(request), document_id=document_id)
    return download(content, found.name, "application/octet-stream")


@router.post("/agreements/documents/{document_id}/withdraw", response=DocumentBody)
@policy("agreements.edit")
def withdraw_document(request: HttpRequest, document_id: int, body: Withdrawal) -> dict[str, Any]:
    """Say that a document no longer counts, and why."""
    actor = actor_of(request)
    services.withdraw_document(
        actor=actor, document_id=document_id, expected_version=body.version, reason=body.reason
    )
    return _body(document_for(actor, document_id))


def _period(about: NewDocument) -> Period | None:
    if about.first is None and about.last is None:
        return None
    if about.first is None or about.last is None or about.last < about.first:
        raise Invalid("Give both days, the first before the last.", code="period_order",
                      field="last")  # fmt: skip
    return Period(about.first, about.last + timedelta(days=1))


def _body(one: Document) -> dict[str, Any]:
    return {
        "id": one.id,
        "agreement_id": one.agreement_id,
        "kind": one.kind.value,
        "name": one.name,
        "sha256": one.sha256,
        "size_bytes": one.size_bytes,
        "version_number": one.version_number,
        "condition": one.condition,
        "first": one.period.start if one.period else None,
        "last": one.period.last if one.period else None,
        "note": one.note,
        "added_at": one.added_at,
        "added_by": one.added_by,
        "withdrawn_at": one.withdrawn_at,
        "withdrawn_reason": one.withdrawn_reason,
        "version": one.version,
    }
