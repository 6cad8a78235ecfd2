"""The page behind a link: anybody who has it answers, once. Opening it writes nothing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from keystead.health import services
from keystead.health.forms.surveys import AnswerForm
from keystead.health.services.answering import Sheet
from keystead.health.services.sending import language_of
from keystead.health.views.throttle import throttle
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import policy
from keystead.kit.ui.editing import blame

TRIES = 30  # a minute, from one address


@require_http_methods(["GET", "HEAD", "POST"])
@policy.public
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the questions of a link and take the answers; no sign-in, in the person's language."""
    throttle(request, what="survey_answer", most=TRIES)
    sheet = services.sheet_of(secret)
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    if chosen:
        return _quiet(_answered(request, secret, sheet))
    with override(language_of(sheet.language)):
        return _quiet(_answered(request, secret, sheet))


def _answered(request: HttpRequest, secret: str, sheet: Sheet) -> HttpResponse:
    form = AnswerForm(request.POST or None, questions=sheet.questions)
    done = False
    if request.method == "POST" and not sheet.over:
        form = AnswerForm(request.POST, questions=sheet.questions)
        if form.is_valid():
            try:
                services.answer(secret=secret, given=form.cleaned_data)
                done = True
            except Conflict:  # sent twice, or closed in between
                sheet = services.sheet_of(secret)
            except Invalid as error:
                blame(form, error)
    over = sheet.over and not done
    status = 410 if over else 422 if form.errors and not done else 200
    context = {"sheet": sheet, "form": form, "done": done, "over": over}
    return render(request, "health/answer.html", context, status=status)


def _quiet(response: HttpResponse) -> HttpResponse:
    """Return the page so that neither a search engine nor a next page learns its address."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
