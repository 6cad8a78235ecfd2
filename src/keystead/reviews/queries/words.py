"""The words of the room in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.kernel.periods import Period
from keystead.kit.ui import formats
from keystead.reviews.calc.agenda import POINTS
from keystead.reviews.types.cycle import AgendaItem, Item, Review, ReviewKind, ReviewState, Side

KINDS: Final = {
    "quarter": _("Quarterly review"),
    "month": _("Monthly review"),
    "mid_year": _("Mid-year review"),
    "joint_plan": _("Joint business plan"),
}
STATES: Final = {
    "preparing": pgettext_lazy("review", "in preparation"),
    "frozen": pgettext_lazy("review", "frozen"),
    "approved": pgettext_lazy("review", "approved"),
    "held": pgettext_lazy("review", "held"),
    "followed_up": pgettext_lazy("review", "followed up"),
}
TONES: Final = {"preparing": "warn", "frozen": "", "approved": "good", "held": "good"}
ITEM_STATES: Final = {
    "open": pgettext_lazy("action", "open"),
    "done": pgettext_lazy("action", "done"),
    "dropped": pgettext_lazy("action", "dropped"),
}
ITEM_KINDS: Final = {
    "action": pgettext_lazy("review", "Action"),
    "decision": pgettext_lazy("review", "Decision"),
}
SIDES: Final = {"ours": pgettext_lazy("side", "us"), "theirs": pgettext_lazy("side", "customer")}
MARKS: Final = {
    1: pgettext_lazy("mark", "poor"),
    2: pgettext_lazy("mark", "weak"),
    3: pgettext_lazy("mark", "fair"),
    4: pgettext_lazy("mark", "good"),
    5: pgettext_lazy("mark", "very good"),
}
PARTS: Final = {
    "cover": pgettext_lazy("slide", "Cover"),
    "agenda": pgettext_lazy("slide", "Agenda"),
    "headline": pgettext_lazy("slide", "At a glance"),
    "carried": _("Actions of the last review"),
    "months": _("Sell-in by month"),
    "bridge": _("Why sell-in moved"),
    "movers": _("What moved most"),
    "net_sales": _("From gross to net-net sales"),
    "pnl": pgettext_lazy("slide", "P&L of the account"),
    "wins": pgettext_lazy("slide", "What went well"),
    "misses": pgettext_lazy("slide", "What did not go well"),
    "range": _("Preference list and continuity"),
    "stock": _("Stock and availability"),
    "usage": pgettext_lazy("slide", "Usage by month"),
    "value": _("What the use is worth"),
    "campaigns": pgettext_lazy("slide", "Campaigns"),
    "spend": _("What we spent on campaigns"),
    "agreements": pgettext_lazy("slide", "Agreements"),
    "claims": pgettext_lazy("slide", "Open claims"),
    "outlook": _("Outlook for the year"),
    "objectives": _("Objectives of the plan"),
    "deals": pgettext_lazy("slide", "Our open opportunities"),
    "health": _("How the account is doing"),
    "asks": pgettext_lazy("slide", "What we ask"),
    "next": pgettext_lazy("slide", "Decisions, actions, next date"),
}
BRIDGE: Final = {
    "base": pgettext_lazy("bridge", "Last year"),
    "actual": pgettext_lazy("bridge", "This year"),
    "volume": pgettext_lazy("bridge", "Volume"),
    "mix": pgettext_lazy("bridge", "Mix"),
    "price": pgettext_lazy("bridge", "Price"),
    "joint": pgettext_lazy("bridge", "Price and volume together"),
    "new": pgettext_lazy("bridge", "New products"),
    "lost": pgettext_lazy("bridge", "Lost products"),
    "without_units": pgettext_lazy("bridge", "Without quantities"),
    "currency": pgettext_lazy("bridge", "Exchange rates"),
}
TRAIL: Final = {
    "review.create": _("Review begun"),
    "review.edit": _("Review changed"),
    "review.story": _("Story of a review changed"),
    "review.freeze": _("Review frozen"),
    "review.unfreeze": _("Freeze of a review taken back"),
    "review.approve": _("Review approved"),
    "review.hold": _("Review held"),
    "review.notes": _("Notes of a review kept"),
    "review.rate": _("Review rated"),
    "review.follow_up": _("Review followed up"),
    "review_item.add": _("Action or decision of a review added"),
    "review_item.edit": _("Action or decision of a review changed"),
    "review_item.follow": _("Action of a review followed the account plan"),
    "review_item.answer": _("Action of a review answered"),
    "review_agenda.set": _("Agenda kept"),
    "review_agenda.edit": _("Agenda changed"),
    "review_master.set": _("PowerPoint template kept"),
    "review_master.edit": _("PowerPoint template changed"),
}


def language() -> str:
    """Return the language that is active."""
    return get_language() or "en"


def period_words(period: Period) -> str:
    """Return a period as the reader writes it."""
    return formats.period(period.start, period.end, locale=language())


def title_of(review: Review) -> str:
    """Return what a review is called: its kind and its period."""
    return pgettext("review", "%(kind)s %(period)s") % {
        "kind": KINDS[review.kind.value], "period": period_words(review.period),
    }  # fmt: skip


def point_words(one: AgendaItem) -> str:
    """Return the words of a point of an agenda; of an own one in the language it has."""
    if one.code:
        return gettext(POINTS[one.code]) if one.code in POINTS else one.code
    own = one.texts.get(language()) or one.texts.get("en")
    return own or next((text for text in one.texts.values() if text), "")


def owner_words(one: Item) -> str:
    """Return who does it, and on which side."""
    if one.side is Side.THEIRS:
        return f"{one.owner_name} ({SIDES['theirs']})"
    return one.owner_name or str(pgettext_lazy("owner", "nobody"))


def kind_of(text: str) -> ReviewKind | None:
    """Return the kind of a word, None for any other."""
    return ReviewKind(text) if text in set(ReviewKind) else None


def state_of(text: str) -> ReviewState | None:
    """Return the state of a word, None for any other."""
    return ReviewState(text) if text in set(ReviewState) else None
