"""Writes of the health room."""

from keystead.health.services.answering import answer, sheet_of
from keystead.health.services.following import FollowUpEntry, edit_follow_up, forget, observe
from keystead.health.services.importing import Imported, import_answers
from keystead.health.services.scoring import take_snapshots, write_rules
from keystead.health.services.sending import send_invitations
from keystead.health.services.surveys import (
    ask_people,
    close_survey,
    create_survey,
    edit_survey,
    make_link,
)

__all__ = [
    "FollowUpEntry",
    "Imported",
    "answer",
    "ask_people",
    "close_survey",
    "create_survey",
    "edit_follow_up",
    "edit_survey",
    "forget",
    "import_answers",
    "make_link",
    "observe",
    "send_invitations",
    "sheet_of",
    "take_snapshots",
    "write_rules",
]
