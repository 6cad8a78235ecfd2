"""The strip of key figures: six that this account has data for, each with how it moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from keystead.doors.web.measures import label_of_metric, offered, period_named
from keystead.kit.access import Actor
from keystead.kit.ui.reasons import reason_url
from keystead.kit.ui.tags.figures import KeyFigure
from keystead.metrics.queries import evaluate
from keystead.metrics.types import Direction, Evaluation, MetricDef

# The figures that may stand in the strip, most wanted first, and what is told beside them.
WANTED = ("sell_in", "target_attainment", "off_take_units", "stock_days",
          "listing_coverage", "trade_rate", "returns", "stock_units")  # fmt: skip
HELPERS = ("sell_in_growth", "target_gap", "off_take_growth")
PLACES, FEWEST = 6, 4


def strip_for(actor: Actor, account_id: int, last: dt.date) -> list[KeyFigure]:
    """Return the key figures of an account, the year up to the last day that has data.

    A publisher's hospital has no stock, a pharmacy chain has: those without a value stay away
    when enough have one.
    """
    metrics = {metric.id: metric for metric in offered(actor)}
    wanted = [name for name in WANTED if name in metrics]
    evaluation = evaluate(
        actor=actor,
        metrics=[*wanted, *HELPERS],
        period=period_named("year", last),
        filters={"account": [account_id]},
    )
    places = [_key_figure(metrics[name], evaluation, account_id) for name in wanted]
    places.sort(key=lambda place: place.figure.value is None)
    known = sum(place.figure.value is not None for place in places)
    return places[: min(PLACES, max(known, FEWEST))]


def _key_figure(metric: MetricDef, evaluation: Evaluation, account_id: int) -> KeyFigure:
    figure = evaluation.figure(metric.id)
    label = label_of_metric(metric)
    good = {Direction.UP: "up", Direction.DOWN: "down"}.get(metric.direction, "none")

    def helper(name: str) -> Any:
        found = evaluation.figure(name)
        return found if found.value is not None else None

    if metric.id == "sell_in":
        words = _("%(measure)s, year to date") % {"measure": label}
        growth = helper("sell_in_growth")
        note = _("on last year") if growth else ""
        why = reason_url(metric.id, account_id, figure.period)
        return KeyFigure(words, figure, growth, note=note, why=why)
    if metric.id == "target_attainment":
        return KeyFigure(_("Against target"), figure, helper("target_gap"), "money")
    if metric.id == "off_take_units":
        words = _("%(measure)s, year to date") % {"measure": label}
        return KeyFigure(words, figure, helper("off_take_growth"))
    return KeyFigure(label, figure, good=good)
