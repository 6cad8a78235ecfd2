"""The API itself: who asks, what they may, how errors look."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation
from ninja.security import HttpBearer, SessionAuth

from keystead import __version__
from keystead.doors.api.token import actor_behind
from keystead.kernel.errors import KeysteadError
from keystead.kit.access import actor_of, admit, policy_of
from keystead.kit.access.middleware import note_refusal
from keystead.kit.disk import told
from keystead.kit.http import status_of
from keystead.kit.http.commands import REPLAY

log = logging.getLogger("keystead.api")
DESCRIPTION = """
Everything that a page shows, as JSON. Sign in with a personal token
(`Authorization: Bearer ks_…`, made with `keystead user token NAME`); it can do what its owner can,
or less. Lists come in pages: `?limit=100&after=<next of the page before>`. An object that you may
not see answers exactly like a missing one. Errors are
`{"code": …, "message": …, "hint": …, "data": {…}}`.
"""


class TokenAuth(HttpBearer):
    """``Authorization: Bearer ks_…``: a wrong token never falls back to the session."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        actor = actor_behind(request, token)
        if actor is None:
            raise AuthenticationError
        request._keystead_actor = actor  # type: ignore[attr-defined]
        return actor


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the operation behind its policy; one that declares none refuses every call."""

    @functools.wraps(function)
    def guard(request: HttpRequest, *args: Any, **values: Any) -> Any:
        found = policy_of(function)
        if found is None:
            raise ImproperlyConfigured(f"{function.__qualname__} declares no policy")
        if not found.public:
            admit(actor_of(request), found, request.method or "GET")
        before = getattr(request, REPLAY, None)
        if before is not None:  # a command sent twice: the first answer, to one who may have it
            return before
        return function(request, *args, **values)

    return guard


def new_api(**options: Any) -> NinjaAPI:
    """Return an API with our sign-in, our policies and our errors, and no routers yet."""
    api = NinjaAPI(
        title="Keystead",
        version=__version__,
        description=DESCRIPTION,
        auth=[TokenAuth(), SessionAuth()],
        docs_url=None,
        **options,
    )
    api.add_decorator(guarded, mode="operation")
    _answer_errors(api)
    return api


def operations(api: NinjaAPI) -> Iterator[tuple[str, Operation]]:
    """Yield every operation as ("GET /accounts", operation)."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                place = "/" + "/".join(part for part in (router.prefix, path) if part).strip("/")
                yield f"{'/'.join(operation.methods)} {place.replace('//', '/')}", operation


def _answer_errors(api: NinjaAPI) -> None:
    def answer(request: HttpRequest, status: int, body: dict[str, Any]) -> HttpResponse:
        return api.create_response(request, body, status=status)

    @api.exception_handler(KeysteadError)
    def known(request: HttpRequest, error: KeysteadError) -> HttpResponse:
        note_refusal(request, error)
        return answer(request, status_of(error), error.as_dict())

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, 404, _body("not_found", "There is no such thing here."))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        hint = "Send `Authorization: Bearer ks_…`; tokens come from `keystead user token NAME`."
        response = answer(request, 401, _body("not_signed_in", "Who are you?", hint=hint))
        response["WWW-Authenticate"] = 'Bearer realm="Keystead"'
        return response

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {".".join(map(str, item["loc"])): item["msg"] for item in error.errors}
        body = _body("invalid", "; ".join(f"{k}: {v}" for k, v in fields.items()), fields=fields)
        return answer(request, 422, body)

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(request, error.status_code, _body("refused", error.message))

    @api.exception_handler(MultiPartParserError)
    def torn(request: HttpRequest, error: MultiPartParserError) -> HttpResponse:
        hint = "Send `multipart/form-data` with its boundary, as curl -F does."
        return answer(request, 400, _body("bad_form", "The form cannot be read.", hint=hint))

    @api.exception_handler(SuspiciousOperation)
    def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        return answer(request, 400, _body("bad_request", "The request is too large or malformed."))

    @api.exception_handler(Exception)
    def fault(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        full = told(error)
        if isinstance(full, KeysteadError):
            return answer(request, status_of(full), full.as_dict())
        message = "Something of ours went wrong; it is in the log of the server."
        return answer(request, 500, _body("internal", message))


def _body(code: str, message: str, hint: str = "", **data: Any) -> dict[str, Any]:
    return {"code": code, "message": message, "hint": hint, "data": data}
