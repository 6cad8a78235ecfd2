"""Changing people: roles, manager, access, passwords, preferences; and reading the trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import authenticate
from django.db import transaction

from keystead.governance.queries.trail import account_trail
from keystead.governance.services import people as services
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import ApiToken, AuditEntry, User

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence to remember"


def test_edit_person_writes_the_differences_once(admin: Actor, kam: Actor) -> None:
    person = services.edit_person(
        actor=admin, person_id=kam.user_id or 0, name="Lin Wei", roles=["director"], language="fr"
    )
    assert (person.roles, person.language, person.active) == (("director",), "fr", True)
    entry = AuditEntry.objects.get(action="person.edit")
    assert entry.old == {"roles": ["kam"], "language": "en"}
    assert entry.new == {"roles": ["director"], "language": "fr"}


def test_ending_the_access_ends_the_tokens(admin: Actor, kam: Actor) -> None:
    services.issue_token(actor=kam, label="laptop")
    services.edit_person(
        actor=admin, person_id=kam.user_id or 0, name="Lin Wei", roles=["kam"], active=False
    )
    assert ApiToken.objects.get().revoked_at is not None
    assert authenticate(username=kam.username, password="a-long-password") is None


def test_only_users_manage_may_edit(kam: Actor, other_kam: Actor) -> None:
    with pytest.raises(NotAllowed):
        services.edit_person(actor=kam, person_id=other_kam.user_id or 0, name="", roles=["admin"])
    assert User.objects.get(pk=other_kam.user_id).roles == ["kam"]


def test_a_missing_person_is_not_found(admin: Actor) -> None:
    with pytest.raises(NotFound):
        services.edit_person(actor=admin, person_id=10**6, name="", roles=["kam"])
    with pytest.raises(NotFound):
        services.set_password(actor=admin, person_id=10**6, password=PASSWORD)


@pytest.mark.parametrize("values", [{"active": False}, {"roles": ["kam"]}])
def test_nobody_locks_themselves_out(admin: Actor, values: dict[str, object]) -> None:
    given = {"name": "", "roles": ["admin"], **values}
    with pytest.raises(Invalid, match="own access"):
        services.edit_person(actor=admin, person_id=admin.user_id or 0, **given)
    assert User.objects.get(pk=admin.user_id).is_active


def test_nobody_reports_to_themselves_at_any_depth(
    admin: Actor, make_user: Callable[..., User]
) -> None:
    boss = make_user("anna", "director")
    middle = make_user("bo", "director", manager=boss)
    with pytest.raises(Invalid) as caught:
        services.edit_person(
            actor=admin, person_id=boss.pk, name="", roles=["director"], manager=middle.username
        )
    assert caught.value.code == "manager_circle"
    assert User.objects.get(pk=boss.pk).manager is None


def test_own_password_needs_the_present_one(kam: Actor) -> None:
    with pytest.raises(Invalid) as caught:
        services.set_password(actor=kam, password=PASSWORD, current="wrong")
    assert caught.value.code == "wrong_password"
    assert authenticate(username=kam.username, password=PASSWORD) is None
    services.set_password(actor=kam, password=PASSWORD, current="a-long-password")
    assert authenticate(username=kam.username, password=PASSWORD) is not None
    assert AuditEntry.objects.get(action="person.password").new == {}


def test_another_persons_password_needs_users_manage(
    kam: Actor, other_kam: Actor, admin: Actor
) -> None:
    with pytest.raises(NotAllowed):
        services.set_password(actor=kam, person_id=other_kam.user_id, password=PASSWORD)
    services.set_password(actor=admin, person_id=other_kam.user_id, password=PASSWORD)
    assert authenticate(username=other_kam.username, password=PASSWORD) is not None


def test_preferences_are_kept_and_checked(kam: Actor) -> None:
    services.set_preferences(actor=kam, language="zh-hans", theme="dark")
    services.set_preferences(actor=kam, theme="neon")
    user = User.objects.get(pk=kam.user_id)
    assert (user.language, user.theme) == ("zh-hans", "auto")
    with pytest.raises(Invalid):
        services.set_preferences(actor=kam, language="de")


def test_the_trail_of_an_account_is_read_in_pages(kam: Actor, sales_ops: Actor) -> None:
    with transaction.atomic():
        for number in range(5):
            audit.record(
                actor=kam, action="account.edit", subject=("account", 7), account_id=7,
                old={"name": number}, new={"name": number + 1},
            )  # fmt: skip
        audit.record(actor=kam, action="account.edit", subject=("account", 8), account_id=8)
    first = account_trail(actor=kam, account_id=7, limit=3)
    assert [entry.new["name"] for entry in first] == [5, 4, 3]
    rest = account_trail(actor=kam, account_id=7, before=first[-1].id, limit=3)
    assert [entry.new["name"] for entry in rest] == [2, 1]
    with pytest.raises(NotAllowed):
        account_trail(actor=sales_ops, account_id=7)
