"""Documents of an agreement: kept by hash, taken out with a trace, withdrawn, never deleted."""

import pytest
from django.db.models import ProtectedError

from keystead.agreements import models, queries, services
from keystead.agreements.queries.documents import (
    document_bytes,
    document_for,
    documents_of,
    has_proof,
)
from keystead.agreements.rules.documents import LARGEST
from keystead.agreements.tests.factories import account, draft
from keystead.agreements.types import Attachment, DocumentKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMuch
from keystead.kernel.periods import Period
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nproof"
Q1, Q2 = Period.parse("2026-Q1"), Period.parse("2026-Q2")
K = DocumentKind


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path
    return tmp_path


@pytest.fixture
def agreement(kam):
    return draft(kam, account(kam))


def attach(actor, agreement, **changes):
    given = {"content": PDF, "name": "proof.pdf", "kind": K.PROOF_OF_SERVICE, "condition": "volume"}
    attachment = Attachment(**{**given, **changes})
    return services.attach_document(actor=actor, agreement_id=agreement.id, attachment=attachment)


def test_a_file_is_kept_as_it_came_and_told_with_who_when_and_size(kam, agreement, home):
    entries = AuditEntry.objects.count()
    found = attach(kam, agreement, name="C:\\x\\证明\u202e.pdf", period=Q1, note=" shelf photo ")
    assert (found.name, found.note, found.size_bytes) == ("证明.pdf", "shelf photo", len(PDF))
    assert (found.period, found.condition, found.added_by) == (Q1, "volume", kam.name)
    assert document_bytes(kam, found.id) == PDF
    assert (home / "documents" / found.sha256[:2] / found.sha256).read_bytes() == PDF
    assert AuditEntry.objects.count() == entries + 1
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.account_id) == ("agreement.document.attach", agreement.account_id)
    assert documents_of(kam, agreement.id) == (found,)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content": b""}, "file_empty"),
        ({"content": PDF + b"x" * LARGEST}, "file_large"),
        ({"name": "run.exe", "content": b"MZ"}, "file_kind"),
        ({"name": "page.html", "content": b"<script>"}, "file_kind"),
        ({"name": "page.pdf", "content": b"<script>"}, "file_disguised"),
        ({"name": "list.csv", "content": b"\x00\x01"}, "file_disguised"),
        ({"condition": "other"}, "condition_not_found"),
        ({"condition": ""}, "condition_missing"),
        ({"version_number": 9}, "version_not_found"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_left(kam, agreement, home, changes, code):
    before = AuditEntry.objects.count()
    with pytest.raises(Invalid) as caught:
        attach(kam, agreement, **changes)
    assert caught.value.code == code
    assert not models.AgreementDocument.objects.exists()
    assert AuditEntry.objects.count() == before
    assert not [path for path in home.rglob("documents/**/*") if path.is_file()]


def test_the_day_has_its_limit(kam, agreement, settings):
    settings.KEYSTEAD_UPLOAD_BYTES_PER_DAY = 2 * len(PDF) - 1
    attach(kam, agreement)
    with pytest.raises(TooMuch):
        attach(kam, agreement, content=PDF + b"2")
    assert models.AgreementDocument.objects.count() == 1


def test_who_may(kam, agreement, make_actor):
    found = attach(kam, agreement)
    stranger, reader = make_actor("stranger", "kam"), make_actor("fin", "finance")
    for refused in (
        lambda: attach(stranger, agreement),
        lambda: document_for(stranger, found.id),
        lambda: services.hand_out_document(actor=stranger, document_id=found.id),
        lambda: services.withdraw_document(actor=stranger, document_id=found.id, reason="x"),
        lambda: documents_of(stranger, agreement.id),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(NotAllowed):
        attach(reader, agreement)
    assert documents_of(kam, agreement.id) == (found,)


def test_taking_a_document_out_leaves_a_trace(kam, agreement):
    found = attach(kam, agreement)
    document, content = services.hand_out_document(actor=kam, document_id=found.id)
    assert (document.id, content) == (found.id, PDF)
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.new["document"]) == ("agreement.document.read", found.id)


def test_withdrawn_with_a_reason_and_never_deleted(kam, agreement):
    found = attach(kam, agreement)
    with pytest.raises(Invalid, match="why"):
        services.withdraw_document(actor=kam, document_id=found.id, reason=" ")
    with pytest.raises(Conflict):
        services.withdraw_document(
            actor=kam, document_id=found.id, expected_version=7, reason="wrong shop"
        )
    gone = services.withdraw_document(
        actor=kam, document_id=found.id, expected_version=1, reason="wrong shop"
    )
    assert (gone.holds, gone.withdrawn_reason, gone.withdrawn_by) == (
        False, "wrong shop", kam.name,
    )  # fmt: skip
    assert document_bytes(kam, found.id) == PDF
    assert AuditEntry.objects.latest("id").why == "wrong shop"
    with pytest.raises(Conflict):
        services.withdraw_document(actor=kam, document_id=found.id, reason="again")
    with pytest.raises(ProtectedError):
        models.Agreement.objects.filter(pk=agreement.id).delete()


def test_only_a_proof_of_this_service_in_this_period_counts(kam, agreement):
    def proved(period):
        return has_proof(agreement.id, "volume", period)

    assert not proved(Q1)
    attach(kam, agreement, kind=K.CORRESPONDENCE, period=Q1)
    assert not proved(Q1)
    first = attach(kam, agreement, period=Q1)
    assert (proved(Q1), proved(Q2)) == (True, False)
    assert proved(Period.parse("2026"))
    assert not has_proof(agreement.id, "other", Q1)
    services.withdraw_document(actor=kam, document_id=first.id, reason="wrong shop")
    assert not proved(Q1)
    attach(kam, agreement)
    assert (proved(Q1), proved(Q2)) == (True, True)
    assert queries.agreement_for(kam, agreement.id).version == agreement.version
