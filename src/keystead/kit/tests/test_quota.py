"""What one person may send in on a day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from keystead.kernel.errors import TooMuch
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.http import status_of
from keystead.kit.models import UploadDay
from keystead.kit.quota import spend_upload

pytestmark = pytest.mark.django_db


def test_files_and_bytes_are_counted_per_person_and_day(
    kam: Actor, other_kam: Actor, settings
) -> None:
    settings.KEYSTEAD_UPLOADS_PER_DAY, settings.KEYSTEAD_UPLOAD_BYTES_PER_DAY = 3, 100
    spend_upload(actor=kam, size_bytes=60)
    with pytest.raises(TooMuch):
        spend_upload(actor=kam, size_bytes=41)
    spend_upload(actor=kam, size_bytes=40)
    spend_upload(actor=kam, size_bytes=0)
    with pytest.raises(TooMuch):
        spend_upload(actor=kam, size_bytes=0)
    row = UploadDay.objects.get()
    assert (row.files, row.size_bytes) == (3, 100)
    spend_upload(actor=other_kam, size_bytes=100)
    UploadDay.objects.update(day=timezone.now().date() - dt.timedelta(days=1))
    spend_upload(actor=kam, size_bytes=100)


def test_the_system_and_a_zero_have_no_limit(kam: Actor, settings) -> None:
    settings.KEYSTEAD_UPLOADS_PER_DAY, settings.KEYSTEAD_UPLOAD_BYTES_PER_DAY = 0, 0
    for _ in range(3):
        spend_upload(actor=kam, size_bytes=2**40)
    settings.KEYSTEAD_UPLOADS_PER_DAY = 1
    for _ in range(3):
        spend_upload(actor=SYSTEM, size_bytes=1)


def test_too_much_is_429_and_not_422() -> None:
    assert status_of(TooMuch("x")) == 429
