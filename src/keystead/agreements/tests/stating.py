"""Statements from lines in the words of ``world``, without a database."""

from __future__ import annotations

from datetime import date
from typing import Any

from keystead.agreements.calc.evaluate import evaluate, evaluate_agreement
from keystead.agreements.calc.measures import Inputs
from keystead.agreements.calc.stating import stated_rows
from keystead.agreements.calc.volumes import Counting
from keystead.agreements.tests.world import END, YEAR, D, volumes
from keystead.agreements.types import (
    EVERYTHING,
    WHOLE,
    Agreement,
    AgreementKind,
    AgreementVersion,
    Scope,
    StatedLine,
    Statement,
)

NAMES = {1: ("AX-10", "Axicor 10 mg, 28 tablets"), 2: ("BY-20", '=HYPERLINK("x")')}


def statement_of(
    version: AgreementVersion, lines: list[dict[str, Any]], as_of: date = END, **more: Any
) -> Statement:
    """Return the statement of a version, after those ``before``, over lines of account 1."""
    settled, before = more.pop("settled", {}), more.pop("before", ())
    lines = [
        {**line, "gross_value": D(0) if line["is_return"] else line["value"]} for line in lines
    ]
    inputs = Inputs(volumes(lines), frozenset({1}), **more)
    agreement = Agreement(
        1, "JD-2026-1", 1, AgreementKind.ANNUAL, YEAR, version.currency, "Annual agreement",
        "Keystead Pharma", "京东大药房有限公司", versions=(*before, version),
    )  # fmt: skip
    if before:
        run = evaluate_agreement(agreement, inputs, as_of)
    else:
        run = evaluate(version, inputs, as_of)
    rows = stated_rows(agreement, version, run, settled, whole=bool(before))
    return Statement(
        agreement=agreement, version=version, customer="JD", as_of=as_of, run=run, rows=rows,
        lines=tuple(_line(version, line, place) for place, line in enumerate(lines, start=1)),
    )  # fmt: skip


def _line(version: AgreementVersion, line: dict[str, Any], place: int) -> StatedLine:
    sku, name = NAMES[line["product_id"]]
    one = volumes([line])

    def inside(scope: Scope, counting: Counting) -> bool:
        return bool(one.months(frozenset({1}), (version.scope, scope), counting))

    counts = {c.key for c in version.conditions if inside(c.scope, Counting.of(c))}
    counts |= {WHOLE} if inside(EVERYTHING, Counting()) else set()
    focus = {c.key for c in version.conditions if c.focus and inside(c.focus, Counting.of(c))}
    return StatedLine(
        doc_no=f"SI-{place:04}", on=line["month"].replace(day=min(place, 28)), customer="JD",
        product=sku, product_name=name, quantity=line["quantity"], unit="box",
        value=line["value"], is_return=line["is_return"], counts=frozenset(counts),
        focus=frozenset(focus),
    )  # fmt: skip
