"""What an opportunity may be: its probability, its days, its lots, and what closing it asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from keystead.kernel.errors import Conflict, Invalid
from keystead.pipeline.types.marking import gettext_noop as _
from keystead.pipeline.types.opportunities import (
    DealClosing,
    Ending,
    ForecastCategory,
    LotEntry,
    LotState,
    Opportunity,
    OpportunityEntry,
    OpportunityKind,
)


def check_entry(entry: OpportunityEntry, *, stage_pct: Decimal) -> None:
    """Raise Invalid where an opportunity cannot be kept as it was typed."""
    wrong: dict[str, str] = {}
    if not entry.title.strip():
        wrong["title"] = _("Say what would be sold.")
    if not (entry.product_ids or entry.wanted.strip()):
        wrong["wanted"] = _("Choose products, or say in words what they want.")
    if entry.own_pct is not None and entry.own_pct != stage_pct and not entry.pct_reason.strip():
        wrong["pct_reason"] = _("Say why it is not the probability of the stage.")
    if entry.own_category is ForecastCategory.CLOSED:
        wrong["own_category"] = _("Only what is won is closed.")
    if bool(entry.next_step.strip()) != (entry.next_on is not None):
        wrong["next_on"] = _("A next step has words and a day.")
    if entry.kind is not OpportunityKind.TENDER and (
        entry.questions_until or entry.submit_until or entry.submitted_on
    ):
        wrong["kind"] = _("Only a tender has days for questions and submission.")
    if entry.questions_until and entry.submit_until and entry.questions_until > entry.submit_until:
        wrong["questions_until"] = _("Questions end before the submission does.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="opportunity", fields=wrong)


def check_lot(entry: LotEntry, *, kind: OpportunityKind) -> None:
    """Raise Invalid where a lot cannot be kept as it was typed."""
    wrong: dict[str, str] = {}
    if kind is not OpportunityKind.TENDER:
        raise Conflict(_("Only a tender has lots."), code="lots")
    if not entry.number.strip():
        wrong["number"] = _("A lot has a number or a name.")
    if entry.state is LotState.WON and not entry.awarded:
        wrong["awarded"] = _("A lot that was won has its amount.")
    if entry.state is not LotState.WON and entry.awarded:
        wrong["awarded"] = _("Only what was won has an awarded amount.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="lot", fields=wrong)


def check_ending(found: Opportunity, closing: DealClosing, *, today: date) -> None:
    """Raise Conflict or Invalid where an opportunity may not be closed like this.

    A win has an amount and names its document; a loss has neither and says why. A tender is
    closed once each lot is decided: won with what its lots were awarded, lost where none was won.
    """
    if not found.open:
        raise Conflict(_("This opportunity is closed: what it says stays."), code="closed")
    wrong: dict[str, str] = {}
    if closing.on > today:
        wrong["on"] = _("It is closed today or was before.")
    if closing.ending is Ending.LOST:
        if closing.final:
            wrong["final"] = _("What is lost has no amount.")
        if not closing.note.strip():
            wrong["note"] = _("Say why it was lost: the next one learns from it.")
    else:
        if closing.final <= 0:
            wrong["final"] = _("What is won has an amount above zero.")
        if not closing.document.strip():
            wrong["document"] = _("Name the order or the signed document.")
        if closing.winner.strip() or closing.winner_until:
            wrong["winner"] = _("Somebody else won only what is lost.")
    if closing.winner_until and not closing.winner.strip():
        wrong["winner"] = _("Say who won it.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="closing", fields=wrong)
    _check_lots(found, closing)


def awarded(found: Opportunity) -> Decimal:
    """Return what the lots that were won come to."""
    won = [one.awarded for one in found.lots if one.state is LotState.WON]
    return sum((amount for amount in won if amount is not None), Decimal(0))


def _check_lots(found: Opportunity, closing: DealClosing) -> None:
    if not found.lots:
        return
    if any(one.state is LotState.OPEN for one in found.lots):
        raise Conflict(_("Say first what became of each lot."), code="lots_open")
    total = awarded(found)
    if closing.ending is Ending.LOST and total:
        raise Conflict(_("A lot was won: the tender is won."), code="lots_won")
    if closing.ending is Ending.WON and closing.final != total:
        text = _("The amount is what the lots that were won come to.")
        raise Invalid(text, code="lots_sum", fields={"final": text})
