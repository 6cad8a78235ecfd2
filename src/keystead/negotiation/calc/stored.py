"""Issues, sides and drafts as JSON, written and read; and the case that the front is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.negotiation.types.cases import Case, Issue, Measure, Option, Outcome, Side
from keystead.negotiation.types.room import Draft, IssuePlan, Negotiation, OptionPlan, Trust


def issues_written(issues: Iterable[IssuePlan]) -> list[dict[str, Any]]:
    """Return issues as plain JSON, as ``issues_read`` reads them."""
    return [
        {
            "name": one.name,
            "our_weight": f"{one.our_weight:f}",
            "their_weight": f"{one.their_weight:f}",
            "trust": one.trust.value,
            "options": [_option_written(option) for option in one.options],
        }
        for one in issues
    ]


def _option_written(one: OptionPlan) -> dict[str, Any]:
    return {
        "name": one.name,
        "our_money": _text(one.our_money),
        "their_money": _text(one.their_money),
        "ours": _text(one.ours),
        "theirs": _text(one.theirs),
        **({"term": one.term} if one.term else {}),
    }


def issues_read(rows: Iterable[Mapping[str, Any]]) -> tuple[IssuePlan, ...]:
    return tuple(
        IssuePlan(
            row["name"],
            tuple(_option_read(one) for one in row["options"]),
            Decimal(row["our_weight"]),
            Decimal(row["their_weight"]),
            Trust(row["trust"]),
        )
        for row in rows
    )


def _option_read(row: Mapping[str, Any]) -> OptionPlan:
    return OptionPlan(
        row["name"],
        _number(row["our_money"]),
        _number(row["their_money"]),
        Decimal(row["ours"]),
        Decimal(row["theirs"]),
        row.get("term", ""),
    )


def side_written(side: Side) -> dict[str, Any]:
    """Return how a side counts and what it has without a deal, as plain JSON."""
    return {
        "measure": side.measure.value,
        "reservation": _text(side.reservation),
        "margin": _text(side.margin),
        "without_deal": [
            {
                "text": one.text,
                "amount": _text(one.amount),
                "probability_pct": _text(one.probability_pct),
            }
            for one in side.without_deal
        ],
    }


def side_read(row: Mapping[str, Any]) -> Side:
    if not row:
        return Side(measure=Measure.MONEY)
    outcomes = tuple(
        Outcome(one["text"], Decimal(one["amount"]), Decimal(one["probability_pct"]))
        for one in row["without_deal"]
    )
    return Side(
        Measure(row["measure"]), _number(row["reservation"]), outcomes, Decimal(row["margin"])
    )


def drafts_written(drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    return [
        {
            "key": one.key,
            "name": one.name,
            "package": dict(one.package),
            "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        }
        for one in drafts
    ]


def drafts_read(rows: Iterable[Mapping[str, Any]]) -> tuple[Draft, ...]:
    return tuple(
        Draft(
            row["key"],
            row["name"],
            dict(row["package"]),
            date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        )
        for row in rows
    )


def case_to_work_out(found: Negotiation) -> Case:
    """Return the case that front, zone and offers are worked out of."""
    issues = tuple(
        Issue(
            one.name,
            tuple(
                Option(o.name, o.ours, o.theirs, o.our_money, o.their_money) for o in one.options
            ),
            one.our_weight,
            one.their_weight,
        )
        for one in found.issues
    )
    return Case(issues, found.ours, found.theirs)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
