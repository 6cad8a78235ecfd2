"""Pages and panels of health."""

from keystead.health.views.answer import answer
from keystead.health.views.rules import back_test, new_rules, rules
from keystead.health.views.scores import account, index, observe, panel
from keystead.health.views.surveys import (
    ask,
    close,
    create,
    edit,
    follow_up,
    import_file,
    link,
    survey,
    surveys,
)

__all__ = [
    "account",
    "answer",
    "ask",
    "back_test",
    "close",
    "create",
    "edit",
    "follow_up",
    "import_file",
    "index",
    "link",
    "new_rules",
    "observe",
    "panel",
    "rules",
    "survey",
    "surveys",
]
