"""A release is written once: the database refuses to change or remove it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from keystead.governance import models
from keystead.governance.services.outbound import Leaving, hand_in
from keystead.governance.types.outbound import Finding, Findings, Leak, Severity
from keystead.kernel.errors import NotFound
from keystead.kit.access import SYSTEM, account_door
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
FOUND = Findings((Finding("line 1", Leak.PRIVATE, Severity.BLOCK, "our walk-away"),))


def test_a_kept_block_never_changes(monkeypatch) -> None:
    monkeypatch.setattr(account_door, "_doors", [lambda _actor, account_id: account_id == 7])
    hand_in(actor=SYSTEM, leaving=Leaving(7, "mail", "a.txt", "0" * 64), findings=FOUND)
    for change in (lambda rows: rows.update(reason="another"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(models.ReleaseRow.objects.all())
    assert models.ReleaseRow.objects.get().reason == ""
    assert AuditEntry.objects.get().action == "outbound.block"


def test_a_foreign_account_keeps_nothing(monkeypatch) -> None:
    monkeypatch.setattr(account_door, "_doors", [lambda _actor, account_id: account_id == 7])
    with pytest.raises(NotFound):
        hand_in(actor=SYSTEM, leaving=Leaving(8, "mail", "a.txt", "0" * 64), findings=Findings())
    assert not models.ReleaseRow.objects.exists()
    assert not AuditEntry.objects.exists()
