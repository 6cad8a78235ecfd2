"""Surveys and follow-ups as tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.health.queries.words import KINDS, OUTCOMES, STATES
from keystead.health.types.surveys import FollowUp, FollowUpState, Kind, Survey, SurveyState
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day

TONES = {SurveyState.OPEN: "good", SurveyState.CLOSED: "", SurveyState.DRAFT: "warn"}


def survey_table(found: Sequence[Survey], *, named: bool = True) -> Table:
    """Return surveys; with accounts where they are of several."""
    rows = [Row({
        "name": Cell(one.name, href=reverse("health:survey", args=[one.id]),
                     sub=one.account_name if named else ""),
        "kinds": ", ".join(short_kind(q.kind) for q in one.questions[:3]),
        "state": Cell(STATES[one.state.value], tone=TONES[one.state]),
        "ends": one.ends_on, "asked": one.asked, "answered": one.answered,
        "owner": one.owner_name or "–",
    }) for one in found]  # fmt: skip
    columns = [
        Column("name", _("Survey")), Column("kinds", _("Asks"), hide="phone"),
        Column("state", _("State"), "tag"), Column("ends", _("Last day to answer"), "date"),
        Column("asked", _("Asked"), "number"), Column("answered", _("Answers"), "number"),
        Column("owner", _("Who follows up"), hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Surveys"), empty=_("Nobody was asked yet."))


def follow_up_table(found: Sequence[FollowUp], *, named: bool = True) -> Table:
    """Return follow-ups with what was said; overdue ones marked."""
    rows = [Row({
        "who": Cell(one.person or _("somebody unnamed"),
                    href=reverse("health:follow_up", args=[one.id]),
                    sub=one.account_name if named else one.survey_name),
        "said": _said(one), "due": _due(one), "owner": one.owner_name or _("nobody"),
    }) for one in found]  # fmt: skip
    columns = [
        Column("who", _("Who")), Column("said", _("What they said"), wide=True),
        Column("due", _("Due"), "tag"), Column("owner", _("Owner"), hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Follow-ups"), empty=_("Nothing is open."))


def short_kind(kind: Kind) -> str:
    """Return what a question measures, without its scale."""
    return re.split("[,，]", str(KINDS[kind.value]))[0]


def _said(one: FollowUp) -> str:
    numbers = ", ".join(
        f"{short_kind(given.kind)}: {given.value}" for given in one.said if given.value is not None
    )
    words = next((given.text for given in one.said if given.text), "")
    return f"{numbers} · {words}" if words else numbers


def _due(one: FollowUp) -> Cell:
    if one.state is FollowUpState.DONE and one.outcome is not None:
        return Cell(OUTCOMES[one.outcome.value], tone="good")
    late = one.due_on < timezone.localdate()
    return Cell(day(one.due_on), tone="bad" if late else "", title=_("overdue") if late else "")
