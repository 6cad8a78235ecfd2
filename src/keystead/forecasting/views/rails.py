"""Guard rails in words; what the reader's own record says beside them is asked for by itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from keystead.forecasting.queries.records import words_of_record
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kit.access import Actor

CODES = ("small_change", "large_rise", "scale_jump")


def rail_words(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return code and sentence for each guard rail an edit touched."""
    words = {
        "small_change": _("Changes below 5 % seldom make a forecast better."),
        "large_rise": _("Rises above 20 % often turn out too high."),
        "scale_jump": _("A thousand times what stood there, or more: a wrong unit?"),
    }
    return [(code, words[code]) for code in codes if code in words]


def record_words(actor: Actor, rhythm: Rhythm = Rhythm.MONTH) -> dict[str, str]:
    """Return what the reader's own record says of each guard rail, for the page to keep.

    It reads every locked cycle: a save must not wait for it.
    """
    return {code: words_of_record(actor, code, rhythm) for code in CODES}
