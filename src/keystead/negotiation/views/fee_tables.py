"""The tables of a split: who pays what, who left, methods side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from keystead.kernel.money import minor_units
from keystead.kit.ui import formats
from keystead.kit.ui.charts import Chart, variance_bars
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.negotiation.queries.fee_words import (
    ANSWERS,
    BOUNDS,
    PLAN_STATES,
    compared_word,
    figure_word,
    method_word,
    problem,
    span,
)
from keystead.negotiation.types.fees import FeeLine
from keystead.negotiation.types.plans import (
    Compared,
    FeePlan,
    Participation,
    PlanMember,
    PlannedInvoice,
    Split,
)

ZERO, HUNDRED = Decimal(0), Decimal(100)
MOST_BARS = 40


def plans(found: Iterable[FeePlan]) -> Table:
    """Return the splits of a consortium."""
    columns = [
        Column("name", _("Split")), Column("state", _("State"), "tag"),
        Column("period", _("Period")), Column("total", _("Fee in all"), "text"),
        Column("members", _("Members"), "number", hide="phone"),
        Column("method", _("Method"), hide="phone"),
    ]  # fmt: skip
    rows = [
        Row(
            {
                "name": Cell(
                    f"{one.name} ({one.number})",
                    href=reverse("negotiation:fee_plan", args=[one.id]),
                ),
                "state": PLAN_STATES[one.state],
                "period": span(one),
                "total": money(one.total.amount, one.currency),
                "members": len(one.members),
                "method": method_word(one),
            }
        )
        for one in found
    ]
    return Table(columns, rows, _("Splits of the fee"), empty=_("No fee was split yet."))


def money(value: Decimal, currency: str) -> str:
    return formats.money(value, currency, locale=get_language() or "en", full=True)


def number(value: Decimal, digits: int | None = None) -> str:
    return formats.number(value, locale=get_language() or "en", digits=digits)


def fees(plan: FeePlan, found: Split) -> Table:
    """Return who pays what; members one may not see are one row together."""
    unit, digits = plan.currency, minor_units(plan.currency)
    columns = [
        Column("member", _("Member")),
        Column("answer", pgettext("member", "Answer"), hide="phone"),
        Column("share", _("Share"), "pct", digits=2),
        Column("fee", _("Fee"), "money", unit=unit, digits=digits),
        Column("last", _("Last year"), "money", unit=unit, digits=digits, hide="phone"),
        Column("change", _("Change"), "variance", unit=unit, digits=digits, good="none"),
        Column("pct", _("Change"), "variance_percent", unit="%", good="none"),
        Column("held", _("Held by"), hide="phone"),
    ]
    lines = {line.code: line for line in found.allocation.lines}
    rows = [_fee_row(one, lines.get(one.code)) for one in plan.members if not one.hidden]
    rows.sort(key=lambda row: -(row.cells["fee"] or ZERO))
    unseen = [lines[one.code] for one in plan.members if one.hidden and one.code in lines]
    if any(one.hidden for one in plan.members):
        rows.append(_unseen_row(sum(one.hidden for one in plan.members), unseen))
    if rows:
        rows.append(_total_row(found, lines.values()))
    return Table(columns, rows, _("Who pays what"), sortable=False, empty=_("Nobody takes part."))


def _fee_row(one: PlanMember, line: FeeLine | None) -> Row:
    cells: dict[str, Any] = {
        "member": Cell(one.name, sub=one.code, href=reverse("web:account", args=[one.account_id])),
        "answer": ANSWERS[one.answer],
        "fee": None,
        "last": Cell(one.previous, proof=one.proofs.get("spend", ""))
        if one.previous is not None and one.previous == one.figures.get("spend")
        else one.previous,
    }
    if line is None:
        return Row({**cells, "held": ""}, tone="quiet")
    held = str(BOUNDS[line.bound]) if line.bound else ""
    return Row(
        {
            **cells,
            "share": line.share_pct,
            "fee": line.fee,
            "change": line.change,
            "pct": None if line.change_pct is None else line.change_pct / HUNDRED,
            "held": Cell(held, sub=line.reason) if line.reason else held,
        }
    )


def _unseen_row(count: int, lines: Sequence[FeeLine]) -> Row:
    text = ngettext(
        "%(number)s member you may not see", "%(number)s members you may not see", count
    ) % {"number": count}  # fmt: skip
    return Row(
        {
            "member": text,
            "answer": "",
            "share": sum((one.share_pct for one in lines), ZERO),
            "fee": sum((one.fee for one in lines), ZERO),
            "last": None,
            "held": "",
        }
    )


def _total_row(found: Split, lines: Iterable[FeeLine]) -> Row:
    known = list(lines)
    total = sum((one.fee for one in known), ZERO)
    last = [one.previous for one in known]
    before = sum((one for one in last if one is not None), ZERO) if None not in last else None
    change = None if before is None else total - before
    return Row(
        {
            "member": _("Total"),
            "answer": "",
            "share": sum((one.share_pct for one in known), ZERO),
            "fee": total,
            "last": before,
            "change": change,
            "pct": change / before if change is not None and before else None,
            "held": "",
        },
        total=True,
    )


def changes(plan: FeePlan, found: Split) -> Chart | None:
    """Return who pays more or less than last year, the largest rise first."""
    names = {one.code: one.name for one in plan.members if not one.hidden}
    moved = [
        (names[line.code], line.change)
        for line in found.allocation.lines
        if line.change and line.code in names
    ]
    if not moved:
        return None
    moved.sort(key=lambda pair: -(pair[1] or ZERO))
    if len(moved) > MOST_BARS:
        moved = [*moved[: MOST_BARS // 2], *moved[-MOST_BARS // 2 :]]
    return variance_bars(
        label=_("Change against last year"), items=moved, currency=plan.currency, good="none",
        head=_("Member"),
    )  # fmt: skip


def left(plan: FeePlan, found: Split) -> Table | None:
    """Return who pays more because others stay out; None where all take part."""
    if found.left is None:
        return None
    unit, digits = plan.currency, minor_units(plan.currency)
    names = {one.code: one.name for one in plan.members if not one.hidden}
    columns = [
        Column("member", _("Member")),
        Column("before", _("With everybody"), "money", unit=unit, digits=digits),
        Column("after", _("Now"), "money", unit=unit, digits=digits),
        Column("change", _("Change"), "variance", unit=unit, digits=digits, good="none"),
        Column("pct", _("Change"), "variance_percent", unit="%", good="none", hide="phone"),
    ]
    rows = [
        Row(
            {
                "member": names[one.code],
                "before": one.before,
                "after": one.after,
                "change": one.change,
                "pct": None if one.change_pct is None else one.change_pct / HUNDRED,
            }
        )
        for one in sorted(found.left.moved, key=lambda one: (-one.change, one.code))
        if one.code in names
    ]
    return Table(columns, rows, _("Who pays more because others stay out"), sortable=False)


def comparison(plan: FeePlan, found: Sequence[Compared]) -> Table:
    """Return the fees of each member by each method, the plan's own first."""
    unit, digits = plan.currency, minor_units(plan.currency)
    own = str(plan.rules.method.get("kind", ""))
    columns = [Column("member", _("Member"))]
    columns += [
        Column(f"m{at}", compared_word(one, own), "money", digits=digits,
               unit=pgettext("method", "chosen") if one.key == "own" else unit)
        for at, one in enumerate(found)
    ]  # fmt: skip
    fees_of = [one.allocation.fees if one.allocation else {} for one in found]
    rows = []
    for member in plan.members:
        if not member.hidden:
            cells: dict[str, Any] = {"member": member.name}
            cells |= {f"m{at}": known.get(member.code) for at, known in enumerate(fees_of)}
            rows.append(Row(cells))
    rows.append(_risen(plan, found))
    return Table(columns, rows, _("Methods side by side"), sortable=False)


