"""The words of the room's kinds, for pages and sheets."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.stakeholders.types import AlarmKind

ROLES: dict[str, Any] = {
    "economic_buyer": _("Economic buyer"),
    "process_owner": _("Owner of the decision process"),
    "champion": _("Champion"),
    "user_lead": _("Lead user"),
    "technical": _("Technical evaluator"),
    "procurement": pgettext_lazy("role", "Procurement"),
    "legal": pgettext_lazy("role", "Legal"),
    "blocker": _("Blocker"),
    "coach": pgettext_lazy("role", "Coach"),
}
# What a missing one would bring: the words on an empty card.
PERSONAS: dict[str, Any] = {
    "economic_buyer": _("Who releases the money? Without them no date is certain."),
    "process_owner": _("Who runs the decision, and by which steps?"),
    "champion": _("Who speaks for us when we are not in the room?"),
    "user_lead": _("Who uses it most, and would miss it first?"),
    "technical": _("Who checks access, integration and security?"),
    "procurement": _("Who negotiates terms and compares offers?"),
    "legal": _("Who reads the contract?"),
}
BASES: dict[str, Any] = {
    "interest": _("Legitimate interest (business contact)"),
    "contract": _("Contract with their organisation"),
    "consent": _("Consent"),
    "duty": _("Legal duty"),
}
CHANNELS: dict[str, Any] = {
    "mail": pgettext_lazy("channel", "Mail"),
    "call": pgettext_lazy("channel", "Call"),
    "meeting": pgettext_lazy("channel", "Meeting"),
    "message": pgettext_lazy("channel", "Message"),
    "none": _("Not to be contacted"),
}
TOUCHES: dict[str, Any] = {key: CHANNELS[key] for key in ("meeting", "call", "mail")}
ORGANISATIONS: dict[str, Any] = {
    "ministry": _("Ministry"),
    "insurer": _("Insurer"),
    "agency": _("Agency"),
    "board": pgettext_lazy("organisation", "Board"),
    "society": _("Learned society"),
    "consultant": _("Consultant"),
    "other": pgettext_lazy("organisation", "Other"),
}
CERTAINTIES: dict[str, Any] = {
    "low": _("A guess"),
    "medium": _("Likely"),
    "high": _("Certain"),
}
TIES: dict[str, Any] = {
    "reports_to": _("reports to"),
    "influences": _("influences"),
    "blocks": _("blocks"),
    "trusts": _("trusts"),
}
INITIATORS: dict[str, Any] = {"us": _("We began it"), "them": _("They began it")}
STANCES: dict[str, Any] = {
    "-2": _("against us"),
    "-1": _("sceptical"),
    "0": _("neutral"),
    "1": _("in favour"),
    "2": _("fights for us"),
}
STATES: dict[str, Any] = {
    "missing": _("nobody known"),
    "silent": _("known, silent for half a year"),
    "single": _("one thread"),
    "covered": _("covered"),
}
STATE_TONES = {"missing": "bad", "silent": "warn", "single": "warn", "covered": "good"}


def alarm_words(kind: AlarmKind, name: str, share: float | None) -> str:
    """Return an alarm as a sentence."""
    percent = round(100 * (share or 0))
    said = {"name": name, "percent": percent}
    if kind is AlarmKind.ONE_CONTACT:
        return now("%(percent)s%% of all talks of a year hang on %(name)s.") % said
    if kind is AlarmKind.ONE_COLLEAGUE:
        return now("Of our side, %(name)s alone holds %(percent)s%% of the talks.") % said
    if kind is AlarmKind.CHAMPION_LEFT:
        return now("%(name)s, who spoke for us, has left.") % said
    return now("Nobody is known who releases the money.")


def stance_words(stance: int) -> str:
    """Return a stance with its sign and its word."""
    return f"{stance:+d} {STANCES[str(stance)]}" if stance else str(STANCES["0"])
