"""The words of the room in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

STATES: Final = {
    "not_started": pgettext_lazy("renewal", "not started"),
    "preparing": pgettext_lazy("renewal", "preparing"),
    "strategy_approved": pgettext_lazy("renewal", "strategy approved"),
    "offered": pgettext_lazy("renewal", "offered"),
    "negotiating": pgettext_lazy("renewal", "negotiating"),
    "agreed": pgettext_lazy("renewal", "agreed"),
    "postponed": pgettext_lazy("renewal", "postponed"),
    "signed": pgettext_lazy("renewal", "signed"),
    "auto_renewed": pgettext_lazy("renewal", "renewed itself"),
    "lost": pgettext_lazy("renewal", "lost"),
}
STEPS: Final = {
    "preparing": pgettext_lazy("renewal step", "Prepare"),
    "strategy_approved": pgettext_lazy("renewal step", "Approve the strategy"),
    "offered": pgettext_lazy("renewal step", "Offered"),
    "negotiating": pgettext_lazy("renewal step", "Negotiate"),
    "agreed": pgettext_lazy("renewal step", "Agreed"),
    "postponed": pgettext_lazy("renewal step", "Postpone"),
    "signed": pgettext_lazy("renewal step", "Signed"),
    "auto_renewed": pgettext_lazy("renewal step", "It renewed itself"),
    "lost": pgettext_lazy("renewal step", "Lost"),
}
TONES: Final = {
    "signed": "good",
    "auto_renewed": "good",
    "agreed": "good",
    "lost": "bad",
    "postponed": "warn",
}
BOOKINGS: Final = {
    "renewal": _("Renewal at the same amount"),
    "upsell": _("Upsell"),
    "downsell": _("Downsell"),
    "churn": pgettext_lazy("renewal", "Churn"),
}
REASONS: Final = {
    "value": pgettext_lazy("reason", "Value shown"),
    "price": pgettext_lazy("reason", "Price"),
    "relation": pgettext_lazy("reason", "Relationship"),
    "competitor": pgettext_lazy("reason", "Competitor"),
    "budget": pgettext_lazy("reason", "Their budget"),
    "usage": pgettext_lazy("reason", "Usage"),
    "service": pgettext_lazy("reason", "Service"),
    "strategy": pgettext_lazy("reason", "Their strategy"),
    "other": pgettext_lazy("reason", "Other"),
}
UNITS: Final = {
    "days": _("calendar days"),
    "months": pgettext_lazy("notice", "months"),
    "business_days": _("working days"),
}
CLOSED_DAYS: Final = {
    "stands": _("It stands"),
    "before": _("The working day before counts"),
    "after": _("The next working day counts"),
}
ITEMS: Final = {
    "mandate": _("Who decides, and with what mandate, is known"),
    "needs": _("What the members or departments need is collected"),
    "value": _("The value review is held, with figures"),
    "usage": _("Usage or sales, and demand not met, are put together"),
    "people": _("The map of people is refreshed"),
    "goals": _("Goals and limits are set"),
    "fallback": _("Both sides' alternatives are worked out"),
    "concessions": _("What we give, and for what, is planned"),
    "offer": _("A first offer with two or three packages is out"),
    "rounds": _("Rounds, opt-in and quorum have their dates"),
    "terms": _("Amount and terms are agreed in principle"),
    "papers": _("Contract, licence and signatories are ready"),
}
TRAITS: Final = {
    ("auto_renews", "yes"): _("contracts that renew themselves"),
    ("auto_renews", "no"): _("contracts that end unless renewed"),
    ("gates", "late"): _("renewals with gates left open"),
    ("gates", "done"): _("renewals with all gates done in time"),
}


def trait(code: str, value: str) -> str:
    """Return what a rule of the model compares with, in words."""
    known = TRAITS.get((code, value))
    return str(known) if known else gettext("accounts of the same kind")
