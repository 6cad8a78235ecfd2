"""Tables and charts of the value story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext as _

from keystead.kit.ui import formats
from keystead.kit.ui.charts import Chart, waterfall
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.metrics.types import Figure
from keystead.negotiation.queries.value_words import KINDS
from keystead.negotiation.types.value import (
    Bands,
    EconomicValue,
    LineKind,
    PublishingYear,
    Spread,
    Used,
    ValueLine,
    ValueOfUse,
    ValueStory,
)
from keystead.negotiation.views.fee_tables import money, number

MOST_TITLES = 25
SIGNS = {LineKind.REFERENCE: "", LineKind.PLUS: "+", LineKind.MINUS: "−"}


def lines(story: ValueStory, found: EconomicValue, *, edits: bool, query: str) -> Table:
    """Return the lines by kind, each with its sum in words, range, source and standing."""
    unit = story.currency
    columns = [
        Column("name", _("Line"), wide=True),
        Column("likely", _("A year"), "money", unit=unit, digits=0),
        Column("range", pgettext("value", "Range"), "text", hide="phone"),
        Column("source", _("Source"), hide="phone"), Column("owner", _("Owner"), hide="phone"),
        Column("state", pgettext("value", "Standing"), hide="phone"),
    ]  # fmt: skip
    rows = []
    for kind in LineKind:
        held = [(one, value) for one, value in found.lines if one.kind is kind]
        if held:
            rows.append(Row({"name": str(KINDS[kind])}, head=True))
        rows += [_line(story, one, value, edits, query) for one, value in held]
    if found.total is not None:
        rows.append(Row({"name": _("Worth in all"), "likely": found.total.likely,
                         "range": _range(found.total, unit)}, total=True))  # fmt: skip
    empty = _("No line yet: begin with what the next best alternative costs.")
    return Table(columns, rows, _("Lines of the value"), sortable=False, empty=empty)


def _line(story: ValueStory, one: ValueLine, value: Spread, edits: bool, query: str) -> Row:
    at = [story.account_id, one.key]
    href = reverse("negotiation:value_line", args=at) + query if edits else ""
    words = in_words(one)
    standing = Cell(_("assumed"), tone="soon")
    if one.confirmed is not None:
        said = {"who": one.confirmed.who,
                "on": formats.day(one.confirmed.on, locale=_locale())}  # fmt: skip
        standing = Cell(_("confirmed by the customer"), tone="good",
                        sub=f"{said['who']}, {said['on']}: {one.confirmed.evidence}")  # fmt: skip
    elif edits:
        standing = Cell(_("assumed"), tone="soon",
                        href=reverse("negotiation:value_confirm", args=at) + query)  # fmt: skip
    name = one.name if one.shown else f"{one.name} ({gettext('ours alone')})"
    minus = one.kind is LineKind.MINUS
    return Row({
        "name": Cell(name, href=href, sub=" · ".join(filter(None, (one.driver, words))),
                     phone=_("confirmed by the customer") if one.confirmed else _("assumed")),
        "likely": -value.likely if minus else value.likely,
        "range": _range(value, story.currency), "source": one.source, "owner": one.owner,
        "state": standing,
    })  # fmt: skip


def in_words(one: ValueLine) -> str:
    """Return how a line is worked out: its inputs with × and ÷."""
    parts = []
    for at, factor in enumerate(one.factors):
        sign = ("1 ÷ " if factor.divides else "") if at == 0 else ("÷ " if factor.divides else "× ")
        amount = number(factor.value)
        unit = f" {factor.unit}" if factor.unit else ""
        parts.append(f"{sign}{amount}{unit} ({factor.name})")
    return " ".join(parts)


def bridge(story: ValueStory, found: EconomicValue) -> Chart | None:
    """Return the way from the reference to the total, with our price beside it."""
    if found.reference is None or found.total is None:
        return None
    steps: list[tuple[str, Decimal, str]] = [(_("Reference"), found.reference.likely, "total")]
    for one, value in found.lines:
        if one.kind is not LineKind.REFERENCE:
            amount = -value.likely if one.kind is LineKind.MINUS else value.likely
            steps.append((one.name, amount, "change"))
    steps.append((_("Worth in all"), found.total.likely, "total"))
    if story.price is not None:
        steps.append((_("Our price"), story.price, "base"))
    return waterfall(label=_("From the alternative to what we are worth"), steps=steps,
                     currency=story.currency)  # fmt: skip


def totals(found: Mapping[str, Figure]) -> Table:
    """Return the figures of twelve months."""
    rows = [
        Row({"name": Cell(gettext(one.label)), "value": one})
        for one in found.values() if one.value is not None
    ]  # fmt: skip
    columns = [Column("name", _("Measure")), Column("value", _("Figure"), "figure")]
    return Table(columns, rows, _("Use and cost in figures"), sortable=False,
                 empty=_("No use is known of these months."))  # fmt: skip


def titles(found: ValueOfUse) -> Table:
    """Return the most used titles with their part of the fee, and what was turned away."""
    unit = found.currency
    columns = [
        Column("name", pgettext("publication", "Title"), wide=True),
        Column("uses", _("Unique requests"), "number", digits=0),
        Column("fee", _("Part of the fee"), "money", unit=unit, digits=0, hide="phone"),
        Column("each", _("Cost per use"), "money", unit=unit, digits=2),
        Column("denied", _("Turned away"), "number", digits=0, hide="phone"),
        Column("open", _("Open share"), "pct", digits=0, hide="phone"),
    ]  # fmt: skip
    return Table(columns, [_used(one) for one in found.titles[:MOST_TITLES]],
                 _("Cost per use by title"))  # fmt: skip


def members(found: ValueOfUse) -> Table:
    """Return what each member paid and used."""
    return _paid(found.members, found.currency, _("Member"), _("Cost per use by member"))


def packages(found: ValueOfUse) -> Table:
    """Return what each package cost and how often it was used."""
    return _paid(found.packages, found.currency, _("Package"), _("Cost per use by package"))


def beyond(found: ValueOfUse) -> Table:
    """Return what was read and is in no title list."""
    columns = [Column("name", pgettext("publication", "Title"), wide=True),
               Column("uses", _("Unique requests"), "number", digits=0)]  # fmt: skip
    rows = [_used(one) for one in found.beyond[:MOST_TITLES]]
    return Table(columns, rows, _("Read without an entitlement"))


def _paid(found: Sequence[Used], unit: str, head: str, caption: str) -> Table:
    columns = [
        Column("name", head, wide=True),
        Column("uses", _("Unique requests"), "number", digits=0),
        Column("fee", _("Fee"), "money", unit=unit, digits=0, hide="phone"),
        Column("each", _("Cost per use"), "money", unit=unit, digits=2),
    ]  # fmt: skip
    return Table(columns, [_used(one) for one in found], caption)


def _used(one: Used) -> Row:
    return Row({
        "name": one.name, "uses": Cell(one.uses, proof=one.proof), "fee": one.fee,
        "each": Cell(one.each, proof=one.each_proof),
        "denied": Cell(one.turnaways, proof=one.turnaways_proof),
        "open": Cell(one.open_pct, proof=one.open_proof),
    })  # fmt: skip


def peers(found: Bands, unit: str) -> Table:
    """Return the quarters of the peers, and in which one the account stands."""
    columns = [Column("what", _("Quarter of the peers")), Column("cost", _("Cost per use")),
               Column("here", pgettext("peers", "The account"))]  # fmt: skip
    low, middle, high = (money(one, unit) for one in (found.lower, found.middle, found.upper))
    spans = (
        (_("lowest"), _("up to %(high)s") % {"high": low}),
        (_("second"), _("%(low)s to %(high)s") % {"low": low, "high": middle}),
        (_("third"), _("%(low)s to %(high)s") % {"low": middle, "high": high}),
        (_("highest"), _("above %(low)s") % {"low": high}),
    )
    rows = [
        Row({"what": word, "cost": span, "here": _("stands here") if found.place == at else ""})
        for at, (word, span) in enumerate(spans, 1)
    ]
    return Table(columns, rows, _("Cost per use of peers"), sortable=False)


def publishing(found: Sequence[PublishingYear], unit: str) -> Table:
    """Return what publishing and reading cost by year, articles counted once."""
    columns = [
        Column("year", _("Year")),
        Column("articles", _("Articles"), "number", digits=0),
        Column("repeated", _("Invoiced twice"), "number", digits=0, hide="phone"),
        Column("fees", _("Fees"), "money", unit=unit, digits=0, hide="phone"),
        Column("read", _("Reading"), "money", unit=unit, digits=0, hide="phone"),
        Column("each", _("Price of an article"), "money", unit=unit, digits=2),
        Column("before", _("As invoiced"), "money", unit=unit, digits=2, hide="phone"),
    ]  # fmt: skip
    rows = [
        Row({"year": str(one.year), "articles": one.articles, "repeated": one.repeated,
             "fees": one.fees, "read": one.read_fee, "each": one.each, "before": one.as_invoiced})
        for one in found
    ]  # fmt: skip
    return Table(columns, rows, _("Publishing and reading by year"), sortable=False)


def _range(value: Spread, unit: str) -> str:
    return _("%(low)s to %(high)s") % {"low": whole(value.low, unit),
                                       "high": whole(value.high, unit)}  # fmt: skip


def whole(value: Decimal, unit: str) -> str:
    """Return an amount without cents: the value of an offer is known no closer."""
    return formats.money(value, unit, locale=_locale(), digits=0)


def _locale() -> str:
    return get_language() or "en"
