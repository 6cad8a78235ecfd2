"""Health: all accounts, one with every part of its score, its panel, what somebody knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from keystead.accounts.queries import may_write
from keystead.health import queries, services
from keystead.health.forms.scores import ObservationForm
from keystead.health.queries.words import BANDS, SIGNALS, SOURCES, TONES, UNITS, WHYS
from keystead.health.types.scores import Band, Part, Score, Signal, Snapshot, Standing
from keystead.health.views.lists import follow_up_table, survey_table
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.charts import lines
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day, month, number


@require_GET
@policy("health.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show the health of the accounts, the worst first, and what unhappy people wait for."""
    actor, asked = actor_of(request), request.GET
    band, words = asked.get("band", ""), asked.get("q", "").strip().casefold()
    found = queries.standings_for(actor)
    shown = [one for one in found if _wanted(one, band if band in BANDS else "", words)]
    waiting = queries.follow_ups_for(actor, still_open=True)
    context = {
        "message": _message(found),
        "table": standing_table(shown),
        "bands": [("", _("All")), *((key, str(word)) for key, word in BANDS.items())],
        "band": band,
        "words": asked.get("q", ""),
        "newest": max((one.newest.month for one in found if one.newest), default=None),
        "follow_ups": follow_up_table(waiting) if waiting else None,
        "may_edit": actor.can("health.edit"),
    }
    return render(request, "health/index.html", context)


@require_GET
@policy("health.view")
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the score of an account as of today with every part and its source, and its months."""
    actor = actor_of(request)
    found = queries.readable(actor, account_id)
    now, kept = queries.score_now(actor, found.id), queries.snapshots_for(actor, found.id)
    surveys = queries.surveys_for(actor, account_id=found.id)
    follow_ups = queries.follow_ups_for(actor, account_id=found.id)
    context = {
        "account": found,
        "score": now,
        "band": BANDS[now.band.value],
        "tone": TONES[now.band.value],
        "message": score_message(now),
        "parts": part_table(now),
        "chart": _chart(kept),
        "kept": _kept_table(kept),
        "nps": queries.nps_over(actor, today=timezone.localdate(), account_id=found.id),
        "surveys": survey_table(surveys, named=False),
        "follow_ups": follow_up_table(follow_ups, named=False) if follow_ups else None,
        "writes": _writes(actor, found.id),
    }
    return render(request, "health/account.html", context)


@require_GET
@policy("health.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the health of an account on its page."""
    actor = actor_of(request)
    found = queries.readable(actor, account_id)
    now = queries.score_now(actor, found.id)
    context = {
        "account": found,
        "score": now,
        "band": BANDS[now.band.value],
        "tone": TONES[now.band.value],
        "message": score_message(now),
        "parts": part_table(now),
        "open": queries.follow_ups_for(actor, account_id=found.id, still_open=True),
        "writes": _writes(actor, found.id),
    }
    return render(request, "health/panels/account.html", context)


