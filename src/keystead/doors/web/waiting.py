"""What a second person, or a text, wants of somebody: for "Needs you" on the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from keystead.doors.web.homepage import Task
from keystead.governance.queries.acknowledgements import owing
from keystead.governance.queries.approvals import inbox
from keystead.governance.rules.acknowledgements import words
from keystead.governance.types.acknowledgements import State
from keystead.health.queries import follow_ups_for
from keystead.health.queries import words as health_words
from keystead.kit.access import Actor
from keystead.kit.ui import formats
from keystead.pipeline.queries import (
    fresh_signals,
    own_alerts,
    own_next_steps,
    own_tender_alerts,
)
from keystead.pipeline.queries.deal_words import DAYS

MOST = 5
LATE = (State.OVERDUE, State.LAPSED)


def waiting_tasks(actor: Actor) -> list[Task]:
    """Return what waits for this person: approvals, texts they owe, notice windows of theirs."""
    return [
        *_approvals(actor), *_texts(actor), *_notice_windows(actor), *_tenders(actor),
        *_next_steps(actor), *_follow_ups(actor), *_signals(actor),
    ]  # fmt: skip


def _notice_windows(actor: Actor) -> list[Task]:
    """The renewals this person owns, or nobody does, whose notice day comes near."""
    if not actor.can("pipeline.edit"):
        return []
    found = own_alerts(actor, today=timezone.localdate())
    language = get_language() or "en"
    tasks = []
    for one in found[:MOST]:
        over, ahead = _("Notice day %(day)s is over."), _("Give notice by %(day)s, or renew.")
        text = over if one.warning == 0 else ahead
        hint = text % {"day": formats.day(one.dates.send_by, locale=language)}
        title = f"{one.renewal.account_name}, {one.renewal.contract}"
        url = reverse("pipeline:renewal", args=[one.renewal.id])
        tasks.append(Task(title, hint, url, _("Renew"), "hot" if one.warning <= 30 else "soon"))
    return tasks


def _tenders(actor: Actor) -> list[Task]:
    """The days of tenders this person owns, or nobody does, that come near."""
    if not actor.can("pipeline.edit"):
        return []
    language = get_language() or "en"
    tasks = []
    for one in own_tender_alerts(actor, today=timezone.localdate())[:MOST]:
        deal, due = one.opportunity, one.deadline
        day = formats.day(due.on, locale=language)
        hint = str(DAYS[due.kind.value]) % {"day": day, "lot": due.lot}
        url = reverse("pipeline:opportunity", args=[deal.id])
        title = f"{deal.account_name}, {deal.title}"
        tasks.append(
            Task(title, hint, url, pgettext("verb", "Open"), "hot" if due.warning <= 7 else "soon")
        )
    return tasks


def _next_steps(actor: Actor) -> list[Task]:
    """The next steps of this person's opportunities that are due."""
    if not actor.can("pipeline.edit"):
        return []
    today = timezone.localdate()
    tasks = []
    for one in own_next_steps(actor, today=today)[:MOST]:
        late = one.next_on is not None and one.next_on < today
        title = f"{one.account_name}, {one.title}"
        url = reverse("pipeline:opportunity", args=[one.id])
        tasks.append(
            Task(title, one.next_step, url, pgettext("verb", "Open"), "soon" if late else "")
        )
    return tasks


def _signals(actor: Actor) -> list[Task]:
    """What the nights of the last week saw at this person's accounts, in one line."""
    if not actor.can("pipeline.edit"):
        return []
    found = fresh_signals(actor, today=timezone.localdate())
    if not found:
        return []
    count = len(found)
    text = ngettext("%(count)s new signal", "%(count)s new signals", count) % {"count": count}
    names = list(dict.fromkeys(one.account_name for one in found))
    hint = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return [Task(text, hint, reverse("pipeline:signals"), pgettext("verb", "Open"))]


def _approvals(actor: Actor) -> list[Task]:
    if not actor.can("approvals.view"):
        return []
    tasks = []
    for item in inbox(actor)[:MOST]:
        late = item.due_at is not None and item.due_at < timezone.now()
        words_ = _("%(name)s waits for your answer; it is overdue.") if late else _(
            "%(name)s waits for your answer.")  # fmt: skip
        hint = words_ % {"name": item.requested_by_name}
        url = reverse("governance:approval", args=[item.id])
        tasks.append(Task(item.title, hint, url, _("Decide"), "hot" if late else "soon"))
    return tasks


def _texts(actor: Actor) -> list[Task]:
    language = get_language() or "en"
    tasks = []
    for one in sorted(owing(actor), key=lambda one: (one.state not in LATE, one.due_on)):
        day = formats.day(one.due_on, locale=language)
        late = one.state in LATE
        hint = (_("Overdue since %(day)s.") if late else _("Read and confirm by %(day)s.")) % {
            "day": day
        }
        url = reverse("governance:acknowledge", args=[one.statement.topic.value])
        title = words(one.statement.title, language)
        tasks.append(Task(title, hint, url, _("Read"), "hot" if late else ""))
    return tasks


def _follow_ups(actor: Actor) -> list[Task]:
    """Unhappy answers that this person, or nobody, looks after."""
    if not actor.can("health.edit"):
        return []
    language = get_language() or "en"
    tasks = []
    for one in follow_ups_for(actor, still_open=True, mine=True)[:MOST]:
        late = one.due_on < timezone.localdate()
        text = health_words.OVERDUE if late else health_words.TO_ANSWER
        hint = str(text) % {"day": formats.day(one.due_on, locale=language)}
        title = f"{one.account_name}, {one.person}" if one.person else one.account_name
        url = reverse("health:follow_up", args=[one.id])
        word = str(health_words.FOLLOW_UP)
        tasks.append(Task(title, hint, url, word, "hot" if late else "soon"))
    return tasks
