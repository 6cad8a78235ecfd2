"""The page that explains the API: every call, made from the code."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from ninja.operation import Operation

from keystead.doors.api.door import operations
from keystead.doors.api.mount import api
from keystead.kit.access import policy, policy_of

app_name = "api_help"


@policy("profile.self")
def calls(request: HttpRequest) -> HttpResponse:
    """Show every call of the API with what it needs and takes."""
    described = api.get_openapi_schema()["paths"]
    known = sorted((_call(name, found, described) for name, found in operations(api)), key=_place)
    groups = [(group, list(found)) for group, found in groupby(known, key=lambda call: call["tag"])]
    root = request.build_absolute_uri("/api")
    return render(request, "api/calls.html", {"groups": groups, "root": root})


def _place(call: dict[str, Any]) -> tuple[str, str, str]:
    return call["tag"], call["path"], call["method"]


def _call(name: str, operation: Operation, described: dict[str, Any]) -> dict[str, Any]:
    method, place = name.split(" ", 1)
    more = described.get(f"/api{place}", {}).get(method.lower(), {})
    found = policy_of(operation.view_func)
    return {
        "tag": place.strip("/").split("/")[0],
        "method": method,
        "path": f"/api{place}",
        "says": operation.description or operation.summary,
        "needs": sorted(found.capabilities) if found else [],
        "takes": _parameters(more),
    }


def _parameters(described: dict[str, Any]) -> list[str]:
    """Return the names a call takes, with where they stand: ``limit (query)``."""
    names = [f"{item['name']} ({item['in']})" for item in described.get("parameters", [])]
    for kind in described.get("requestBody", {}).get("content", {}):
        names.append({"application/json": "JSON", "multipart/form-data": "form"}.get(kind, kind))
    return names


urlpatterns = [path("help/api/", calls, name="calls")]
