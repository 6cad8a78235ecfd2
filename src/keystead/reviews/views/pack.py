"""The hand-over pack as a page and as a document; its steps and ticks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import account_to_write, may_write, people_for_team
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.office import pdf, word
from keystead.kit.office.inside import inside_file, inside_name, inside_paper
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.sheets import download
from keystead.reviews.queries.handover import pack_of
from keystead.reviews.queries.handover_words import (
    CLOSED,
    MILESTONES,
    STATES,
    paper_of,
    task_words,
    trap_words,
)
from keystead.reviews.services import handover as services
from keystead.reviews.types.handover import HandState, Milestone, Pack

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


class PrepareForm(forms.Form):
    to_user = forms.ChoiceField(label=gettext_lazy("New owner"))
    on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=gettext_lazy("What they should know first"), required=False, max_length=4000,
        widget=forms.Textarea,
    )  # fmt: skip

    def __init__(self, *args: Any, people: tuple[tuple[int, str], ...], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to_user"].choices = people  # type: ignore[attr-defined]


@require_GET
@policy("accounts.view")
def pack(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the pack: what matters first, then every section, then the first ninety days."""
    actor = actor_of(request)
    found = pack_of(actor, account_id)
    return render(request, "reviews/handover.html", _context(actor, found))


@require_GET
@policy("accounts.view")
def document(request: HttpRequest, account_id: int, kind: str) -> HttpResponse:
    """Give the pack as Word or PDF, marked as internal."""
    if kind not in TYPES:
        raise NotFound(_("The pack comes as docx or pdf."))
    found = pack_of(actor_of(request), account_id)
    paper = paper_of(found)  # traps and opinions: it never leaves for the customer
    if kind == "docx":
        content = inside_file(word.document(paper), "docx")
    else:
        content = pdf.document(inside_paper(paper))
    return download(content, inside_name(f"{found.account_code}-hand-over.{kind}"), TYPES[kind])


@policy("shares.edit")
def prepare(request: HttpRequest, account_id: int) -> HttpResponse:
    """Say who takes the account over, and from when."""
    actor = actor_of(request)
    account = account_to_write(actor, account_id, name="sharing")
    form = PrepareForm(
        request.POST or None,
        people=people_for_team(actor),
        initial={"on": timezone.localdate()},
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        services.prepare(
            actor=actor, account_id=account.id, to_user_id=int(data["to_user"]), on=data["on"],
            note=data["note"],
        )  # fmt: skip

    page = Page(
        _("Prepare the hand-over of %(name)s") % {"name": account.name},
        back=reverse("handover:pack", args=[account.id]),
        lede=_("Nothing moves yet: the pack is made, and you hand over when you are ready."),
        save_label=_("Prepare"),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("accounts.view")
def hand(request: HttpRequest, account_id: int) -> HttpResponse:
    """Hand the account over now."""
    done = services.hand(actor=actor_of(request), account_id=account_id)
    messages.info(request, _("%(who)s owns the account now.") % {"who": done.to_name})
    return redirect(_after(request, account_id))


@require_POST
@policy("accounts.view")
def accept(request: HttpRequest, account_id: int) -> HttpResponse:
    """Accept what was handed over."""
    services.accept(actor=actor_of(request), account_id=account_id)
    messages.info(request, _("Accepted. The first ninety days begin."))
    return redirect("handover:pack", account_id)


@require_POST
@policy("accounts.view")
def tick(request: HttpRequest, account_id: int) -> HttpResponse:
    """Tick a task off, or open it again."""
    services.tick(
        actor=actor_of(request), account_id=account_id, key=request.POST.get("key", ""),
        done=request.POST.get("done") == "1",
    )  # fmt: skip
    return redirect(reverse("handover:pack", args=[account_id]) + "#first-90-days")


def _after(request: HttpRequest, account_id: int) -> str:
    """Return where to go: who gave the account away may not see it any more."""
    seen = may_write(actor_of(request), account_id, right="r")
    return reverse("handover:pack", args=[account_id]) if seen else reverse("web:handovers")


def _context(actor: Actor, found: Pack) -> dict[str, Any]:
    handover = found.handover
    heir = handover is not None and handover.to_id == actor.user_id
    ticks = handover.ticks if handover else {}
    giver = actor.can("shares.edit") and may_write(actor, found.account_id, name="sharing")
    state = handover.state if handover else None
    handed_at = handover.handed_at if handover else None
    waits = handed_at is not None and handed_at > timezone.now()
    return {
        "pack": found,
        "handover": handover,
        "state": str(STATES[state.value]) if state else "",
        "traps": [(one, *trap_words(one)) for one in found.traps],
        "closed": CLOSED,
        "milestones": [
            (MILESTONES[one],
             [(task, task_words(task), ticks.get(task.key)) for task in found.tasks
              if task.milestone is one])
            for one in Milestone
        ],
        "left": len([task for task in found.tasks if task.key not in ticks]),
        "may_prepare": giver and (handover is None or state is HandState.ACCEPTED),
        "may_hand": giver and state is HandState.PREPARED,
        "may_accept": heir and state is HandState.HANDED and not waits,
        "waits": waits,
        "may_tick": heir,
    }  # fmt: skip
