"""Where usage is fetched from: the list, one source with its months, and the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for
from keystead.connectors.counter.forms import AgainForm, SourceForm
from keystead.connectors.counter.queries.coverage import Line, coverage_of
from keystead.connectors.counter.queries.sources import (
    institutions_waiting,
    job_of,
    runs,
    source_for,
    sources,
)
from keystead.connectors.counter.services import sources as writing
from keystead.connectors.counter.types.harvest import Run, Source
from keystead.connectors.counter.views.words import MONTHS, RUNS, TONES, in_few
from keystead.kernel.errors import NotAllowed
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("ledger.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show where usage comes from, what waits for an answer, and the files that came in."""
    actor = actor_of(request)
    context = {
        "keeps": actor.can("usage.sources"),
        "may_import": actor.can("ledger.import"),
        "sources": _sources(actor),
        "institutions": institutions_waiting(actor),
        "accounts": [(one.id, f"{one.name} ({one.code})") for one in accounts_for(actor)],
        "files": run_table(runs(actor, uploads=True), _("Files that came in"), of_source=False),
    }
    return render(request, "counter/index.html", context)


@policy("usage.sources")
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show one source: its months, its last requests, and what it says is wrong."""
    return render(request, "counter/source.html", _about(request, source_id))


@policy("usage.sources")
def source_body(request: HttpRequest, source_id: int) -> HttpResponse:
    """Return the moving part of the page while work goes on."""
    return render(request, "counter/source_body.html", _about(request, source_id))


@policy("usage.sources")
def fetch(request: HttpRequest, source_id: int) -> HttpResponse:
    """Start fetching: what is missing, or months anew."""
    actor = actor_of(request)
    if request.method != "POST":
        raise NotAllowed(_("This address takes orders only."))
    form = AgainForm(request.POST)
    if form.is_valid():
        writing.start_harvest(actor=actor, source_id=source_id, months=form.cleaned_data["months"])
        messages.success(request, _("It is being fetched. You can leave this page."))
    else:
        messages.error(request, " ".join(str(one) for one in form.non_field_errors()))
    return redirect("counter:source", source_id)


@policy("usage.sources")
def add_source(request: HttpRequest) -> HttpResponse:
    """Enter a source."""
    actor = actor_of(request)
    this_year = timezone.localdate().replace(month=1, day=1)
    initial = {
        "first_month": f"{this_year.replace(year=this_year.year - 1):%Y-%m}", "pause_seconds": 1,
        "reports": ["TR"], "active": True,
    }  # fmt: skip
    form = SourceForm(request.POST or None, initial=initial, accounts=_accounts(actor))

    def save(data: dict[str, Any], _version: int | None) -> str:
        made = writing.create_source(actor=actor, entry=form.entry())
        return reverse("counter:source", args=[made.id])

    page = Page(
        _("New source"), back=reverse("counter:index"), back_label=_("Usage reports"),
        lede=_("The provider says the address and what opens it. What opens it is stored sealed, "
               "and never shown again."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("usage.sources")
def change_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Change a source; an empty secret leaves what is stored."""
    actor = actor_of(request)
    found = source_for(actor, source_id)
    initial = {
        **{name: getattr(found, name) for name in (
            "name", "server", "release", "customer_id", "platform", "members", "pause_seconds",
            "active",
        )},
        "reports": list(found.reports), "account": found.account_id,
        "first_month": f"{found.first_month:%Y-%m}",
    }  # fmt: skip
    form = SourceForm(request.POST or None, initial=initial, accounts=_accounts(actor))
    kept = _("Stored. Empty leaves it as it is.")
    form.fields["requestor_id"].help_text = kept if found.has_requestor else ""
    form.fields["api_key"].help_text = kept if found.has_key else ""

    def save(data: dict[str, Any], version: int | None) -> None:
        writing.edit_source(
            actor=actor, source_id=found.id, expected_version=version or found.version,
            entry=form.entry(),
        )  # fmt: skip

    page = Page(
        found.name, back=reverse("counter:source", args=[found.id]), back_label=found.name,
        version=found.version,
    )  # fmt: skip
    return edit_page(request, form, save, page)


def _about(request: HttpRequest, source_id: int) -> dict[str, Any]:
    actor = actor_of(request)
    found = source_for(actor, source_id)
    lines = coverage_of(actor, found)
    names = {one.id: one.name for one in accounts_for(actor)}
    facts = [
        (_("Server"), found.server),
        (_("Release"), found.release),
        (_("Customer number"), found.customer_id),
        (_("Requestor number"), _("stored") if found.has_requestor else _("none")),
        (_("Key"), _("stored") if found.has_key else _("none")),
        (_("Reports"), ", ".join(found.reports)),
        (_("Account"), names.get(found.account_id or 0, _("as the reports say"))),
        (_("Fetched every day"), _("yes") if found.active else _("no")),
    ]
    if found.offers:
        facts.append((_("It offers"), ", ".join(one["report"] for one in found.offers)))
    return {
        "source": found,
        "facts": facts,
        "months": _months(lines),
        "grid": _grid(lines) if len(lines) <= 6 else None,
        "runs": run_table(runs(actor, source_id=found.id, limit=30), _("Requests")),
        "job": job_of(actor, found.id),
        "again": AgainForm(),
    }


