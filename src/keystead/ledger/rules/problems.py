"""The kinds of trouble a row can have: their names, whether they stop it, what mends them."""

from __future__ import annotations

import dataclasses


def gettext_noop(message: str) -> str:
    """Mark a text for translation without importing a framework; screens translate it."""
    return message


@dataclasses.dataclass(frozen=True)
class ProblemKind:
    """``stops``: the row is rejected until mended; else it is only shown.

    ``label`` and ``fix`` are English source strings; ``cell``: mended by typing another value.
    """

    id: str
    label: str
    fix: str
    stops: bool = True
    cell: bool = True


KINDS: tuple[ProblemKind, ...] = (
    ProblemKind(
        "missing",
        gettext_noop("No value where one is needed"),
        gettext_noop("Type the value, or say a constant for the whole file."),
    ),
    ProblemKind(
        "impossible_date",
        gettext_noop("A date that does not exist"),
        gettext_noop("Type the right day."),
    ),
    ProblemKind(
        "not_a_date",
        gettext_noop("Not a date"),
        gettext_noop("Type it as year-month-day, or choose another column."),
    ),
    ProblemKind(
        "ambiguous_date",
        gettext_noop("A date that may begin with the day or with the month"),
        gettext_noop("Say which comes first, for the whole column."),
    ),
    ProblemKind(
        "wrong_order",
        gettext_noop("A date that begins with the day where the others begin with the month"),
        gettext_noop("Type it as year-month-day."),
    ),
    ProblemKind(
        "out_of_range",
        gettext_noop("A date before 1900 or after 2100"),
        gettext_noop("Type the right day."),
    ),
    ProblemKind(
        "not_a_number",
        gettext_noop("Not a number"),
        gettext_noop("Type the number, or choose another column."),
    ),
    ProblemKind(
        "not_whole",
        gettext_noop("Not a whole number"),
        gettext_noop("Type a whole number."),
    ),
    ProblemKind(
        "wrong_style",
        gettext_noop("A number written with another decimal sign than the rest"),
        gettext_noop("Type it with a decimal point, or say the column's decimal sign."),
    ),
    ProblemKind(
        "ambiguous_number",
        gettext_noop("A number whose sign may group thousands or begin decimals"),
        gettext_noop("Say the column's decimal sign."),
    ),
    ProblemKind(
        "too_large",
        gettext_noop("A number too large to be real"),
        gettext_noop("Look for a lost decimal sign and type the number."),
    ),
    ProblemKind(
        "error_value",
        gettext_noop("An error of the spreadsheet instead of a value"),
        gettext_noop("Type the value that belongs there."),
    ),
    ProblemKind(
        "exponent",
        gettext_noop("A code that a spreadsheet turned into a number and cut"),
        gettext_noop("Type the whole code; format the column as text at the source."),
    ),
    ProblemKind(
        "not_a_bool",
        gettext_noop("Neither yes nor no"),
        gettext_noop("Type yes or no."),
    ),
    ProblemKind(
        "unknown_choice",
        gettext_noop("A word this field does not know"),
        gettext_noop("Type one of the allowed words."),
    ),
    ProblemKind(
        "unknown_currency",
        gettext_noop("Not a currency"),
        gettext_noop("Type the three-letter code, for example EUR."),
    ),
    ProblemKind(
        "person_rejected",
        gettext_noop("Rejected by a person"),
        gettext_noop("Take the row back in."),
        cell=False,
    ),
    ProblemKind(
        "no_account",
        gettext_noop("No account in the row"),
        gettext_noop("Say which account these rows belong to, or leave them waiting."),
        stops=False,
        cell=False,
    ),
    ProblemKind(
        "unknown_account",
        gettext_noop("An account that is not known yet"),
        gettext_noop("Confirm the best guess, create it, or reject the rows."),
        stops=False,
        cell=False,
    ),
    ProblemKind(
        "no_product",
        gettext_noop("No product in the row"),
        gettext_noop("Say which product these rows mean, or leave them waiting."),
        stops=False,
        cell=False,
    ),
    ProblemKind(
        "unknown_product",
        gettext_noop("A product that is not known yet"),
        gettext_noop("Confirm the best guess, create it, or reject the rows."),
        stops=False,
        cell=False,
    ),
    ProblemKind(
        "repeated_line",
        gettext_noop("A line that repeats another one in every column"),
        gettext_noop("Keep them when they are real, skip them when they are not."),
        stops=False,
        cell=False,
    ),
    ProblemKind(
        "same_key",
        gettext_noop("The same thing twice with different values"),
        gettext_noop("Keep both, or correct one of them."),
        stops=False,
        cell=False,
    ),
    ProblemKind(
        "wrong_weekday",
        gettext_noop("A weekday that does not fit its date; the date counts"),
        gettext_noop("Nothing to do when the dates are right."),
        stops=False,
    ),
    ProblemKind(
        "month_only",
        gettext_noop("A month without a day; its first day is taken"),
        gettext_noop("Nothing to do when the file is monthly."),
        stops=False,
    ),
    ProblemKind(
        "rounded",
        gettext_noop("More than four decimals; rounded to four"),
        gettext_noop("Nothing to do when four are enough."),
        stops=False,
    ),
    ProblemKind(
        "odd_return",
        gettext_noop("Quantity and value with opposite signs"),
        gettext_noop("Correct the sign, or keep the row as it is."),
        stops=False,
    ),
)
_BY_ID = {kind.id: kind for kind in KINDS}


def kind_of(kind: str) -> ProblemKind:
    """Return the declaration of a kind of problem.

    >>> kind_of("impossible_date").stops
    True
    """
    return _BY_ID[kind]
