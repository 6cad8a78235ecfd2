"""One comparable spelling of headers, codes and names."""

from __future__ import annotations

import functools
import re
import unicodedata

_NOISE = re.compile(r"[\W_]+", re.UNICODE)
_UNIT_TAIL = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]\s*$")
_ZERO_TAIL = re.compile(r"^([+-]?\d+)\.0+$")


@functools.lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return the text without width, case, accents, blanks and punctuation, for comparing.

    Full-width letters and digits become plain ones (``Ａ１`` and ``A1`` are the same), so do
    full-width brackets. An empty or blank text gives ``""``.

    >>> fold(" 订单（编号） "), fold("Invoice No."), fold("Quantité_livrée")
    ('订单编号', 'invoiceno', 'quantitelivree')
    """
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _NOISE.sub("", unicodedata.normalize("NFC", letters).casefold())


def fold_header(header: str) -> tuple[str, str]:
    """Return a header folded whole, and folded without a unit in brackets at its end.

    >>> fold_header("销售额（元）")
    ('销售额元', '销售额')
    """
    return fold(header), fold(_UNIT_TAIL.sub("", header))


@functools.lru_cache(maxsize=4096)
def words(header: str) -> tuple[str, ...]:
    """Return the words of a header: split at blanks, signs and CamelCase.

    >>> words("CustomerID"), words("unit_price (EUR)")
    (('customer', 'id'), ('unit', 'price', 'eur'))
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", unicodedata.normalize("NFKC", header))
    return tuple(fold(part) for part in _NOISE.split(spaced.replace("_", " ")) if fold(part))


@functools.lru_cache(maxsize=65_536)
def fold_code(code: str) -> str:
    """Return a code for comparing: width and outer blanks do not count.

    Case and inner signs stay, because ``85123a`` and ``85123A``, ``12-3`` and ``1-23`` may be
    two things; a whole number that a spreadsheet stored as ``17850.0`` is ``17850``. Leading
    zeros stay.

    >>> fold_code(" １７８５０.0 "), fold_code("ab-01 "), fold_code("007")
    ('17850', 'ab-01', '007')
    """
    plain = " ".join(unicodedata.normalize("NFKC", code).split())
    return _ZERO_TAIL.sub(r"\1", plain)