def _accounts(actor: Actor) -> list[tuple[Any, str]]:
    return [("", _("As the reports say")),
            *((one.id, f"{one.name} ({one.code})") for one in accounts_for(actor))]  # fmt: skip


def _sources(actor: Actor) -> Table:
    rows = []
    for one in sources(actor):
        lines = coverage_of(actor, one)
        rows.append(
            Row(
                {
                    "name": Cell(one.name, href=reverse("counter:source", args=[one.id]),
                                 sub=one.server),
                    "release": one.release,
                    "reports": ", ".join(one.reports),
                    "got": sum(len(line.got) for line in lines),
                    "missing": sum(len(line.missing) for line in lines),
                    "at": one.asked_at,
                    "state": _state(one),
                }
            )
        )  # fmt: skip
    columns = [
        Column("name", _("Source")),
        Column("release", _("Release"), hide="phone"),
        Column("reports", _("Reports"), hide="phone"),
        Column("got", _("Months there"), "number"),
        Column("missing", _("Months missing"), "number"),
        Column("at", _("Last asked"), "moment", hide="phone"),
        Column("state", _("State"), "tag"),
    ]
    empty = _("No source yet. Reports can also be dropped on the import desk.")
    return Table(columns, rows, _("Sources"), empty=empty)


def _state(one: Source) -> Cell:
    if one.trouble:
        return Cell(_("stopped"), tone="bad", title=str(one.trouble.get("message", "")))
    if not one.active:
        return Cell(_("off"))
    return Cell(_("fetched every day"), tone="good")


def _months(lines: tuple[Line, ...]) -> Table:
    rows = [
        Row(
            {
                "report": Cell(line.report_id, sub=line.customer or line.customer_id),
                "got": in_few(line.got) or "–",
                "missing": in_few(line.missing) or "–",
                "gone": in_few(line.gone) or "–",
            }
        )
        for line in lines
    ]
    columns = [
        Column("report", _("Report")),
        Column("got", _("There"), wide=True),
        Column("missing", _("Missing"), wide=True),
        Column("gone", _("No longer kept there"), hide="phone"),
    ]
    return Table(columns, rows, _("Which months"), sortable=False)


def _grid(lines: tuple[Line, ...]) -> Table:
    months = sorted({month for line in lines for month in line.known}, reverse=True)
    columns = [Column("month", _("Month"), "month")]
    columns += [
        Column(f"l{at}", line.report_id if len(lines) == 1 or not line.customer
               else f"{line.report_id} {line.customer}", "tag", sortable=False)
        for at, line in enumerate(lines)
    ]  # fmt: skip
    rows = []
    for month in months:
        cells: dict[str, Any] = {"month": month}
        for at, line in enumerate(lines):
            one = line.known.get(month)
            if one is None:
                cells[f"l{at}"] = "–"
                continue
            codes = ", ".join(str(code) for code in one.codes)
            version = _("version %(n)s") % {"n": one.version} if one.version > 1 else ""
            cells[f"l{at}"] = Cell(
                str(MONTHS[one.state]), tone=TONES.get(one.state, ""),
                sub=", ".join(word for word in (codes, version) if word),
                href=reverse("counter:report", args=[one.run_id]),
            )  # fmt: skip
        rows.append(Row(cells))
    return Table(columns, rows, _("Month by month"), sortable=False)


def run_table(found: tuple[Run, ...], caption: str, *, of_source: bool = True) -> Table:
    """Return requests, or files that came in, as a table."""
    rows = [
        Row(
            {
                "report": Cell(
                    f"{one.report_id or '?'} {one.release}".strip() if of_source else one.name,
                    href=reverse("counter:report", args=[one.id]),
                    sub=one.customer_id if of_source else f"{one.report_id} {one.release}".strip(),
                ),
                "months": f"{one.begin:%Y-%m} – {one.end:%Y-%m}" if one.begin and one.end else "",
                "rows": one.rows or None,
                "at": one.asked_at,
                "by": one.asked_by,
                "state": Cell(str(RUNS[one.state]), tone=TONES.get(one.state, ""), title=one.why),
            },
            tone="past" if one.state == "replaced" else "",
        )
        for one in found
    ]
    columns = [
        Column("report", _("Report") if of_source else _("File")),
        Column("months", _("Which months")),
        Column("rows", _("Rows"), "number", hide="phone"),
        Column("at", _("At"), "moment", hide="phone"),
        Column("by", _("By"), hide="phone"),
        Column("state", _("State"), "tag"),
    ]
    return Table(columns, rows, caption, empty=_("Nothing yet."))
