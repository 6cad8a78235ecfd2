"""What leaves for a customer is looked over first; what was let out can be looked up."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for
from keystead.governance.queries.outbound import may_let_out, release_for, releases_for
from keystead.governance.queries.outbound_words import WHY, found_words
from keystead.governance.services.leaving import has_file, released_file
from keystead.governance.services.outbound import hand_in, let_waiting_out
from keystead.governance.types.outbound import Finding, Release, ReleaseState, Severity
from keystead.kernel.errors import Conflict, Invalid, SourceProblem
from keystead.kit.access import actor_of, policy
from keystead.kit.office.place_words import place_words
from keystead.kit.ui.sheets import download, uploaded
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.reviews.services.outbound import look_over

LARGEST = 50 * 1024 * 1024
SHOWN = 500
STATES = {
    ReleaseState.RELEASED: (gettext_lazy("let out"), "good"),
    ReleaseState.WAITING: (gettext_lazy("waits for a release"), "warn"),
    ReleaseState.BLOCKED: (gettext_lazy("blocked"), "bad"),
}


class FileForm(forms.Form):
    """The document that is to leave."""

    file = forms.FileField(
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("PowerPoint, Word, Excel, mail (.eml), HTML, JSON or text."),
    )


class ReasonForm(forms.Form):
    """Why it may leave as it is."""

    reason = forms.CharField(label=gettext_lazy("Why it may leave as it is"), max_length=400)


@policy("export.data")
def look(request: HttpRequest, account_id: int) -> HttpResponse:
    """Look a document over before it leaves for the account; the file is not kept."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if sent else FileForm()
    if sent:
        try:
            content, name = uploaded(request, LARGEST)
            looked = look_over(actor=actor, account_id=account.id, content=content, name=name)
            kept = hand_in(actor=actor, leaving=looked.leaving, findings=looked.findings)
            return redirect("web:release", kept.id)
        except (Invalid, SourceProblem) as error:
            form.full_clean()
            form.errors.pop("file", None)
            form.add_error("file", f"{error.message} {error.hint}".strip())
    values = {
        "account": account,
        "form": form,
        "table": _releases(releases_for(actor, account_id=account.id)),
    }
    return render(request, "web/outbound.html", values, status=422 if sent else 200)


@policy("accounts.view")
def release(request: HttpRequest, release_id: int) -> HttpResponse:
    """Show what was found in a document, and let it out with a reason where it waits for one."""
    actor = actor_of(request)
    found = release_for(actor, release_id)
    account = account_for(actor, found.account_id)
    sent = request.method == "POST"
    form = ReasonForm(request.POST) if sent else ReasonForm()
    if sent and form.is_valid():
        try:
            let = let_waiting_out(
                actor=actor, release_id=found.id, reason=form.cleaned_data["reason"]
            )
            messages.success(request, _("It is let out, and that is kept."))
            return redirect("web:release", let.id)
        except (Conflict, Invalid) as error:
            form.add_error("reason", error.message)
    values = {
        "found": found,
        "account": account,
        "headline": _headline(found),
        "blocked": found.state is ReleaseState.BLOCKED,
        "table": _findings(found.findings),
        "form": form if may_let_out(actor, found) else None,
        "fetch": reverse("web:release_file", args=[found.id])
        if found.state is ReleaseState.RELEASED and actor.can("export.data") and has_file(found)
        else "",
    }
    return render(request, "web/release.html", values, status=422 if sent else 200)


@require_GET
@policy("export.data")
def release_file(request: HttpRequest, release_id: int) -> HttpResponse:
    """Send a document that was stopped first and released since."""
    found, content = released_file(actor=actor_of(request), release_id=release_id)
    return download(content, found.name, "application/octet-stream")


def _headline(found: Release) -> str:
    if found.state is ReleaseState.RELEASED and not found.findings:
        return _("Nothing was found: it was let out.")
    if found.state is ReleaseState.RELEASED:
        return _("It was let out with a reason.")
    if found.state is ReleaseState.WAITING:
        return _("It may leave when another person than its maker says why.")
    count = sum(1 for one in found.findings if one.severity is Severity.BLOCK)
    return ngettext(
        "It may not leave: %(count)s thing in it is blocked.",
        "It may not leave: %(count)s things in it are blocked.", count,
    ) % {"count": count}  # fmt: skip


def _findings(found: tuple[Finding, ...]) -> Table:
    columns = [
        Column("place", _("Place")),
        Column("why", _("Why"), wide=True),
        Column("found", _("There is"), wide=True, hide="phone"),
        Column("does", _("What it does"), "tag"),
    ]
    ordered = sorted(found, key=lambda one: one.severity is Severity.REVIEW)
    rows = [
        Row(
            {
                "place": place_words(one.place),
                "why": Cell(str(WHY[one.leak]), phone=found_words(one)),
                "found": found_words(one),
                "does": Cell(_("blocks"), tone="bad") if one.severity is Severity.BLOCK
                else Cell(_("asks for a reason"), tone="warn"),
            }
        )
        for one in ordered[:SHOWN]
    ]  # fmt: skip
    return Table(columns, rows, _("What was found"), sortable=False)


def _releases(found: tuple[Release, ...]) -> Table:
    columns = [
        Column("file", _("File"), wide=True),
        Column("state", _("State"), "tag"),
        Column("at", _("When"), "moment"),
        Column("by", _("By"), hide="phone"),
    ]
    rows = [
        Row(
            {
                "file": Cell(one.name, href=reverse("web:release", args=[one.id])),
                "at": one.at,
                "by": one.by_name,
                "state": Cell(str(STATES[one.state][0]), tone=STATES[one.state][1]),
            }
        )
        for one in found
    ]
    return Table(columns, rows, _("Looked over lately"), sortable=False,
                 empty=_("Nothing was looked over for this customer yet."))  # fmt: skip
