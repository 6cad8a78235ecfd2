"""The contract as a paper: what it says of each placeholder of a template."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from keystead.agreements.queries import words
from keystead.agreements.queries.agreements import terms_of
from keystead.agreements.queries.sentences import (
    condition_parts,
    name_of,
    terms_parts,
)
from keystead.agreements.types import (
    Agreement,
    AgreementVersion,
    Condition,
    Measure,
    RateKind,
    Tier,
)
from keystead.kit.office.paper import (
    Block,
    Grid,
    GridColumn,
    Heading,
    Pairs,
    Paper,
    Signatures,
    Text,
)
from keystead.kit.ui import formats

TEMPLATE: Final = Path(__file__).parent.parent / "templates" / "agreements" / "contract.docx"
# What a template may name, and what stands there: shown on the page and in the how-to.
WORDS: Final[dict[str, Promise]] = {
    "title": gettext_lazy("Title of the agreement, or its kind"),
    "number": gettext_lazy("Number of the agreement"),
    "kind": gettext_lazy("Kind of the agreement"),
    "version": gettext_lazy("Number of the version"),
    "state": gettext_lazy("Where it stands: draft, approved, signed"),
    "supplier": gettext_lazy("Our company"),
    "customer": gettext_lazy("The customer's company"),
    "first_day": gettext_lazy("First day"),
    "last_day": gettext_lazy("Last day"),
    "period": gettext_lazy("From the first day to the last"),
    "currency": gettext_lazy("Currency"),
    "law": gettext_lazy("Law"),
    "notice": gettext_lazy("Notice, in days"),
    "signed_on": gettext_lazy("Day of the signature, once there is one"),
    "heading_parties": gettext_lazy("The word “Parties” in the language of the paper"),
    "heading_conditions": gettext_lazy("The word “Conditions”"),
    "heading_terms": gettext_lazy("The words “Terms at a glance”"),
    "heading_whole": gettext_lazy("The words “The whole agreement”"),
    "heading_clauses": gettext_lazy("The word “Clauses”"),
    "heading_signatures": gettext_lazy("The word “Signatures”"),
}
BLOCKS: Final[dict[str, Promise]] = {
    "parties": gettext_lazy("The parties, the period, the law, as pairs"),
    "conditions": gettext_lazy("Every condition in sentences"),
    "terms_table": gettext_lazy("Every condition in one table"),
    "whole_agreement": gettext_lazy("What holds over the whole agreement"),
    "clauses": gettext_lazy("The clauses, numbered"),
    "signatures": gettext_lazy("A place to sign for each party"),
}


@cache
def shipped_template() -> bytes:
    """Return the template that comes with the room."""
    return TEMPLATE.read_bytes()


def contract_words(agreement: Agreement, version: AgreementVersion) -> dict[str, str]:
    """Return the words of a contract by placeholder, in the language that is active."""
    locale, span = _locale(), version.effective
    kind = str(words.KINDS[agreement.kind.value])
    notice = agreement.notice_days
    return {
        "title": agreement.title or kind,
        "number": agreement.number,
        "kind": kind,
        "version": str(version.number),
        "state": str(words.STATES[version.state.value]),
        "supplier": agreement.maker_entity,
        "customer": agreement.customer_entity,
        "first_day": formats.day(span.start, locale=locale, year=True),
        "last_day": formats.day(span.last, locale=locale, year=True),
        "period": formats.period(span.start, span.end, locale=locale),
        "currency": version.currency,
        "law": agreement.law,
        "notice": str(notice) if notice is not None else "",
        "signed_on": formats.day(version.signed_on, locale=locale, year=True)
        if version.signed_on
        else "",
        "heading_parties": _("Parties"),
        "heading_conditions": _("Conditions"),
        "heading_terms": _("Terms at a glance"),
        "heading_whole": _("The whole agreement"),
        "heading_clauses": _("Clauses"),
        "heading_signatures": _("Signatures"),
    }


def contract_blocks(
    agreement: Agreement, version: AgreementVersion
) -> dict[str, tuple[Block, ...]]:
    """Return the blocks of a contract by placeholder, in the language that is active."""
    makers: dict[str, Callable[[Agreement, AgreementVersion], tuple[Block, ...]]] = {
        "parties": _parties,
        "conditions": _conditions,
        "terms_table": _terms,
        "whole_agreement": _whole,
        "clauses": _clauses,
        "signatures": _signatures,
    }
    return {name: maker(agreement, version) for name, maker in makers.items()}


def contract_paper(agreement: Agreement, version: AgreementVersion) -> Paper:
    """Return the contract as a paper of its own: for PDF, and to date a filled template."""
    told, blocks = contract_words(agreement, version), contract_blocks(agreement, version)
    order = (
        ("heading_parties", "parties"),
        ("heading_conditions", "conditions"),
        ("heading_terms", "terms_table"),
        ("heading_whole", "whole_agreement"),
        ("heading_clauses", "clauses"),
        ("heading_signatures", "signatures"),
    )
    found: list[Block] = []
    for heading, name in order:
        if blocks[name]:
            found += [Heading(told[heading]), *blocks[name]]
    return Paper(
        title=f"{told['title']} {told['number']}",
        blocks=tuple(found),
        language=_locale(),
        made_on=version.signed_on or version.effective.start,
        footer=f"{agreement.number}, {_('version %(number)s') % {'number': version.number}}",
    )


def _parties(agreement: Agreement, version: AgreementVersion) -> tuple[Block, ...]:
    told = contract_words(agreement, version)
    days = _("%(days)s days") % {"days": told["notice"]} if told["notice"] else ""
    pairs = (
        (_("Supplier"), told["supplier"]),
        (_("Customer"), told["customer"]),
        (_("Number"), told["number"]),
        (_("In effect"), told["period"]),
        (_("Currency"), told["currency"]),
        (_("Law"), told["law"]),
        (_("Notice"), days),
        (_("Signed on"), told["signed_on"]),
    )
    return (Pairs(tuple(pair for pair in pairs if pair[1])),)


def _conditions(agreement: Agreement, version: AgreementVersion) -> tuple[Block, ...]:
    blocks: list[Block] = []
    inside = {_("Booked"), _("Examples"), _("Note")}  # for our own house, not for the customer
    for place, condition in enumerate(version.conditions, start=1):
        blocks.append(Heading(f"{place}. {name_of(condition)}", level=2))
        parts = condition_parts(condition, version.currency, version.conditions)
        blocks.append(Pairs(tuple(part for part in parts if part[0] not in inside)))
    return tuple(blocks) or (Text(_("There are no conditions yet.")),)


def _terms(agreement: Agreement, version: AgreementVersion) -> tuple[Block, ...]:
    columns = (
        GridColumn(_("Condition"), share=2.2),
        GridColumn(_("Measured"), share=2.0),
        GridColumn(_("Tiers"), numeric=True, share=1.5),
        GridColumn(pgettext("statement", "Rate"), numeric=True, share=1.2),
        GridColumn(_("Period"), share=1.4),
        GridColumn(_("Payment"), share=1.5),
    )
    rows: list[tuple[str, ...]] = []
    for place, condition in enumerate(version.conditions, start=1):
        head = (f"{place}. {name_of(condition)}", _measured(condition))
        tail = (str(words.PERIODS[condition.tier_period.value]), _payment(condition))
        tiers: list[Tier | None] = list(condition.tiers) or [None]
        for number, tier in enumerate(tiers):
            first = number == 0
            middle = _tier(condition, tier, version.currency)
            rows.append((*(head if first else ("", "")), *middle, *(tail if first else ("", ""))))
    return (Grid(columns, tuple(rows)),) if rows else ()


def _measured(condition: Condition) -> str:
    if condition.tier_measure is Measure.NONE:
        return "–"
    return str(words.MEASURES[condition.tier_measure.value])


def _tier(condition: Condition, tier: Tier | None, currency: str) -> tuple[str, str]:
    if tier is None:
        goods = condition.free_goods
        text = f"{_plain(goods.free)} / {_plain(goods.per)}" if goods else "–"
        return "–", text
    measure = condition.tier_measure
    if measure in (Measure.NET_VALUE, Measure.GROSS_VALUE, Measure.GROWTH_VALUE):
        lower = _money(tier.lower, currency)
    elif measure is Measure.NONE:
        lower = "–"
    else:
        percent = measure in (Measure.GROWTH_PCT, Measure.SHARE_PCT)
        lower = _plain(tier.lower) + (" %" if percent else "")
    if condition.rate_kind is RateKind.PERCENT:
        return lower, f"{_plain(tier.rate)} %"
    if condition.rate_kind is RateKind.PER_UNIT:
        return lower, _("%(sum)s per unit") % {"sum": _money(tier.rate, currency)}
    if condition.rate_kind is RateKind.FIXED:
        return lower, _money(tier.rate, currency)
    return lower, _plain(tier.rate)


def _payment(condition: Condition) -> str:
    """When it is paid: on the invoice, or so many days after the period."""
    if condition.payment_terms:
        return condition.payment_terms
    if condition.timing.value == "on_invoice":
        return str(words.TIMINGS["on_invoice"])
    every = condition.settle_every or condition.tier_period
    text = str(words.PERIODS[every.value])
    days = condition.payout_lag_days + condition.grace_days
    return _("%(period)s, after %(days)s days") % {"period": text, "days": days} if days else text


def _whole(agreement: Agreement, version: AgreementVersion) -> tuple[Block, ...]:
    clauses = {(one.heading or one.key, one.text) for one in version.clauses}
    parts = terms_parts(terms_of(version), version.currency)
    kept = tuple(part for part in parts if part not in clauses)
    return (Pairs(kept),) if kept else ()


def _clauses(agreement: Agreement, version: AgreementVersion) -> tuple[Block, ...]:
    blocks: list[Block] = []
    ordered = sorted(version.clauses, key=lambda clause: (clause.position, clause.key))
    for place, clause in enumerate(ordered, start=1):
        blocks.append(Heading(f"{place}. {clause.heading or clause.key}", level=2))
        blocks.append(Text(clause.text))
    return tuple(blocks)


def _signatures(agreement: Agreement, version: AgreementVersion) -> tuple[Block, ...]:
    parties = (agreement.maker_entity or _("Supplier"), agreement.customer_entity or _("Customer"))
    lines = (_("Name"), pgettext("signature", "Role"), _("Place, day"), _("Signature"))
    return (Signatures(parties, lines),)


def _money(amount: Decimal, currency: str) -> str:
    digits = 0 if amount == amount.to_integral_value() else None
    return formats.money(amount, currency, locale=_locale(), full=True, digits=digits)


def _plain(amount: Decimal) -> str:
    digits = max(0, -int(amount.normalize().as_tuple().exponent)) if amount else 0
    return formats.number(amount, locale=_locale(), digits=min(digits, 6))


def _locale() -> str:
    return get_language() or "en"
