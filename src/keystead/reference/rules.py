"""Which columns of a rates file mean what, and which rows are rates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kernel.exact import exact, round_half_up
from keystead.kernel.money import currency_code
from keystead.kernel.rates import RATE_PLACES
from keystead.reference.types import RateLine

_HEADERS: dict[str, frozenset[str]] = {
    "on": frozenset("date day on month datum jour mois 日期 月份".split()),
    "base": frozenset(
        {"base", "from", "from currency", "de", "devise de base", "原币", "基准货币"}
    ),
    "quote": frozenset(
        {"quote", "to", "to currency", "vers", "devise cible", "currency", "目标货币", "币种"}
    ),
    "value": frozenset(
        {"rate", "value", "exchange rate", "taux", "cours", "taux de change", "汇率"}
    ),
    "source": frozenset({"source", "provider", "origine", "来源"}),
}


def gettext_noop(text: str) -> str:
    """Mark a sentence for the catalogues; screens translate it."""
    return text


_ = gettext_noop
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)


def rate_lines(
    rows: Sequence[Sequence[str]],
    *,
    base: str = "",
    source: str = "",
    file: str = "",
    first_row: int = 1,
) -> tuple[RateLine, ...]:
    """Return the rates in the rows of a file; the first row is the header.

    Two layouts: long (date, from, to, rate, source; ``base`` stands in for a missing "from")
    and wide (date, then a column per currency, all against ``base``, as central banks publish
    them). Empty and "N/A" cells are no rates. ``first_row`` is the
    place of the header in the file. A date is ISO, a month means its first day.
    Raises SourceProblem with row and column for anything that is not plainly right.

    >>> rate_lines([["Date", "CNY"], ["2026-06-30", "7.85"]], base="EUR", source="ECB")[0].quote
    'CNY'
    """
    if not rows:
        raise SourceProblem(_("The file is empty."), code="empty", file=file)
    header = [cell.strip() for cell in rows[0]]
    places = {
        field: next((i for i, cell in enumerate(header) if cell.lower() in names), None)
        for field, names in _HEADERS.items()
    }
    if places["on"] is None:
        raise SourceProblem(
            _("No column holds the date of the rates."),
            code="no_date",
            hint=_("Name one column 'date'."),
            file=file,
            row=1,
        )
    if places["value"] is not None and places["quote"] is not None:
        found = _long(rows, places, base, source, file, first_row)
    else:
        found = _wide(rows, header, places["on"], base, source, file, first_row)
    if not found:
        raise SourceProblem(_("The file holds no rates."), code="empty", file=file)
    return _without_twins(found, file)


def _long(
    rows: Sequence[Sequence[str]],
    places: dict[str, int | None],
    base: str,
    source: str,
    file: str,
    first_row: int,
) -> list[RateLine]:
    if places["base"] is None and not base:
        raise SourceProblem(
            _("No column says which currency the rates start from."),
            code="no_base",
            hint=_("Add a column 'from', or name the base currency."),
            file=file,
            row=1,
        )
    found = []
    for number, row in enumerate(rows[1:], first_row + 1):
        cells = {
            field: row[place].strip() if place is not None and place < len(row) else ""
            for field, place in places.items()
        }
        if not any(cell.strip() for cell in row):
            continue
        line = (cells["base"] or base, cells["quote"], cells["on"], cells["value"])
        found.append(_line(*line, cells["source"] or source, number, file))
    return found


def _wide(
    rows: Sequence[Sequence[str]],
    header: list[str],
    day: int,
    base: str,
    source: str,
    file: str,
    first_row: int,
) -> list[RateLine]:
    columns = [(index, name) for index, name in enumerate(header) if _CODE.fullmatch(name)]
    if not columns or not base:
        raise SourceProblem(
            _("The columns of this file are not those of a list of rates."),
            code="layout",
            hint=_(
                "Use date, from, to, rate; or a column per currency and name the base currency."
            ),
            file=file,
            row=1,
        )
    found = []
    for number, row in enumerate(rows[1:], first_row + 1):
        for index, quote in columns:
            cell = row[index].strip() if index < len(row) else ""
            if cell in ("", "N/A", "-") or quote == base.upper():
                continue
            found.append(_line(base, quote, row[day].strip(), cell, source, number, file))
    return found


def _line(base: str, quote: str, on: str, value: str, source: str, row: int, file: str) -> RateLine:
    try:
        number: Decimal = round_half_up(exact(value, "rate"), RATE_PLACES)
        if number <= 0:
            raise Invalid(_("An exchange rate must be above zero."))
        line = RateLine(
            currency_code(base), currency_code(quote), _date(on), number, source.strip(), row
        )
        if line.base == line.quote:
            raise Invalid(_("A currency has no rate to itself."))
        if not line.source:
            raise Invalid(_("Nobody says where this rate comes from."), hint=_("Name the source."))
    except Invalid as error:
        raise SourceProblem(
            error.message, code="bad_rate", hint=error.hint, file=file, row=row
        ) from None
    return line


def _date(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text[:10])
    except ValueError:
        raise Invalid(_("This is no date."), hint=_("Write dates as 2026-06-30.")) from None


def _without_twins(lines: list[RateLine], file: str) -> tuple[RateLine, ...]:
    seen: dict[tuple[str, str, date], RateLine] = {}
    for line in lines:
        twin = seen.setdefault((line.base, line.quote, line.on), line)
        if twin.value != line.value:
            raise SourceProblem(
                f"Rows {twin.row} and {line.row} give two rates for {line.base} to {line.quote} "
                f"on {line.on}.",
                code="two_rates",
                file=file,
                row=line.row,
            )
    return tuple(seen.values())
