"""A refused route answers 403 with a page, never a fault of the server."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_missing_capability_is_a_calm_page(client_of, kam):
    answer = client_of(kam).get("/reference/rates/")
    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.content.decode()


def test_and_json_for_programs(client_of, kam):
    answer = client_of(kam).get("/reference/rates/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
