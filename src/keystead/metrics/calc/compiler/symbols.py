"""Values that change from question to question, as named places in a tree of fixed shape.

Building and printing a tree costs far more than running it on a cache. So a tree holds names
where accounts, days and shares belong; its text is kept per shape, and the values are filled in,
each written as a literal by sqlglot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from keystead.kernel.periods import Period, add_months, month_start
from keystead.metrics.calc.compiler.expressions import literal
from keystead.metrics.calc.time import month_shares
from keystead.metrics.types import Query

if TYPE_CHECKING:
    from keystead.metrics.calc.compiler.plan import Plan, Scan

MARK: Final = "§"
_PLACE: Final = re.compile(f"'{MARK}([^{MARK}']+){MARK}'")
_PLAIN: Final = re.compile(r"[A-Za-z0-9 .:_-]*", re.ASCII)
Values = Mapping[str, Sequence[Any]]


def symbol(name: str) -> exp.Expr:
    """Return the place of a value in a tree."""
    return exp.Literal.string(f"{MARK}{name}{MARK}")


def query_values(query: Query) -> dict[str, Sequence[Any]]:
    """Return the values of a question's filters by place."""
    found: dict[str, Sequence[Any]] = {f"f.{name}": values for name, values in query.facts}
    found["accounts"] = sorted(query.accounts or ())
    found["products"] = sorted(query.products or ())
    return found


def plan_values(plan: Plan) -> dict[str, Sequence[Any]]:
    """Return every value of a plan by place."""
    found = dict(query_values(plan.query))
    for scan in plan.scans:
        found |= scan_values(scan)
    for output in plan.outputs:
        for clock, numbers in output.clocks.items():
            found |= {f"clock.{clock}.{at}": [f"{value:f}"] for at, value in enumerate(numbers)}
    return found


def scan_values(scan: Scan) -> dict[str, Sequence[Any]]:
    """Return the days of a scan by place."""
    span = months_of(scan.span) if scan.month_share else scan.span
    found: dict[str, Sequence[Any]] = period_values(scan.name, span)
    first = scan.windows[0].start
    found[f"{scan.name}.base"] = [str(first.year * 12 + first.month)]
    for at, window in enumerate(scan.windows):
        found[f"{scan.name}.from.{at}"] = [window.start.isoformat()]
        found[f"{scan.name}.month.{at}"] = [month_start(window.start).isoformat()]
        found[f"{scan.name}.until.{at}"] = [window.end.isoformat()]
    if scan.month_share:
        for at, share in enumerate(month_shares(scan.windows)):
            found[f"{scan.name}.of.{at}"] = [share.month.isoformat()]
            found[f"{scan.name}.share.{at}"] = [f"{share.share:f}"]
    return found


def period_values(name: str, span: Period) -> dict[str, Sequence[Any]]:
    return {f"{name}.lo": [span.start.isoformat()], f"{name}.hi": [span.end.isoformat()]}


def months_of(span: Period) -> Period:
    """Return the whole months that a span touches."""
    return Period(month_start(span.start), add_months(month_start(span.last), 1))


def fill_tree(tree: exp.Query, values: Values) -> exp.Query:
    """Return the tree with its places filled."""

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.In):
            return exp.In(
                this=node.this,
                expressions=[new for old in node.expressions for new in _literals(old, values)],
            )
        found = _literals(node, values)
        return found[0] if len(found) == 1 else node

    filled = tree.transform(fill)
    assert isinstance(filled, exp.Query)  # noqa: S101  a query stays one
    return filled


def fill_text(sql: str, values: Values, dialect: str) -> str:
    """Return the text with its places filled, each value written as the engine's literal."""

    def fill(match: re.Match[str]) -> str:
        return ", ".join(_written(values[match.group(1)], dialect))

    return _PLACE.sub(fill, sql)


def _literals(node: exp.Expr, values: Values) -> list[exp.Expr]:
    if isinstance(node, exp.Literal) and node.is_string and str(node.this).startswith(MARK):
        return [literal(value) for value in values[str(node.this).strip(MARK)]]
    return [node]


def _written(values: Iterable[Any], dialect: str) -> Iterable[str]:
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool):
            yield str(value)
        elif isinstance(value, str) and _PLAIN.fullmatch(value):
            yield f"'{value}'"  # nothing in it that any engine would escape
        else:
            yield literal(value).sql(dialect=dialect)
