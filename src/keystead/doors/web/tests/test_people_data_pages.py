"""The register and what is held about a person, through the browser's door."""

from __future__ import annotations

from typing import Any

import pytest

from keystead.doors.web.models import Device, SavedView
from keystead.kit.models import User

pytestmark = pytest.mark.django_db
PAGE = "/governance/personal-data/"


@pytest.fixture(autouse=True)
def home(tmp_path: Any, settings: Any) -> None:
    settings.KEYSTEAD_HOME = tmp_path


def test_who_sees_the_register(client_of: Any, make_actor: Any, admin: Any, kam: Any) -> None:
    assert client_of(kam).get(PAGE).status_code == 403
    for actor in (admin, make_actor("sofia", "compliance")):
        page = client_of(actor).get(PAGE).content.decode()
        assert "PIPL art. 13" in page
        assert "Lin Wei" in page


def test_ones_own_is_open_a_foreign_one_is_missing(
    client_of: Any, kam: Any, other_kam: Any
) -> None:
    client = client_of(kam)
    assert "Lin Wei" in client.get(f"{PAGE}{kam.user_id}/").content.decode()
    assert client.get(f"{PAGE}{kam.user_id}/export/").json()["person"]["user_name"] == "lin"
    for path in (f"{other_kam.user_id}/", "99999/", f"{other_kam.user_id}/export/"):
        assert client.get(PAGE + path).status_code == 404
    assert client.post(f"{PAGE}{kam.user_id}/erase/", {"why": "x"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_erasing_reaches_what_the_door_keeps(client_of: Any, admin: Any, make_user: Any) -> None:
    left = make_user("mduval", "kam", first_name="Marguerite", last_name="Duval")
    Device.objects.create(user=left, mark_hash="x", agent="Chrome")
    SavedView.objects.create(user=left, name="Duval's view")
    client = client_of(admin)
    client.post(f"{PAGE}{left.pk}/erase/", {"why": "left"})
    assert User.objects.get(pk=left.pk).username == "mduval"  # access has not ended
    User.objects.filter(pk=left.pk).update(is_active=False)
    client.post(f"{PAGE}{left.pk}/erase/", {"why": "left"})
    assert User.objects.get(pk=left.pk).username == f"former-user-{left.pk}"
    assert not Device.objects.filter(user=left).exists()
    assert not SavedView.objects.filter(user=left).exists()
    page = client.get(PAGE).content.decode()
    assert "Marguerite" not in page
    assert f"Former user {left.pk}" in page
