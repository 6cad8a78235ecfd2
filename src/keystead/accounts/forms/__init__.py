"""Forms of the accounts room."""

from keystead.accounts.forms.account import AccountForm, FileForm, MergeForm
from keystead.accounts.forms.details import (
    AnswerForm,
    IdentifierForm,
    MeasureForm,
    ProfileFieldForm,
)
from keystead.accounts.forms.links import EndForm, MembershipForm, TeamForm
from keystead.accounts.forms.sharing import PersonForm, ReasonForm, ShareForm, TerritoryForm

__all__ = [
    "AccountForm",
    "AnswerForm",
    "EndForm",
    "FileForm",
    "IdentifierForm",
    "MeasureForm",
    "MembershipForm",
    "MergeForm",
    "PersonForm",
    "ProfileFieldForm",
    "ReasonForm",
    "ShareForm",
    "TeamForm",
    "TerritoryForm",
]
