"""Forms of the room."""

from keystead.agreements.forms.building import baseline_of
from keystead.agreements.forms.condition import ConditionForm
from keystead.agreements.forms.head import AmendForm, DayForm, HeadForm, TemplateForm
from keystead.agreements.forms.prices import PricesForm
from keystead.agreements.forms.selections import Names
from keystead.agreements.forms.shapes import defaults_of
from keystead.agreements.forms.whole import ClauseForm, LibraryForm, WholeForm

__all__ = [
    "AmendForm",
    "ClauseForm",
    "ConditionForm",
    "DayForm",
    "HeadForm",
    "LibraryForm",
    "Names",
    "PricesForm",
    "TemplateForm",
    "WholeForm",
    "baseline_of",
    "defaults_of",
]
