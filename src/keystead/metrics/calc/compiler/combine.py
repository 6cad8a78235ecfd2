"""Stage three: brings all scans to one row per cell and does each metric's arithmetic."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from itertools import combinations

from sqlglot import exp

from keystead.metrics.calc.compiler.expressions import (
    BIGINT,
    DOUBLE,
    FACTORED,
    MONEY,
    TEXT,
    alias,
    call,
    case,
    cast,
    coalesce,
    column,
    either,
    every,
    null,
    number,
    products_in,
    subquery,
    substitute,
    table,
    text,
)
from keystead.metrics.calc.compiler.plan import Leaf, Output, Plan, Scan
from keystead.metrics.calc.compiler.rollup import needs_factor, raw_order, rollup_select
from keystead.metrics.calc.compiler.scans import COLUMN, Sources, keys_of, scan_select, union
from keystead.metrics.calc.compiler.symbols import fill_tree, plan_values, symbol
from keystead.metrics.types import Measure, Note, Unit

CELLS = "c"
NOTES = tuple(Note)
CLOCK = "DECIMAL(18, 12)"


@dataclasses.dataclass(frozen=True)
class Compiled:
    """The shape of a query as trees: the scans by name, and the rest, which reads them by name.

    They may run as one statement (``whole``) or apart, each scan where its dataset lies. The trees
    hold places instead of accounts and days; ``tree`` is the whole with the values of its plan.
    Result columns: ``g_<dimension>``, ``g_bucket``, then per output ``m<i>``, ``m<i>_unit`` and
    ``m<i>_note``, a number of NOTES. Where ``units`` knows the unit there is no column for it.
    """

    plan: Plan
    scans: tuple[tuple[str, exp.Select], ...]
    rest: exp.Select
    units: tuple[str | None, ...]

    def whole(self, inline: Collection[str] | None = None) -> exp.Select:
        """Return the rest with the scans of these names (all by default) written into it."""
        found = self.rest.copy()
        own = [(node.alias, node.this) for node in found.ctes]
        found.set("with_", None)
        for name, select in (*self.scans, *own):
            if inline is None or name in inline or (name, select) in own:
                found = found.with_(name, as_=select)
        return found

    @property
    def tree(self) -> exp.Query:
        return fill_tree(self.whole(), plan_values(self.plan))


def compile_plan(plan: Plan, sources: Sources | None = None) -> Compiled:
    """Return the plan as syntax trees."""
    sources = sources or Sources()
    scans = tuple((scan.name, scan_select(plan, scan, sources)) for scan in plan.scans)
    full = [scan for scan in plan.scans if plan.kept(scan) == plan.dimensions]
    part = [scan for scan in plan.scans if scan not in full]
    columns = {scan.name: _columns(plan, scan, sources) for scan in plan.scans}
    keys = [f"g_{name}" for name in plan.dimensions] + (["g_bucket"] if plan.by_time else [])
    found = exp.select(copy=False)
    for scan in plan.scans:
        found = found.with_(f"t{scan.name[1:]}", as_=rollup_select(plan, scan, sources))
    raw = raw_order(plan, sources)
    carried = [*keys, *(name for name in raw if name not in keys)]
    found = found.with_("cells", as_=_cells(full, carried, columns))
    found = found.from_(table("cells", CELLS))
    where = {leaf.name: CELLS for scan in full for leaf in scan.leaves}
    for scan in part:
        name = f"t{scan.name[1:]}"
        shared = [f"g_{kept}" for kept in plan.kept(scan)] + (["g_bucket"] if plan.by_time else [])
        on = [exp.EQ(this=column(name, key), expression=column(CELLS, key)) for key in shared]
        always = exp.EQ(this=number(1), expression=number(1))
        found = found.join(table(name), on=every(always, *on), join_type="left")
        where |= {leaf.name: name for leaf in scan.leaves}
    cells = _Cells(plan, where, {name for names in columns.values() for name, _kind in names},
                   _fixed(plan, sources))  # fmt: skip
    found = found.select(*(column(CELLS, key) for key in keys), copy=False)
    units = []
    for index, output in enumerate(plan.outputs):
        unit = cells.unit(output)
        found = found.select(*cells.output(output, unit, f"m{index}"), copy=False)
        units.append(str(unit.this) if isinstance(unit, exp.Literal) else None)
    order = [exp.Ordered(this=column(CELLS, key), nulls_first=False) for key in raw or keys]
    found = found.order_by(*order, copy=False) if order else found
    return Compiled(plan, scans, found, tuple(units))


def _fixed(plan: Plan, sources: Sources) -> dict[str, str]:
    """Return the currency of each leaf whose dataset knows only one."""
    found = {}
    for scan in plan.scans:
        currency = keys_of(plan, scan, sources).currency
        for leaf in scan.leaves:
            if leaf.aggregate.measure is Measure.MONEY and currency not in ("", COLUMN):
                found[leaf.name] = currency
    return found


def _columns(plan: Plan, scan: Scan, sources: Sources) -> list[tuple[str, str]]:
    """Return the value columns of a rolled-up scan with their types."""
    keys = keys_of(plan, scan, sources)
    converts, shares = needs_factor(plan, scan, keys)
    found = []
    for leaf in scan.leaves:
        measure = leaf.aggregate.measure
        money = measure is Measure.MONEY
        factored = shares or (converts and money)
        count = measure is Measure.COUNT
        found.append((leaf.name, BIGINT if count else FACTORED if factored else MONEY))
        if money and converts:
            found += [(f"{leaf.name}_x", BIGINT), (f"{leaf.name}_y", BIGINT)]
        elif (money and keys.currency == COLUMN) or (measure is Measure.QUANTITY and keys.unit):
            found += [(f"{leaf.name}_lo", TEXT), (f"{leaf.name}_hi", TEXT)]
    return found


def _cells(
    scans: list[Scan], keys: list[str], columns: dict[str, list[tuple[str, str]]]
) -> exp.Select:
    if len(scans) == 1:
        name = f"t{scans[0].name[1:]}"
        chosen = [*keys, *(column_name for column_name, _kind in columns[scans[0].name])]
        return exp.select(*(column(name, one) for one in chosen), copy=False).from_(
            table(name), copy=False
        )
    pairs = [pair for scan in scans for pair in columns[scan.name]]
    rows = []
    for scan in scans:
        name = f"t{scan.name[1:]}"
        own = {one for one, _kind in columns[scan.name]}
        values = [
            alias(cast(column(name, one), kind) if one in own else null(kind), one)
            for one, kind in pairs
        ]
        rows.append(
            exp.select(*(column(name, key) for key in keys), *values, copy=False).from_(
                table(name), copy=False
            )
        )
    found = exp.select(
        *(column("u", key) for key in keys),
        *(alias(call("MAX", column("u", one)), one) for one, _kind in pairs),
        copy=False,
    ).from_(subquery(union(rows), "u"), copy=False)
    return found.group_by(*(column("u", key) for key in keys)) if keys else found


@dataclasses.dataclass(frozen=True)
class _Cells:
    """The combined cells: where each leaf is, which columns there are, whose currency is fixed."""

    plan: Plan
    where: Mapping[str, str]
    known: Collection[str]
    fixed: Mapping[str, str]

    def output(self, output: Output, unit: exp.Expr, name: str) -> list[exp.Expr]:
        """Return the columns of one metric: value, unit unless it is a literal, note."""
        values: dict[str, exp.Expr] = {
            key: self._value(leaf) for key, leaf in output.leaves.items()
        }
        values |= {
            key: _clock(self.plan, key, len(numbers)) for key, numbers in output.clocks.items()
        }
        value, zero = _arithmetic(output, values)
        blocked, flags = self._blocks(output), self._flags(output, "y")
        shown = value
        if blocked:
            any_of = either(node.copy() for _note, node in blocked)
            shown = case((any_of, exp.Null()), otherwise=value)
        notes = [*blocked]
        if zero is not None:
            notes.append((Note.ZERO_DENOMINATOR, zero))
        notes.append((Note.NO_DATA, exp.Is(this=value.copy(), expression=exp.Null())))
        if flags:
            notes.append((Note.CONVERTED, either(flags)))
        coded = [(node, number(NOTES.index(note))) for note, node in notes]
        note = cast(case(*coded, otherwise=number(0)), "SMALLINT")
        found = [alias(shown, name), alias(note, f"{name}_note")]
        return found if isinstance(unit, exp.Literal) else [*found, alias(unit, f"{name}_unit")]

    def unit(self, output: Output) -> exp.Expr:
        """Return the currency or unit that goes with a metric's value; often a literal."""
        if output.unit is Unit.MONEY and self.plan.query.currency:
            return text(self.plan.query.currency)
        measure = {Unit.MONEY: Measure.MONEY, Unit.QUANTITY: Measure.QUANTITY}.get(output.unit)
        own = [leaf for leaf in output.leaves.values() if leaf.aggregate.measure is measure]
        fixed = [self.fixed[leaf.name] for leaf in own if leaf.name in self.fixed]
        if fixed:
            return text(fixed[0])
        names = [self._edge(leaf, "lo") for leaf in own if f"{leaf.name}_lo" in self.known]
        return coalesce(*names, text("")) if names else text("")

    def _value(self, leaf: Leaf) -> exp.Expr:
        return column(self.where[leaf.name], leaf.name)

    def _edge(self, leaf: Leaf, edge: str) -> exp.Expr:
        return column(self.where[leaf.name], f"{leaf.name}_{edge}")

    def _blocks(self, output: Output) -> list[tuple[Note, exp.Expr]]:
        leaves = list({leaf.name: leaf for leaf in output.leaves.values()}.values())
        found = [
            (Note.MIXED_CURRENCIES, self._mixed(leaves, Measure.MONEY)),
            (Note.MIXED_UNITS, self._mixed(leaves, Measure.QUANTITY)),
            (Note.NO_RATE, either(self._flags(output, "x"))),
        ]
        never = exp.false()
        return [(note, node) for note, node in found if node != never]

    def _flags(self, output: Output, suffix: str) -> list[exp.Expr]:
        names = sorted({leaf.name for leaf in output.leaves.values()})
        return [
            exp.EQ(this=column(self.where[name], f"{name}_{suffix}"), expression=number(1))
            for name in names
            if f"{name}_{suffix}" in self.known
        ]

    def _there(self, leaf: Leaf) -> exp.Expr:
        """Return the condition that a leaf adds anything: nothing, or zero, has no currency."""
        some = call("COALESCE", self._value(leaf), number(0))
        return exp.NEQ(this=some, expression=number(0))

    def _mixed(self, leaves: list[Leaf], measure: Measure) -> exp.Expr:
        """Return the condition that a currency or unit meets another one among the leaves."""
        own = [leaf for leaf in leaves if leaf.aggregate.measure is measure]
        read = [leaf for leaf in own if f"{leaf.name}_lo" in self.known]
        fixed = [leaf for leaf in own if leaf.name in self.fixed]
        low = [self._edge(leaf, "lo") for leaf in read]
        high = [self._edge(leaf, "hi") for leaf in read]
        pairs: list[exp.Expr] = [
            exp.NEQ(this=a, expression=b) for a, b in zip(low, high, strict=True)
        ]
        pairs += [exp.NEQ(this=a.copy(), expression=b.copy()) for a, b in combinations(low, 2)]
        for leaf in fixed:  # what all rows share meets nothing where there is no row
            code, there = text(self.fixed[leaf.name]), self._there(leaf)
            pairs += [exp.And(this=exp.NEQ(this=a.copy(), expression=code.copy()),
                              expression=there.copy()) for a in low]  # fmt: skip
        pairs += [
            exp.And(this=self._there(a), expression=self._there(b))
            for a, b in combinations(fixed, 2)
            if self.fixed[a.name] != self.fixed[b.name]
        ]
        return either(pairs)


