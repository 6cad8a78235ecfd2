"""Titles with their use and their part of the fee; what lists open, and what they do not."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from keystead.metrics.types import Evaluation
from keystead.negotiation.calc.value.entitled import Entitled, Named, entitled
from keystead.negotiation.calc.value.sharing import each, title_fees
from keystead.negotiation.types.value import Used, ValueOfUse

USE: Final = "unique_requests"
ENTITLED: Final = "entitled_titles"
BY_TITLE: Final = (USE, "turnaways", "open_share")
IDENTIFIERS: Final = ("online_issn", "print_issn", "isbn")
ZERO: Final = Decimal(0)
Row = Mapping[str, Any]


def titles_of_use(
    use: ValueOfUse,
    read: Evaluation | None,
    lists: Evaluation | None,
    prices: Mapping[str, Decimal],
) -> ValueOfUse:
    """Return the use with its titles and packages; ``lists``: what title lists open, by package.

    Without a list the fee is shared over all that was read.
    """
    rows = [row for row in read.rows() if row["title"]] if read is not None else []
    open_to = [row for row in lists.rows() if row["title"]] if lists is not None else []
    if not open_to or lists is None:
        return _priced(use, _merged(rows), prices)
    met = entitled(
        [_named(row, package=row["package"] or "") for row in open_to],
        [_named(row, uses=number_of(row[USE]), proof=row[USE].proof_id) for row in rows],
    )
    held = _by_name(met, rows)
    made = _priced(use, held, prices)
    beyond = tuple(Used(one.title, None, one.uses, None, proof=one.proof) for one in met.beyond)
    return dataclasses.replace(
        made, packages=_packages(met, made), unused=tuple(sorted(one.title for one in met.unused)),
        beyond=beyond, entitled=len({one.title for one in met.titles}),
    )  # fmt: skip


def number_of(figure: Any) -> Decimal:
    """Return the number of a figure, zero where it is empty."""
    return ZERO if figure is None or figure.value is None else Decimal(str(figure.value))


def _named(row: Row, **more: Any) -> Named:
    return Named(row["title"], tuple(row[name] or "" for name in IDENTIFIERS), **more)


def _priced(use: ValueOfUse, titles: tuple[Used, ...], prices: Mapping[str, Decimal]) -> ValueOfUse:
    counted = [(one.name, one.uses) for one in titles]
    parts = {} if use.fee is None else title_fees(use.fee, counted, use.basis, prices, use.currency)
    made = [
        dataclasses.replace(one, fee=parts.get(one.name), each=each(parts.get(one.name), one.uses))
        for one in titles
    ]
    made.sort(key=lambda one: (-one.uses, -one.turnaways, one.name))
    return dataclasses.replace(use, titles=tuple(made))


def _merged(rows: Sequence[Row]) -> tuple[Used, ...]:
    """Return a title once, where reports gave it several sets of identifiers."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["title"]].append(row)
    return tuple(_used(name, held) for name, held in found.items())


def _used(name: str, rows: Sequence[Row]) -> Used:
    uses = sum((number_of(row[USE]) for row in rows), ZERO)
    denied = sum((number_of(row["turnaways"]) for row in rows), ZERO)
    if len(rows) != 1:
        return Used(name, None, uses, None, denied)
    one = rows[0]
    share = number_of(one["open_share"]) if one["open_share"].value is not None else None
    return Used(name, None, uses, None, denied, share, one[USE].proof_id,
                one["turnaways"].proof_id, one["open_share"].proof_id)  # fmt: skip


def _by_name(met: Entitled, rows: Sequence[Row]) -> tuple[Used, ...]:
    """Return each entitled title once, with the rows of its use."""
    by_proof = {row[USE].proof_id: row for row in rows}
    made: dict[str, Used] = {}
    for one in met.titles:
        row = by_proof.get(one.proof)
        used = _used(one.title, [row]) if row is not None else Used(one.title, None, one.uses, None)
        made.setdefault(one.title, used)
    return tuple(made.values())


def _packages(met: Entitled, use: ValueOfUse) -> tuple[Used, ...]:
    fees = {one.name: one.fee for one in use.titles}
    held: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for one in met.titles:
        held[one.package][one.title] = one.uses
    made = []
    for package, titles in held.items():
        known = [fees[title] for title in titles]
        fee = None if use.fee is None else sum((one or ZERO for one in known), ZERO)
        uses = sum(titles.values(), ZERO)
        made.append(Used(package, fee, uses, each(fee, uses)))
    return tuple(sorted(made, key=lambda one: (-one.uses, one.name)))
