"""Writes of the pipeline room."""

from keystead.pipeline.services.following import catch_up, follow_agreement
from keystead.pipeline.services.renewals import (
    close_renewal,
    create_renewal,
    edit_renewal,
    move_renewal,
    show_evidence,
)

__all__ = [
    "catch_up",
    "close_renewal",
    "create_renewal",
    "edit_renewal",
    "follow_agreement",
    "move_renewal",
    "show_evidence",
]
