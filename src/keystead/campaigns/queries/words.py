"""The words of campaigns in the reader's language: states, recipients, categories of transfer."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES: Final = {
    "planned": pgettext_lazy("expense", "planned"),
    "approved": pgettext_lazy("expense", "approved"),
    "committed": pgettext_lazy("expense", "committed"),
    "proved": pgettext_lazy("expense", "proved"),
    "posted": pgettext_lazy("expense", "posted"),
    "paid": pgettext_lazy("expense", "paid"),
    "cancelled": pgettext_lazy("expense", "cancelled"),
}
TONES: Final = {"approved": "good", "posted": "good", "paid": "good", "cancelled": "bad"}
KINDS: Final = {
    "planned": _("Planned"),
    "committed": _("Committed"),
    "actual": _("Actual"),
}
RECIPIENTS: Final = {
    "none": _("none of both"),
    "hcp": _("a healthcare professional"),
    "hco": _("a healthcare organisation"),
}
TRANSFERS: Final = {
    "": "–",
    "donation": _("donation or grant"),
    "event": _("costs of an event"),
    "fee": _("fee for a service"),
    "expenses": _("expenses with a service"),
    "research": _("research and development"),
}
FUND_KINDS: Final = {
    "fixed": _("a fixed sum"),
    "rate": _("a percentage of sell-in"),
}
FUND_MOVES: Final = {
    "accrue": pgettext_lazy("fund", "Earned"),
    "commit": _("Committed"),
    "release": _("Taken back"),
    "spend": _("Spent"),
}
