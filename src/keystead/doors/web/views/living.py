"""The living page of the design system: every component, in every state."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keystead.doors.web.samples import sample_context
from keystead.kit.access import policy


@policy("profile.self")
def design(request: HttpRequest) -> HttpResponse:
    """Show the living page."""
    return render(request, "web/design.html", sample_context())
