"""Members and rules of a split as plain JSON, written and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from keystead.negotiation.types.fees import Limits, OnOptOut, Override, Repair
from keystead.negotiation.types.plans import (
    Answer,
    PlanMember,
    PlanQuorum,
    Rules,
)

Body = dict[str, Any]


def members_written(members: Iterable[PlanMember]) -> list[Body]:
    """Return members as plain JSON, as ``members_read`` reads them."""
    return [
        {
            "account": one.account_id,
            "code": one.code,
            "name": one.name,
            "figures": {name: f"{value:f}" for name, value in sorted(one.figures.items())},
            "previous": _text(one.previous),
            "answer": one.answer.value,
            "by_hand": None
            if one.by_hand is None
            else {"fee": f"{one.by_hand.fee:f}", "reason": one.by_hand.reason},
            "proofs": dict(one.proofs),
        }
        for one in members
    ]


def members_read(rows: Iterable[Mapping[str, Any]]) -> tuple[PlanMember, ...]:
    return tuple(
        PlanMember(
            row["account"],
            row["code"],
            row["name"],
            {name: Decimal(value) for name, value in row["figures"].items()},
            _number(row["previous"]),
            Answer(row["answer"]),
            Override(Decimal(row["by_hand"]["fee"]), row["by_hand"]["reason"])
            if row["by_hand"]
            else None,
            dict(row["proofs"]),
        )
        for row in rows
    )


def rules_written(rules: Rules) -> Body:
    """Return how the total is shared as plain JSON; amounts as text, as everywhere."""
    limits = rules.limits
    return {
        "method": plain(rules.method),
        "limits": {
            "floor": _text(limits.floor),
            "cap": _text(limits.cap),
            "up_pct": _text(limits.up_pct),
            "down_pct": _text(limits.down_pct),
            "repair": limits.repair.value if limits.repair else None,
        },
        "on_opt_out": rules.on_opt_out.value,
        "open_joins": rules.open_joins,
        "quorum": None
        if rules.quorum is None
        else {"measure": rules.quorum.measure, "least": f"{rules.quorum.least:f}"},
    }


def rules_read(row: Mapping[str, Any]) -> Rules:
    if not row:
        return Rules()
    limits, quorum = row["limits"], row["quorum"]
    return Rules(
        method=row["method"],
        limits=Limits(
            _number(limits["floor"]),
            _number(limits["cap"]),
            _number(limits["up_pct"]),
            _number(limits["down_pct"]),
            Repair(limits["repair"]) if limits["repair"] else None,
        ),
        on_opt_out=OnOptOut(row["on_opt_out"]),
        open_joins=row["open_joins"],
        quorum=PlanQuorum(quorum["measure"], Decimal(quorum["least"])) if quorum else None,
    )


def plain(value: Any) -> Any:
    """Return a nested value with decimals as text.

    >>> plain({"fixed": Decimal("1.50"), "rest": {"kind": "equal"}})
    {'fixed': '1.50', 'rest': {'kind': 'equal'}}
    """
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
