"""The sentences behind the codes of a file that is no report."""

from __future__ import annotations

from django.utils.translation import gettext as _

from keystead.connectors.counter.types import NotCounter
from keystead.kernel.errors import SourceProblem


def not_counter(refused: NotCounter, name: str) -> SourceProblem:
    """Return the error for a file that cannot be read as a COUNTER report."""
    if refused.code == "release_4":
        return SourceProblem(
            _("This is a COUNTER report of release 4, which ended in 2018."),
            code="counter_release_4",
            hint=_("Ask the provider for the report in release 5.1."),
            file=name,
        )
    return SourceProblem(
        _("This is no COUNTER report."),
        code="not_counter",
        hint=_("A report begins with its head: Report_Name, Report_ID, Release."),
        file=name,
    )
