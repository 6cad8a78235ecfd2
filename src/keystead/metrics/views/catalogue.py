"""The metric catalogue: what each number means, in words, with its formula and source."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keystead.kit.access import actor_of, policy
from keystead.metrics import queries
from keystead.metrics.queries import Entry

UNITS = {
    "money": gettext_lazy("money"),
    "quantity": gettext_lazy("quantity"),
    "percent": gettext_lazy("per cent"),
    "index": gettext_lazy("index"),
    "days": gettext_lazy("days"),
    "months": gettext_lazy("months"),
    "count": gettext_lazy("number"),
}
ADDS = {
    "additive": gettext_lazy("adds up over everything"),
    "semi_additive": gettext_lazy("adds up over everything but time"),
    "ratio": gettext_lazy("is never added up"),
}


@policy("metrics.view")
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every metric this person may read; a word narrows the list."""
    wanted = request.GET.get("q", "").strip()
    found = [one for one in queries.catalogue(actor_of(request)) if _says(one, wanted)]
    topics = [
        (_(topic), [(one, _(one.metric.label), _(one.metric.description)) for one in group])
        for topic, group in groupby(found, key=lambda one: one.topic)
    ]
    values = {"topics": topics, "count": len(found), "q": wanted}
    part = request.headers.get("HX-Target") == "metric-list"
    template = "metrics/catalogue_list.html" if part else "metrics/catalogue.html"
    return render(request, template, values)


@policy("metrics.view")
def metric(request: HttpRequest, metric_id: str) -> HttpResponse:
    """Show one metric: definition, formula, unit, grain, source, example, versions."""
    entry = queries.catalogue_entry(actor_of(request), metric_id)
    found = entry.metric
    pairs = [
        (_("Formula"), _(found.formula)),
        (_("Unit"), str(UNITS[found.unit.value]) + (f" / {found.per}" if found.per else "")),
        (_("Adding up"), ADDS[found.additivity.value]),
        (_("Grain"), _(found.grain)),
        (_("Reads"), ", ".join(name.replace("_", " ") for name in entry.datasets)),
        (_("Can be cut by"), ", ".join(name.replace("_", " ") for name in entry.dimensions)),
        (_("Source of the formula"), found.source),
        (_("Example"), _(found.example)),
        (_("Version"), found.version),
    ]
    values = {
        "entry": entry,
        "label": _(found.label),
        "description": _(found.description),
        "pairs": pairs,
        "earlier": found.earlier,
    }
    return render(request, "metrics/metric.html", values)


def _says(entry: Entry, wanted: str) -> bool:
    metric = entry.metric
    text = " ".join((metric.id, _(metric.label), _(metric.description), _(metric.formula)))
    return all(word in text.casefold() for word in wanted.casefold().split())
