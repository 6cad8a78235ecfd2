"""The sheet of the calculation: a row per condition and period, every step a live formula."""

from __future__ import annotations

import dataclasses
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from keystead.agreements.calc.gates import passed
from keystead.agreements.calc.limits import guarantees
from keystead.agreements.calc.stacking import in_order, reducers
from keystead.agreements.queries.statement_book import columns as formulas
from keystead.agreements.queries.statement_book.calculation_columns import columns_of, spot_of
from keystead.agreements.queries.statement_book.columns import Spot, gated
from keystead.agreements.queries.statement_book.lines import Periods
from keystead.agreements.queries.statement_book.plan import PLAIN, Earned, Part, Plan
from keystead.agreements.queries.statement_book.terms import TermsSheet
from keystead.agreements.queries.words import metric_name
from keystead.agreements.types import Condition, Floor, GateResult, Measure, RateKind, StackMode
from keystead.kernel.money import minor_units
from keystead.kit.office.book import Book, Page, here

HEAD = 3
FIRST = HEAD + 1
ZERO = Decimal(0)
ONE_PAID = (StackMode.BEST_OF, StackMode.FIRST_MATCH)


@dataclasses.dataclass(frozen=True)
class CalculationSheet:
    """The sheet, and where a row keeps what others point at."""

    page: Page
    columns: dict[str, int]
    at: dict[int, int]  # id of the row of the statement -> line of the sheet

    def cell(self, found: Any, name: str) -> str:
        return self.page.at(self.at[id(found)], self.columns[name])


def add_calculation(book: Book, plan: Plan, terms: TermsSheet) -> CalculationSheet:
    """Write the calculation; columns that no condition needs are left out."""
    page = book.page(_("Calculation"), wide=True)
    page.put(0, 0, _("Calculation"), "title")
    page.put(
        1, 0,
        _("One row per condition and period, from left to right. The column Difference is zero as "
          "long as the formulas give what was issued."),
        "subtitle",
    )  # fmt: skip
    rows = plan.rows()
    wanted = columns_of(plan)
    columns = {name: place for place, (name, _label, _style) in enumerate(wanted)}
    at = {id(found.row): FIRST + place for place, (_part, found) in enumerate(rows)}
    sheet = CalculationSheet(page, columns, at)
    page.header(HEAD, [(label, style != "text") for _name, label, style in wanted], points=48)
    writer = _Writer(plan, sheet, terms, {name: style for name, _label, style in wanted})
    for part, found in rows:
        writer.write(part, found)
    last = FIRST + max(len(rows), 1) - 1
    page.widths([30 if style == "text" else 16 for _name, _label, style in wanted])
    page.freeze(FIRST, 3)
    page.repeat(HEAD, HEAD)
    page.warn_unless_zero(FIRST, last, columns["difference"])
    for name in ("tier_measure", "tier", "rate", "base", "raw", "entitlement", "issued"):
        book.name(f"row_{name}", page.span(FIRST, last, columns[name]))
    return sheet


def periods_of(plan: Plan, sheet: CalculationSheet, terms: TermsSheet) -> dict[str, Periods]:
    """Return, per condition, where its periods and tiers stand: what the lines point at."""
    found = {}
    for part in plan.parts:
        first, last = (sheet.at[id(part.rows[place].row)] for place in (0, -1))
        first_months, last_months, tiers = (
            sheet.page.span(first, last, sheet.columns[name]) for name in ("first", "last", "tier")
        )
        lowers = terms.block(part.rows[0]).lowers
        found[part.key] = Periods(first_months, last_months, tiers, lowers)
    return found


