"""Pages for what went wrong, in the design; they never say that a foreign object exists."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from keystead.kernel.errors import KeysteadError


def problem(request: HttpRequest, status: int, message: str, hint: str = "") -> HttpResponse:
    """Return the problem page (or panel, for htmx) with a status."""
    error = KeysteadError(message, hint=hint)
    return render(request, "ui/problem.html", {"error": error, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 400."""
    return problem(request, 400, gettext("This request could not be understood."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 403 for what Django itself refuses, such as a form that stayed open too long."""
    return problem(
        request,
        403,
        gettext("This was not accepted."),
        gettext("Load the page again and repeat what you did; the form was open too long."),
    )


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403 for a form without its token."""
    return forbidden(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 404: the same for missing and foreign."""
    return problem(
        request,
        404,
        gettext("There is nothing here for you."),
        gettext("It may have been moved or merged, or it belongs to somebody else."),
    )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 429 for too many tries in a short time."""
    response = problem(
        request,
        429,
        gettext("Too many tries."),
        gettext("Wait some minutes, then try again."),
    )
    response.headers["Retry-After"] = "300"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Return 500; the log has the trace, the page has what to do."""
    return problem(
        request,
        500,
        gettext("Something broke on our side."),
        gettext("Nothing was half saved. Try again; if it stays, tell your administrator."),
    )
