"""A signal as a sentence, and as the title of what it may become."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from keystead.accounts.queries import label_of
from keystead.accounts.types import MeasureKind
from keystead.kit.ui import formats
from keystead.pipeline.types.seen import Signal, SignalKind

K = SignalKind
SIGNALS: Final = {
    "turnaways": gettext_lazy("Use that was refused"),
    "new_site": gettext_lazy("New site"),
    "growth": gettext_lazy("The customer grows"),
    "use_growth": gettext_lazy("Use grows"),
    "competitor": gettext_lazy("A competitor's contract ends"),
    "rival_lost": gettext_lazy("A competitor lost"),
    "contract_end": gettext_lazy("Our contract ends"),
}


def sentence(found: Signal) -> str:
    """Return what was seen, with its numbers, in the reader's language."""
    told = {name: _number(name, value) for name, value in found.told.items()}
    told["day"] = formats.day(found.on, locale=get_language() or "en")
    if found.kind is K.TURNAWAYS and found.told.get("which") == "seats":
        text = _("%(count)s uses refused in twelve months because all seats were taken: "
                 "%(rate)s %% of the use that was wanted.")  # fmt: skip
    elif found.kind is K.TURNAWAYS:
        text = _("%(count)s uses refused in twelve months for want of a licence: "
                 "%(rate)s %% of the use that was wanted.")  # fmt: skip
    elif found.kind is K.NEW_SITE:
        text = _("Belongs to %(group)s since %(day)s.")
    elif found.kind is K.GROWTH:
        told["measure"] = label_of(MeasureKind(found.told["measure"]))
        text = _("%(measure)s: from %(before)s to %(now)s, %(rate)s %% more.")
    elif found.kind is K.USE_GROWTH:
        text = _("%(count)s unique requests in twelve months, %(rate)s %% more than before.")
    elif found.kind is K.COMPETITOR and found.told.get("winner"):
        text = _("%(winner)s won it from us; their contract ends about %(day)s.")
    elif found.kind is K.COMPETITOR:
        text = _("Lost to a competitor; their contract ends about %(day)s.")
    elif found.kind is K.RIVAL_LOST and found.told.get("source"):
        text = _("%(rival)s lost %(what)s on %(day)s. Source: %(source)s")
    elif found.kind is K.RIVAL_LOST:
        text = _("%(rival)s lost %(what)s to us on %(day)s: ask what else they still supply here.")
    else:
        text = _("%(contract)s ends on %(day)s: the moment to offer what they do not have yet.")
    return text % told


def title_of(found: Signal) -> str:
    """Return the title of the draft that a signal becomes."""
    return f"{SIGNALS[found.kind.value]}: {found.account_name}"[:160]


def _number(name: str, value: str) -> str:
    if name in ("count", "before", "now", "rate"):
        return formats.number(value, locale=get_language() or "en")
    return value
