"""Typed columns from text columns: numbers, dates, codes, words, yes and no.

Each function takes a text column (Arrow, plain or dictionary) and returns ``Cleaned``: typed
values, a reason code for each value that could not be read, and counted notices. Blank is never
a problem here: it becomes null, and whether a field may be null is the dataset's affair. A value
that can be read in two ways is a problem, not a guess.
"""

from keystead.ledger.calc.clean.codes import to_bool, to_code, to_text
from keystead.ledger.calc.clean.dates import to_date
from keystead.ledger.calc.clean.distinct import Cleaned
from keystead.ledger.calc.clean.numbers import to_decimal

__all__ = ["Cleaned", "to_bool", "to_code", "to_date", "to_decimal", "to_text"]
