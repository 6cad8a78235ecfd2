"""The schedule of the members as a workbook: made of a split, so nothing private can be in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from keystead import __version__
from keystead.kit.office.inside import MARK, inside_file
from keystead.kit.office.sheets import Column, Sheet, workbook

Body = Mapping[str, Any]
HELD = {
    "floor": "floor",
    "cap": "cap",
    "collar_down": "collar, lower end",
    "collar_up": "collar, upper end",
    "ceiling": "own bid, claim or price alone",
    "manual": "by hand",
}


def schedule_workbook(answer: Body, *, source: str) -> bytes:
    """Return the workbook of an answer of ``fee_answer``: fees, what was said, who left.

    Amounts are typed cells that add up to the total; a member's fee is what the split said. No
    guard has looked it over, so it is marked as internal; ``source``, the SHA-256 of the case it
    was worked out of, proves it: the same case gives the same fees.
    """
    sheets = [_fees(answer), _said(answer, source)]
    if "opt_out" in answer:
        sheets.append(_left(answer["opt_out"], answer["currency"]))
    made = workbook(sheets, title=f"Fees of {len(answer['fees'])} members")
    return inside_file(made, "xlsx", mark=MARK)


def _fees(answer: Body) -> Sheet:
    unit = answer["currency"]
    columns = [
        Column("Code", width=14),
        Column("Member", width=34),
        Column(f"Fee ({unit})", "money"),
        Column("Share", "percent"),
        Column(f"Last year ({unit})", "money"),
        Column(f"Change ({unit})", "money"),
        Column("Change", "percent"),
        Column("Held by", width=28),
        Column("Reason", width=34),
    ]
    return Sheet("Fees", columns, _fee_rows(answer))


def _fee_rows(answer: Body) -> Iterator[list[Any]]:
    for code, line in answer["fees"].items():
        yield [
            code,
            line["name"],
            Decimal(line["fee"]),
            _share(line["share_pct"]),
            _number(line["previous"]),
            _number(line["change"]),
            _share(line["change_pct"]),
            HELD.get(line["held_by"] or "", ""),
            line["reason"],
        ]
    yield ["", "Total", Decimal(answer["sum"]), *[None] * 4, "", ""]


def _said(answer: Body, source: str) -> Sheet:
    lines = [
        ("Total", f"{answer['total']} {answer['currency']}"),
        ("Members", str(len(answer["fees"]))),
    ]
    limits = answer["feasible"]
    reach = f"to {limits['to']}" if limits["to"] else "upward"
    lines.append(("Limits allow a total", f"from {limits['from']} {reach}"))
    lines += [("Note", note["text"]) for note in answer["notes"]]
    quorum = answer.get("quorum")
    if quorum:
        lines.append(
            ("Participation", f"{quorum['reached']} {quorum['unit']} ({quorum['measure']})")
        )
        lines.append(("In force", "yes" if quorum["in_force"] else "no"))
    lines.append(("Worked out of", f"case with SHA-256 {source}"))
    lines.append(("Worked out by", f"keystead allocate {__version__}"))
    return Sheet("How", [Column("What", width=24), Column("Value", width=70)], lines)


def _left(answer: Body, unit: str) -> Sheet:
    columns = [
        Column("Code", width=14),
        Column(f"With everybody ({unit})", "money", width=22),
        Column(f"Now ({unit})", "money"),
        Column(f"Change ({unit})", "money"),
        Column("Change", "percent"),
    ]
    rows = [
        [one["member"], _number(one["before"]), _number(one["after"]), _number(one["change"]),
         _share(one["change_pct"])]
        for one in answer["moved"]
    ]  # fmt: skip
    return Sheet("Who left", columns, rows)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _share(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text) / 100
