"""How a dataset lies in Parquet files, as a relation that DuckDB reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlglot import exp

from keystead.ledger.types import SegmentRead
from keystead.metrics.calc.compiler.expressions import column, one_of, text
from keystead.metrics.calc.compiler.scans import union

FILE = "r"


def read_segments(
    reads: Sequence[SegmentRead], columns: Sequence[str], later: Mapping[str, str] | None = None
) -> exp.Query:
    """Return the rows of the segments; whole files in one read, parts filtered by batch and month.

    ``later``: columns that files of earlier releases lack, with their SQL type; there they have no
    value.
    Raises ValueError for no reads: an empty dataset has no file to take its columns from.
    """
    if not reads:
        raise ValueError("nothing to read")
    more = later or {}
    whole = [read.path for read in reads if read.pairs is None]
    selects = [_select(whole, columns, more)] if whole else []
    for read in reads:
        if read.pairs is not None:
            selects.append(
                _select([read.path], columns, more).where(_pairs(read.pairs), copy=False)
            )
    return union(selects)


def _select(paths: Sequence[str], columns: Sequence[str], later: Mapping[str, str]) -> exp.Select:
    listed: list[exp.Expr] = [exp.Array(expressions=[text(path) for path in paths])]
    if later:
        by_name = exp.EQ(this=exp.column("union_by_name"), expression=exp.true())
        listed.append(by_name)
    read = exp.Table(this=exp.Anonymous(this="read_parquet", expressions=listed))
    alias = exp.TableAlias(this=exp.to_identifier(FILE))
    source: exp.Expr
    if later:
        source = exp.Subquery(this=_widened(read, later), alias=alias)
    else:
        read.set("alias", alias)
        source = read
    return exp.select(*(column(FILE, name) for name in columns), copy=False).from_(
        source, copy=False
    )


def _widened(read: exp.Table, later: Mapping[str, str]) -> exp.Union:
    """The rows of files with the later columns, whether or not any file has them."""
    nothing = (
        exp.alias_(exp.cast(exp.null(), exp.DataType.build(kind)), name, quoted=True)
        for name, kind in later.items()
    )
    return exp.Union(
        this=exp.select(*nothing).where(exp.false()),
        expression=exp.select("*").from_(read),
        distinct=False,
        by_name=True,
    )


def _pairs(pairs: Sequence[tuple[int, date]]) -> exp.Expr:
    months: dict[int, list[date]] = defaultdict(list)
    for batch_id, month in pairs:
        months[batch_id].append(month)
    return exp.or_(
        *(
            exp.and_(
                exp.EQ(this=column(FILE, "batch_id"), expression=exp.Literal.number(batch_id)),
                one_of(column(FILE, "month"), sorted(found)),
                copy=False,
            )
            for batch_id, found in sorted(months.items())
        ),
        copy=False,
    )
