"""A file that the guard may stop: GET reads and keeps no request, POST asks for its release."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from keystead.kernel.errors import Conflict

View = TypeVar("View", bound=Callable[..., Any])


def may_ask(view: View) -> View:
    """Let a view that sends a file take a POST, too: where it is stopped, the request for its
    release is kept and the answer leads there (API: 202 with its number)."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        try:
            return cast(HttpResponseBase, view(request, *args, **values))
        except Conflict as error:
            place = error.data.get("look_at")
            if request.method != "POST" or not place:
                raise
            if request.path.startswith("/api/"):
                return JsonResponse(error.as_dict(), status=202)
            return redirect(place)

    found = require_http_methods(["GET", "HEAD", "POST"])(asked)
    # an endpoint's types are read in the module that names them, not in this one
    found.__signature__ = signature(view, eval_str=True)  # type: ignore[attr-defined]
    return cast(View, found)
