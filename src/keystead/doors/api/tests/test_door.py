"""The door: who gets in, how far, and what an error looks like."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.test import Client
from ninja import Router
from ninja.testing import TestClient

from keystead.doors.api.door import guarded, new_api, operations
from keystead.doors.api.mount import api
from keystead.governance.services import people
from keystead.kernel.errors import Conflict, NotAllowed, NotFound
from keystead.kit.access import Actor, policy, policy_of

pytestmark = pytest.mark.django_db


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("name", [name for name, _ in operations(api)])
def test_every_operation_declares_a_policy(name: str) -> None:
    operation = dict(operations(api))[name]
    found = policy_of(operation.view_func)
    assert found is not None
    assert bool(operation.auth_callbacks) != found.public, "public is open, the rest is not"
    assert operation.description, "an endpoint says what it answers"


def test_strangers_learn_only_that_the_server_lives(client: Client) -> None:
    assert client.get("/api/health").json()["status"] == "ok"
    refused = client.get("/api/me")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused.json()["code"] == "not_signed_in"


def test_a_session_opens_for_reading(kam: Actor, client_of: Callable[[Actor], Client]) -> None:
    body = client_of(kam).get("/api/me").json()
    assert body["username"] == "lin"
    assert "ledger.import" in body["capabilities"]
    assert "users.manage" not in body["capabilities"]


def test_a_session_writes_only_with_the_csrf_sign(kam: Actor) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.login(username="lin", password="a-long-password")
    refused = client.post(
        "/api/me/tokens", json.dumps({"label": "x"}), content_type="application/json"
    )
    assert refused.status_code == 403
    assert client.get("/api/me/tokens").json() == []


def test_a_token_opens_as_far_as_it_goes(kam: Actor, client: Client) -> None:
    _, wide = people.issue_token(actor=kam, label="wide")
    _, narrow = people.issue_token(actor=kam, label="narrow", capabilities=["metrics.view"])
    assert client.get("/api/me", headers=_bearer(wide)).json()["username"] == "lin"
    refused = client.get("/api/me", headers=_bearer(narrow))
    assert refused.status_code == 403
    assert refused.json()["code"] == "not_allowed"
    assert refused.json()["data"] == {"capability": "profile.self"}


def test_a_wrong_token_does_not_fall_back_to_the_session(
    kam: Actor, client_of: Callable[[Actor], Client]
) -> None:
    signed_in = client_of(kam)
    assert signed_in.get("/api/me").status_code == 200
    assert signed_in.get("/api/me", headers=_bearer("ks_wrong")).status_code == 401


def test_tokens_are_made_shown_once_and_ended(
    kam: Actor, client_of: Callable[[Actor], Client], client: Client
) -> None:
    mine = client_of(kam)
    made = mine.post(
        "/api/me/tokens", json.dumps({"label": "BI", "days": 30}), content_type="application/json"
    )
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert client.get("/api/me", headers=_bearer(secret)).status_code == 200
    assert "secret" not in mine.get("/api/me/tokens").json()[0]
    ended = client.delete(f"/api/me/tokens/{made.json()['id']}", headers=_bearer(secret))
    assert ended.status_code == 200
    assert client.get("/api/me", headers=_bearer(secret)).status_code == 401


def test_openapi_lists_every_operation(client: Client) -> None:
    schema = client.get("/api/openapi.json").json()
    listed = {
        f"{method.upper()} {path.removeprefix('/api')}"
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert listed == {name for name, _ in operations(api)}
    assert schema["info"]["title"] == "Keystead"


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_the_help_page_lists_every_call(
    kam: Actor, client_of: Callable[[Actor], Client], language: str
) -> None:
    page = client_of(kam).get("/help/api/", headers={"Accept-Language": language})
    assert page.status_code == 200
    for name, _ in operations(api):
        method, path = name.split(" ", 1)
        assert f"{method} /api{path}" in page.content.decode()


def test_the_help_page_asks_for_sign_in(client: Client) -> None:
    assert client.get("/help/api/").status_code == 302


router = Router()


@router.get("/missing")
@policy.public
def missing(request: HttpRequest) -> None:
    raise NotFound("There is no such account.", hint="Look at the list.", account="X")


@router.get("/stale")
@policy.public
def stale(request: HttpRequest) -> None:
    raise Conflict("Changed.", mine={"a": 1})


@router.get("/broken")
@policy.public
def broken(request: HttpRequest) -> None:
    raise RuntimeError("secret detail")


@router.get("/number")
@policy.public
def number(request: HttpRequest, n: int) -> int:
    return n


@router.get("/undeclared")
def undeclared(request: HttpRequest) -> str:
    return "never"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/missing", 404, "not_found"),
        ("/stale", 409, "conflict"),
        ("/broken", 500, "internal"),
        ("/number?n=x", 422, "invalid"),
        ("/undeclared", 500, "internal"),
    ],
)
def test_errors_have_one_shape(path: str, status: int, code: str) -> None:
    small = new_api(urls_namespace=f"small-{path}")
    small.add_router("", router, auth=None)
    answer = TestClient(small).get(path)
    assert answer.status_code == status
    body = answer.json()
    assert sorted(body) == ["code", "data", "hint", "message"]
    assert body["code"] == code
    assert "secret" not in str(body)
    assert "never" not in str(body)


def test_the_guard_asks_the_actor(viewer: Actor) -> None:
    @policy("ledger.import")
    def upload(request: HttpRequest) -> str:
        return "in"

    request = HttpRequest()
    request._keystead_actor = viewer  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        guarded(upload)(request)
