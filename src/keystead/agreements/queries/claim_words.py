"""The words of claims in the reader's language: kinds, reasons, states, errors, flags."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLAIM_KINDS: Final = {
    "deduction": _("Deduction"),
    "debit_note": _("Debit note"),
    "chargeback": _("Chargeback"),
}
CLAIM_REASONS: Final = {
    "rebate": _("Rebate"),
    "promotion": _("Promotion"),
    "service": _("Service"),
    "price_difference": _("Price difference"),
    "price_protection": _("Price protection"),
    "quantity_difference": _("Quantity difference"),
    "return": pgettext_lazy("claim", "Return"),
    "free_goods": _("Free goods"),
    "early_payment": _("Early payment discount"),
    "logistics": _("Logistics"),
    "other": pgettext_lazy("claim", "Other"),
}
CLAIM_STATES: Final = {
    "received": pgettext_lazy("claim", "received"),
    "matched": pgettext_lazy("claim", "matched"),
    "unmatched": pgettext_lazy("claim", "unmatched"),
    "validated": pgettext_lazy("claim", "checked"),
    "approved": pgettext_lazy("claim", "approved"),
    "partly": pgettext_lazy("claim", "approved in part"),
    "rejected": pgettext_lazy("claim", "rejected"),
    "settled": pgettext_lazy("claim", "settled"),
}
CLAIM_TONES: Final = {
    "received": "warn",
    "unmatched": "warn",
    "approved": "good",
    "partly": "good",
    "settled": "good",
    "rejected": "bad",
}
CLAIM_BANDS: Final = {
    "0-30": _("0–30 days"),
    "31-60": _("31–60 days"),
    "61-90": _("61–90 days"),
    "91+": _("over 90 days"),
}
CLAIM_ERRORS: Final = {
    "customer": _("This customer may not claim under the agreement."),
    "product": _("The product is unknown here, or is not sold to this customer."),
    "contract": _("No agreement fits: none in force, or none with this number."),
    "wholesaler": _("The wholesaler is unknown, or is no distributor of ours."),
    "price": _("The claimed price per unit is not the agreed difference."),
    "quantity": _("More units are claimed than the invoice has."),
    "repeat": _("The same was claimed before."),
    "date": _("The claim is about days outside the agreement."),
}
CLAIM_FLAGS: Final = {
    "duplicate": _("Possible duplicate of an earlier claim (rule R-25)."),
    "over_accrual": _("It is more than what is accrued (rule R-25)."),
    "no_proof": _("No proof of service: nothing is paid without (rule R-09)."),
}
# The same in a word, for a list.
FLAG_TAGS: Final = {
    "duplicate": _("possible duplicate"),
    "over_accrual": _("over the accrual"),
    "no_proof": _("no proof"),
}
MATCH_REASONS: Final = {
    "named_condition": _("names the condition"),
    "named_agreement": _("names the agreement"),
    "reason": _("the reason fits"),
    "period": _("in force then"),
    "amount": _("the same amount is open"),
    "period_amount": _("the same amount was accrued in the period"),
    "covers": _("enough is open"),
    "only_one": _("the only one that fits"),
}
