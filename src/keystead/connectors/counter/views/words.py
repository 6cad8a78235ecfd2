"""The words of states, and months in few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from keystead.connectors.counter.calc.months import ranges

RUNS: Final[dict[str, Any]] = {
    "queued": _("asked for"),
    "waiting": _("asked for again later"),
    "unmatched": _("waits for its institution"),
    "loaded": _("loaded"),
    "same": _("nothing new"),
    "no_usage": _("no usage"),
    "gone": _("no longer kept there"),
    "refused": _("refused"),
    "failed": _("failed"),
    "replaced": _("replaced"),
}
MONTHS: Final[dict[str, Any]] = {
    "loaded": _("loaded"),
    "partial": _("in part"),
    "zero": _("no usage"),
    "waiting": _("asked for again later"),
    "unmatched": _("waits for its institution"),
    "gone": _("no longer kept there"),
    "refused": _("refused"),
    "failed": _("failed"),
}
TONES: Final[dict[str, str]] = {
    "loaded": "good", "partial": "warn", "waiting": "warn", "unmatched": "warn",
    "refused": "bad", "failed": "bad", "gone": "warn",
}  # fmt: skip


def in_few(months: Iterable[date]) -> str:
    """Return months as spans.

    >>> in_few([date(2026, 1, 1), date(2026, 2, 1), date(2026, 5, 1)])
    '2026-01 – 2026-02, 2026-05'
    """
    spans = ranges(months, longest=10_000)
    return ", ".join(
        f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}"
        for first, last in spans
    )
