"""One way to edit: a page with a form, and a calm page when somebody else was faster.

A room's view says which form, what to save, and where it came from and leads to::

    return edit_page(request, form, save, Page(_("Edit account"), back=url, version=row.version))

``save(cleaned_data, version)`` calls one service. ``Invalid`` goes to the fields it names, on
the form with all that was typed. ``Conflict`` shows both values; nothing typed is lost: "keep
theirs" leads back, "save mine" sends the same form again over the new version.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.ui.tables import Column, Table

HIDDEN = {"csrfmiddlewaretoken", "version", "_command"}


@dataclasses.dataclass(frozen=True)
class Page:
    """What stands around the form. ``done`` is where a save leads (default: ``back``)."""

    title: str
    back: str
    back_label: str = ""
    lede: str = ""
    done: str = ""
    said: str = ""
    save_label: str = ""
    version: int | None = None
    remove: str = ""
    remove_label: str = ""
    template: str = "ui/edit.html"
    more: dict[str, Any] = dataclasses.field(default_factory=dict)


Save = Callable[[dict[str, Any], int | None], str | None]


def edit_page(request: HttpRequest, form: Form, save: Save, page: Page) -> HttpResponse:
    """Return the form, its errors, the conflict, or a redirect once it is saved.

    ``save`` may return another address to lead to.
    """
    if request.method == "POST" and form.is_valid():
        try:
            leads_to = save(dict(form.cleaned_data), version_of(request))
        except Conflict as conflict:
            return conflict_page(request, form, conflict, page)
        except Invalid as error:
            blame(form, error)
        else:
            messages.success(request, page.said or _("Saved."))
            return HttpResponseRedirect(leads_to or page.done or page.back)
    context = {"form": form, "page": page, **page.more}
    return render(request, page.template, context, status=422 if form.is_bound else 200)


def conflict_page(
    request: HttpRequest, form: BaseForm, conflict: Conflict, page: Page
) -> HttpResponse:
    """Return the page with both values; it can save the typed ones over the newer version."""
    mine, theirs = conflict.data.get("mine") or {}, conflict.data.get("theirs")
    rows = [
        {
            "field": _label(form, name),
            "theirs": _word(form, name, (theirs or {}).get(name)),
            "mine": _word(form, name, mine.get(name)),
        }
        for name in mine
        if theirs is not None and mine.get(name) != theirs.get(name)
    ]
    columns = [
        Column("field", _("Field")),
        Column("theirs", _("Stored now")),
        Column("mine", _("Yours")),
    ]
    context = {
        "page": page,
        "conflict": conflict,
        "gone": theirs is None,
        "table": Table(columns, rows, caption=_("Both values"), sortable=False),
        "typed": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in HIDDEN
            for value in values
        ],
        "version": conflict.data.get("current_version"),
        "here": request.get_full_path(),
    }
    return render(request, "ui/conflict.html", context, status=409)


def version_of(request: HttpRequest) -> int | None:
    """Return the version the form was made from, None when it carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else None


def blame(form: BaseForm, error: Invalid) -> None:
    """Put an error of a service on the fields it names, in the reader's language."""
    fields = error.data.get("fields") or {error.data.get("field", ""): error.message}
    for name, sentence in fields.items():
        hint = f" {_(error.hint)}" if error.hint else ""
        form.add_error(name if name in form.fields else None, f"{_(sentence)}{hint}")


def _label(form: BaseForm, name: str) -> str:
    field = form.fields.get(name)
    return str(field.label) if field is not None and field.label else name


def _word(form: BaseForm, name: str, value: Any) -> str:
    choices = getattr(form.fields.get(name), "choices", ())
    for key, word in choices:
        if str(key) == str(value):
            return str(word)
    return "–" if value in (None, "") else str(value)
