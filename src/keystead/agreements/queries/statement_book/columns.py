"""The columns of the calculation, and the formula of each for one condition in one period."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from keystead.agreements.queries.statement_book.plan import (
    PLAIN,
    Earned,
    Part,
    Sums,
    pays_by_cuts,
)
from keystead.agreements.queries.statement_book.terms import Block
from keystead.agreements.types import Boundary, Measure, Method, RateKind

GROWTH = (Measure.GROWTH_PCT, Measure.GROWTH_VALUE)


@dataclasses.dataclass(frozen=True)
class Spot:
    """One row of the calculation while it is written: its terms, sums, and cells by name."""

    part: Part
    found: Earned
    sums: Sums
    focus: Sums
    block: Block
    cell: Callable[[str], str]

    @property
    def extra(self) -> dict[str, Decimal]:
        """What both sides agreed on beside the lines: the engine's measure less that of the lines.

        Only the value and the quantity are told by the trace; gross follows its own measure.
        """
        trace = next((step for step in self.found.line.trace if step.kind.value == "lines"), None)
        if trace is None:
            return {}
        value = Decimal(trace.get("value") or 0) - self.sums.value
        quantity = Decimal(trace.get("quantity") or 0) - self.sums.quantity
        gross = self._gross() - self.sums.gross
        found = {"value": value, "gross": gross, "quantity": quantity}
        return {name: amount for name, amount in found.items() if amount}

    def _gross(self) -> Decimal:
        condition, line = self.found.condition, self.found.line
        if condition.tier_measure is Measure.GROSS_VALUE and line.tier_measure is not None:
            return line.tier_measure
        if condition.benefit_measure is Measure.GROSS_VALUE and not condition.benefit_on_focus:
            return line.benefit_measure or Decimal(0)
        return self.sums.gross


def summed(spot: Spot, name: str, *, focus: bool = False) -> str:
    """The sum of one measure over the lines that count, in the months of the row."""
    which = "focus" if focus else "counts"
    months = f'line_month,">="&{spot.cell("first")},line_month,"<="&{spot.cell("last")}'
    text = f"SUMIFS(line_{name},{which}_{spot.part.number},1,{months})"
    if not focus and spot.extra.get(name):
        text += f"+{spot.cell('agreed_' + name)}"
    return f"ROUND({text},4)"


def counted(spot: Spot) -> str:
    months = f'line_month,">="&{spot.cell("first")},line_month,"<="&{spot.cell("last")}'
    return f"COUNTIFS(counts_{spot.part.number},1,{months})"


def tier_measure(spot: Spot) -> str | None:
    """What the tier is chosen by; None where it is a value that the lines do not tell."""
    condition, cell = spot.found.condition, spot.cell
    measure = condition.tier_measure
    if measure in GROWTH:
        base, actual = cell("baseline"), cell(PLAIN.get(spot.found.compared, "value"))
        if measure is Measure.GROWTH_VALUE:
            return f'IF({base}="","",{actual}-{base})'
        return f'IF({base}="","",ROUND(({actual}-{base})*100/{base},9))'
    if measure is Measure.SHARE_PCT:
        whole = cell("value")
        return f'IF({whole}<=0,"",ROUND({cell("focus_value")}*100/{whole},9))'
    if measure is Measure.NONE or pays_by_cuts(condition):
        return credits(spot) if pays_by_cuts(condition) else "0"
    if measure is Measure.TARGETS_REACHED and not apart(spot.found):
        told = [(cell(PLAIN[one.measure]), one.value) for one in condition.targets]
        return "+".join(f"IF({actual}>={value:f},1,0)" for actual, value in told) or "0"
    return cell(PLAIN[measure]) if measure in PLAIN else None


def credits(spot: Spot) -> str:
    """The sum of what the price cuts inside the period pay."""
    days = f'cut_day,">="&{spot.cell("from")},cut_day,"<="&{spot.cell("to")}'
    same = f"cut_condition,{spot.part.number},cut_version,{spot.found.version}"
    return f"ROUND(SUMIFS(cut_credit,{same},{days}),9)"


def apart(found: Earned) -> bool:
    """Return whether a target looks at more than the sales that count for its row.

    A metric, a range of its own, or days of its own: what was reached stands as a value then.
    """
    return any(
        one.measure not in PLAIN
        or one.scope not in (None, found.condition.scope)
        or one.period not in (None, found.row.period)
        for one in found.condition.targets
    )


def tier(spot: Spot) -> str:
    sign = "<" if spot.found.condition.boundary is Boundary.GT else "<="
    measure = spot.cell("tier_measure")
    return f'IF({measure}="",0,SUMPRODUCT(--({spot.block.lowers}{sign}{measure})))'


def lower(spot: Spot) -> str:
    return f'IF({spot.cell("tier")}=0,"",INDEX({spot.block.lowers},{spot.cell("tier")}))'


def rate(spot: Spot) -> str:
    block, place, measure = spot.block, spot.cell("tier"), spot.cell("tier_measure")
    here = f"INDEX({block.rates},{place})"
    if spot.found.condition.method is Method.LINEAR and block.count > 1 and not _fixed(spot):
        low, high = f"INDEX({block.lowers},{place})", f"INDEX({block.lowers},{place}+1)"
        following = f"INDEX({block.rates},{place}+1)"
        sloped = f"{here}+({following}-{here})*({measure}-{low})/({high}-{low})"
        here = f"IF({place}={block.count},{here},{sloped})"
    return f"IF({place}=0,0,{here})"


def benefit(spot: Spot) -> str | None:
    """What the rate is paid on, before reductions; None where it is a value from elsewhere."""
    condition, cell = spot.found.condition, spot.cell
    measure = condition.benefit_measure
    if pays_by_cuts(condition):
        return cell("tier_measure")
    if measure is Measure.GROWTH_VALUE:
        base, actual = cell("baseline"), cell(PLAIN.get(spot.found.compared, "value"))
        return f'IF({base}="",0,MAX({actual}-{base},0))'
    if measure in PLAIN:
        name = PLAIN[measure]
        return cell(f"focus_{name}" if condition.benefit_on_focus else name)
    return None if measure is Measure.METRIC else "0"


def raw(spot: Spot) -> str:
    """The amount before gates and limits, by the method of the tiers."""
    condition, block, cell = spot.found.condition, spot.block, spot.cell
    place, base, measure = cell("tier"), cell("base"), cell("tier_measure")
    rates = f"INDEX({block.rates},1):INDEX({block.rates},{place})"
    if condition.rate_kind is RateKind.FREE_GOODS or pays_by_cuts(condition):
        return cell("base") if pays_by_cuts(condition) else "0"
    if _fixed(spot):
        if condition.method in (Method.ALL_UNITS, Method.LINEAR):
            return cell("rate")
        return f"IF({place}=0,0,SUM({rates}))"
    per = "/100" if condition.rate_kind is RateKind.PERCENT else ""
    if condition.method in (Method.ALL_UNITS, Method.LINEAR):
        return f"{base}*{cell('rate')}{per}"
    if condition.method is Method.ADDITIVE:
        return f"IF({place}=0,0,{base}*SUM({rates}){per})"
    spread = "" if _same(spot) else f"*IF({measure}=0,0,{base}/{measure})"
    end = f"(({measure}<{block.uppers})*{measure}+({measure}>={block.uppers})*{block.uppers})"
    sign = ">" if condition.boundary is Boundary.GT else ">="
    part = f"({measure}{sign}{block.lowers})*{end}"
    if condition.method is Method.INCREMENTAL:
        part = f"({measure}>{block.lowers})*({end}-{block.lowers})"
    return f"IF({place}=0,0,SUMPRODUCT({part}*{block.rates}){per}{spread})"


def free_units(spot: Spot) -> str:
    goods, quantity = spot.found.condition.free_goods, spot.cell("quantity")
    if goods is None:
        return "0"
    times = f"ROUND({quantity}/{goods.per},9)"
    text = {
        "floor": f"INT({times})*{goods.free}",
        "half_up": f"ROUND({times},0)*{goods.free}",
        "ceiling": f"ROUNDUP({times},0)*{goods.free}",
        "prorated": f"INT(ROUND({quantity}*{goods.free}/{goods.per},9))",
    }[goods.partial.value]
    gate = f",{spot.cell('gate')}=0" if "gate" in _used(spot) else ""
    return f"IF(OR({quantity}<=0{gate}),0,{text})"


def capped(spot: Spot) -> str:
    """The amount after gates, cut to its cap: of several limits the lowest."""
    cap, cell = spot.found.condition.cap, spot.cell
    held = f"{cell('raw')}*{cell('gate')}" if gated(spot.found) else cell("raw")
    if cap is None:
        return held
    limits = [held]
    if cap.amount is not None:
        limits.append(cell("cap"))
    if cap.pct_of_base is not None:
        limits.append(f"MAX({cell('base')},0)*{cell('cap_pct')}/100")
    return f"MIN({','.join(limits)})"


def gated(found: Earned) -> bool:
    return bool(found.condition.gates or (found.row.version and found.row.version.gates))


def _used(spot: Spot) -> set[str]:
    return {"gate"} if gated(spot.found) else set()


def _fixed(spot: Spot) -> bool:
    return spot.found.condition.rate_kind is RateKind.FIXED


def _same(spot: Spot) -> bool:
    """Whether the rate is paid on the very measure that the tier is chosen by."""
    condition = spot.found.condition
    same = condition.tier_measure is condition.benefit_measure and not condition.benefit_on_focus
    return same and not spot.found.line.reduction


Written = tuple[str | None, Any]  # the formula (None: a value), what it is now
