"""What the shipped rules say, in the language of the reader; a company's own rules as written."""

from __future__ import annotations

import re
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from keystead.governance.rules.shipped import RULES

SENTENCES = frozenset(
    (
        gettext_noop("A benefit or target may not depend on the customer's resale price."),
        gettext_noop(
            "“{phrase}”: wording may fix or lower-bound resale prices. Ask Legal before use."
        ),
        gettext_noop("Acting on a customer because of its resale price can be price maintenance."),
        gettext_noop(
            "There is no minimum resale price here: only a recommended one, or a legal maximum."
        ),
        gettext_noop("Named resale prices are for internal analysis only."),
        gettext_noop("Needs share < 5 % for each party and turnover < RMB 100m. Attach proof."),
        gettext_noop("Outside the block exemption; individual assessment needed."),
        gettext_noop("Contains another customer's confidential data."),
        gettext_noop("No proof of service. Payment stopped."),
        gettext_noop("Loyalty-type rebate by a strong supplier. Legal effects check needed."),
        gettext_noop("Price below cost at tier {tier}."),
        gettext_noop("Pay the contracting entity only."),
        gettext_noop("Discounts must be open and booked."),
        gettext_noop("No benefit may follow prescriptions."),
        gettext_noop("Transfer of value fields missing."),
        gettext_noop("Over the limit of {limit}."),
        gettext_noop("Prescription product cannot be in a public promotion."),
        gettext_noop("Patient data found in column {column}. Drop or pseudonymise at source."),
        gettext_noop("Record a lawful basis."),
        gettext_noop("Cross-border count {count}; procedure {procedure} needed."),
        gettext_noop("Erase or renew basis."),
        gettext_noop("State the objective reason (volume, service, payment)."),
        gettext_noop("Back-dated term; needs two approvals."),
        gettext_noop("Second person needed."),
        gettext_noop("Possible duplicate / over accrual."),
        gettext_noop("Licence ends {licence_ends}."),
        gettext_noop("Data gap or cross-channel flow. Check data first."),
        gettext_noop("Material not approved."),
    )
)
CONTEXTS: dict[str, Promise] = {
    "condition": _("a condition"),
    "text": _("a text"),
    "task": _("a task"),
    "price": _("a price"),
    "share": _("what is shared"),
    "agreement": _("an agreement"),
    "payment": _("a payment"),
    "expense": _("an expense"),
    "campaign": _("a campaign"),
    "import": _("an import"),
    "contact": _("a contact"),
    "export": _("an export"),
    "approval": _("an approval"),
    "claim": _("a claim"),
    "order_terms": _("order terms"),
    "ledger": _("posted rows"),
}


def context_words(context: str) -> str:
    """Return what a rule looks at, in words."""
    return str(CONTEXTS.get(context, context.replace("_", " ")))


def sentence(rule_id: str, message: str) -> str:
    """Return the sentence of a rule, filled or not, in the language of the reader.

    A message that is not (or no longer) the shipped one is given back as it was written.
    """
    known = _shipped().get(rule_id)
    found = known[1].fullmatch(message) if known else None
    if known is None or found is None:
        return message
    return gettext(known[0]).format_map(found.groupdict())


@cache
def _shipped() -> dict[str, tuple[str, re.Pattern[str]]]:
    """Return the text of each shipped rule with a pattern that finds what it was filled with."""
    return {
        rule.id: (
            rule.message,
            re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(rule.message)), re.DOTALL),
        )
        for rule in RULES
    }
