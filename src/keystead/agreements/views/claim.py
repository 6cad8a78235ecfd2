"""One claim: what it may be for, what is wrong, what was shown, what is decided."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for
from keystead.agreements import services
from keystead.agreements.calc.claims import age_days
from keystead.agreements.forms.claims import EvidenceForm
from keystead.agreements.queries.claim_checks import Looked, look
from keystead.agreements.queries.claim_words import (
    CLAIM_ERRORS,
    CLAIM_FLAGS,
    CLAIM_KINDS,
    CLAIM_REASONS,
    CLAIM_STATES,
    CLAIM_TONES,
    MATCH_REASONS,
)
from keystead.agreements.queries.claims import (
    claim_for,
    evidence_content,
    evidence_of,
    matches_of,
)
from keystead.agreements.rules.claims import EDITABLE, GRANTED
from keystead.agreements.types import Claim, ClaimState
from keystead.agreements.types.claims import Candidate, MatchPart
from keystead.agreements.views.claims import may_claim
from keystead.governance.queries.approvals import latest
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import version_of
from keystead.kit.ui.sheets import download
from keystead.kit.ui.tags.numbers import day, money_full, number, period

S = ClaimState


@dataclasses.dataclass(frozen=True)
class Line:
    """One row of the candidates: what could be taken, what is, and why."""

    key: str
    candidate: Candidate
    reasons: str
    taken: Decimal | None

    @property
    def typed(self) -> str:
        """The amount as it is typed: without grouping, with a point."""
        return f"{self.taken:f}" if self.taken is not None else ""


@policy("agreements.view")
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Show a claim beside the open accruals it may be for."""
    actor = actor_of(request)
    found = claim_for(actor, claim_id)
    account = account_for(actor, found.account_id)
    looked = look(actor, found, timezone.localdate())
    parts = matches_of(found.id)
    writes = may_claim(actor, account.id)
    editable = writes and found.state in EDITABLE and found.proposed is None
    asked = latest(SubjectKind.CLAIM, str(found.id))
    context = {
        "claim": found,
        "account": account,
        "kind": CLAIM_KINDS[found.kind.value],
        "state": CLAIM_STATES[found.state.value],
        "tone": CLAIM_TONES.get(found.state.value, ""),
        "facts": _facts(found),
        "lines": _lines(found, looked, parts),
        "parts": parts,
        "left": found.amount - Money(sum((p.amount.amount for p in parts), Decimal(0)),
                                     found.amount.currency),
        "wrong": _wrong(looked),
        "duplicate": looked.found.duplicate_of,
        "evidence": evidence_of(found.id),
        "evidence_form": EvidenceForm(),
        "writes": writes,
        "editable": editable,
        "steps": _steps(found, pays=actor.can("accruals.post")) if writes else [],
        "asked": asked,
        "command": uuid.uuid4().hex,
        "may_log": actor.can("audit.view"),
    }  # fmt: skip
    return render(request, "agreements/claim.html", context)


STEPS: Final[dict[str, tuple[Callable[..., Claim], Any]]] = {
    "undo": (services.undo_match, gettext_lazy("It is set against nothing any more.")),
    "withdraw": (services.withdraw_proposal, gettext_lazy("Taken back.")),
}


@require_POST
@policy("claims.edit")
def claim_step(request: HttpRequest, claim_id: int, step: str) -> HttpResponse:
    """Go one step that needs nothing but the wish."""
    actor = actor_of(request)
    found = claim_for(actor, claim_id)
    if step not in STEPS:
        raise Http404
    service, said = STEPS[step]
    service(actor=actor, claim_id=found.id, expected_version=version_of(request))
    messages.success(request, said)
    return redirect(page_of(found))


@require_POST
@policy("claims.edit")
def match_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Set a claim against the parts that were typed, or say that nothing fits."""
    actor = actor_of(request)
    found = claim_for(actor, claim_id)
    try:
        parts = [] if request.POST.get("do") == "none" else _typed(request, found)
        if not parts and request.POST.get("do") != "none":
            raise Invalid(_("Type how much is for which condition, or say that none fits."))
        services.match_claim(
            actor=actor, claim_id=found.id, parts=parts, expected_version=version_of(request)
        )
    except Invalid as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect(page_of(found))


@require_POST
@policy("claims.edit")
def add_evidence(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Keep words or a file that were shown for a claim."""
    actor = actor_of(request)
    found = claim_for(actor, claim_id)
    file = request.FILES.get("file")
    try:
        services.add_evidence(
            actor=actor,
            claim_id=found.id,
            text=request.POST.get("text", ""),
            file_name=(file.name or "") if file else "",
            content=file.read() if file else b"",
        )
    except Invalid as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect(page_of(found))


