"""Logs are lines of JSON with an id per request, and hold nothing personal."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable

import pytest
from django.test import Client

from keystead.config.logs import JsonFormatter
from keystead.kit.access import Actor

pytestmark = pytest.mark.django_db


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonFormatter().format(record)) for record in caplog.records]


def test_a_request_leaves_one_line_without_names_or_queries(
    kam: Actor, client_of: Callable[[Actor], Client], caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(kam)
    with caplog.at_level(logging.INFO, logger="keystead.request"):
        response = client.get("/search/?q=Secret+Clinic", headers={"X-Request-ID": "abc-12345678"})
    assert response.headers["X-Request-ID"] == "abc-12345678"
    (line,) = lines(caplog)
    assert (line["route"], line["status"], line["user_id"]) == ("/search/", 200, kam.user_id)
    assert "Secret" not in json.dumps(line)
    assert "lin" not in str(line.values()).replace("line", "")


def test_a_strange_request_id_is_replaced(kam: Actor, client_of: Callable[[Actor], Client]) -> None:
    response = client_of(kam).get("/health/live", headers={"X-Request-ID": 'x"},{"level":"fake'})
    assert "fake" not in response.headers["X-Request-ID"]
    assert len(response.headers["X-Request-ID"]) == 32


def test_an_error_tells_its_kind_and_place_but_not_its_text() -> None:
    try:
        raise ValueError("patient Li Lei, card 4111111111111111")
    except ValueError:
        record = logging.getLogger("keystead").makeRecord(
            "keystead", logging.ERROR, __file__, 1, "import failed", (), sys.exc_info()
        )
    line = json.loads(JsonFormatter().format(record))
    assert line["error"] == "ValueError"
    assert "Li Lei" not in json.dumps(line)
    assert "test_logs.py" in line["where"][-1]
