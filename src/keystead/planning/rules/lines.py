"""What a line of a plan needs, and for how long a statement holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from keystead.planning.types.plans import (
    ActionEntry,
    ClaimEntry,
    ClaimKind,
    Entry,
    InitiativeEntry,
    InputEntry,
    ObjectiveEntry,
)

MOST = Decimal("99999999999999")
MOST_DAYS = 1500
# Days after which somebody must look at a statement again, unless it says otherwise.
HOLDS: Mapping[ClaimKind, int] = {
    ClaimKind.GOAL: 365,
    ClaimKind.STRATEGY: 365,
    ClaimKind.VALUE: 270,
    ClaimKind.STRENGTH: 365,
    ClaimKind.WEAKNESS: 365,
    ClaimKind.OPPORTUNITY: 180,
    ClaimKind.THREAT: 180,
    ClaimKind.COMPETITOR: 120,
    ClaimKind.RISK: 90,
    ClaimKind.BUDGET: 180,
    ClaimKind.RESEARCH: 180,
}
HOLDS_OBJECTIVE = 365
HOLDS_INITIATIVE = 120


def gettext_noop(text: str) -> str:
    """Mark a sentence for the catalogues; services translate it."""
    return text


_ = gettext_noop
Wrong = dict[str, str]


def stale_days_of(entry: Entry) -> int:
    """Return for how many days a line holds: as it says, else by its kind.

    >>> stale_days_of(ClaimEntry(kind=ClaimKind.RISK, text="x"))
    90
    """
    if entry.stale_days is not None:
        return entry.stale_days
    if isinstance(entry, ClaimEntry):
        return HOLDS[entry.kind]
    return HOLDS_OBJECTIVE if isinstance(entry, ObjectiveEntry) else HOLDS_INITIATIVE


def wrong_line(entry: Entry) -> Wrong:
    """Return what is wrong with a line, by field; nothing where it can be kept.

    >>> wrong_line(ClaimEntry(kind=ClaimKind.GOAL, text=" "))
    {'text': 'Say it in words.'}
    """
    wrong: Wrong = {}
    if isinstance(entry, ClaimEntry):
        wrong |= _claim(entry)
    elif isinstance(entry, ObjectiveEntry):
        wrong |= _objective(entry)
    else:
        wrong |= _initiative(entry)
    if not 1 <= stale_days_of(entry) <= MOST_DAYS:
        wrong["stale_days"] = _("Give 1 to 1500 days.")
    return wrong | _years(entry.stated_on, "stated_on")


def wrong_action(entry: ActionEntry) -> Wrong:
    """Return what is wrong with an action, by field."""
    wrong: Wrong = {} if entry.title.strip() else {"title": _("Say it in words.")}
    if entry.starts and entry.due_on and entry.due_on < entry.starts:
        wrong["due_on"] = _("It cannot be due before it begins.")
    return wrong | _years(entry.starts, "starts") | _years(entry.due_on, "due_on")


def wrong_input(entry: InputEntry) -> Wrong:
    """Return what is wrong with a question to a colleague, by field."""
    wrong: Wrong = {} if entry.question.strip() else {"question": _("Say it in words.")}
    if not entry.function.strip():
        wrong["function"] = _("Say which function is asked.")
    return wrong | _years(entry.due_on, "due_on")


def _claim(entry: ClaimEntry) -> Wrong:
    wrong: Wrong = {} if entry.text.strip() else {"text": _("Say it in words.")}
    if entry.likelihood_pct is not None and not 0 <= entry.likelihood_pct <= 100:
        wrong["likelihood_pct"] = _("A likelihood is between 0 and 100 %.")
    if entry.kind is ClaimKind.BUDGET and entry.amount is None:
        wrong["amount"] = _("A budget has an amount.")
    return wrong | _amounts(amount=entry.amount)


def _objective(entry: ObjectiveEntry) -> Wrong:
    wrong: Wrong = {} if entry.title.strip() else {"title": _("Say it in words.")}
    if entry.metric and entry.target is None:
        wrong["target"] = _("A measured objective has a target.")
    if not entry.metric and (entry.target is not None or entry.baseline is not None):
        wrong["metric"] = _("A target needs the metric it is measured with.")
    if entry.target is not None and entry.target == entry.baseline:
        wrong["target"] = _("The target is where it starts already.")
    for name in ("target", "baseline"):
        value = getattr(entry, name)
        if value is not None and abs(value) > MOST:
            wrong[name] = _("This number is too large.")
    return wrong | _years(entry.due_on, "due_on")


def _initiative(entry: InitiativeEntry) -> Wrong:
    wrong: Wrong = {} if entry.title.strip() else {"title": _("Say it in words.")}
    if entry.starts and entry.ends and entry.ends < entry.starts:
        wrong["ends"] = _("It cannot end before it begins.")
    if entry.exit_on and not entry.exit_test.strip():
        wrong["exit_test"] = _("Say what would show that it failed.")
    for name in ("starts", "ends", "exit_on"):
        wrong |= _years(getattr(entry, name), name)
    return wrong | _amounts(cost=entry.cost, effect=entry.effect)


def _amounts(**given: Decimal | None) -> Wrong:
    return {
        name: _("An amount is zero or more.")
        for name, value in given.items()
        if value is not None and not 0 <= value <= MOST
    }


def _years(day: date | None, name: str) -> Wrong:
    if day is not None and not 1990 <= day.year <= 2100:
        return {name: _("A year is between 1990 and 2100.")}
    return {}
