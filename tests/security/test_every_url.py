"""Every route × role × own, shared, foreign, missing × verb: a foreign thing is a missing thing.

The routes come from the url configuration and the API itself, so a new one is walked at once; one
without a policy, or with a parameter nobody knows how to fill, fails.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client, override_settings

from keystead.kit.access.matrix import ROLE_ORDER, scope_in
from keystead.kit.access.rules import ROLES
from keystead.kit.files import duck
from keystead.kit.models import User
from tests.security.house import FOREIGN, MARKS, MISSING, OWN, SHARED, House, build
from tests.security.walk import Call, ask, calls, names_in, plain, text_of

SEES_ALL = frozenset(r for r in ROLE_ORDER if scope_in(frozenset({r}), "profile", "r") == "A")
PERSONAL = {"view_id", "token_id", "notice_id", "delegation_id", "visit_id"}
# Names that stand for something which belongs to no account and to no person.
COMMON = {
    "key", "metric_id", "metric", "product_id", "ending", "agenda_id", "master_id", "to", "number", "territory_id", "lock_id", "set_id",
    "code_id", "part_id", "hit_id", "glass_id", "person_id", "uidb36", "condition", "step",
    "group_id", "source_id", "institution_id", "secret", "stage", "line",
}  # fmt: skip
# Answers a walker may get: done, seen elsewhere, or told what is wrong. Never a fault of ours.
FINE = {200, 201, 202, 204, 302, 400, 403, 404, 405, 409, 413, 415, 422, 429}
# Refused: by the page before it looks at anything; 422 where the API reads its parameters first.
REFUSED = {403, 404, 405, 422}
WRITERS = {"kam", "sales_ops"}
PROBES = (
    "/search/?q=QFOREIGN",
    "/accounts/?q=QFOREIGN",
    "/accounts/?group=territory",
    "/accounts/?group=segment",
    "/accounts/search/?q=QFOREIGN",
    "/accounts/search/?q=QFOREIGN&as=options",
    "/accounts/search/?q=QFOREIGN&as=json",
    "/accounts/portfolio.xlsx",
    "/accounts/sheets/export/",
    "/accounts/sheets/export/?format=csv",
    "/products/sheets/export/",
    "/imports/?q=QFOREIGN",
    "/api/accounts?search=QFOREIGN",
    "/api/accounts?limit=500",
    "/api/listings",
    "/api/batches",
    "/api/scorecards/totals",
    "/api/scorecards/snapshots",
    *(f"/api/metrics/evaluate?metrics=sell_in&period=2026-03&by={by}"
      for by in ("account", "root", "segment", "territory", "channel", "source")),
)  # fmt: skip
WALK = calls()
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[House]:
    home: Path = tmp_path_factory.mktemp("home")
    logging.disable(logging.ERROR)  # refused calls are the point here
    with django_db_blocker.unblock(), override_settings(KEYSTEAD_HOME=home):
        with transaction.atomic():
            yield build()
            transaction.set_rollback(True)
        duck.close_all()
    logging.disable(logging.NOTSET)


def client_of(house: House, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(pk=house.people[role].user_id))
    return client


def held(role: str, call: Call) -> bool:
    return call.policy is not None and (
        call.policy.public or call.policy.capabilities <= ROLES[role]
    )


def make(client: Client, call: Call, house: House, role: str, relation: str):
    """Make the call and take back whatever it wrote; return status and text without its address."""
    values = house.values(role)
    address = call.address(values, relation)
    # Of every relation: an id may be a number that stands in every answer (utf-8, 404).
    secrets = tuple(value for name in call.names for value in values[name].values())
    with transaction.atomic():
        answer = ask(client, call, address)
        said = plain(answer, address, secrets)
        transaction.set_rollback(True)
    return said


def test_every_route_and_operation_declares_its_policy() -> None:
    assert [str(call) for call in WALK if call.policy is None] == []
    assert len({call.path for call in WALK}) > 150


def test_the_walker_knows_how_to_fill_every_parameter(house: House) -> None:
    known = house.values("kam").keys()
    unknown = {
        f"{name} in {call.path}" for call in WALK for name in call.names if name not in known
    }
    assert unknown == set(), "say in tests/security/house.py what is own, shared, foreign, missing"


def test_a_parameter_nobody_knows_is_noticed(house: House) -> None:
    call = Call("GET", "things/<int:thing_id>/", None, names_in("things/<int:thing_id>/"))
    with pytest.raises(KeyError):
        call.address(house.values("kam"), OWN)


def _relations(call: Call, role: str) -> tuple[str, ...]:
    """Return whose things the role asks for with this call.

    What is foreign to everybody else is not to who sees all; an administrator ends anybody's
    token. Own things are written to by two roles: the others have their own tests for that.
    """
    if not call.names:
        return (OWN,) if call.verb == "GET" or role in WRITERS else ()
    apart = set(call.names) - COMMON
    foreign = apart and (role not in SEES_ALL or apart <= PERSONAL)
    if role == "admin" and apart == {"token_id"}:
        foreign = False
    found = (FOREIGN, MISSING) if foreign else (MISSING,)
    own = held(role, call) and (call.verb == "GET" or role in WRITERS)
    return (OWN, *found) if own else found


# On PostgreSQL CI walks as the role with the most to reach: what differs there is the database, and
# never the rights.
WALKERS = [one if one == "kam" else pytest.param(one, marks=pytest.mark.slow) for one in ROLE_ORDER]


@pytest.mark.parametrize("role", WALKERS)
def test_a_foreign_thing_is_a_missing_thing_on_every_route(house: House, role: str) -> None:
    client = client_of(house, role)
    broken: list[str] = []
    for call in WALK:
        said = {}
        for relation in _relations(call, role):
            said[relation] = make(client, call, house, role, relation)
            status, text = said[relation]
            if status not in FINE:
                broken.append(f"{call} {relation}: {status}")
            if not held(role, call) and status not in REFUSED:
                broken.append(f"{call} {relation}: {status} without the right")
            if role not in SEES_ALL and MARKS[FOREIGN].lower() in text.lower():
                broken.append(f"{call} {relation}: tells of the foreign account")
        if FOREIGN in said and said[FOREIGN] != said[MISSING]:
            broken.append(f"{call}: foreign {said[FOREIGN][0]}, missing {said[MISSING][0]}")
    assert broken == []


@pytest.mark.parametrize("role", [role for role in ROLE_ORDER if role not in SEES_ALL])
def test_lists_searches_exports_and_sums_tell_nothing_foreign(house: House, role: str) -> None:
    client = client_of(house, role)
    told, refused = [], 0
    for address in PROBES:
        answer = client.get(address)
        refused += answer.status_code == 403
        assert answer.status_code in (200, 403), f"{address}: {answer.status_code}"
        if MARKS[FOREIGN].lower() in text_of(answer).lower():
            told.append(address)
    assert told == []
    assert (refused == len(PROBES)) == (role == "admin")


@pytest.mark.parametrize("role", ["viewer", "kam", "director"])
@pytest.mark.parametrize("relation", [OWN, SHARED])
def test_the_walk_has_eyes_own_and_shared_pages_are_seen(
    house: House, role: str, relation: str
) -> None:
    client = client_of(house, role)
    seen, dark = 0, []
    for call in WALK:
        if call.verb != "GET" or "account_id" not in call.names or not held(role, call):
            continue
        status, text = make(client, call, house, role, relation)
        if status == 405:
            continue
        if status == 404 and set(call.names) <= {"account_id"}:
            dark.append(str(call))
        seen += MARKS[relation].lower() in text.lower()
    assert dark == []
    assert seen >= 10


def test_who_sees_all_would_see_the_foreign_account(house: House) -> None:
    """The marks are where the walk looks: the same probes show them to sales operations."""
    client = client_of(house, "sales_ops")
    told = [a for a in PROBES if MARKS[FOREIGN].lower() in text_of(client.get(a)).lower()]
    assert len(told) >= 15, told


def test_a_shared_account_is_read_and_not_written(house: House) -> None:
    client = client_of(house, "kam")
    for name, values in (("edit", {"name": "Taken"}), ("profile/risks", {"value": "Taken"})):
        address = f"/accounts/{house.account['account_id'][SHARED]}/{name}/"
        with transaction.atomic():
            answer = client.post(address, {**values, "reviewed_on": "2026-01-01", "version": 1})
            transaction.set_rollback(True)
        assert answer.status_code in (403, 422), address