def _arithmetic(output: Output, values: dict[str, exp.Expr]) -> tuple[exp.Expr, exp.Expr | None]:
    """Return the value of a metric, and the condition that its denominator is zero."""
    numerator = exp.paren(substitute(output.numerator, values))
    if not output.denominator:
        if output.scale == 1:
            return numerator, None
        return exp.Mul(this=numerator, expression=number(output.scale)), None
    if products_in(output.numerator) or products_in(output.denominator):
        # The product of two exact sums does not fit a decimal: a ratio is a double anyway.
        values = {key: cast(node, DOUBLE) for key, node in values.items()}
        numerator = exp.paren(substitute(output.numerator, values))
    below = cast(exp.paren(substitute(output.denominator, values)), DOUBLE)
    scaled = exp.Mul(this=cast(numerator, DOUBLE), expression=number(output.scale))
    value = exp.Div(this=scaled, expression=call("NULLIF", below, number(0)))
    return value, exp.EQ(this=below.copy(), expression=number(0))


def _clock(plan: Plan, clock: str, count: int) -> exp.Expr:
    nodes = [cast(symbol(f"clock.{clock}.{at}"), CLOCK) for at in range(count)]
    if not plan.by_time:
        return nodes[0]
    slot = column(CELLS, "g_bucket")
    branches = [
        (exp.EQ(this=slot.copy(), expression=number(index)), node)
        for index, node in enumerate(nodes)
    ]
    return case(*branches)
