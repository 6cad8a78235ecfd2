"""The words of the room's kinds and states."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.kit.ui import formats

Words = Mapping[str, Promise]
PLAN_STATES: Final[Words] = {
    "draft": _("draft"),
    "in_review": _("waits for approval"),
    "approved": _("approved"),
}
PLAN_TONES: Final = {"draft": "", "in_review": "warn", "approved": "good"}
KINDS: Final[Words] = {
    "goal": _("Customer's goal"),
    "strategy": _("Customer's strategy"),
    "value": _("Value hypothesis"),
    "strength": _("Strength"),
    "weakness": _("Weakness"),
    "opportunity": _("Opportunity"),
    "threat": _("Threat"),
    "competitor": _("Competitor"),
    "risk": _("Risk"),
    "budget": _("Budget"),
    "research": _("Research need"),
    "objective": _("Objective"),
    "initiative": _("Initiative"),
    "head": _("Plan"),
}
GROUPS: Final[Words] = {
    "goal": _("Customer's goals"),
    "strategy": _("Customer's strategy"),
    "value": _("Value hypotheses"),
    "strength": _("Strengths"),
    "weakness": _("Weaknesses"),
    "opportunity": pgettext_lazy("swot", "Opportunities"),
    "threat": _("Threats"),
    "competitor": _("Competitors"),
    "risk": _("Risks"),
    "budget": _("Budgets"),
    "research": _("Research needs"),
}
STANDINGS: Final[Words] = {
    "reached": _("reached"),
    "on_track": pgettext_lazy("progress", "on track"),
    "at_risk": _("at risk"),
    "behind": _("behind"),
    "unknown": _("not known"),
}
STANDING_TONES: Final = {"reached": "good", "on_track": "good", "at_risk": "warn", "behind": "bad"}
INITIATIVE_STATES: Final[Words] = {
    "planned": _("planned"),
    "running": _("running"),
    "done": _("done"),
    "stopped": _("stopped"),
}
ACTION_STATES: Final[Words] = {
    "open": pgettext_lazy("action", "To do"),
    "doing": pgettext_lazy("action", "Doing"),
    "waiting": pgettext_lazy("action", "Waiting"),
    "done": pgettext_lazy("action", "Done"),
    "dropped": pgettext_lazy("action", "Dropped"),
}
INPUT_STATES: Final[Words] = {
    "asked": _("asked"),
    "answered": _("answered"),
    "withdrawn": _("taken back"),
}
PARTS: Final[Words] = {
    "goals": _("What the customer wants to reach"),
    "strategy": _("How the customer wants to get there"),
    "objectives": _("At least one objective of ours"),
    "measured": _("Half of the objectives have a metric and a target"),
    "value": _("What we are worth to the customer"),
    "swot": _("Strengths, weaknesses, opportunities and threats"),
    "competitors": _("Who else is there"),
    "budgets": _("A budget"),
    "risks": _("What could go wrong"),
    "initiatives": _("Each initiative has an owner, its days and an exit test"),
    "actions": _("Each open action has an owner and a day to come"),
}
FIELDS: Final[Words] = {
    "headline": _("Headline"),
    "year": _("Year"),
    "currency": _("Currency"),
    "owner": _("Owner"),
    "text": _("Statement"),
    "title": _("Title"),
    "detail": _("Detail"),
    "evidence": _("What shows it"),
    "amount": _("Amount"),
    "likelihood_pct": _("Likelihood (%)"),
    "metric": _("Metric"),
    "filters": _("Limited to"),
    "baseline": _("Starts from"),
    "target": pgettext_lazy("amount", "Target"),
    "due_on": _("Due on"),
    "objective": _("Objective"),
    "starts": _("Begins on"),
    "ends": _("Ends on"),
    "cost": _("Cost"),
    "effect": _("Expected effect"),
    "effect_words": _("Effect in words"),
    "exit_test": _("Exit test"),
    "exit_on": _("Tested on"),
    "kind": _("Kind"),
}
SHOWN: Final[Words] = {
    "current": _("bought"),
    "potential": _("potential"),
    "competitor": _("competitor"),
    "open": _("open"),
    "unsuited": _("not applicable"),
}
CELL_STATES: Final[Words] = {
    "open": _("Could be sold there"),
    "competitor": _("A competitor has it"),
    "unsuited": _("Not applicable there"),
}

LEVELS: Final[Words] = {
    "low": pgettext_lazy("segment", "low"),
    "mid": pgettext_lazy("segment", "mid"),
    "high": pgettext_lazy("segment", "high"),
    "none": _("not known"),
}
LEFT_OUT: Final[Words] = {
    "no_rate": _("Left out, an exchange rate is missing"),
    "no_value": _("Left out, nothing was bought in 12 months"),
}


def kind_word(kind: str) -> str:
    """Return the word for a kind of line."""
    return str(KINDS.get(kind, kind))


def field_word(name: str) -> str:
    """Return the word for a field of a line."""
    return str(FIELDS.get(name, name))


def written(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount that people wrote: with cents only where there are some."""
    digits = 0 if amount == amount.to_integral_value() else None
    return formats.money(amount, currency, locale=language, full=True, digits=digits)
