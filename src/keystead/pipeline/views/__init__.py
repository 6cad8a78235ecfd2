"""Pages and panels of the pipeline room."""

from keystead.pipeline.views.lists import panel, renewals
from keystead.pipeline.views.one import renewal
from keystead.pipeline.views.steps import close, create, edit, evidence, postpone, step

__all__ = [
    "close",
    "create",
    "edit",
    "evidence",
    "panel",
    "postpone",
    "renewal",
    "renewals",
    "step",
]
