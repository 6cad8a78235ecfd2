"""Fixtures that every room's tests share: people with roles, signed-in clients, field data."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connection
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import HealthCheck, settings

from keystead.doors.web.sign_in.middleware import BEGAN, SEEN
from keystead.kit.access import Actor, actor_for
from keystead.kit.models import User
from keystead.kit.testing.flush import flushable_trail, remember_first_rows
from keystead.kit.testing.template import migrated_once

# A busy machine is no fault of a property: how long one example takes is never judged. In CI every
# run tries the same examples; new ones are looked for on the machines of those who write code.
settings.register_profile(
    "keystead",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("keystead")

FIELD_DATA = Path(__file__).resolve().parent.parent / "shared" / "data"


def pytest_collection_finish() -> None:
    """Leave what modules hold out of garbage collection: walking it took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what never meets a database: it ran on SQLite already."""
    if connection.vendor != "postgresql":
        return
    meets = [one for one in items if _meets_the_database(one)]
    config.hook.pytest_deselected(items=[one for one in items if not _meets_the_database(one)])
    items[:] = meets


def _meets_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    marks = ("django_db", "postgres")
    return bool(fixtures) or any(item.get_closest_marker(one) for one in marks)


@pytest.fixture(scope="session")
def _from_a_copy() -> Iterator[None]:
    with migrated_once():
        yield


@pytest.fixture(scope="session")
def django_db_setup(_from_a_copy: None, django_db_setup: None, django_db_blocker: Any) -> None:
    """Make the test databases, and remember what the migrations put into them."""
    with django_db_blocker.unblock():
        remember_first_rows()


@pytest.fixture(scope="session", autouse=True)
def _flushable_trail() -> Iterator[None]:
    with flushable_trail():
        yield


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hash passwords in no time: the real hasher takes half a second for each user."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _begin_in_english() -> None:
    """Forget the language of a request that an earlier test made in this thread."""
    translation.deactivate()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the project; the test skips where it is absent."""
    if not FIELD_DATA.is_dir():
        pytest.skip(f"the field data is not there: {FIELD_DATA}")
    return FIELD_DATA


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Store a user: ``make_user("lin", "kam", manager=boss, language="zh-hans")``."""

    def make(
        username: str = "lin",
        *roles: str,
        manager: User | None = None,
        language: str = "en",
        password: str = "a-long-password",
        **fields: object,
    ) -> User:
        user = User(
            username=username,
            roles=list(roles or ("kam",)),
            manager=manager,
            language=language,
            **fields,
        )
        user.set_password(password)
        user.save()
        return user

    return make


@pytest.fixture
def make_actor(make_user: Callable[..., User]) -> Callable[..., Actor]:
    """Store a user and return the actor: ``make_actor("lin", "kam")``."""

    def make(username: str = "lin", *roles: str, **fields: object) -> Actor:
        return actor_for(make_user(username, *roles, **fields))

    return make


@pytest.fixture
def kam(make_actor: Callable[..., Actor]) -> Actor:
    """A key account manager: sees the accounts of the own teams only."""
    return make_actor("lin", "kam", first_name="Lin", last_name="Wei")


@pytest.fixture
def other_kam(make_actor: Callable[..., Actor]) -> Actor:
    """Another key account manager, to whom the first one's accounts are foreign."""
    return make_actor("claire", "kam", first_name="Claire", last_name="Martin")


@pytest.fixture
def sales_ops(make_actor: Callable[..., Actor]) -> Actor:
    """Sales operations: sees and prepares all accounts."""
    return make_actor("ops", "sales_ops")


@pytest.fixture
def viewer(make_actor: Callable[..., Actor]) -> Actor:
    """Reads the own accounts, writes nothing."""
    return make_actor("viewer", "viewer")


@pytest.fixture
def finance(make_actor: Callable[..., Actor]) -> Actor:
    """Reads all accounts and costs, writes no sales data."""
    return make_actor("finance", "finance")


@pytest.fixture
def admin(make_actor: Callable[..., Actor]) -> Actor:
    """Manages users and sees no business data."""
    return make_actor("admin", "admin")


@pytest.fixture
def client_of(db: None) -> Callable[[Actor], Client]:
    """Return a signed-in test client of an actor."""

    def sign_in(actor: Actor) -> Client:
        return signed_in(User.objects.get(pk=actor.user_id))

    return sign_in


def signed_in(user: User, *, seconds_ago: int = 0) -> Client:
    """Return a client whose user gave their password so long ago, and was seen just now."""
    client = Client()
    client.force_login(user)
    session, now = client.session, int(time.time())
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": now - seconds_ago}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session[BEGAN] = session[SEEN] = now
    session.save()
    return client
