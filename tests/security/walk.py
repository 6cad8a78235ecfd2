"""Every route of the web and every operation of the API, with what each needs to be called.

A route whose parameter nobody knows how to fill fails: whoever adds one says in ``house.py`` what
is own, shared, foreign and missing for it.
"""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from django.test import Client
from django.urls import get_resolver
from ninja import NinjaAPI

from keystead.doors.api.door import operations
from keystead.doors.api.mount import api
from keystead.kit.access import policy_of
from keystead.kit.access.policy import Policy
from tests.architecture.test_policies import routes

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
# Pages that end the session of the walker, or that belong to the sign-in engine.
NOT_WALKED = ("sign-out/", "sign-in/", "^sign-in/", "static/", "api/", "profile/password/")
TYPED: dict[str, Any] = {
    "string": "x",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "array": [],
    "object": {},
}


ASKED = {"accounts/<int:account_id>/whitespace/cell/": "?column=b:Acu"}  # nothing without it


@dataclasses.dataclass(frozen=True)
class Call:
    """One route and verb; ``names`` are the parameters in its path."""

    verb: str
    path: str
    policy: Policy | None
    names: tuple[str, ...]
    body: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.verb} /{self.path}"

    def address(self, values: Mapping[str, Mapping[str, Any]], relation: str) -> str:
        """Return the path with every parameter filled; KeyError for one nobody knows."""

        def fill(match: re.Match[str]) -> str:
            name = next(group for group in match.groups() if group)
            return str(values[name][relation])

        path = PARAMETER.sub(fill, self.path).strip("^$").replace("//", "/")
        return f"/{path}{ASKED.get(self.path, '')}"


def calls() -> tuple[Call, ...]:
    """Return every call there is: GET and POST of each page, each operation of the API."""
    return (*_pages(), *_operations(api))


def _pages() -> Iterator[Call]:
    for path, entry in routes(get_resolver()):
        if path.startswith(NOT_WALKED):
            continue
        policy = policy_of(entry.callback)
        for verb in ("GET", "POST"):
            yield Call(verb, path, policy, names_in(path))


def _operations(served: NinjaAPI) -> Iterator[Call]:
    schema = json.loads(json.dumps(served.get_openapi_schema()))
    for place, operation in operations(served):
        verbs, path = place.split(" ", 1)
        policy = policy_of(operation.view_func)
        for verb in verbs.split("/"):
            known = schema["paths"].get("/api" + path, {}).get(verb.lower(), {})
            yield Call(verb, "api" + path, policy, names_in(path), _body(schema, known))


def names_in(path: str) -> tuple[str, ...]:
    """Return the names of the parameters in a path.

    >>> names_in("accounts/<int:account_id>/x/<slug:key>/")
    ('account_id', 'key')
    """
    return tuple(next(g for g in match.groups() if g) for match in PARAMETER.finditer(path))


def _body(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return _example(schema, content["schema"]) if content else None


def _example(schema: dict[str, Any], part: dict[str, Any]) -> Any:
    """Return the smallest value that fits: required fields only."""
    if "$ref" in part:
        return _example(schema, schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[-1]])
    if "enum" in part:
        return part["enum"][0]
    if "anyOf" in part:
        return _example(schema, part["anyOf"][0])
    if part.get("type") == "object" or "properties" in part:
        wanted = part.get("required", [])
        return {name: _example(schema, part["properties"][name]) for name in wanted}
    if part.get("format") == "date":
        return "2026-03-05"
    return TYPED.get(part.get("type", "string"), "x")


def ask(client: Client, call: Call, address: str) -> Any:
    """Return the answer to a call, as a browser or a program would make it.

    Whatever comes back says what it is, and is that.
    """
    answer = _ask(client, call, address)
    kind = answer.headers.get("Content-Type", "")
    if not getattr(answer, "streaming", False) and answer.content:
        assert kind, f"{call}: of no type"
        assert not kind.startswith("text/") or "charset=utf-8" in kind, f"{call}: {kind}"
        if kind.startswith("application/json"):
            json.loads(answer.content)
    return answer


def _ask(client: Client, call: Call, address: str) -> Any:
    accept = {"HTTP_ACCEPT": "application/json"} if call.path.startswith("api/") else {}
    if call.verb == "GET":
        return client.get(address, **accept)
    if call.path.startswith("api/"):
        return client.generic(
            call.verb, address, json.dumps(call.body or {}), "application/json", **accept
        )
    return client.post(address, {})


def text_of(answer: Any) -> str:
    """Return all that an answer says: head and body; the parts of a workbook one by one."""
    streamed = getattr(answer, "streaming", False)
    content = b"".join(answer.streaming_content) if streamed else answer.content
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            body = "\n".join(
                parts.read(name).decode("utf-8", "replace") for name in parts.namelist()
            )
    else:
        body = content.decode("utf-8", "replace")
    return f"{head}\n{body}"


TOKENS = re.compile(
    r'(name="csrf-token" content|name="csrfmiddlewaretoken" value|name="_command" value'
    r'|nonce)="[^"]+"'
)


def plain(answer: Any, address: str, secrets: tuple[object, ...]) -> tuple[int, str]:
    """Return status and text without what may differ: the address, its values, fresh tokens.

    A page of an own thing may hold anything; only answers to foreign and missing are compared.
    """
    text = TOKENS.sub("", text_of(answer))
    if answer.headers.get("X-Request-ID"):
        text = text.replace(answer.headers["X-Request-ID"], "")
    for spelling in (address, quote(address), escape(address), escape(quote(address))):
        text = text.replace(spelling, "")
    for secret in map(str, secrets):  # an error or a redirect names what it was asked for
        text = text.replace(f"/{secret}/", "//")
        if address.startswith("/api/"):
            text = re.sub(rf"\b{re.escape(secret)}\b", "", text)
    return answer.status_code, re.sub(r"(?m)^(Content-Length|Set-Cookie|ETag):.*$", "", text)
