"""The life of a renewal: which state may follow which, and what closing it asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from keystead.kernel.errors import Conflict, Invalid
from keystead.pipeline.calc.notice import may_renew_itself
from keystead.pipeline.types.marking import gettext_noop as _
from keystead.pipeline.types.renewals import Closing, NoticeRule, RenewalState

S = RenewalState
CLOSED: Final = frozenset({S.SIGNED, S.AUTO_RENEWED, S.LOST})
ENDS: Final = frozenset({S.AUTO_RENEWED, S.LOST, S.POSTPONED})
_AFTER: Final[dict[RenewalState, frozenset[RenewalState]]] = {
    S.NOT_STARTED: frozenset({S.PREPARING}) | ENDS,
    S.PREPARING: frozenset({S.STRATEGY_APPROVED}) | ENDS,
    S.STRATEGY_APPROVED: frozenset({S.OFFERED, S.PREPARING}) | ENDS,
    S.OFFERED: frozenset({S.NEGOTIATING, S.AGREED}) | ENDS,
    S.NEGOTIATING: frozenset({S.AGREED, S.OFFERED}) | ENDS,
    S.AGREED: frozenset({S.SIGNED, S.NEGOTIATING}) | ENDS,
    S.POSTPONED: frozenset({S.PREPARING, S.LOST, S.AUTO_RENEWED}),
}


def after(state: RenewalState) -> tuple[RenewalState, ...]:
    """Return the states that may follow, in the order of the life."""
    return tuple(one for one in S if one in _AFTER.get(state, frozenset()))


def may_follow(state: RenewalState, following: RenewalState) -> bool:
    """Return whether a state may follow another.

    >>> may_follow(RenewalState.NOT_STARTED, RenewalState.SIGNED)
    False
    """
    return following in _AFTER.get(state, frozenset())


def check_step(state: RenewalState, following: RenewalState) -> None:
    """Raise Conflict where a state may not follow another."""
    if not may_follow(state, following):
        raise Conflict(_("The renewal stands elsewhere by now. Open it again."), code="state")


def check_closing(
    state: RenewalState,
    closing: Closing,
    *,
    target: Decimal | None,
    last: date,
    notice: NoticeRule,
    today: date,
) -> None:
    """Raise Conflict or Invalid where a renewal may not be closed like this.

    A signature names its document (I: a signed amount needs a signed document); nothing renews
    itself before the notice day is over; a closed renewal has a target, or it could not count.
    """
    check_step(state, closing.state)
    if closing.state not in CLOSED:
        raise Conflict(_("This does not close a renewal."), code="state")
    if target is None:
        raise Invalid(_("Set the target first: retention is measured against it."), code="target")
    if closing.on > today:
        text = _("It is closed today or was before.")
        raise Invalid(text, code="on", fields={"on": text})
    if closing.state is S.AUTO_RENEWED and not may_renew_itself(last, notice, today):
        raise Conflict(
            _("It has not renewed itself: nothing says so, or notice may still be given."),
            code="auto_renew",
        )
    if closing.state is S.LOST:
        if closing.final:
            text = _("What is lost has no amount.")
            raise Invalid(text, code="final", fields={"final": text})
        if not closing.note.strip():
            text = _("Say why it was lost: the next one learns from it.")
            raise Invalid(text, code="note", fields={"note": text})
        return
    if closing.final <= 0:
        text = _("A renewal has an amount above zero.")
        raise Invalid(text, code="final", fields={"final": text})
    if closing.state is S.SIGNED and not closing.document.strip():
        text = _("Name the signed document.")
        raise Invalid(text, code="document", fields={"document": text})
