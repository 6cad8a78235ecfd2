"""Stopped files go when their time is over; what was found in them stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from keystead.governance import models
from keystead.governance.services.forgetting import AREA, forget_stopped
from keystead.governance.services.outbound import Leaving, hand_in, let_waiting_out
from keystead.governance.types.outbound import Finding, Findings, Leak, Severity
from keystead.kernel.errors import NotFound
from keystead.kit.access import SYSTEM, account_door
from keystead.kit.files.kept import keep, kept
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
FOUND = Findings((Finding("line 2", Leak.OTHER_ACCOUNT, Severity.BLOCK, "Kangmei", 9),))
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch):
    settings.KEYSTEAD_HOME = tmp_path
    settings.KEYSTEAD_STOPPED_DAYS, settings.KEYSTEAD_RETENTION_DAYS = 90, 0
    monkeypatch.setattr(account_door, "_doors", [lambda _actor, account_id: account_id in (7, 8)])


def stopped(content: bytes, *accounts: int, name: str = "a.txt") -> str:
    sha256 = keep(AREA, content)
    for account_id in accounts:
        hand_in(actor=SYSTEM, leaving=Leaving(account_id, "mail", name, sha256), findings=FOUND)
    return sha256


def removed(days: int) -> int:
    return forget_stopped(actor=SYSTEM, now=timezone.now() + days * DAY)


def test_a_file_that_nobody_released_goes_after_its_days() -> None:
    sha256 = stopped(b"Kangmei pays less", 7)
    assert removed(89) == 0
    assert kept(AREA, sha256) == b"Kangmei pays less"
    assert removed(91) == 1
    with pytest.raises(NotFound):
        kept(AREA, sha256)
    told = AuditEntry.objects.get(action="outbound.forget")
    assert (told.account_id, told.why, told.new["files"]) == (
        7, "never released for 90 days", ["a.txt"],
    )  # fmt: skip
    assert models.ReleaseRow.objects.get().sha256 == sha256
    assert removed(92) == 0
    assert AuditEntry.objects.filter(action="outbound.forget").count() == 1


def test_each_account_reads_its_own_row_alone() -> None:
    stopped(b"one file", 7, name="for seven.txt")
    stopped(b"one file", 8, name="for eight.txt")
    assert removed(91) == 1
    rows = AuditEntry.objects.filter(action="outbound.forget").order_by("account_id")
    assert [(row.account_id, row.new["files"]) for row in rows] == [
        (7, ["for seven.txt"]), (8, ["for eight.txt"]),
    ]  # fmt: skip


def test_one_that_was_released_stays_as_long_as_the_retention_says(settings, make_actor) -> None:
    sha256 = stopped(b"Kangmei agreed", 7)
    waits = models.ReleaseRow.objects.get()
    sofia = make_actor("sofia", "compliance")
    let_waiting_out(actor=sofia, release_id=waits.pk, reason="They asked for it in writing.")
    assert removed(4000) == 0
    settings.KEYSTEAD_RETENTION_DAYS = 365
    assert removed(364) == 0
    assert kept(AREA, sha256)
    assert removed(366) == 1
    assert AuditEntry.objects.get(action="outbound.forget").why == "released for 365 days"


def test_for_ever_is_for_ever_and_what_no_row_knows_goes_after_a_day(settings) -> None:
    settings.KEYSTEAD_STOPPED_DAYS = 0
    waits, unknown = stopped(b"waits", 7), keep(AREA, b"torn from its row")
    assert removed(0) == 0
    assert removed(4000) == 1
    assert kept(AREA, waits) == b"waits"
    told = AuditEntry.objects.get(action="outbound.forget")
    assert (told.account_id, told.new) == (None, {"sha256": unknown})


def test_the_same_request_is_found_again() -> None:
    stopped(b"waits", 7, 7)
    assert models.ReleaseRow.objects.count() == 1
    assert AuditEntry.objects.filter(action="outbound.block").count() == 1
