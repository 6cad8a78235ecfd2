"""The price cuts of a statement, as the customer knows them: names, files, units, credit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for
from keystead.agreements.calc.protection import credit_of, units_of
from keystead.agreements.queries.evaluation import Evaluated
from keystead.agreements.types import (
    PriceProtection,
    ProtectedCut,
    ReportedStock,
    StatedCut,
    StatedRow,
    StatedStock,
    StatedStockLine,
    StockLine,
)
from keystead.catalog.queries import product_dimension
from keystead.kit.access import Actor

Names: TypeAlias = Mapping[int, str]


def stated_cuts(actor: Actor, found: Evaluated, rows: Sequence[StatedRow]) -> tuple[StatedCut, ...]:
    """Return the cuts behind the rows of a statement: those of the version that ruled a period."""
    if not found.inputs.protected:
        return ()
    customers = {one.id: one.name for one in accounts_for(actor)}
    table = product_dimension().select(["product_id", "sku", "name"])
    products = {row["product_id"]: (row["sku"], row["name"]) for row in table.to_pylist()}
    stated = []
    for cut in found.inputs.protected:
        terms = _terms_of(cut, rows, found)
        if terms is not None:
            stated.append(_stated(cut, terms, customers, products.get(cut.cut.product_id)))
    return tuple(stated)


def _terms_of(
    cut: ProtectedCut, rows: Sequence[StatedRow], found: Evaluated
) -> PriceProtection | None:
    """The terms by which the cut counts in a row; None where it counts in none."""
    for row in rows:
        ruled = row.version is not None and row.version.number == cut.version
        inside = cut.cut.on in row.period and cut.cut.on <= found.basis.as_of
        if row.key == cut.condition and ruled and inside and row.condition is not None:
            return row.condition.price_protection
    return None


def _stated(
    found: ProtectedCut,
    terms: PriceProtection,
    customers: Names,
    product: tuple[str, str] | None,
) -> StatedCut:
    made, cut = credit_of(terms, found), found.cut
    sku, name = product or ("", "")
    return StatedCut(
        key=found.condition,
        version=found.version,
        product=sku,
        product_name=name,
        on=cut.on,
        old=cut.old,
        new=cut.new,
        agreed=cut.agreed,
        terms=terms,
        stocks=tuple(_stock(one, terms, customers) for one in found.stocks),
        off_take=found.off_take,
        sell_in=found.sell_in,
        gap=found.gap,
        stock=sum((units_of(terms, one) for one in found.stocks), cut.old * 0),
        pace_limit=made.pace_limit,
        covered=made.covered,
        credit=made.credit,
    )


def _stock(one: ReportedStock, terms: PriceProtection, customers: Names) -> StatedStock:
    return StatedStock(
        customer=customers.get(one.account_id, ""),
        day=one.day,
        on_hand=one.on_hand,
        in_transit=one.in_transit,
        invoiced_since=one.invoiced_since,
        sold_since=one.sold_since or one.on_hand * 0,
        units=units_of(terms, one),
        lines=tuple(_line(line) for line in one.lines),
    )


def _line(line: StockLine) -> StatedStockLine:
    source = _("%(sheet)s row %(row)s") % {
        "sheet": line.sheet or _("File"),
        "row": line.source_row,
    }
    return StatedStockLine(
        location=line.location,
        source=source,
        quantity=line.quantity,
        in_transit=line.in_transit,
    )
