"""People and tokens: who may add them, what is written, what a token opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from keystead.governance.queries import people as queries
from keystead.governance.services import people as services
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.models import ApiToken, AuditEntry, User

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence to remember"


def test_add_person_writes_one_user_and_one_entry(admin: Actor) -> None:
    boss = services.add_person(actor=admin, username="anna", password=PASSWORD, roles=["director"])
    person = services.add_person(
        actor=admin, username="lin", password=PASSWORD, roles=["kam"], name="Lin Wei",
        manager="anna", language="zh-hans",
    )  # fmt: skip
    assert (person.name, person.roles, person.manager) == ("Lin Wei", ("kam",), boss.username)
    assert authenticate(username="lin", password=PASSWORD) is not None
    entry = AuditEntry.objects.filter(action="person.add", subject_id=str(person.id)).get()
    assert entry.new["username"] == "lin"
    assert PASSWORD not in str(entry.new)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"username": "admin"}, Conflict),
        ({"username": " "}, Invalid),
        ({"roles": ["boss"]}, Invalid),
        ({"language": "de"}, Invalid),
        ({"manager": "nobody"}, NotFound),
    ],
)
def test_a_refused_person_leaves_nothing(
    admin: Actor, values: dict[str, object], error: type[Exception]
) -> None:
    given = {"username": "lin", "password": PASSWORD, "roles": ["kam"], **values}
    with pytest.raises(error):
        services.add_person(actor=admin, **given)
    assert User.objects.count() == 1
    assert not AuditEntry.objects.filter(action="person.add").exists()


def test_only_users_manage_may_add_people(kam: Actor) -> None:
    with pytest.raises(NotAllowed):
        services.add_person(actor=kam, username="eve", password=PASSWORD, roles=["kam"])
    assert User.objects.count() == 1


def test_a_token_opens_for_its_owner_only_while_it_lives(kam: Actor) -> None:
    token, secret = services.issue_token(actor=kam, label="Power BI", days=1)
    actor = queries.actor_of_token(secret)
    assert actor is not None
    assert actor.user_id == kam.user_id
    assert actor.can("ledger.import")
    assert queries.tokens(actor=kam)[0].last_used_at is not None
    assert secret not in str(ApiToken.objects.values().get())
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert queries.actor_of_token(secret) is None
    ApiToken.objects.update(expires_at=None)
    services.revoke_token(actor=kam, token_id=token.id)
    assert queries.actor_of_token(secret) is None


def test_a_narrow_token_narrows_and_never_widens(kam: Actor) -> None:
    _, secret = services.issue_token(
        actor=kam, label="read", capabilities=["metrics.view", "users.manage"]
    )
    actor = queries.actor_of_token(secret)
    assert actor is not None
    assert actor.can("metrics.view")
    assert not actor.can("ledger.import")
    assert not actor.can("users.manage")


def test_a_token_makes_no_token(kam: Actor) -> None:
    _, secret = services.issue_token(actor=kam, label="read", capabilities=["profile.self"])
    actor = queries.actor_of_token(secret)
    assert actor is not None
    with pytest.raises(NotAllowed):
        services.issue_token(actor=actor, label="wide")
    assert ApiToken.objects.count() == 1


def test_unknown_secrets_and_inactive_owners_open_nothing(kam: Actor) -> None:
    _, secret = services.issue_token(actor=kam, label="x")
    assert queries.actor_of_token("ks_wrong") is None
    assert queries.actor_of_token("") is None
    User.objects.filter(pk=kam.user_id).update(is_active=False)
    assert queries.actor_of_token(secret) is None


def test_tokens_of_others_are_out_of_reach(kam: Actor, other_kam: Actor, admin: Actor) -> None:
    token, _ = services.issue_token(actor=kam, label="x")
    with pytest.raises(NotFound):
        services.revoke_token(actor=other_kam, token_id=token.id)
    for actor in (other_kam, admin):  # an administrator would read that person's business data
        with pytest.raises(NotAllowed):
            services.issue_token(actor=actor, label="x", owner="lin")
    assert queries.tokens(actor=other_kam) == ()
    assert ApiToken.objects.get().revoked_at is None


def test_the_system_needs_an_owner_for_a_token(
    make_actor: Callable[..., Actor],
) -> None:
    with pytest.raises(NotFound):
        services.issue_token(actor=SYSTEM, label="x")
    make_actor("lin", "kam")
    made, _ = services.issue_token(actor=SYSTEM, label="x", owner="lin", days=None)
    assert (made.owner, made.expires_at) == ("lin", None)


def test_an_unknown_capability_is_refused(kam: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        services.issue_token(actor=kam, label="x", capabilities=["everything"])
    assert refused.value.code == "unknown_capability"
    assert ApiToken.objects.count() == 0


def test_people_are_listed_for_admins_only(admin: Actor, kam: Actor) -> None:
    assert [person.username for person in queries.people(actor=admin)] == ["admin", "lin"]
    with pytest.raises(NotAllowed):
        queries.people(actor=kam)
