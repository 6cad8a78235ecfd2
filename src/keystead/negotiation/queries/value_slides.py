"""The value story as tables for a deck: plain rows, with the proof of what was measured.

Only what the customer may see: lines that are ours alone are not there, and not in a total.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext as _

from keystead.kernel.errors import NotAllowed
from keystead.kernel.money import minor_units
from keystead.kit.access import Actor
from keystead.kit.audit import trail_seq
from keystead.kit.office.slides import Shown, Table, TableColumn
from keystead.kit.ui import formats
from keystead.metrics.types import Figure, Unit
from keystead.negotiation.calc.value.economic import economic_value
from keystead.negotiation.calc.value.publishing import publishing_years
from keystead.negotiation.queries.proving import value_proof
from keystead.negotiation.queries.use_proving import value_of_use
from keystead.negotiation.queries.value import value_story
from keystead.negotiation.queries.value_use import peers_of, totals_of_use
from keystead.negotiation.queries.value_words import KINDS
from keystead.negotiation.types.value import (
    Bands,
    LineKind,
    PublishingYear,
    Spread,
    Used,
    ValueOfUse,
    ValueStory,
)

MOST_TITLES: Final = 15


def value_tables(
    actor: Actor, account_id: int, negotiation_id: int | None = None
) -> dict[str, Table]:
    """Return the tables of a value story by key: lines, use, titles, members, packages, peers,
    publishing. One without a row is left out. Texts are in the reader's language.

    NotFound as ``value_story``. Peers are left out where the actor has not confirmed
    competition law, or where the group is too small.
    """
    story = value_story(actor, account_id, negotiation_id, customer=True)
    use = value_of_use(actor, story)
    made = {
        "lines": _lines(story),
        "use": _use(list(totals_of_use(actor, story.account_id, story.currency).values())),
        "packages": _used(use.packages, use, _("Package"), _("Cost per use by package")),
        "members": _used(use.members, use, _("Member"), _("Cost per use by member")),
        "titles": _titles(use),
        "peers": _peers(actor, story),
        "publishing": _publishing(story),
    }
    return {key: table for key, table in made.items() if table.rows}


def _lines(story: ValueStory) -> Table:
    found = economic_value(story.lines, story.currency, story.price)
    columns = (
        TableColumn(_("Line"), share=3), TableColumn(_("A year"), numeric=True, share=1.4),
        TableColumn(pgettext("value", "Range"), share=2), TableColumn(_("Source"), share=2),
        TableColumn(pgettext("value", "Standing"), share=1.6),
    )  # fmt: skip
    rows: list[tuple[str | Shown, ...]] = []
    seq = trail_seq()

    def proof(key: str) -> str:
        return value_proof(story.id, key, seq) if story.id is not None else ""

    for kind in LineKind:
        for one, value in found.lines:
            if one.kind is kind:
                amount = -value.likely if kind is LineKind.MINUS else value.likely
                state = _("confirmed by the customer") if one.confirmed else _("assumed")
                shown = _whole(amount, story.currency, proof(one.key))
                rows.append((f"{KINDS[kind]}: {one.name}", shown, _span(value, story.currency),
                             one.source, state))  # fmt: skip
    if found.total is not None:
        rows.append((_("Worth in all"), _whole(found.total.likely, story.currency, proof("")),
                     _span(found.total, story.currency), "", ""))  # fmt: skip
    return Table(columns, tuple(rows), _("Lines of the value"), total=found.total is not None)


def _use(figures: Sequence[Figure]) -> Table:
    columns = (TableColumn(_("Measure"), share=3), TableColumn(_("Figure"), numeric=True))
    rows = tuple(
        (gettext(one.label), _figure(one)) for one in figures if one.value is not None
    )  # fmt: skip
    return Table(columns, rows, _("Use and cost in figures"))


def _titles(use: ValueOfUse) -> Table:
    columns = (
        TableColumn(pgettext("publication", "Title"), share=3),
        TableColumn(_("Unique requests"), numeric=True),
        TableColumn(_("Part of the fee"), numeric=True),
        TableColumn(_("Cost per use"), numeric=True),
        TableColumn(_("Turned away"), numeric=True), TableColumn(_("Open share"), numeric=True),
    )  # fmt: skip
    rows = tuple(
        (one.name, _count(one.uses, one.proof), _money(one.fee, use.currency),
         _money(one.each, use.currency, one.each_proof), _count(one.turnaways, one.turnaways_proof),
         _percent(one.open_pct, one.open_proof))
        for one in use.titles[:MOST_TITLES]
    )  # fmt: skip
    return Table(columns, rows, _("Cost per use by title"))


def _used(found: Sequence[Used], use: ValueOfUse, head: str, title: str) -> Table:
    columns = (
        TableColumn(head, share=3), TableColumn(_("Unique requests"), numeric=True),
        TableColumn(_("Fee"), numeric=True), TableColumn(_("Cost per use"), numeric=True),
    )  # fmt: skip
    rows = tuple(
        (one.name, _count(one.uses, one.proof), _money(one.fee, use.currency),
         _money(one.each, use.currency, one.each_proof))
        for one in found
    )  # fmt: skip
    return Table(columns, rows, title)


def _peers(actor: Actor, story: ValueStory) -> Table:
    columns = (TableColumn(_("Quarter of the peers")), TableColumn(_("Cost per use")),
               TableColumn(pgettext("peers", "The account")))  # fmt: skip
    try:
        found = peers_of(actor, story)
    except NotAllowed:
        return Table(columns, ())
    if not isinstance(found, Bands):
        return Table(columns, ())
    unit = story.currency
    limits = [_text(one, unit) for one in (found.lower, found.middle, found.upper)]
    spans = (
        (_("lowest"), _("up to %(high)s") % {"high": limits[0]}),
        (_("second"), _("%(low)s to %(high)s") % {"low": limits[0], "high": limits[1]}),
        (_("third"), _("%(low)s to %(high)s") % {"low": limits[1], "high": limits[2]}),
        (_("highest"), _("above %(low)s") % {"low": limits[2]}),
    )
    rows = tuple(
        (word, span, _("stands here") if found.place == at else "")
        for at, (word, span) in enumerate(spans, 1)
    )
    return Table(columns, rows, _("Cost per use of peers"))


def _publishing(story: ValueStory) -> Table:
    unit = story.currency
    columns = (
        TableColumn(_("Year")), TableColumn(_("Articles"), numeric=True),
        TableColumn(_("Invoiced twice"), numeric=True), TableColumn(_("Fees"), numeric=True),
        TableColumn(_("Reading"), numeric=True),
        TableColumn(_("Price of an article"), numeric=True),
    )  # fmt: skip

    def row(one: PublishingYear) -> tuple[str | Shown, ...]:
        counts = (_count(Decimal(one.articles)), _count(Decimal(one.repeated)))
        amounts = (one.fees, one.read_fee, one.each)
        return (str(one.year), *counts, *(_money(amount, unit) for amount in amounts))

    years = publishing_years(story.articles, story.read_fees, minor_units(unit))
    return Table(columns, tuple(row(one) for one in years), _("Publishing and reading by year"))


def _figure(one: Figure) -> str | Shown:
    value = Decimal(str(one.value))
    if one.unit is Unit.MONEY:
        return _money(value, one.measure, one.proof_id)
    if one.unit is Unit.PERCENT:
        return _percent(value, one.proof_id)
    return _count(value, one.proof_id)


def _money(value: Decimal | None, unit: str, proof: str = "") -> str | Shown:
    if value is None:
        return "–"
    return Shown(_text(value, unit), value, proof, unit, "#,##0.00")


def _whole(value: Decimal, unit: str, proof: str) -> Shown:
    return Shown(_round(value, unit), value, proof, unit, "#,##0")


def _round(value: Decimal, unit: str) -> str:
    return formats.money(value, unit, locale=_locale(), digits=0)


def _count(value: Decimal, proof: str = "") -> Shown:
    return Shown(formats.number(value, locale=_locale(), digits=0), value, proof, "", "#,##0")


def _percent(value: Decimal | None, proof: str) -> str | Shown:
    if value is None:
        return "–"
    return Shown(formats.percent(value / 100, locale=_locale()), value, proof, "%", "0.0")


def _span(value: Spread, unit: str) -> str:
    return _("%(low)s to %(high)s") % {"low": _round(value.low, unit),
                                       "high": _round(value.high, unit)}  # fmt: skip


def _text(value: Decimal, unit: str) -> str:
    return formats.money(value, unit, locale=_locale(), full=True)


def _locale() -> str:
    return get_language() or "en"
