"""The rates page: what is known, one more by hand, many from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, KeysteadError, SourceProblem
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Column, Table
from keystead.reference import queries, services
from keystead.reference.forms import RateFileForm, RateForm
from keystead.reference.types import ImportedRates

PAGE = 50


@policy("reference.edit")
def rates(request: HttpRequest) -> HttpResponse:
    """List rates, newest first."""
    return _page(request, RateForm(), RateFileForm())


@policy("reference.edit")
def add_rate(request: HttpRequest) -> HttpResponse:
    """Store one typed rate."""
    form = RateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = [str(data["on"]), data["base"], data["quote"], data["value"], data["source"]]
        try:
            done = services.type_rate(actor=actor_of(request), cells=row)
        except (Invalid, SourceProblem) as error:
            form.add_error(None, _said(error))
        else:
            return _done(request, done)
    return _page(request, form, RateFileForm())


@policy("reference.edit")
def import_rates(request: HttpRequest) -> HttpResponse:
    """Store the rates of a file, all or none."""
    form = RateFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            done = services.import_rates(
                actor=actor_of(request),
                content=file.read(),
                name=file.name,
                base=data["base"],
                source=data["source"],
            )
        except SourceProblem as error:
            form.add_error("file", _said(error))
        else:
            return _done(request, done)
    return _page(request, RateForm(), form)


def _said(error: KeysteadError) -> str:
    """Return the error in the reader's language, with the row of a file."""
    row = error.data.get("row")
    place = _("Row %(row)s:") % {"row": row} if row else ""
    words = [place, gettext(error.message), gettext(error.hint) if error.hint else ""]
    return " ".join(filter(None, words))


def _done(request: HttpRequest, done: ImportedRates) -> HttpResponse:
    counts = {"added": done.added, "restated": done.restated, "unchanged": done.unchanged}
    text = _("%(added)s new, %(restated)s restated, %(unchanged)s as before.") % counts
    messages.success(request, text)
    return redirect("reference:rates")


def _page(request: HttpRequest, form: Form, file_form: Form) -> HttpResponse:
    base, quote = request.GET.get("base", ""), request.GET.get("quote", "")
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() else 1
    lines, count = queries.rates_page(
        base=base, quote=quote, offset=(number - 1) * PAGE, limit=PAGE
    )
    rows: list[dict[str, Any]] = [
        {
            "on": line.on,
            "base": line.base,
            "quote": line.quote,
            "value": f"{line.value:f}",
            "source": line.source,
        }
        for line in lines
    ]
    columns = [
        Column("on", _("Date"), "date"),
        Column("base", pgettext("rate", "From"), "code"),
        Column("quote", pgettext("rate", "To"), "code"),
        Column("value", _("Rate"), "text"),
        Column("source", _("Source"), hide="phone"),
    ]
    table = Table(
        columns,
        rows,
        caption=_("Exchange rates, the newest first"),
        sortable=False,
        empty=_("No rates yet. Add one, or import a file."),
    )
    page = Paginator(range(count), PAGE).get_page(number)
    context = {"table": table, "page": page, "form": form, "file_form": file_form, "count": count}
    status = 422 if form.is_bound or file_form.is_bound else 200
    return render(request, "reference/rates.html", context, status=status)
