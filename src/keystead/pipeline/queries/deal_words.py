"""The words of opportunities in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.pipeline.types.opportunities import Stage

KINDS: Final = {
    "new": pgettext_lazy("opportunity", "New business"),
    "expansion": pgettext_lazy("opportunity", "Expansion"),
    "cross": pgettext_lazy("opportunity", "Cross-selling"),
    "tender": pgettext_lazy("opportunity", "Tender"),
}
STAGE_NAMES: Final = {
    "lead": pgettext_lazy("stage", "Lead"),
    "qualified": pgettext_lazy("stage", "Qualified"),
    "proposal": pgettext_lazy("stage", "Proposal"),
    "negotiation": pgettext_lazy("stage", "Negotiation"),
    "agreed": pgettext_lazy("stage", "Agreed in words"),
}
CATEGORIES: Final = {
    "omitted": pgettext_lazy("forecast category", "Omitted"),
    "pipeline": pgettext_lazy("forecast category", "Pipeline"),
    "best_case": pgettext_lazy("forecast category", "Best case"),
    "commit": pgettext_lazy("forecast category", "Commit"),
    "closed": pgettext_lazy("forecast category", "Closed"),
}
ENDINGS: Final = {
    "won": pgettext_lazy("opportunity", "Won"),
    "lost": pgettext_lazy("opportunity", "Lost"),
}
LOT_STATES: Final = {
    "open": pgettext_lazy("lot", "open"),
    "won": pgettext_lazy("lot", "won"),
    "lost": pgettext_lazy("lot", "lost"),
    "withdrawn": pgettext_lazy("lot", "withdrawn"),
}
LOT_TONES: Final = {"won": "good", "lost": "bad"}
CHECKS: Final = {
    "metrics": _("What it brings them is put in figures"),
    "economic_buyer": _("Who holds the money is known, and met"),
    "decision_criteria": _("What they decide by is known"),
    "decision_process": _("How and when they decide is known"),
    "paper_process": _("The way from the decision to the signature is known"),
    "pain": _("What hurts them, and whom, is known"),
    "champion": _("Somebody inside wants it and says so"),
    "competition": _("Whom else they look at is known"),
}
DAYS: Final = {
    "questions": _("Questions until %(day)s"),
    "submission": _("Submit by %(day)s"),
    "lot": _("Lot %(lot)s by %(day)s"),
}
DEAL_TRAITS: Final = {
    ("deal_kind", "new"): _("new business"),
    ("deal_kind", "expansion"): _("expansions"),
    ("deal_kind", "cross"): _("cross-selling"),
    ("deal_kind", "tender"): _("tenders"),
    ("contested", "yes"): _("with a competitor"),
    ("contested", "no"): _("without a competitor"),
    ("qualified", "yes"): _("well qualified"),
    ("qualified", "no"): _("hardly qualified"),
}


def stage_name(stage: Stage) -> str:
    """Return what a stage is called: as the house named it, else the shipped word."""
    return stage.name or str(STAGE_NAMES.get(stage.code, stage.code))
