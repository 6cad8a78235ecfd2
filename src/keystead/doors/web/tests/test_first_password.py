"""A password that an administrator chose opens once and soon: to set one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from keystead.doors.web.tests.signing import enter
from keystead.governance.services.people import add_person, set_password
from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM, Actor, actor_for
from keystead.kit.models import User

pytestmark = pytest.mark.django_db
FIRST, OWN = "three little boats at noon", "seven red kites in the wind"


def added(by: Actor) -> User:
    add_person(actor=by, username="weilin", password=FIRST, roles=["kam"])
    return User.objects.get(username="weilin")


def came(password: str = FIRST) -> Client:
    client = Client()
    enter(client, username="weilin", password=password)
    return client


def test_whoever_comes_with_it_is_led_to_set_an_own_one(admin: Actor) -> None:
    added(admin)
    client = came()
    for path in ("/", "/accounts/", "/profile/tokens/"):
        assert client.get(path)["Location"] == "/profile/", path
    assert client.get("/api/v1/accounts").status_code == 403
    assert client.get("/accounts/", headers={"HX-Request": "true"})["HX-Redirect"] == "/profile/"
    assert "Set a password of your own first" in client.get("/profile/").content.decode()
    form = {"current": FIRST, "new": OWN, "again": OWN}
    assert client.post("/profile/password/", form).status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert User.objects.get(username="weilin").password_ends is None
    assert came(OWN).get("/accounts/").status_code == 200


def test_it_cannot_become_the_own_one(admin: Actor) -> None:
    user = added(admin)
    with pytest.raises(Invalid, match="the password you have"):
        set_password(actor=actor_for(user), password=FIRST, current=FIRST)
    user.refresh_from_db()
    assert user.password_ends is not None


def test_it_opens_nothing_when_its_time_is_over(admin: Actor) -> None:
    user = added(admin)
    assert user.password_ends is not None
    assert timedelta(hours=71) < user.password_ends - timezone.now() < timedelta(hours=73)
    User.objects.filter(pk=user.pk).update(password_ends=timezone.now() - timedelta(seconds=1))
    assert "_auth_user_id" not in came().session


def test_one_set_anew_by_an_administrator_is_a_first_one_again(admin: Actor, kam: Actor) -> None:
    set_password(actor=admin, person_id=kam.user_id, password=FIRST)
    assert User.objects.get(pk=kam.user_id).password_ends is not None


def test_at_the_servers_own_command_line_people_choose_theirs() -> None:
    assert added(SYSTEM).password_ends is None
    assert came().get("/accounts/").status_code == 200
