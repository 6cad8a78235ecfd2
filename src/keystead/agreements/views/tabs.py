"""The frame of an agreement's pages: its head, what may be done next, and its tabs.

A tab is a page of its own that calls ``tab_page`` with its name; its template extends
``agreements/frame.html`` and fills the block ``tab``. One line in ``TABS`` makes it known.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keystead.accounts.queries import account_for, may_write
from keystead.agreements.queries.agreements import working
from keystead.agreements.queries.words import KINDS, STATES, TONES
from keystead.agreements.rules.life import RUNNING, may_follow
from keystead.agreements.types import Agreement, AgreementState, AgreementVersion
from keystead.kit.access import Actor, actor_of

S = AgreementState
# name, label, name of the path
TABS: Final = (
    ("terms", _("Terms"), "agreements:agreement"),
    ("entitlement", _("Entitlement"), "agreements:entitlement"),
    ("accruals", _("Accruals"), "agreements:accruals"),
    ("settlements", _("Settlements"), "agreements:settlements"),
    ("claims", _("Claims"), "agreements:claims_of"),
    ("papers", _("Papers"), "agreements:papers"),
)


def tab_page(
    request: HttpRequest, found: Agreement, name: str, template: str, more: dict[str, Any]
) -> HttpResponse:
    """Return a tab of an agreement inside its frame; ``name`` is one of ``TABS``."""
    context = {**frame_of(actor_of(request), found, name), **more}
    return render(request, template, context)


def frame_of(actor: Actor, found: Agreement, name: str) -> dict[str, Any]:
    """Return what every page of an agreement shows around its tab."""
    account = account_for(actor, found.account_id)
    open_one = working(found.versions)
    writes = may_edit(actor, found)
    tabs = [(label, reverse(path, args=[found.id]), name == key) for key, label, path in TABS]
    return {
        "agreement": found,
        "account": account,
        "kind": KINDS[found.kind.value],
        "state": STATES[found.state.value],
        "tone": TONES.get(found.state.value, ""),
        "tabs": tabs if len(tabs) > 1 else [],
        "may_edit": writes,
        "steps": _steps(found, open_one) if writes else [],
        "command": uuid.uuid4().hex,
    }


def may_edit(actor: Actor, found: Agreement) -> bool:
    """Return whether the actor may write terms on the agreement's account."""
    return actor.can("agreements.edit") and may_write(actor, found.account_id, name="terms")


def _steps(found: Agreement, open_one: AgreementVersion | None) -> list[tuple[str, str, bool]]:
    """Return what may be done next: name, words, and whether it asks for more on a page."""
    state = open_one.state if open_one else None
    waiting = any(one.state is S.SIGNED for one in found.versions)
    amends = found.state in RUNNING
    possible = [
        ("submit", gettext("Ask for approval"), False, state is S.DRAFT),
        ("offer", gettext("Handed to the customer"), False, state is S.APPROVED),
        ("sign", gettext("Signed"), True, state is not None and may_follow(state, S.SIGNED)),
        ("activate", gettext("Bring into force"), False, waiting),
        ("amend", gettext("Amend"), True, amends and open_one is None),
        ("discard", gettext("Give up the amendment"), False, amends and open_one is not None),
        ("copy", gettext("Copy"), True, True),
        ("template", gettext("Save as a template"), True, True),
        ("compare", gettext("Compare"), True, True),
        ("terminate", gettext("Terminate"), True, amends),
    ]  # fmt: skip
    return [(name, words, page) for name, words, page, holds in possible if holds]
