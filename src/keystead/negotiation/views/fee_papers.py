"""Papers of a split: the schedule as Excel, letters to the members as Word."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.quota import spend_upload
from keystead.kit.ui.editing import blame
from keystead.kit.ui.sheets import download
from keystead.negotiation import queries
from keystead.negotiation.forms.fees import LettersForm
from keystead.negotiation.queries.letters import BLOCKS, WORDS
from keystead.negotiation.services.fee_papers import (
    LettersWanted,
    write_letters,
    write_schedule,
)
from keystead.negotiation.views.fees import plan_form_page


@require_GET
@policy("negotiation.view", "export.data")
def fee_schedule(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Send the schedule of a split as Excel."""
    inside = request.GET.get("inside") == "1"
    made = write_schedule(actor=actor_of(request), plan_id=plan_id, inside=inside)
    return download(made.content, made.name, made.kind)


@policy("negotiation.view", "export.data")
def fee_letters(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Send a letter to each member, as Word in one archive."""
    actor = actor_of(request)
    plan = queries.fee_plan_for(actor, plan_id)
    first = {"language": get_language() or "en", "on": timezone.localdate(), "sender": actor.name}
    form = LettersForm(
        request.POST or None, request.FILES or None, initial=first,
        languages=[(code, str(name)) for code, name in settings.LANGUAGES],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data, file = form.cleaned_data, form.cleaned_data["template"]
        if file is not None:
            spend_upload(actor=actor, size_bytes=file.size or 0)
        wanted = LettersWanted(
            language=data["language"], on=data["on"], sender=data["sender"],
            template=None if file is None else file.read(), inside=data["inside"],
        )  # fmt: skip
        try:
            made = write_letters(actor=actor, plan_id=plan.id, wanted=wanted)
        except Invalid as error:
            blame(form, error)
        else:
            return download(made.content, made.name, made.kind)
    page = plan_form_page(
        plan, _("Letters to the members"),
        lede=_("One letter a member, with its own fee and figures alone."),
        save_label=_("Write the letters"),
    )  # fmt: skip
    context = {"form": form, "page": page, "names": {**WORDS, **BLOCKS}.items()}
    status = 422 if form.is_bound else 200
    return render(request, "negotiation/letters.html", context, status=status)
