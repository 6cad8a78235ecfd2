"""The statement of an agreement: what is due up to a day, with every line it was made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for
from keystead.agreements.calc.evaluate import counts_sales
from keystead.agreements.calc.settlement import Settled
from keystead.agreements.calc.stating import stated_rows
from keystead.agreements.calc.volumes import Counting, Volumes
from keystead.agreements.queries.agreements import in_force
from keystead.agreements.queries.evaluation import (
    Evaluated,
    Then,
    evaluate_agreement,
    versions_of,
    visible_accounts,
    with_agreed,
    with_gross,
)
from keystead.agreements.queries.naming import named_in
from keystead.agreements.queries.settlements import due_run, settled_of, settlement_for
from keystead.agreements.queries.stated_cuts import stated_cuts
from keystead.agreements.types import WHOLE, StatedLine, StatedRow, Statement
from keystead.catalog.queries import product_dimension
from keystead.kernel.errors import Conflict, NotAllowed
from keystead.kernel.periods import month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import lines as ledger_lines

MOST_LINES = 20_000  # beyond it a workbook is of no use to anybody: lines are added up by month
Marks = Mapping[int, frozenset[str]]


def statement_of(
    actor: Actor,
    agreement_id: int,
    *,
    as_of: date,
    version: int | None = None,
    commit: int | None = None,
    settled: Settled | None = None,
) -> Statement:
    """Return the statement of an agreement up to and including a day.

    ``settled``: what was settled before by condition and period (default: all that is posted).
    Needs ``agreements.view``; NotFound as ``agreement_for``. Raises NotAllowed for who may not
    see all customers whose sales count: a statement with lines missing helps nobody.
    """
    found = evaluate_agreement(actor, agreement_id, as_of=as_of, version=version, commit=commit)
    _require_all(actor, found)
    agreement = in_force(found.agreement) if found.whole else found.agreement
    before = settled_of(found.agreement.id, found.run) if settled is None else settled
    rows = stated_rows(agreement, found.version, found.run, before, whole=found.whole)
    return Statement(
        agreement=agreement,
        version=found.version,
        customer=account_for(actor, found.agreement.account_id).name,
        as_of=found.basis.as_of,
        run=found.run,
        rows=rows,
        lines=_stated_lines(actor, found, rows),
        cuts=stated_cuts(actor, found, rows),
    )


def statement_of_settlement(actor: Actor, settlement_id: int) -> Statement:
    """Return the statement of one settlement, as it was calculated.

    With the sales, the terms, the gates and the agreed volumes of that moment, and what was
    settled before by then; only periods that the settlement is about. NotFound and NotAllowed as
    ``statement_of``. Raises Conflict where nothing is calculated yet, for a settlement that takes
    another back, and where what it was made from cannot be had any more.
    """
    one = settlement_for(actor, settlement_id)
    if one.reverses or not one.run_hash:
        raise Conflict(
            _("There is no calculation that a statement could show."),
            code="not_calculated",
            hint=_("Calculate the settlement first; one that takes another back has none."),
        )
    found = evaluate_agreement(
        actor, one.agreement_id, as_of=one.period.last, commit=one.commit,
        then=Then(frozenset(one.versions), one.calculated_at) if one.versions else None,
    )  # fmt: skip
    _require_all(actor, found)
    if found.run.inputs_hash != one.run_hash:
        raise Conflict(
            _("What this settlement was made from has changed since; its amounts stand."),
            code="inputs_changed",
            hint=_("Calculate it again, or take the statement up to a day."),
        )
    before = {(line.condition, line.period): line.settled_before for line in one.lines}
    run = due_run(found, before, one.period.last)
    agreement = in_force(found.agreement) if found.whole else found.agreement
    rows = stated_rows(agreement, found.version, run, before, whole=found.whole)
    return Statement(
        agreement=agreement,
        version=found.version,
        customer=account_for(actor, found.agreement.account_id).name,
        as_of=found.basis.as_of,
        run=run,
        rows=rows,
        lines=_stated_lines(actor, found, rows),
        cuts=stated_cuts(actor, found, rows),
        number=one.credit_note or str(one.id),
    )


def _require_all(actor: Actor, found: Evaluated) -> None:
    if visible_accounts(actor, found.basis.accounts) != found.basis.accounts:
        raise NotAllowed(
            _("This statement has sales of customers that are not yours."),
            code="statement_foreign",
            hint=_("Ask somebody who sees the whole group of companies."),
        )


def _stated_lines(
    actor: Actor, found: Evaluated, rows: Sequence[StatedRow]
) -> tuple[StatedLine, ...]:
    days, accounts = found.basis.days, found.basis.accounts
    if days is None:
        return ()
    table = ledger_lines(
        actor=SYSTEM, dataset="sell_in", period=days, accounts=accounts,
        currency=found.agreement.currency, commit=found.commit,
    )  # fmt: skip
    table = with_agreed(with_gross(table), found.basis, found.version, found.whole)
    counts, focus = _marks(found, table, rows)
    places = sorted({*counts, *focus})
    customers = {one.id: one.name for one in accounts_for(actor)}
    products = _products()
    taken = table.take(pa.array(places, pa.int64())).to_pylist()
    nothing: frozenset[str] = frozenset()
    lines = []
    for place, row in zip(places, taken, strict=True):
        sku, name = products.get(row["product_id"], ("", ""))
        lines.append(
            StatedLine(
                doc_no=_("Agreed volume") if row.get("agreed") else row["doc_no"] or "",
                on=max(row["date"], days.start),
                customer=customers.get(row["account_id"], ""),
                product=sku,
                product_name=name,
                quantity=row["quantity"],
                unit=row["unit"] or "",
                value=row["value"],
                is_return=bool(row["is_return"]),
                counts=counts.get(place, nothing),
                focus=focus.get(place, nothing),
            )
        )
    return tuple(lines) if len(lines) <= MOST_LINES else added_up(lines)


def _marks(found: Evaluated, table: pa.Table, rows: Sequence[StatedRow]) -> tuple[Marks, Marks]:
    """Which lines count for which conditions, and belong to whose focus range.

    A line counts by the terms of the version that ruled its period, and by no others.
    """
    versions = versions_of(found.agreement, found.version, found.whole)
    volumes = Volumes.from_arrow(table, named_in(versions))
    accounts = found.basis.accounts
    months = [month_start(day) for day in table["date"].to_pylist()]
    counts: dict[int, set[str]] = defaultdict(set)
    focus: dict[int, set[str]] = defaultdict(set)
    limits = found.version  # of several the one that holds on the day limits them all
    if limits.cap is not None and limits.cap.pct_of_base is not None:
        for place in volumes.places(accounts, (limits.scope,), Counting()):
            counts[place].add(WHOLE)
    for version in versions:
        for condition in version.conditions:
            ruled = [
                (row.first, row.last)
                for row in rows
                if row.key == condition.key and row.version == version
            ]
            scopes = [(counts, condition.scope)]
            scopes += [(focus, condition.focus)] if condition.focus is not None else []
            for marks, scope in scopes if ruled and counts_sales(condition) else ():
                for place in volumes.places(
                    accounts, (version.scope, scope), Counting.of(condition)
                ):
                    if any(first <= months[place] <= last for first, last in ruled):
                        marks[place].add(condition.key)
    return _frozen(counts), _frozen(focus)


def _frozen(marks: Mapping[int, set[str]]) -> Marks:
    return {place: frozenset(keys) for place, keys in marks.items()}


def added_up(lines: list[StatedLine]) -> tuple[StatedLine, ...]:
    """Return lines added up by month, customer and product, where they are too many for a sheet."""
    groups: dict[tuple[object, ...], list[StatedLine]] = defaultdict(list)
    for line in lines:
        key = (
            month_start(line.on), line.customer, line.product, line.unit, line.is_return,
            line.counts, line.focus,
        )  # fmt: skip
        groups[key].append(line)
    found = []
    for members in groups.values():
        first = members[0]
        count = _("%(count)s lines") % {"count": len(members)}
        found.append(
            StatedLine(
                doc_no=first.doc_no if len(members) == 1 else count,
                on=month_start(first.on),
                customer=first.customer,
                product=first.product,
                product_name=first.product_name,
                quantity=sum((line.quantity for line in members), first.quantity * 0),
                unit=first.unit,
                value=sum((line.value for line in members), first.value * 0),
                is_return=first.is_return,
                counts=first.counts,
                focus=first.focus,
            )
        )
    return tuple(sorted(found, key=lambda line: (line.on, line.customer, line.product)))


def _products() -> dict[int, tuple[str, str]]:
    table = product_dimension().select(["product_id", "sku", "name"])
    return {row["product_id"]: (row["sku"], row["name"]) for row in table.to_pylist()}
