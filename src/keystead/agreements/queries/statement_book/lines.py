"""The sheet of the invoice lines: what counts for which condition, and the tier it hit."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.agreements.calc.tiers import tier_reached
from keystead.agreements.queries.statement_book.plan import PLAIN, Earned, Part, Plan, gross_of
from keystead.agreements.types import WHOLE, Boundary, StatedLine
from keystead.kernel.periods import month_start
from keystead.kit.office.book import Book, Page, here

HEAD = 3
FIRST = HEAD + 1
FIXED = 12
WHOLE_NAME = "counts_whole"
DATE, MONTH, QUANTITY, VALUE, GROSS, RETURN = 2, 3, 7, 9, 10, 11


@dataclasses.dataclass(frozen=True)
class Places:
    """The columns of one condition on the sheet of the lines."""

    counts: int
    focus: int | None
    running: int | None
    tier: int


@dataclasses.dataclass(frozen=True)
class LinesSheet:
    """The sheet once its columns are known; ranges are named for the formulas of others."""

    page: Page
    last: int
    places: dict[str, Places]
    whole: int | None = None  # what counts for the limits over the whole agreement


def add_lines(book: Book, plan: Plan) -> LinesSheet:
    """Write the lines with what is known of them, and name their columns."""
    page = book.page(pgettext("statement", "Lines"), wide=True)
    last = FIRST + max(len(plan.lines), 1) - 1
    places = _places(plan)
    after = FIXED + sum(len([x for x in dataclasses.astuple(one) if x is not None])
                        for one in places.values())  # fmt: skip
    sheet = LinesSheet(page, last, places, after if _limited(plan) else None)
    page.put(0, 0, _("Invoice lines"), "title")
    page.put(
        1, 0,
        _("Yellow cells may be changed: the other sheets follow at once. 1 = the line counts."),
        "subtitle",
    )  # fmt: skip
    labels = _labels(plan, sheet)
    page.header(HEAD, labels, points=62)
    for place, line in enumerate(plan.lines):
        _write(page, FIRST + place, place + 1, line)
        for part in plan.parts:
            _flags(page, FIRST + place, line, part, sheet.places[part.key])
        if sheet.whole is not None:
            page.put(FIRST + place, sheet.whole, int(WHOLE in line.counts), "flag_input")
    _name(book, plan, sheet)
    page.widths([6, 16, 11, 11, 24, 14, 30, 11, 8, 15, 15, 8, *[15] * (len(labels) - FIXED)])
    page.freeze(FIRST, 3)
    page.filter(HEAD, last, len(labels))
    page.repeat(HEAD, HEAD)
    return sheet


def _places(plan: Plan) -> dict[str, Places]:
    found, column = {}, FIXED
    for part in plan.parts:
        counts, column = column, column + 1
        focus = running = None
        if part.focused:
            focus, column = column, column + 1
        if part.running:
            running, column = column, column + 1
        found[part.key] = Places(counts, focus, running, column)
        column += 1
    return found


def _labels(plan: Plan, sheet: LinesSheet) -> list[tuple[str, bool]]:
    currency = plan.statement.currency
    labels = [
        (pgettext("statement", "No."), True),
        (_("Invoice"), False),
        (_("Date"), True),
        (_("Month"), True),
        (_("Customer"), False),
        (_("Product"), False),
        (_("Name of the product"), False),
        (_("Quantity"), True),
        (pgettext("statement", "Unit"), False),
        (_("Value (%(currency)s)") % {"currency": currency}, True),
        (_("Before returns (%(currency)s)") % {"currency": currency}, True),
        (pgettext("statement", "Return"), True),
    ]
    for part in plan.parts:
        places, name = sheet.places[part.key], {"name": f"{part.number}. {part.name}"}
        labels.append((_("Counts for %(name)s") % name, True))
        if places.focus is not None:
            labels.append((_("Focus range of %(name)s") % name, True))
        if places.running is not None:
            labels.append((_("Running total of %(name)s") % name, True))
        labels.append((_("Tier of %(name)s") % name, True))
    if sheet.whole is not None:
        labels.append((_("Counts for the limit of the whole agreement"), True))
    return labels


def _limited(plan: Plan) -> bool:
    """Return whether a limit over the whole agreement is a share of all sales in scope."""
    cap = plan.statement.version.cap
    return cap is not None and cap.pct_of_base is not None


def _write(page: Page, at: int, number: int, line: StatedLine) -> None:
    month = month_start(line.on)
    page.put(at, 0, number, "integer")
    page.put(at, 1, line.doc_no, "text")
    page.put(at, DATE, line.on, "date_input")
    day = here(at, DATE)
    page.formula(at, MONTH, f"DATE(YEAR({day}),MONTH({day}),1)", _serial(month), "date")
    page.put(at, 4, line.customer, "text")
    page.put(at, 5, line.product, "text")
    page.put(at, 6, line.product_name, "text")
    page.put(at, QUANTITY, line.quantity, "number_input")
    page.put(at, 8, line.unit, "text")
    page.put(at, VALUE, line.value, "value_input")
    gross = f"IF({here(at, RETURN)}=1,0,{here(at, VALUE)})"
    page.formula(at, GROSS, gross, gross_of(line), "value")
    page.put(at, RETURN, int(line.is_return), "flag_input")


def _flags(page: Page, at: int, line: StatedLine, part: Part, places: Places) -> None:
    page.put(at, places.counts, int(part.key in line.counts), "flag_input")
    if places.focus is not None:
        page.put(at, places.focus, int(part.key in line.focus), "flag_input")


def _name(book: Book, plan: Plan, sheet: LinesSheet) -> None:
    columns = {"line_month": MONTH, "line_quantity": QUANTITY, "line_value": VALUE,
               "line_gross": GROSS}  # fmt: skip
    for part in plan.parts:
        places = sheet.places[part.key]
        columns[f"counts_{part.number}"] = places.counts
        columns[f"tier_{part.number}"] = places.tier
        if places.focus is not None:
            columns[f"focus_{part.number}"] = places.focus
    if sheet.whole is not None:
        columns[WHOLE_NAME] = sheet.whole
    for name, column in columns.items():
        book.name(name, sheet.page.span(FIRST, sheet.last, column))


@dataclasses.dataclass(frozen=True)
class Periods:
    """Where the calculation keeps the periods of a condition, and its tiers."""

    first: str
    last: str
    tier: str
    lowers: str


def add_tiers(plan: Plan, sheet: LinesSheet, where: dict[str, Periods]) -> None:
    """Write, once the calculation has its places, the tier that each line hit."""
    column_of = {"value": VALUE, "gross": GROSS, "quantity": QUANTITY}
    for part in plan.parts:
        places, periods = sheet.places[part.key], where[part.key]
        hits = Hits(part)
        for place, line in enumerate(plan.lines):
            at = FIRST + place
            counts, month = here(at, places.counts), here(at, MONTH)
            tier, total = hits.of(line)
            found = f"MATCH({month},{periods.first},1)"
            if places.running is None:
                inside = f"{month}<=INDEX({periods.last},{found})"
                text = (
                    f'IF({counts}<>1,"",IFERROR(IF({inside},INDEX({periods.tier},{found}),""),""))'
                )
                sheet.page.formula(at, places.tier, text, tier, "integer")
                continue
            measure = here(at, column_of[hits.measure])
            before = "0"
            if place:
                same = f"MATCH({here(at - 1, MONTH)},{periods.first},1)={found}"
                before = f"IF(IFERROR({same},FALSE),{here(at - 1, places.running)},0)"
            text = f"ROUND({before}+IF({counts}=1,{measure},0),4)"
            sheet.page.formula(at, places.running, text, total, "number")
            reached = _reached(here(at, places.running), periods.lowers, part)
            text = f'IF({counts}<>1,"",{reached})'
            sheet.page.formula(at, places.tier, text, tier, "integer")


def _reached(measure: str, lowers: str, part: Part) -> str:
    sign = "<" if part.rows[0].condition.boundary is Boundary.GT else "<="
    return f"SUMPRODUCT(--({lowers}{sign}{measure}))"


class Hits:
    """The tiers of lines as they are now, for readers that do not calculate."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.measure = PLAIN.get(part.rows[0].condition.tier_measure, "value")
        self._row: Earned | None = None
        self._total = Decimal(0)

    def of(self, line: StatedLine) -> tuple[int | None, Decimal]:
        month = month_start(line.on)
        found = next((e for e in self.part.rows if e.row.first <= month <= e.row.last), None)
        if found is not self._row:
            self._row, self._total = found, Decimal(0)
        counts = self.part.key in line.counts
        if counts:
            value = {"value": line.value, "gross": gross_of(line), "quantity": line.quantity}
            self._total += value[self.measure]
        if not counts or found is None:
            return None, self._total
        if self.part.running:
            place = tier_reached(found.tiers, self._total, found.condition.boundary)
        else:
            place = found.line.tier
        return (0 if place is None else place + 1), self._total


def _serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days
