"""Writes of the pipeline room."""

from keystead.pipeline.services.answers import dismiss_signal, take_signal
from keystead.pipeline.services.following import catch_up, follow_agreement
from keystead.pipeline.services.lots import add_lot, edit_lot
from keystead.pipeline.services.opportunities import (
    close_opportunity,
    create_opportunity,
    edit_opportunity,
    move_opportunity,
    show_qualification,
)
from keystead.pipeline.services.renewals import (
    close_renewal,
    create_renewal,
    edit_renewal,
    move_renewal,
    show_evidence,
)
from keystead.pipeline.services.rivals import tell_rival_loss
from keystead.pipeline.services.stages import keep_stage
from keystead.pipeline.services.watching import watch_signals

__all__ = [
    "add_lot",
    "catch_up",
    "close_opportunity",
    "close_renewal",
    "create_opportunity",
    "create_renewal",
    "dismiss_signal",
    "edit_lot",
    "edit_opportunity",
    "edit_renewal",
    "follow_agreement",
    "keep_stage",
    "move_opportunity",
    "move_renewal",
    "show_evidence",
    "show_qualification",
    "take_signal",
    "tell_rival_loss",
    "watch_signals",
]