class _Writer:
    """Writes the rows; each cell has its formula and the value it has now."""

    def __init__(
        self, plan: Plan, sheet: CalculationSheet, terms: TermsSheet, styles: dict[str, str]
    ) -> None:
        self.plan, self.sheet, self.terms, self.styles = plan, sheet, terms, styles
        self.places = minor_units(plan.statement.currency)

    def write(self, part: Part, found: Earned) -> None:
        at = self.sheet.at[id(found.row)]

        def cell(name: str) -> str:
            return here(at, self.sheet.columns[name])

        block = self.terms.block(found)
        spot = spot_of(self.plan, part, found, block=block, cell=cell)
        values = self._values(spot)
        for name, (text, value) in values.items():
            if name not in self.sheet.columns:
                continue
            column, style = self.sheet.columns[name], self.styles[name]
            if text is None:
                self.sheet.page.put(at, column, value, style)
            else:
                self.sheet.page.formula(at, column, text, value, style.removesuffix("_input"))

    def _values(self, spot: Spot) -> dict[str, formulas.Written]:
        found, line, cell = spot.found, spot.found.line, spot.cell
        base = (line.benefit_measure or ZERO) - line.reduction
        measured, benefit = formulas.tier_measure(spot), formulas.benefit(spot)
        exact = _exact(found)
        amount = line.amount.amount
        return {
            **self._head(spot),
            **self._measured(spot),
            "tier_measure": (measured, line.tier_measure),
            "tier": (formulas.tier(spot), 0 if line.tier is None else line.tier + 1),
            "lower": (formulas.lower(spot), line.tier_lower),
            "rate": (formulas.rate(spot), line.rate or ZERO),
            "benefit": (benefit, line.benefit_measure or ZERO),
            "reduction": (self._reduction(found), line.reduction),
            "base": (self._base(cell), base),
            "raw": (formulas.raw(spot), line.raw),
            **self._limits(spot),
            "exact": (self._paid(found, cell), exact),
            "entitlement": (f"ROUND(ROUND({cell('exact')},7),{self.places})", amount),
            "issued": (None, amount),
            "difference": (f"{cell('entitlement')}-{cell('issued')}", ZERO),
            "remark": (None, _remark(spot)),
        }

    def _head(self, spot: Spot) -> dict[str, formulas.Written]:
        row = spot.found.row
        return {
            "name": (None, f"{spot.part.number}. {spot.part.name}"),
            "from": (None, row.period.start),
            "to": (None, row.period.last),
            "first": (None, row.first),
            "last": (None, row.last),
            "lines": (formulas.counted(spot), spot.sums.lines),
        }

    def _measured(self, spot: Spot) -> dict[str, formulas.Written]:
        values: dict[str, formulas.Written] = {}
        for name in PLAIN.values():
            extra = spot.extra.get(name, ZERO)
            sums, focus = getattr(spot.sums, name), getattr(spot.focus, name)
            values[f"agreed_{name}"] = (None, extra or None)
            if name in self.sheet.columns:
                values[name] = (formulas.summed(spot, name), sums + extra)
            if spot.part.focused and f"focus_{name}" in self.sheet.columns:
                values[f"focus_{name}"] = (formulas.summed(spot, name, focus=True), focus)
        condition = spot.found.condition
        if {condition.tier_measure, condition.benefit_measure} & set(formulas.GROWTH):
            values["baseline"] = (None, spot.found.row.baseline)
        if condition.rate_kind is RateKind.FREE_GOODS:
            values["free_units"] = (formulas.free_units(spot), spot.found.line.free_units or ZERO)
        return values

    def _base(self, cell: Any) -> str:
        if "reduction" in self.sheet.columns:
            return f"{cell('benefit')}-{cell('reduction')}"
        return str(cell("benefit"))

    def _limits(self, spot: Spot) -> dict[str, formulas.Written]:
        condition, line, cell = spot.found.condition, spot.found.line, spot.cell
        part = _let_through(spot.found)
        values: dict[str, formulas.Written] = {
            "gate": (None, part) if gated(spot.found) else (None, None),
            "capped": (formulas.capped(spot), line.raw * part - line.cap_cut),
        }
        if condition.cap is not None:
            values["cap"] = (None, condition.cap.amount)
            values["cap_pct"] = (None, condition.cap.pct_of_base)
        if condition.floor is not None:
            values |= self._floor(spot.part, spot.found, condition.floor, cell)
        return values

    def _floor(
        self, part: Part, found: Earned, floor: Floor, cell: Any
    ) -> dict[str, formulas.Written]:
        line = found.line
        same = [one for one in part.rows if one.version == found.version]
        place = same.index(found)
        earned = [_capped(one) for one in same]
        left = guarantees(floor, earned)[place]
        before = "0"
        if place:
            above = self.sheet.at[id(same[place - 1].row)]
            before = here(above, self.sheet.columns["excess"])
        excess = ZERO
        for amount in earned[: place + 1]:
            excess = max(excess + amount - floor.amount, ZERO)
        due = f"MAX({cell('floor')}-{before},0)" if floor.cumulative else cell("floor")
        holds = int(self._holds(found, left - earned[place]))
        top_up = f"IF({cell('applies')}=1,MAX({due}-{cell('capped')},0),0)"
        return {
            "floor": (None, floor.amount),
            "applies": (None, holds),
            "excess": (f"MAX({before}+{cell('capped')}-{cell('floor')},0)", excess),
            "top_up": (top_up, line.floor_top_up),
        }

    def _holds(self, found: Earned, missing: Decimal) -> bool:
        if missing > 0:
            return bool(found.line.floor_top_up)
        through = found.line.gate is GateResult.MET
        return found.row.period.last <= self.plan.statement.as_of and through

    def _reduction(self, found: Earned) -> str | None:
        """The sum of what the named conditions, and those before in a cascade, gave inside."""
        condition = found.condition
        if condition.benefit_measure not in (Measure.NET_VALUE, Measure.GROSS_VALUE):
            return None
        names = reducers(condition, self._members(found))
        terms = [
            here(self.sheet.at[id(other.row)], self.sheet.columns["exact"])
            for part in self.plan.parts
            if part.key in names
            for other in part.rows
            if other.row.period in found.row.period
        ]
        return "+".join(terms) if terms else None

    def _members(self, found: Earned) -> tuple[Condition, ...]:
        version = found.row.version
        known = [part.key for part in self.plan.parts]
        if version is None or not found.condition.stack_group:
            return ()
        groups = in_order([c for c in version.conditions if c.key in known])
        return next((group for group in groups if found.condition in group), ())

    def _paid(self, found: Earned, cell: Any) -> str:
        """The amount before rounding: with the guarantee, and if the group lets it be paid."""
        own = self._before_stacking(found)
        members = self._members(found)
        modes = {member.stack_mode for member in members}
        if not modes & set(ONE_PAID):
            return own
        rivals = [
            (member.key, other)
            for member in members
            for part in self.plan.parts
            if part.key == member.key
            for other in part.rows
            if other.row.period == found.row.period
        ]
        place = next(i for i, (_key, other) in enumerate(rivals) if other is found)
        amounts = [self._before_stacking(other) for _key, other in rivals]
        before, after = amounts[:place], amounts[place + 1 :]
        if StackMode.FIRST_MATCH in modes:
            if not before:
                others = f"MAX({','.join(after)})<=0" if after else "TRUE"
                return f"IF(OR({own}>0,{others}),{own},0)"
            return f"IF(AND({own}>0,MAX({','.join(before)})<=0),{own},0)"
        tests = [f"{own}>MAX({','.join(before)})"] if before else []
        tests += [f"{own}>=MAX({','.join(after)})"] if after else []
        return f"IF(AND({','.join(tests)}),{own},0)" if tests else own

    def _before_stacking(self, found: Earned) -> str:
        at, columns = self.sheet.at[id(found.row)], self.sheet.columns
        capped = here(at, columns["capped"])
        if found.condition.floor is None:
            return capped
        return f"({capped}+{here(at, columns['top_up'])})"


