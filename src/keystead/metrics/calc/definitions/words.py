"""Words and windows that several definitions share."""

from __future__ import annotations

from typing import Final

from keystead.metrics.types import Window, WindowKind


def gettext_noop(message: str) -> str:
    """Mark a text for translation without importing a framework; screens translate it."""
    return message


BY_PRODUCT_DAY: Final = gettext_noop("account x product x day")
BY_PRODUCT: Final = gettext_noop("account x product x period")
BY_ACCOUNT: Final = gettext_noop("account x period")
BY_MONTH: Final = gettext_noop("account x product x month")
BY_CATEGORY: Final = gettext_noop("account x category x period")
BY_EXPENSE: Final = gettext_noop("account x expense line")
BY_ENTRY: Final = gettext_noop("account x product x agreement x condition x month")
BY_LINE: Final = gettext_noop("account x shop x item x day")

OF_PRODUCTS: Final = ("product", "brand", "category", "product_kind")
YEAR_TO_DATE: Final = Window(WindowKind.YEAR_TO_DATE)
WHOLE_YEAR: Final = Window(WindowKind.WHOLE_YEAR)
QUARTER_BACK: Final = Window(WindowKind.TRAILING, 3)
EVER: Final = Window(WindowKind.SINCE_EVER)

GENERAL: Final = "General trade usage"
NIELSEN: Final = "NielsenIQ, definitions of retail measures"
