"""Where the volumes of an offer come from, in a sentence."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.kit.ui import formats
from keystead.profitability.calc.whatif.history import FEWEST
from keystead.profitability.types.offers import Book, Outlook
from keystead.profitability.views.shared import locale


def outlook_words(book: Book) -> str:
    """Return in a sentence where the spread of the volumes comes from."""
    spread = formats.percent(Decimal(repr(round(book.spread, 4))), locale=locale(), digits=0)
    if book.outlook is Outlook.GIVEN:
        return _("Draws come from the range given for this case; a month moves by %(spread)s.") % {
            "spread": spread
        }
    if book.outlook is Outlook.FORECAST:
        return _forecast_words(book, spread)
    if book.outlook is Outlook.SHORT:
        return _(
            "No agreed forecast covers the whole term, and the history is too short to read a "
            "spread from: a month is assumed to move by %(spread)s."
        ) % {"spread": spread}
    trend = formats.percent(Decimal(repr(round(book.trend, 4))), locale=locale(), digits=1)
    words = {"spread": spread, "trend": trend, "pairs": book.pairs}
    return (
        ngettext(
            "No agreed forecast covers the whole term: draws come from the account's own history, "
            "%(pairs)s month against the year before: median change %(trend)s, a month moves "
            "by %(spread)s.",
            "No agreed forecast covers the whole term: draws come from the account's own history, "
            "%(pairs)s months against the year before: median change %(trend)s, a month moves "
            "by %(spread)s.",
            book.pairs,
        )
        % words
    )


def _forecast_words(book: Book, spread: str) -> str:
    if book.spreads:
        text = _(
            "Draws come from the agreed forecast of the term and from its ranges; a month of a "
            "brand moves by %(spread)s."
        )
    elif book.pairs >= FEWEST:
        text = _(
            "The level is the agreed forecast of the term. It has no ranges: a month is taken to "
            "move by %(spread)s, as it did against the year before."
        )
    else:
        text = _(
            "The level is the agreed forecast of the term. It has no ranges, and the history is "
            "too short for a spread: a month is assumed to move by %(spread)s."
        )
    return text % {"spread": spread}