def _risen(plan: FeePlan, found: Sequence[Compared]) -> Row:
    """How many pay more than last year by each method; or that it cannot be done."""
    cells: dict[str, Any] = {"member": _("Largest rise against last year")}
    for at, one in enumerate(found):
        rises = [
            line.change_pct
            for line in (one.allocation.lines if one.allocation else ())
            if line.change_pct is not None
        ]
        cells[f"m{at}"] = None
        if rises:
            cells[f"m{at}"] = Cell(max(ZERO, *rises), sub="%")
    return Row(cells, total=True)


def impossible(plan: FeePlan, found: Sequence[Compared]) -> list[tuple[str, str, str]]:
    """Return the methods that cannot do it: name, why, what would mend it."""
    own = str(plan.rules.method.get("kind", ""))
    return [
        (compared_word(one, own), *problem(one.problem, one.data, one.message, plan.currency))
        for one in found
        if one.allocation is None
    ]


def message(plan: FeePlan, found: Split) -> str:
    """Return what the split says: who pays more than last year, and who most."""
    lines = [line for line in found.allocation.lines if line.change is not None]
    more = [line for line in lines if line.change and line.change > 0]
    if not lines:
        words = {"total": money(found.allocation.total.amount, plan.currency),
                 "number": len(found.allocation.lines)}  # fmt: skip
        return ngettext(
            "%(total)s shared over %(number)s member.", "%(total)s shared over %(number)s members.",
            len(found.allocation.lines),
        ) % words  # fmt: skip
    if not more:
        return _("Nobody pays more than last year.")
    names = {one.code: one.name for one in plan.members if not one.hidden}
    seen = [line for line in more if line.code in names]
    top = max(seen, key=lambda line: line.change_pct or ZERO, default=None)
    text = ngettext(
        "%(number)s of %(all)s members pays more than last year.",
        "%(number)s of %(all)s members pay more than last year.", len(more),
    ) % {"number": len(more), "all": len(found.allocation.lines)}  # fmt: skip
    if top is None or top.change_pct is None:
        return text
    words = {"member": names[top.code], "pct": number(top.change_pct, 1)}
    return f"{text} {_('Most of all %(member)s: %(pct)s %% more.') % words}"


