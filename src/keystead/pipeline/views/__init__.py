"""Pages and panels of the pipeline room."""

from keystead.pipeline.views.deal import opportunity
from keystead.pipeline.views.deal_steps import (
    add_lot,
    check_deal,
    close_deal,
    create_deal,
    edit_deal,
    lot,
    move_deal,
)
from keystead.pipeline.views.deals import deals_panel, opportunities
from keystead.pipeline.views.lists import panel, renewals
from keystead.pipeline.views.one import renewal
from keystead.pipeline.views.rollup import rollup
from keystead.pipeline.views.seen import dismiss, signals, take, tell_loss
from keystead.pipeline.views.stages import new_stage, stage, stages
from keystead.pipeline.views.steps import close, create, edit, evidence, postpone, step

__all__ = [
    "add_lot",
    "check_deal",
    "close",
    "close_deal",
    "create",
    "create_deal",
    "deals_panel",
    "dismiss",
    "edit",
    "edit_deal",
    "evidence",
    "lot",
    "move_deal",
    "new_stage",
    "opportunities",
    "opportunity",
    "panel",
    "postpone",
    "renewal",
    "renewals",
    "rollup",
    "signals",
    "stage",
    "stages",
    "step",
    "take",
    "tell_loss",
]
