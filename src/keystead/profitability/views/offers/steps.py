"""What is done with an offer besides typing: copy, drop, send, draft the contract, put away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import version_of
from keystead.profitability import services
from keystead.profitability.queries.offers import case_for
from keystead.profitability.types.offers import OfferCase
from keystead.profitability.views.offers.tables import address, chosen

Done = tuple[str, str]  # where it leads, what is said


@require_POST
@policy("agreements.edit")
def step(request: HttpRequest, case_id: int, step: str) -> HttpResponse:
    """Do one thing with a case or one of its offers."""
    actor = actor_of(request)
    case = case_for(actor, case_id)
    if step not in STEPS:
        raise Http404
    key = chosen(case, request.POST.get("offer", "")).key
    try:
        leads_to, said = STEPS[step](actor, case, key, version_of(request) or case.version)
    except Invalid as error:
        for sentence in (error.data.get("fields") or {"": error.message}).values():
            messages.error(request, _(sentence))
        return redirect(address(case, key))
    except (Conflict, NotAllowed) as error:
        messages.error(request, f"{_(error.message)} {_(error.hint) if error.hint else ''}".strip())
        return redirect(address(case, key))
    messages.success(request, said)
    return redirect(leads_to)


def _add(actor: Actor, case: OfferCase, key: str, version: int) -> Done:
    made = services.add_offer(actor=actor, case_id=case.id, expected_version=version, copy_of=key)
    return address(made, made.offers[-1].key), _("A copy stands beside it.")


def _drop(actor: Actor, case: OfferCase, key: str, version: int) -> Done:
    services.drop_offer(actor=actor, case_id=case.id, expected_version=version, key=key)
    return address(case), _("Removed.")


def _copy(actor: Actor, case: OfferCase, _key: str, _version: int) -> Done:
    made = services.duplicate_case(actor=actor, case_id=case.id)
    return address(made), _("This is the copy.")


def _discard(actor: Actor, case: OfferCase, _key: str, version: int) -> Done:
    services.discard_case(actor=actor, case_id=case.id, expected_version=version)
    back = reverse("web:account", args=[case.account_id])
    return f"{back}?tab=offers", _("The offers are put away.")


def _submit(actor: Actor, case: OfferCase, key: str, version: int) -> Done:
    services.submit_offer(actor=actor, case_id=case.id, expected_version=version, key=key)
    return address(case, key), _("It waits for approval.")


def _compliance(actor: Actor, case: OfferCase, key: str, version: int) -> Done:
    count = services.ask_compliance(actor=actor, case_id=case.id, expected_version=version, key=key)
    said = ngettext(
        "%(count)s rule waits for compliance.", "%(count)s rules wait for compliance.", count
    )
    return address(case, key), said % {"count": count}


def _contract(actor: Actor, case: OfferCase, key: str, version: int) -> Done:
    _case, made = services.make_contract(
        actor=actor, case_id=case.id, expected_version=version, key=key
    )
    leads_to = reverse("agreements:agreement", args=[made.id])
    return leads_to, _("Drafted from the offer. Look at every condition, then ask for approval.")


STEPS: Final[dict[str, Callable[[Actor, OfferCase, str, int], Done]]] = {
    "add": _add,
    "drop": _drop,
    "copy": _copy,
    "discard": _discard,
    "submit": _submit,
    "compliance": _compliance,
    "contract": _contract,
}