@policy("health.edit")
def observe(request: HttpRequest, account_id: int) -> HttpResponse:
    """Write down what one knows of a signal, with its source."""
    actor = actor_of(request)
    found = queries.readable(actor, account_id)
    form = ObservationForm(request.POST or None, initial={"on": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.observe(
            actor=actor, account_id=found.id, signal=Signal(data["signal"]), on=data["on"],
            value=data["value"], source=data["source"],
        )  # fmt: skip

    page = Page(
        _("Write down what you know"), back=reverse("health:account", args=[found.id]),
        back_label=found.name,
        lede=_("It is kept as you write it; a newer one takes its place in the score."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


def score_message(found: Score) -> str:
    """Return what a score says first: how it stands, and what is missing."""
    missing = sum(one.missing for one in found.parts)
    if found.band is Band.UNKNOWN:
        return _("Too little is known for a judgement")
    words = {
        Band.HEALTHY: _("Healthy: %(score)s of 100"),
        Band.WATCH: _("Keep an eye on it: %(score)s of 100"),
        Band.AT_RISK: _("At risk: %(score)s of 100"),
    }[found.band] % {"score": number(found.score, 0)}
    if not missing:
        return words
    more = ngettext("%(count)s signal is missing", "%(count)s signals are missing", missing)
    return f"{words}; {more % {'count': missing}}"


def part_table(found: Score) -> Table:
    """Return the parts of a score: what is seen, from where, its points and what it adds."""
    rows = [Row({
        "signal": Cell(SIGNALS[one.rule.signal.value], sub=_source(one)),
        "seen": _seen(one),
        "rule": _rule_words(one),
        "points": Cell(_("missing"), tone="warn") if one.missing else Cell(
            number(one.points, 0), tone=_tone(one)),
        "weight": one.rule.weight,
        "adds": one.adds,
    }) for one in found.parts]  # fmt: skip
    rows.append(Row({
        "signal": _("Score"), "points": Cell(number(found.score, 0)),
        "weight": sum(one.rule.weight for one in found.parts),
        "adds": found.score,
    }, total=True))  # fmt: skip
    columns = [
        Column("signal", _("Signal")), Column("seen", _("Seen"), "tag"),
        Column("rule", _("0 to 100 points"), hide="phone"),
        Column("points", _("Points"), "tag"),
        Column("weight", _("Weight of the signal"), "number", digits=0, hide="phone"),
        Column("adds", _("Adds"), "number", digits=1),
    ]  # fmt: skip
    return Table(columns, rows, _("Parts of the score"), sortable=False)


def standing_table(found: Sequence[Standing]) -> Table:
    """Return accounts with their newest kept score."""
    rows = [Row({
        "account": Cell(
            one.name, href=reverse("health:account", args=[one.account_id]), sub=one.code),
        "band": Cell(BANDS[one.newest.score.band.value], tone=TONES[one.newest.score.band.value])
        if one.newest else "–",
        "score": one.newest.score.score if one.newest else None,
        "ceiling": one.newest.score.ceiling if one.newest else None,
        "known": one.newest.score.known_pct if one.newest else None,
        "change": one.change,
        "trend": Cell([score for _on, score in one.trend]),
        "worst": _worst(one),
        "open": one.open_follow_ups or None,
    }) for one in found]  # fmt: skip
    columns = [
        Column("account", _("Account")), Column("band", _("Health"), "tag"),
        Column("score", _("Score"), "number", digits=0),
        Column("ceiling", _("At most"), "number", digits=0, hide="phone"),
        Column("known", _("Known"), "pct", digits=0, hide="phone"),
        Column("change", _("In 3 months"), "variance", digits=0),
        Column("trend", _("Trend"), "spark", hide="phone"),
        Column("worst", _("Pulls down most"), hide="phone"),
        Column("open", _("Follow-ups"), "number", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Health of accounts"), empty=_("No account is scored yet."))


def _wanted(one: Standing, band: str, words: str) -> bool:
    if band and (one.newest is None or one.newest.score.band.value != band):
        return False
    return not words or words in one.name.casefold() or words in one.code.casefold()


def _message(found: Sequence[Standing]) -> str:
    bad = sum(bool(one.newest and one.newest.score.band is Band.AT_RISK) for one in found)
    if not any(one.newest for one in found):
        return _("No score is kept yet")
    if not bad:
        return _("No account is at risk by the rules")
    words = ngettext("%(count)s account is at risk", "%(count)s accounts are at risk", bad)
    return words % {"count": bad}


def _worst(one: Standing) -> str:
    """Return the signal that takes most from the score, a missing one too."""
    if one.newest is None:
        return ""
    lost = [
        (part.rule.weight * (100 - (part.points or 0)), part) for part in one.newest.score.parts
    ]
    most, part = max(lost, key=lambda pair: pair[0], default=(0, None))
    if part is None or most <= 0:
        return ""
    word = str(SIGNALS[part.rule.signal.value])
    return f"{word} ({_('missing')})" if part.missing else word


def _seen(one: Part) -> Cell:
    seen = one.reading
    if seen.value is None:
        return Cell(WHYS[seen.why.value])
    digits = 0 if seen.value == seen.value.to_integral_value() else 1
    words = number(seen.value, digits)
    if one.rule.signal is Signal.USAGE_TREND and seen.value > 0:
        words = f"+{words}"
    n = f"n = {seen.n}" if seen.n is not None and one.rule.signal is Signal.SATISFACTION else ""
    return Cell(words, proof=seen.proof, sub=n, title=str(UNITS[one.rule.signal.value]))


def _source(one: Part) -> str:
    seen = one.reading
    parts = [str(SOURCES.get(seen.source, "")), seen.text, day(seen.on) if seen.on else ""]
    return " · ".join(part for part in parts if part)


def _rule_words(one: Part) -> str:
    unit = str(UNITS[one.rule.signal.value])
    ends = f"{number(one.rule.bad, 0)} → {number(one.rule.good, 0)}"
    return f"{ends} {unit}"


def _tone(one: Part) -> str:
    got = one.points or 0
    return "good" if got >= 70 else "warn" if got >= 40 else "bad"


def _chart(kept: Sequence[Snapshot]) -> Any:
    if len(kept) < 2:
        return None
    shown = kept[-24:]
    return lines(
        label=_("Score by month"), categories=[month(one.month) for one in shown],
        series_of=[
            ("actual", _("Score"), [one.score.score for one in shown]),
            ("other", _("At most"), [one.score.ceiling for one in shown]),
        ],
        from_zero=True,
    )  # fmt: skip


def _kept_table(kept: Sequence[Snapshot]) -> Table | None:
    if not kept:
        return None
    rows = [Row({
        "month": one.month,
        "band": Cell(BANDS[one.score.band.value], tone=TONES[one.score.band.value]),
        "score": one.score.score, "ceiling": one.score.ceiling, "known": one.score.known_pct,
        "rules": one.score.rules_number,
        "taken": Cell(one.taken_at.date(), sub=_("late: in no back-test")
                      if one.late_days > 31 else ""),
    }) for one in reversed(kept[-24:])]  # fmt: skip
    columns = [
        Column("month", _("Month"), "month"), Column("band", _("Health"), "tag"),
        Column("score", _("Score"), "number", digits=0),
        Column("ceiling", _("At most"), "number", digits=0),
        Column("known", _("Known"), "pct", digits=0, hide="phone"),
        Column("rules", _("Version of the rules"), "number", hide="phone"),
        Column("taken", _("Kept on"), "date", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Kept scores"), sortable=False)


def _writes(actor: Actor, account_id: int) -> bool:
    return actor.can("health.edit") and may_write(actor, account_id, name="plan")
