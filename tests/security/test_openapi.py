"""Whatever a program sends, the API answers in JSON and never with a server error.

Schemathesis makes up requests from the served OpenAPI description, valid and broken ones; each
goes through the whole server stack with the token of somebody who may do everything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from keystead.doors.api.mount import api
from keystead.kit.access import Actor

EXAMPLES = 12
OPERATIONS = {
    f"{found.ok().method.upper()} {found.ok().path}": found.ok()
    for found in schemathesis.openapi.from_dict(api.get_openapi_schema()).get_all_operations()
}
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(300)]


def send(client: Client, case: Any) -> Any:
    """Send a made-up request as it stands."""
    body, kind = b"", "application/json"
    if not isinstance(case.body, schemathesis.core.NotSet):
        kind = case.media_type or kind
        body = (
            case.body
            if isinstance(case.body, bytes)
            else json.dumps(case.body, default=str).encode()
        )
    path = case.formatted_path
    return client.generic(
        case.method.upper(), path, body, content_type=kind, query_params=dict(case.query or {})
    )


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_never_fails_on_the_servers_side(
    name: str, sales_ops: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(sales_ops)
    client.raise_request_exception = False

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[name].as_strategy(generation_mode=GenerationMode.POSITIVE)
           | OPERATIONS[name].as_strategy(generation_mode=GenerationMode.NEGATIVE))  # fmt: skip
    def each(case: Any) -> None:
        answer = send(client, case)
        assert answer.status_code < 500, (case.formatted_path, case.query, case.body)
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code >= 400 and answer.content:
            assert kind.startswith("application/json"), (kind, answer.content[:200])

    each()
