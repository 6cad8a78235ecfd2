"""The profile panel: answers with their age, sizes, codes, team, tree; and its questions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts import queries, services
from keystead.accounts.forms import AnswerForm, ProfileFieldForm
from keystead.accounts.queries import label_of
from keystead.accounts.types import Freshness, ProfileEntry
from keystead.accounts.views import tables
from keystead.accounts.views.account import home_of
from keystead.accounts.views.details import page_for
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.kit.ui.tables import Cell, Column, Row, Table

TONES = {Freshness.STALE: "bad", Freshness.DUE: "warn", Freshness.FRESH: "good"}


@policy("accounts.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what we know of an account, and how old it is."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    groups_open = queries.writable_groups(actor, account.id)
    can_edit = "" in groups_open
    entries = queries.profile_for(actor, account)
    stale = sum(item.freshness is Freshness.STALE for item in entries)
    groups = queries.groups_of(actor, account)
    context = {
        "account": account,
        "can_edit": can_edit,
        "can_merge": actor.can("accounts.merge"),
        "can_ask": actor.can("reference.edit"),
        "entries": [_shown(item, item.group in groups_open) for item in entries],
        "stale": stale,
        "empty": sum(item.freshness is Freshness.EMPTY for item in entries),
        "facts": tables.facts(account),
        "measures": tables.measures(queries.measures_for(actor, account), account, edit=can_edit),
        "identifiers": tables.identifiers(
            queries.identifiers_for(actor, account), account, edit=can_edit
        ),
        "team": tables.team(queries.team_for(actor, account, history=True), account, edit=can_edit),
        "tree": tables.tree(actor, account),
        "groups": tables.groups(groups, account, edit=can_edit),
        "members": tables.members(queries.members_of(actor, account)),
        "merges": [item for item in queries.merges_for(actor, account) if not item.undone],
    }
    return render(request, "accounts/panels/profile.html", context)


@policy("accounts.edit")
def answer(request: HttpRequest, account_id: int, key: str) -> HttpResponse:
    """Write an answer of the profile."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    entry = next(iter(queries.profile_for(actor, account, key=key)), None)
    if entry is None:
        raise Http404
    initial = {
        "value": entry.value,
        "source": entry.source,
        "reviewed_on": timezone.localdate(),
    }
    form = AnswerForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_profile(actor=actor, account_id=account.id, key=key, version=version, **data)

    page = page_for(account, entry.label, lede=entry.help, version=entry.version)
    return edit_page(request, form, save, page)


@require_POST
@policy("accounts.edit")
def review(request: HttpRequest, account_id: int, key: str) -> HttpResponse:
    """Mark an answer as read through and still right."""
    actor = actor_of(request)
    account = queries.account_for(actor, account_id)
    entry = services.review_profile(
        actor=actor, account_id=account.id, key=key, version=version_of(request)
    )
    if getattr(request, "htmx", None):
        context = {"account": account, "entry": _shown(entry, True)}
        return render(request, "accounts/panels/answer.html", context)
    messages.success(request, _("Marked as still right."))
    return redirect(home_of(account))


@policy("reference.edit")
def fields(request: HttpRequest) -> HttpResponse:
    """List the questions of the profile."""
    rows = [
        Row(
            {
                "label": Cell(item.label, href=reverse("accounts:profile_field", args=[item.key])),
                "days": item.freshness_days or None,
                "kinds": ", ".join(label_of(kind) for kind in item.kinds) or _("all"),
                "state": Cell(_("in use"), tone="good") if item.active else Cell(_("retired")),
            },
            tone="" if item.active else "past",
        )
        for item in queries.profile_questions()
    ]
    columns = [
        Column("label", _("Question")),
        Column("days", _("Out of date after"), "number", unit=_("days")),
        Column("kinds", _("For which kinds"), hide="phone"),
        Column("state", _("State"), "tag"),
    ]
    table = Table(columns, rows, caption=_("Questions of the profile"), sortable=False)
    return render(request, "accounts/fields.html", {"table": table})


@policy("reference.edit")
def add_field(request: HttpRequest) -> HttpResponse:
    """Add a question to the profile."""
    actor = actor_of(request)
    initial = {"freshness_days": 180, "position": 200, "active": True}
    form = ProfileFieldForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.define_profile_field(actor=actor, **data)

    back = reverse("accounts:profile_fields")
    page = Page(_("Add a question"), back=back, back_label=_("Questions of the profile"))
    return edit_page(request, form, save, page)


@policy("reference.edit")
def edit_field(request: HttpRequest, key: str) -> HttpResponse:
    """Change or retire a question of the profile."""
    actor = actor_of(request)
    item = next((row for row in queries.profile_questions() if row.key == key), None)
    if item is None:
        raise Http404
    names = ("label", "help", "freshness_days", "kinds", "group", "position", "active")
    form = ProfileFieldForm(
        request.POST or None, initial={name: getattr(item, name) for name in names}
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_profile_field(actor=actor, key=key, version=version, **data)

    back = reverse("accounts:profile_fields")
    page = Page(
        item.label,
        back=back,
        back_label=_("Questions of the profile"),
        lede=_("A question that is no longer in use keeps its answers."),
        version=item.version,
    )
    return edit_page(request, form, save, page)


def group_words(group: str) -> str:
    """Return who may see a field of this group, in a word; empty when everybody may."""
    return {"private_notes": _("private"), "terms": _("terms")}.get(group, group)


def _shown(entry: ProfileEntry, can_edit: bool) -> dict[str, Any]:
    return {
        "can_edit": can_edit,
        "group": group_words(entry.group),
        "entry": entry,
        "word": label_of(entry.freshness),
        "tone": TONES.get(entry.freshness, ""),
        "aging": entry.freshness in (Freshness.STALE, Freshness.DUE),
    }