def _let_through(found: Earned) -> Decimal:
    """The part that the gates let through, as the trace tells how each answered."""
    steps = [step for step in found.line.trace if step.kind.value == "gate"]
    version = found.row.version
    gates = (*(version.gates if version else ()), *found.condition.gates)
    part = Decimal(1)
    for gate, told in zip(gates, steps, strict=False):
        answer = GateResult(told.get("result"))
        part *= passed([(gate, answer)], assume=told.get("assumed") == "yes")[0]
    return part


def _capped(found: Earned) -> Decimal:
    return found.line.raw * _let_through(found) - found.line.cap_cut


def _exact(found: Earned) -> Decimal:
    if found.line.stacked_out:
        return ZERO
    amount = _capped(found) + found.line.floor_top_up
    return amount.quantize(Decimal("1e-12"), ROUND_HALF_UP)


def _remark(spot: Spot) -> str:
    """What a formula cannot say, in words."""
    condition, told = spot.found.condition, []
    if formulas.tier_measure(spot) is None:
        told.append(_no_formula(condition))
    if formulas.benefit(spot) is None:
        told.append(_("What it is paid on is not in the lines: it stands as a value."))
    if spot.extra:
        told.append(_("What was agreed beside the lines stands as a value."))
    if gated(spot.found):
        answers = ", ".join(
            f"{step.get('name').replace('_', ' ')}: {_answer(step.get('result'))}"
            for step in spot.found.line.trace
            if step.kind.value == "gate"
        )
        told.append(_("Only paid when: %(gates)s.") % {"gates": answers})
    if condition.tier_measure in formulas.GROWTH and spot.found.row.baseline is None:
        told.append(_("There is no baseline for these months: nothing is earned."))
    if spot.found.line.stacked_out:
        told.append(_("Another condition of its group is paid instead."))
    return " ".join(told)


def _no_formula(condition: Condition) -> str:
    """Why what the tier is chosen by is a value."""
    if condition.tier_measure is Measure.TARGETS_REACHED:
        return _(
            "A target has a metric, a range or days of its own that the lines do not tell: how "
            "many were reached stands as a value."
        )
    if condition.tier_measure is Measure.METRIC:
        return _(
            "The tier is chosen by the metric %(metric)s, which the lines do not tell: it stands "
            "as a value."
        ) % {"metric": metric_name(condition.tier_metric)}
    return _("What the tier is chosen by is not in the lines: it stands as a value.")


def _answer(result: str) -> str:
    return {"met": _("met"), "not_met": _("not met"), "unknown": _("not known yet")}.get(
        result, result
    )
