"""The statement as a paper to read and sign off: Word and PDF from the same blocks."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from keystead.agreements.queries import words
from keystead.agreements.queries.sentences import name_of, tiers_text
from keystead.agreements.queries.statement_words import head_of, row_name
from keystead.agreements.queries.traces import GAPS
from keystead.agreements.types import (
    EntitlementLine,
    Family,
    GateResult,
    Measure,
    RateKind,
    StatedRow,
    Statement,
)
from keystead.kernel.money import Money, minor_units
from keystead.kit.office.paper import Block, Grid, GridColumn, Heading, Pairs, Paper, Text
from keystead.kit.ui import formats

MOST_ROWS = 400  # of invoice lines on paper; the workbook has all of them
_PERCENT = {Measure.GROWTH_PCT, Measure.SHARE_PCT}


def statement_paper(statement: Statement) -> Paper:
    """Return the statement as a paper in the language that is active."""
    number = statement.agreement.number
    title = _("Statement %(number)s") % {"number": number}
    blocks: list[Block] = [
        Pairs(tuple(head_of(statement))),
        Heading(_("What is due")),
        _due(statement),
        Heading(_("How it was worked out")),
        *_workings(statement),
        Heading(_("Invoice lines")),
        *_lines(statement),
    ]
    day = formats.day(statement.as_of, locale=_locale(), year=True)
    return Paper(
        title=title,
        blocks=tuple(blocks),
        language=_locale(),
        made_on=statement.as_of,
        footer=f"{title}, {day}",
    )


def _due(statement: Statement) -> Grid:
    money = {"currency": statement.currency}
    columns = (
        GridColumn(_("Condition"), share=2.6),
        GridColumn(_("Period"), share=1.5),
        GridColumn(_("Earned (%(currency)s)") % money, numeric=True, share=1.4),
        GridColumn(_("Settled before (%(currency)s)") % money, numeric=True, share=1.4),
        GridColumn(_("Due (%(currency)s)") % money, numeric=True, share=1.4),
    )
    rows = [
        (
            row_name(row), _period(row), _amount(row.entitlement), _amount(row.settled_before),
            _amount(row.due),
        )
        for row in statement.rows
    ]  # fmt: skip
    totals = (_amount(statement.earned), _amount(statement.settled), _amount(statement.due))
    return Grid(columns, (*rows, (_("Total"), "", *totals)), total=True)


def _workings(statement: Statement) -> list[Block]:
    blocks: list[Block] = []
    seen: set[str] = set()
    for row in statement.rows:
        if row.condition is None or row.line is None or row.key in seen:
            continue
        seen.add(row.key)
        same = [one for one in statement.rows if one.key == row.key and one.line is not None]
        blocks.append(Heading(name_of(row.condition), level=2))
        if row.condition.family is Family.PRICE_PROTECTION:
            blocks += _cuts(statement, row.key)
            continue
        tiers = tiers_text(row.condition, statement.currency)
        method = str(words.METHODS[row.condition.method.value])
        blocks.append(Text(f"{tiers} ({method})" if tiers else method, "small"))
        blocks.append(_working(statement, same))
    return blocks


def _cuts(statement: Statement, key: str) -> list[Block]:
    """Price cuts, the stock they met, and the credit; the rows of stock are in the workbook."""
    money, places = {"currency": statement.currency}, minor_units(statement.currency)
    columns = (
        GridColumn(_("Product"), share=2.2),
        GridColumn(_("Price cut"), share=1.1),
        GridColumn(_("Old price (%(currency)s)") % money, numeric=True, share=1.1),
        GridColumn(_("New price (%(currency)s)") % money, numeric=True, share=1.1),
        GridColumn(_("Stock"), numeric=True, share=0.9),
        GridColumn(_("Units covered"), numeric=True, share=0.9),
        GridColumn(_("Credit (%(currency)s)") % money, numeric=True, share=1.2),
    )
    cuts = [one for one in statement.cuts if one.key == key]
    rows = tuple(
        (
            " ".join(filter(None, [one.product, one.product_name])),
            formats.day(one.on, locale=_locale(), year=True),
            _plain(one.old),
            _plain(one.new),
            _plain(one.stock) if one.gap is None else "–",
            _plain(one.covered),
            _number(one.credit, places),
        )
        for one in cuts
    )
    if not rows:
        return [Text(_("No price was cut up to this day."))]
    blocks: list[Block] = [Grid(columns, rows)]
    for one in cuts:
        if one.gap is not None:
            told = {"product": one.product, "why": GAPS[one.gap.value]}
            blocks.append(Text(_("%(product)s pays nothing: %(why)s.") % told, "small"))
    return blocks


def _working(statement: Statement, rows: list[StatedRow]) -> Grid:
    money = {"currency": statement.currency}
    columns = (
        GridColumn(_("Period"), share=1.3),
        GridColumn(_("Measured for the tier"), numeric=True, share=1.5),
        GridColumn(pgettext("statement", "Tier"), numeric=True, share=0.6),
        GridColumn(pgettext("statement", "Rate"), numeric=True, share=0.9),
        GridColumn(_("Paid on"), numeric=True, share=1.5),
        GridColumn(_("Amount by the tiers"), numeric=True, share=1.4),
        GridColumn(_("Gates and limits"), numeric=True, share=1.3),
        GridColumn(_("Earned (%(currency)s)") % money, numeric=True, share=1.3),
    )
    found = []
    for row in rows:
        line, condition = row.line, row.condition
        if line is None or condition is None:
            continue
        places = minor_units(statement.currency)
        base = (line.benefit_measure or Decimal(0)) - line.reduction
        percent = " %" if condition.rate_kind is RateKind.PERCENT and line.rate else ""
        measured = _number(line.tier_measure, places)
        if line.tier_measure is not None and condition.tier_measure in _PERCENT:
            measured += " %"
        found.append(
            (
                _period(row),
                "" if condition.tier_measure is Measure.NONE else measured,
                "–" if line.tier is None else str(line.tier + 1),
                f"{_plain(line.rate)}{percent}" if line.rate is not None else "–",
                "" if condition.rate_kind is RateKind.FIXED else _number(base, places),
                _number(line.raw, places),
                _adjusted(line, places),
                _amount(line.amount),
            )
        )
    return Grid(columns, tuple(found))


def _adjusted(line: EntitlementLine, places: int) -> str:
    """What gates, cap, guarantee and group changed; empty when nothing did."""
    change = line.amount.amount - line.raw
    if abs(change) < Decimal(1).scaleb(-places):
        return _("gate not met") if line.gate is GateResult.NOT_MET else ""
    return _number(change, places)


def _lines(statement: Statement) -> list[Block]:
    money = {"currency": statement.currency}
    columns = (
        GridColumn(_("Date"), share=1.0),
        GridColumn(_("Invoice"), share=1.3),
        GridColumn(_("Customer"), share=1.6),
        GridColumn(_("Product"), share=2.6),
        GridColumn(_("Quantity"), numeric=True, share=1.0),
        GridColumn(_("Value (%(currency)s)") % money, numeric=True, share=1.3),
    )
    lines = sorted(statement.lines, key=lambda line: (line.on, line.doc_no, line.product))
    places = minor_units(statement.currency)
    rows = tuple(
        (
            formats.day(line.on, locale=_locale(), year=True),
            line.doc_no,
            line.customer,
            " ".join(filter(None, [line.product, line.product_name])),
            _plain(line.quantity),
            _number(line.value, places),
        )
        for line in lines[:MOST_ROWS]
    )
    if not rows:
        return [Text(_("No sales counted up to this day."))]
    blocks: list[Block] = [Grid(columns, rows)]
    if len(lines) > MOST_ROWS:
        told = {"shown": MOST_ROWS, "count": len(lines)}
        text = _("The first %(shown)s of %(count)s lines; the workbook has all of them.") % told
        blocks.append(Text(text, "small"))
    return blocks


def _period(row: StatedRow) -> str:
    return formats.period(row.period.start, row.period.end, locale=_locale())


def _amount(amount: Money) -> str:
    return _number(amount.amount, minor_units(amount.currency))


def _number(value: Decimal | None, digits: int) -> str:
    return "" if value is None else formats.number(value, locale=_locale(), digits=digits)


def _plain(value: Decimal) -> str:
    digits = max(0, -int(value.normalize().as_tuple().exponent)) if value else 0
    return formats.number(value, locale=_locale(), digits=min(digits, 6))


def _locale() -> str:
    return get_language() or "en"
