"""The whole page of a case: who, which term, the table of terms, the answer."""

from __future__ import annotations

import uuid
from typing import Any

from keystead.accounts.queries import account_for, may_write
from keystead.accounts.types import Account
from keystead.agreements.queries import agreement_for
from keystead.agreements.queries.words import FAMILIES
from keystead.kit.access import Actor
from keystead.profitability.forms.cells import ADDED
from keystead.profitability.forms.offers import OfferForm
from keystead.profitability.types.offers import Offer, OfferCase
from keystead.profitability.views.offers.answers import answer_context, term_words
from keystead.profitability.views.offers.fields import drawn


def table_context(case: OfferCase, form: OfferForm) -> dict[str, Any]:
    """Return what the table of terms needs besides the form."""
    table = drawn(form)
    places = ("name", "volume", "commitment", "wallet", "reason", "all")
    return {
        "case": case,
        "form": form,
        "offer": form.stored,
        "drawn": table,
        "things": form.things(),
        "addable": [(one.value, str(FAMILIES[one.value])) for one in ADDED],
        **{f"says_{place}": table.say(place) for place in places},
    }


def page_context(actor: Actor, case: OfferCase, form: OfferForm) -> dict[str, Any]:
    """Return all that the page of a case needs."""
    account = account_for(actor, case.account_id)
    made = agreement_for(actor, case.made_agreement) if case.made_agreement else None
    return {
        **answer_context(actor, case, form),
        **table_context(case, form),
        "account": account,
        "term": term_words(case),
        "tabs": [(one.key, one.name, one.key == form.stored.key) for one in case.offers],
        "may_edit": writes(actor, account),
        "made": made,
        "made_name": _name(case, case.made_offer),
        "command": uuid.uuid4().hex,
    }


def writes(actor: Actor, account: Account) -> bool:
    """Return whether the reader may change the offers of an account."""
    return actor.can("agreements.edit") and may_write(actor, account.id, name="terms")


def _name(case: OfferCase, key: str) -> str:
    found: Offer | None = case.offer(key)
    return found.name if found else ""
