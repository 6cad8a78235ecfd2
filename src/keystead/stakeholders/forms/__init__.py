"""Forms of the room."""

from keystead.stakeholders.forms.people import (
    AffiliationForm,
    MergeForm,
    OpinionForm,
    PersonForm,
    RoleForm,
    TieForm,
)
from keystead.stakeholders.forms.talks import CadenceForm, TalkForm

__all__ = [
    "AffiliationForm",
    "CadenceForm",
    "MergeForm",
    "OpinionForm",
    "PersonForm",
    "RoleForm",
    "TalkForm",
    "TieForm",
]
