"""Reading only: one person reads everything, and nothing can be written (``keystead open``)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from keystead.kernel.errors import NotAllowed
from keystead.kit.access.middleware import answer
from keystead.kit.access.policy import SAFE

# What changes only the browser of the one who reads.
FREE = ("/language/", "/theme/")


class ReadOnlyMiddleware:
    """Signs the reader in with every request, and refuses what would change something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.KEYSTEAD_READ_ONLY or request.path.startswith(("/static/", "/health/")):
            return self.get_response(request)
        if request.path in FREE:  # as nobody: a cookie is all that is kept
            return self.get_response(request)
        request.user = get_user_model().objects.get(username=settings.KEYSTEAD_READ_ONLY)
        if request.method not in SAFE:
            return answer(request, refusal())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Tell of a page that wanted to write by itself."""
        if settings.KEYSTEAD_READ_ONLY and isinstance(error, OperationalError):
            return answer(request, refusal())
        return None


def refusal() -> NotAllowed:
    """Return the sentence with which every change is refused."""
    return NotAllowed(
        _("This is a file to read: nothing in it can be changed."),
        code="read_only_file",
        hint=_("Make the change in the Keystead that the file comes from."),
    )
