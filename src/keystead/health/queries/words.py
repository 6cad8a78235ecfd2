"""The words of the room in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.health.types.surveys import Kind, Question

# The standard questions, asked in the same words everywhere.
STANDARD: Final = {
    Kind.NPS: _("How likely are you to recommend us to a colleague?"),
    Kind.CSAT: _("How satisfied are you with working with us?"),
    Kind.EFFORT: _("It was easy to get what we needed from you."),
}
ENDS: Final = {
    Kind.NPS: (_("not at all likely"), _("extremely likely")),
    Kind.CSAT: (_("very dissatisfied"), _("very satisfied")),
    Kind.EFFORT: (_("do not agree at all"), _("agree completely")),
    Kind.SCALE: (pgettext_lazy("scale", "not at all"), pgettext_lazy("scale", "completely")),
}
WHY: Final = _("What is the main reason for your answer?")
KINDS: Final = {
    "nps": _("Recommendation (NPS), 0 to 10"),
    "csat": _("Satisfaction (CSAT), 1 to 5"),
    "effort": _("Effort, 1 to 7"),
    "scale": _("Own question, 1 to 5"),
    "yes_no": _("Own question, yes or no"),
    "text": _("Own question, in words"),
}
STATES: Final = {
    "draft": pgettext_lazy("survey", "draft"),
    "open": pgettext_lazy("survey", "open"),
    "closed": pgettext_lazy("survey", "closed"),
}
OUTCOMES: Final = {
    "solved": pgettext_lazy("follow-up", "solved"),
    "explained": pgettext_lazy("follow-up", "explained"),
    "not_solved": pgettext_lazy("follow-up", "not solved"),
    "not_reached": pgettext_lazy("follow-up", "not reached"),
}
SIGNALS: Final = {
    "usage_trend": _("Usage trend"),
    "satisfaction": _("Satisfaction"),
    "coverage": pgettext_lazy("people", "Coverage"),
    "sponsor": _("Sponsors who left"),
    "payment": _("Payment"),
    "issues": _("Open issues"),
}
UNITS: Final = {
    "usage_trend": _("% on the twelve months before"),
    "satisfaction": _("NPS points"),
    "coverage": _("% of the roles that decide"),
    "sponsor": _("people within a year"),
    "payment": _("days late on average"),
    "issues": _("open for more than 30 days"),
}
BANDS: Final = {
    "healthy": pgettext_lazy("account", "healthy"),
    "watch": pgettext_lazy("account", "watch"),
    "at_risk": pgettext_lazy("account", "at risk"),
    "unknown": pgettext_lazy("account", "too little known"),
}
TONES: Final = {"healthy": "good", "watch": "warn", "at_risk": "bad", "unknown": ""}
WHYS: Final = {
    "no_data": _("nothing was recorded"),
    "too_few": _("too few answers"),
    "stale": _("what is known is too old"),
    "no_base": _("nothing to compare with"),
    "nobody": _("nobody is known"),
}
SOURCES: Final = {
    "unique_requests": _("Unique requests, from usage reports"),
    "off_take": _("Off-take, from sales data"),
    "sell_in": _("Sell-in, from invoices"),
    "answers": _("Answers to surveys"),
    "people": _("People and talks"),
    "claims": _("Claims and follow-ups"),
    "told": _("Written down by a person"),
}

PLACE: Final = _("Health")
# What the trail calls the acts of this room.
TRAIL: Final = {
    "survey.answer": _("Survey answered by link"),
    "survey.ask": _("People asked in a survey"),
    "survey.close": _("Survey closed"),
    "survey.create": _("Survey entered"),
    "survey.edit": _("Survey changed"),
    "survey.import": _("Answers of a survey brought in"),
    "survey.link": _("Link of a survey made"),
    "follow_up.edit": _("Follow-up changed"),
    "health.observe": _("Signal of the health written down"),
    "health.snapshot": _("Health scores of a month kept"),
    "health_rules.write": _("Rules of the health score written"),
}
TO_ANSWER: Final = _("Answer by %(day)s.")
OVERDUE: Final = _("Was to be answered by %(day)s.")
FOLLOW_UP: Final = _("Follow up")


def said(question: Question | str) -> str:
    """Return the words of a question in the language of the reader."""
    if isinstance(question, str):
        return str(WHY)
    if question.kind in STANDARD:
        return str(STANDARD[question.kind])
    return question.said(get_language() or "en")