@policy("agreements.view")
def evidence_file(request: HttpRequest, claim_id: int, evidence_id: int) -> HttpResponse:
    """Send a file that was shown for a claim."""
    name, content = evidence_content(actor_of(request), claim_id, evidence_id)
    return download(content, name, "application/octet-stream")


def page_of(found: Claim) -> str:
    """Return the address of a claim."""
    return reverse("agreements:claim", args=[found.id])


def left_of(found: Claim) -> Money:
    """Return what of a decided claim was neither granted nor written off."""
    zero = Money.zero(found.amount.currency)
    if found.granted is None:
        return zero
    return found.amount - found.granted - (found.written_off or zero)


def _facts(found: Claim) -> list[tuple[str, Any]]:
    today = timezone.localdate()
    price = "" if found.unit_price is None else number(found.unit_price, 4)
    pairs = [
        (_("Claimed"), money_full(found.amount)),
        (_("Reason"), str(CLAIM_REASONS[found.reason.value])),
        (_("Their reason code"), found.customer_code),
        (_("Made on"), day(found.on)),
        (_("Due"), day(found.due_on) if found.due_on else ""),
        (_("Age"), _("%(days)s days") % {"days": age_days(found, today)} if found.is_open else ""),
        (_("Claimed for"), period(found.period) if found.period else ""),
        (_("Agreement"), found.agreement_number),
        (_("Invoice"), found.invoice),
        (_("SKU"), found.product_code),
        (_("Quantity"), "" if found.quantity is None else number(found.quantity)),
        (_("Claimed per unit"), price),
        (_("Wholesaler code"), found.wholesaler_code),
        (_("Note"), found.note),
        (_("Granted"), "" if found.granted is None else money_full(found.granted)),
        (_("Why"), found.decision_reason),
        (_("Settled on"), day(found.settled_on) if found.settled_on else ""),
        (_("Credit note"), found.credit_note),
        (_("Written off"), "" if found.written_off is None else money_full(found.written_off)),
    ]
    return [(label, word) for label, word in pairs if word]


def _lines(found: Claim, looked: Looked, parts: tuple[MatchPart, ...]) -> list[Line]:
    taken = {(part.agreement_id, part.condition): part.amount.quantised().amount for part in parts}
    lines = []
    for one in looked.candidates:
        key = (one.accrual.agreement_id, one.accrual.condition)
        proposed = one.share.quantised().amount or None
        lines.append(
            Line(
                f"{key[0]}:{key[1]}",
                one,
                ", ".join(str(MATCH_REASONS[reason]) for reason in one.reasons),
                taken.get(key) if parts else proposed if found.state is S.RECEIVED else None,
            )
        )
    return lines


def _wrong(looked: Looked) -> list[str]:
    found = looked.found
    return [
        *(str(CLAIM_ERRORS[error]) for error in found.errors),
        *(str(CLAIM_FLAGS[flag]) for flag in found.flags),
    ]


def _steps(found: Claim, *, pays: bool) -> list[tuple[str, str, bool]]:
    """Return what may be done next: name, words, and whether it has a page of its own."""
    state, waits = found.state, found.proposed is not None
    rest = left_of(found)
    possible = [
        ("check", _("Check"), True, state in (S.MATCHED, S.UNMATCHED)),
        ("decide", _("Decide"), True, state is S.VALIDATED and not waits),
        ("withdraw", _("Take the decision back"), False, waits),
        ("settle", _("Settle"), True, state in GRANTED and pays),
        ("write-off", _("Write the rest off"), True, bool(rest) and found.giving_up is None
         and state in (S.PARTLY, S.REJECTED, S.SETTLED)),
        ("undo", _("Undo the match"), False, state in (S.MATCHED, S.UNMATCHED, S.VALIDATED)
         and not waits),
        ("edit", pgettext("verb", "Change"), True, state in EDITABLE and not waits),
    ]  # fmt: skip
    return [(name, words, page) for name, words, page, holds in possible if holds]


def _typed(request: HttpRequest, found: Claim) -> list[MatchPart]:
    parts = []
    for name, text in request.POST.items():
        where, _colon, key = name.removeprefix("part:").partition(":")
        if not name.startswith("part:") or not where.isdecimal() or not str(text).strip():
            continue
        try:
            amount = Decimal("".join(str(text).split()).replace(",", "."))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise Invalid(_("“%(text)s” is no amount.") % {"text": str(text)[:40]})
        parts.append(MatchPart(int(where), key, Money(amount, found.amount.currency)))
    return parts


def actor_and_claim(request: HttpRequest, claim_id: int) -> tuple[Actor, Claim]:
    """Return who asks, and the claim if it is one of theirs."""
    actor = actor_of(request)
    return actor, claim_for(actor, claim_id)