def quorum_text(found: Participation | None) -> str:
    """Return where the quorum stands, empty where there is none."""
    if found is None:
        return ""
    percent = "" if found.measure == "members" else " %"
    words: Mapping[str, Any] = {
        "figure": figure_word(found.measure), "reached": f"{number(found.reached)}{percent}",
        "least": f"{number(found.least)}{percent}", "missing": f"{number(found.missing)}{percent}",
    }  # fmt: skip
    if found.in_force:
        text = _("The quorum is reached: %(reached)s of %(least)s (%(figure)s).") % words
    else:
        text = (
            _("The quorum is not reached: %(missing)s of %(least)s missing (%(figure)s).") % words
        )
    if found.waiting:
        text += " " + ngettext(
            "%(number)s member has not answered.", "%(number)s members have not answered.",
            found.waiting,
        ) % {"number": found.waiting}  # fmt: skip
    return text


def invoices(found: Sequence[PlannedInvoice], currency: str) -> Table:
    """Return the invoices to come, by day; those one may not see are left out."""
    digits = minor_units(currency)
    columns = [
        Column("due", _("Due"), "date"), Column("member", _("Member")),
        Column("part", pgettext("invoice", "Part"), "number", hide="phone"),
        Column("amount", _("Amount"), "money", unit=currency, digits=digits),
    ]  # fmt: skip
    rows = [
        Row({"due": one.due, "member": one.name, "part": one.number, "amount": one.amount})
        for one in found
        if not one.hidden
    ]
    if rows:
        total = sum((one.amount for one in found if not one.hidden), ZERO)
        rows.append(Row({"due": None, "member": _("Total"), "part": None, "amount": total},
                        total=True))  # fmt: skip
    return Table(columns, rows, _("Invoices to come"), sortable=False, empty=_("None planned."))
