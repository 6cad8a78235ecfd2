"""Files about people: a list of them looked over and entered; a mail offered as a talk."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for
from keystead.accounts.types import Account
from keystead.kernel.errors import Conflict, Invalid, SourceProblem
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, blame
from keystead.kit.ui.sheets import uploaded
from keystead.stakeholders import services
from keystead.stakeholders.forms.files import FileForm
from keystead.stakeholders.queries.letters import (
    LARGEST,
    LARGEST_LETTER,
    read_message,
    read_people,
    talk_of,
)
from keystead.stakeholders.queries.words import BASES
from keystead.stakeholders.types import (
    Basis,
    Candidate,
    Draft,
    FileLine,
    FileTerms,
    Message,
    TouchKind,
)
from keystead.stakeholders.views.shown import people_page
from keystead.stakeholders.views.talks import talk_form

SALT = "stakeholders.file"
KEPT_SECONDS = 3600


@policy("stakeholders.edit")
def import_file(request: HttpRequest, account_id: int) -> HttpResponse:
    """Look over the people of a file, then enter the chosen ones, all or none."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    form = FileForm(request.POST or None, request.FILES or None)
    try:
        if request.POST.get("packed"):
            return _enter(request, actor, account)
        if request.method == "POST" and form.is_valid():
            content, name = uploaded(request, LARGEST)
            lines = read_people(content, name=name)
            return _preview(request, actor, account, lines, form.terms())
    except Invalid as error:
        form = form if "file" in request.FILES else FileForm()
        if form.is_bound:
            blame(form, error)
        else:
            messages.error(request, error.message)
    except SourceProblem as error:
        form.add_error("file", f"{error.message} {error.hint}")
    status = 422 if request.method == "POST" else 200
    return render(request, "stakeholders/file.html", {"account": account, "form": form},
                  status=status)  # fmt: skip


@require_POST
@policy("stakeholders.edit")
def read_letter(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show a mail or an invitation as a talk to be confirmed; nothing is stored."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    try:
        message = _packed(request, account) or _sent(request)
    except (Invalid, SourceProblem) as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("stakeholders:log", account.id)
    found = talk_of(actor, account.id, message)
    initial = dataclasses.asdict(found.entry) | {
        "kind": found.entry.kind.value, "initiator": found.entry.initiator.value,
    }  # fmt: skip
    form = talk_form(None, actor, account, initial)
    page = Page(_("Write down a talk"), back=people_page(account), back_label=account.name)
    context = {
        "form": form, "page": page, "account": account, "found": found, "message": message,
        "people": found.entry.people, "more": [(one, _pack(account, one)) for one in message.more],
        "strangers": [" ".join(p for p in (s.name, s.email) if p) for s in found.strangers],
    }  # fmt: skip
    return render(request, "stakeholders/talk.html", context)


def _sent(request: HttpRequest) -> Message:
    content, name = uploaded(request, LARGEST_LETTER)
    return read_message(content, name=name)


def _pack(account: Account, one: Message) -> str:
    """A further event of a file that is not kept: it goes to the page, signed, and comes back."""
    told = dataclasses.asdict(one) | {"on": one.on.isoformat() if one.on else "", "more": []}
    return signing.dumps({"account": account.id, "event": told}, salt=SALT, compress=True)


def _packed(request: HttpRequest, account: Account) -> Message | None:
    if not request.POST.get("event"):
        return None
    again = _("Send the file again; what was read of it is no longer there.")
    try:
        held = signing.loads(request.POST["event"], salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise Invalid(again, code="file_stale") from error
    if held.get("account") != account.id or "event" not in held:
        raise Invalid(again, code="file_stale")
    told: dict[str, Any] = held["event"]
    people = [Draft(**one) for one in told["others"]]
    return Message(**{
        **told, "kind": TouchKind(told["kind"]), "others": tuple(people), "more": (),
        "on": date.fromisoformat(told["on"]) if told["on"] else None,
        "sender": Draft(**told["sender"]) if told["sender"] else None,
        "attachments": tuple(told["attachments"]),
    })  # fmt: skip


def _preview(
    request: HttpRequest, actor: Actor, account: Account, lines: tuple[FileLine, ...],
    terms: FileTerms, trouble: str = "",
) -> HttpResponse:  # fmt: skip
    found = services.look_over(actor=actor, account_id=account.id, lines=lines, terms=terms)
    held = {
        "user": actor.user_id, "account": account.id,
        "terms": [terms.basis.value, terms.basis_note, terms.as_filed],
        "lines": [[one.line, dataclasses.asdict(one.draft), one.problem] for one in lines],
        "known": [one.known.id if one.known else None for one in found],
    }  # fmt: skip
    context = {
        "account": account, "trouble": trouble, "terms": terms, "basis": BASES[terms.basis.value],
        "packed": signing.dumps(held, salt=SALT, compress=True),
        "people": [(at, one, _state(one)) for at, one in enumerate(found) if not one.reason],
        "refused": [one for one in found if one.reason],

    }  # fmt: skip
    status = 409 if trouble else 200
    return render(request, "stakeholders/file_preview.html", context, status=status)


def _state(one: Candidate) -> str:
    if one.known is not None:
        word = _("Same mail address as %(name)s") if one.by_mail else _("Probably %(name)s")
        return word % {"name": one.known.name}
    if one.twin is not None:
        return _("Same as line %(line)s") % {"line": one.twin}
    return _("New")


def _enter(request: HttpRequest, actor: Actor, account: Account) -> HttpResponse:
    again = _("Send the file again; what was read of it is no longer there.")
    try:
        held: dict[str, Any] = signing.loads(
            request.POST["packed"], salt=SALT, max_age=KEPT_SECONDS
        )
    except signing.BadSignature as error:
        raise Invalid(again, code="file_stale") from error
    if (held["user"], held["account"]) != (actor.user_id, account.id):
        raise Invalid(again, code="file_stale")
    basis, note, as_filed = held["terms"]
    terms = FileTerms(basis=Basis(basis), basis_note=note, as_filed=as_filed)
    lines = tuple(FileLine(line, Draft(**told), code) for line, told, code in held["lines"])
    wanted = {int(one) for one in request.POST.getlist("take") if one.isdecimal()}
    chosen = {at: held["known"][at] for at in wanted if at < len(lines)}
    try:
        made = services.import_people(
            actor=actor, account_id=account.id, lines=lines, terms=terms, chosen=chosen
        )
    except (Conflict, Invalid) as error:
        return _preview(request, actor, account, lines, terms, error.message)
    messages.success(request, _("People entered: %(count)s") % {"count": len(made)})
    return redirect(reverse("stakeholders:people", args=[account.id]))
