"""What the cells of a column look like, judged from a few samples."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from keystead.ledger.types.fields import FieldType

_NUMBER = re.compile(r"^[-+(]?\s*[^\w\s]?\s*\d[\d\s.,'’]*\s*[^\w\s]?\)?%?-?$")
_WHOLE = re.compile(r"^[-+]?\d+(\.0+)?$")
_DATE = re.compile(
    r"^(\d{4}[-/.年]\s?\d{1,2}([-/.月]\s?\d{1,2}日?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|(19|20)\d{2}(0[1-9]|1[0-2])([0-3]\d)?|\d{1,2}[- ][A-Za-zéû]{3,9}\.?[- ]\d{2,4}"
    r"|[A-Za-zéû]{3,9}\.?[ -]\d{2,4})(\D.*)?$"
)
_FLAGS = frozenset("0 1 y n yes no true false oui non 是 否 有 无 x".split())
_SERIAL = (20_000, 60_000)  # 1954 to 2064 as Excel day numbers


def likeness(samples: Sequence[str], kind: FieldType) -> float:
    """Return which share (0.0 to 1.0) of the non-blank samples could be of the kind.

    Text and codes take anything; with no sample at all the answer is 0.5 (not known).

    >>> likeness(["6", "-1", ""], FieldType.DECIMAL), likeness(["blue"], FieldType.DATE)
    (1.0, 0.0)
    """
    filled = [text for raw in samples if (text := unicodedata.normalize("NFKC", raw or "").strip())]
    if not filled:
        return 0.5
    test = _TESTS.get(kind)
    if test is None:
        return 1.0
    return sum(1 for text in filled if test(text)) / len(filled)


def _is_date(text: str) -> bool:
    if _DATE.match(text):
        return True
    return bool(_WHOLE.match(text)) and _SERIAL[0] <= float(text) <= _SERIAL[1]


def _is_currency(text: str) -> bool:
    return len(text) <= 4 and not any(char.isdigit() for char in text)


_TESTS = {
    FieldType.DATE: _is_date,
    FieldType.DECIMAL: lambda text: bool(_NUMBER.match(text)),
    FieldType.INTEGER: lambda text: bool(_WHOLE.match(text)),
    FieldType.FLAG: lambda text: text.casefold() in _FLAGS,
    FieldType.CURRENCY: _is_currency,
}
