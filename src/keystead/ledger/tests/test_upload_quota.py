"""The desk takes no more from one person than a day allows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keystead.kernel.errors import Invalid, TooMuch
from keystead.kit.access import Actor
from keystead.ledger.models import Batch
from keystead.ledger.models.folder import home
from keystead.ledger.services.desk import receive_again, receive_file, receive_rejects

pytestmark = pytest.mark.django_db
CSV = b"date,product,quantity\n2026-01-05,P1,3\n"


@pytest.fixture(autouse=True)
def _one_a_day(settings) -> None:
    settings.KEYSTEAD_UPLOADS_PER_DAY = 1


def test_the_desk_refuses_and_keeps_nothing(kam: Actor) -> None:
    receive_file(actor=kam, content=CSV, name="one.csv", start=False)
    receive_file(actor=kam, content=CSV, name="one.csv", start=False)  # the same file is no upload
    with pytest.raises(TooMuch):
        receive_file(actor=kam, content=CSV + b"2026-01-06,P1,4\n", name="two.csv", start=False)
    assert Batch.objects.count() == 1


def test_a_program_is_told_429(kam: Actor, client_of: Callable[[Actor], Client]) -> None:
    receive_file(actor=kam, content=CSV, name="one.csv", start=False)
    file = SimpleUploadedFile("two.csv", CSV + b"2026-01-06,P1,4\n")
    answer = client_of(kam).post("/api/batches", {"file": file})
    assert (answer.status_code, answer.json()["code"]) == (429, "upload_quota")
    assert Batch.objects.count() == 1


def test_rows_sent_back_and_files_sent_again_count_too(settings, kam: Actor) -> None:
    settings.KEYSTEAD_UPLOADS_PER_DAY = 3
    batch = receive_file(actor=kam, content=CSV, name="one.csv", start=False)
    again = {"actor": kam, "batch_id": batch.id, "content": CSV, "start": False}
    receive_again(**again, drop=["product"])
    with pytest.raises(Invalid):  # read, and no file of ours: it was sent in all the same
        receive_rejects(**again, name="back.csv")
    with pytest.raises(TooMuch):
        receive_again(**again, drop=["product"])
    with pytest.raises(TooMuch):
        receive_rejects(**again, name="back.csv")
    assert not list(home().locate(f"staging/{batch.id}").glob("returned*"))
