"""Names of the inputs of the buyer's calculation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INPUTS: Final[Mapping[str, Promise]] = {
    "loan_cost": _("Cost of a loan"),
    "loan_share_pct": _("Loans asked for, % of lost use"),
    "bundle_growth_pct": _("Bundle grows a year, %"),
    "title_growth_pct": _("Single titles grow a year, %"),
    "content_fee_pct": _("Fee of an agent, %"),
    "citation_weight": _("Downloads a citation counts"),
    "authorship_weight": _("Downloads an authorship counts"),
    "bundle_price": _("Price of the bundle"),
    "title_price": _("Prices of titles"),
    "title_downloads": _("Downloads of titles"),
    "title_open_pct": _("Open share of titles"),
    "title_backfile_pct": _("Backfile share of titles"),
}
