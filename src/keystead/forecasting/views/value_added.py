"""How good the forecasts were, who added value, and one's own record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from keystead.forecasting.forms.cycle import AccuracyForm
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.node import label_of
from keystead.forecasting.queries.people import Record, record_of, records, shared_by
from keystead.forecasting.queries.periods import period_words
from keystead.forecasting.queries.value_added import Accuracy, CutRow, accuracy
from keystead.forecasting.queries.words import KINDS, LAYERS, REASONS, RHYTHMS, SEGMENTS
from keystead.forecasting.services.sharing import share_record as open_record
from keystead.forecasting.types.cycle import DemandKind, Layer, Node, Reason
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.value_added import Stair, StairCase, TrackRecord
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table

SHOWN = 60
CUT_COLUMNS = tuple(name for name in CutRow.__dataclass_fields__ if name != "label")
CUT_SHOWN = 20


@require_GET
@policy("forecasting.view")
def value_added(request: HttpRequest) -> HttpResponse:
    """Show accuracy and the stairs from naive to agreed over all locked cycles."""
    actor = actor_of(request)
    asked = AccuracyForm(request.GET)
    kind, lag, rhythm = asked.chosen()
    found = accuracy(actor, kind=kind, lag=lag, rhythm=rhythm)
    context = {
        "kinds": [(one.value, word, one is kind) for one, word in KINDS.items()],
        "rhythms": _rhythms(rhythm),
        "by_week": rhythm is Rhythm.WEEK,
        "ahead": [(one, one == lag) for one in rhythm.lags],
        "found": found,
        "first": period_words(rhythm, found.first) if found.first else "",
        "last": period_words(rhythm, found.last) if found.last else "",
        "stairs": stairs_shown(found.case, found.currency),
        "stair_table": stair_table(found.case, found.currency),
        "lags": _lags(found),
        "cuts": [(title, _cut(title, rows, found.currency), max(len(rows) - CUT_SHOWN, 0))
                 for title, rows in _named(found)],
        "persons": _persons(actor, found.currency, kind, rhythm),
        "people": shared_by(actor),
    }  # fmt: skip
    return render(request, "forecasting/value_added.html", context)


@require_GET
@policy("forecasting.view")
def record(request: HttpRequest, person_id: int | None = None) -> HttpResponse:
    """Show one's own record, or one that its owner shares."""
    actor = actor_of(request)
    _kind, _lag, rhythm = AccuracyForm(request.GET).chosen()
    found = record_of(actor, person_id, rhythm=rhythm)
    context = {
        "found": found, "track": found.track, "judged": _judged(found, rhythm),
        "rhythms": _rhythms(rhythm),
        "more": max(len(found.judged) - SHOWN, 0),
    }  # fmt: skip
    return render(request, "forecasting/record.html", context)


@require_POST
@policy("forecasting.view")
def share_record(request: HttpRequest) -> HttpResponse:
    """Open one's own record to others, or close it."""
    shared = open_record(actor=actor_of(request), shared=request.POST.get("shared") == "1")
    messages.success(
        request, _("Others can read your record now.") if shared else _("Only you read it now.")
    )
    return redirect("forecasting:record")


def stairs_shown(case: StairCase, currency: str) -> list[dict[str, Any]]:
    """Return the stairs as bars in percent of the highest; steps nobody took are left out."""
    taken = [one for one in case.stairs if one.wape is not None and _took(one)]
    top = max((one.wape or 0 for one in taken), default=0) or 1
    return [
        {"name": LAYERS[Layer(one.layer)], "wape": Decimal(str(round(one.wape or 0, 1))),
         "w": f"{(one.wape or 0) * 100 / top:.1f}",
         "change": None if one.change is None else Decimal(str(round(one.change, 1))),
         "kind": _direction(round(one.change or 0, 1)),
         "sure": one.interval is not None and one.interval.sure}
        for one in taken
    ]  # fmt: skip


def _direction(change: float) -> str:
    return "up" if change < 0 else "down" if change else ""


def _took(one: Stair) -> bool:
    return one.touched > 0 or one.layer in ("naive", "statistical", "agreed")


def stair_table(case: StairCase, currency: str) -> Table:
    """Return the stairs in numbers."""
    columns = [
        Column("layer", pgettext("forecast", "Line")),
        Column("wape", _("Error (WAPE), %"), "number"),
        Column("bias", _("Bias, %"), "number"), Column("change", _("Change, points"), "number"),
        Column("range", _("95 % range of the change")),
        Column("value", _("Error taken away in value"), "money", currency=currency),
        Column("touched", _("Cells it changed"), "number"),
    ]  # fmt: skip
    rows = [
        Row({
            "layer": LAYERS[Layer(one.layer)], "wape": _one(one.wape), "bias": _one(one.bias),
            "change": _one(one.change), "range": _range(one),
            "value": None if one.change is None or not currency else one.value,
            "touched": one.touched,
        })
        for one in case.stairs if _took(one)
    ]  # fmt: skip
    return Table(columns, rows, _("From naive to agreed"), sortable=False)


def _range(one: Stair | TrackRecord) -> str:
    if one.change is None:
        return ""
    if one.interval is None:
        return _("not enough data")
    low, high = (f"{_one(edge):+}" for edge in (one.interval.low, one.interval.high))
    said = _("sure") if one.interval.sure else _("could be chance")
    return _("%(low)s to %(high)s, %(said)s") % {"low": low, "high": high, "said": said}


def _one(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 1)))


def _two(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 2)))


def _lags(found: Accuracy) -> Table:
    by_week = found.rhythm is Rhythm.WEEK
    columns = [
        Column("lag", _("Weeks ahead") if by_week else _("Months ahead"), "number"),
        Column("layer", pgettext("forecast", "Line")),
        Column("wape", _("Error (WAPE), %"), "number"), Column("bias", _("Bias, %"), "number"),
        Column("mase", "MASE", "number", digits=2),
        Column("rmsse", _("RMSSE, intermittent"), "number", digits=2),
        Column("c80", _("In the 80 % range, %"), "number"),
        Column("c95", _("In the 95 % range, %"), "number"), Column("cells", _("Cells"), "number"),
    ]  # fmt: skip
    rows = [
        Row({
            "lag": one.lag, "layer": LAYERS[Layer(one.layer)], "wape": _one(one.wape),
            "bias": _one(one.bias),
            "mase": _two(one.mase), "rmsse": _two(one.rmsse),
            "c80": _one(one.cover80), "c95": _one(one.cover95), "cells": one.cells,
        })
        for one in found.lags if one.cells
    ]  # fmt: skip
    title = _("Accuracy by weeks ahead") if by_week else _("Accuracy by months ahead")
    empty = _("No week has come true yet.") if by_week else _("No month has come true yet.")
    return Table(columns, rows, title, sortable=False, empty=empty)


def _named(found: Accuracy) -> list[tuple[str, list[CutRow]]]:
    names, products = account_names(), product_names()
    accounts = [CutRow(names[int(one.label)].name, *_rest(one)) for one in found.cuts["account"]]
    brands = [CutRow(one.label or _("No brand"), *_rest(one)) for one in found.cuts["brand"]]
    goods = [CutRow(products[int(one.label)].name, *_rest(one)) for one in found.cuts["product"]]
    segments = [
        CutRow(str(SEGMENTS.get(one.label, one.label)), *_rest(one))
        for one in found.cuts["segment"]
    ]
    return [
        (_("By account"), accounts), (_("By brand"), brands), (_("By product"), goods),
        (_("By segment"), segments),
    ]  # fmt: skip


def _rest(one: CutRow) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in CUT_COLUMNS)


def _cut(title: str, rows: list[CutRow], currency: str) -> Table:
    columns = [
        Column("label", title), Column("naive", str(LAYERS[Layer.NAIVE]), "number"),
        Column("statistical", str(LAYERS[Layer.STATISTICAL]), "number"),
        Column("agreed", str(LAYERS[Layer.AGREED]), "number"),
        Column("bias", _("Bias, %"), "number"),
        Column("mase", "MASE", "number", digits=2, hide="phone"),
        Column("rmsse", "RMSSE", "number", digits=2, hide="phone"),
        Column("c80", _("In the 80 % range, %"), "number", hide="phone"),
        Column("c95", _("In the 95 % range, %"), "number", hide="phone"),
        Column("value", _("Value people added"), "money", currency=currency),
        Column("cells", _("Cells"), "number"),
    ]  # fmt: skip
    shown = [
        Row({"label": one.label, "naive": _one(one.naive), "statistical": _one(one.statistical),
             "agreed": _one(one.agreed), "bias": _one(one.bias),
             "mase": _two(one.mase), "rmsse": _two(one.rmsse), "c80": _one(one.cover80),
             "c95": _one(one.cover95), "value": one.value if currency else None,
             "cells": one.cells})
        for one in rows[:CUT_SHOWN]
    ]  # fmt: skip
    return Table(columns, shown, title, empty=_("No month has come true yet."))


def _persons(actor: Actor, currency: str, kind: DemandKind, rhythm: Rhythm) -> Table:
    """One's own line and those of people who share theirs."""
    columns = [
        Column("name", _("By person")), Column("cells", _("Cells changed"), "number"),
        Column("helped", _("Helped"), "number"),
        Column("before", _("Error before, %"), "number"),
        Column("after", _("Error after, %"), "number"),
        Column("range", _("95 % range of the change")),
        Column("value", _("Error taken away in value"), "money", currency=currency),
    ]  # fmt: skip
    rows = [
        Row({
            "name": Cell(person.name, href=reverse("forecasting:person", args=[person.user_id])),
            "cells": one.overrides, "helped": one.helped, "before": _one(one.wape_before),
            "after": _one(one.wape_after), "range": _range(one),
            "value": one.value if currency else None,
        })
        for person, one in records(actor, kind=kind, rhythm=rhythm) if one.overrides
    ]  # fmt: skip
    return Table(columns, rows, _("By person"), empty=_("No change of yours came true yet."))


def _rhythms(chosen: Rhythm) -> list[tuple[str, Any, bool]]:
    return [(one.value, word, one is chosen) for one, word in RHYTHMS.items()]


def _judged(found: Record, rhythm: Rhythm) -> Table:
    columns = [
        Column("line", _("Line of the forecast")),
        Column("month", _("Week") if rhythm is Rhythm.WEEK else _("Month")),
        Column("reason", _("Reason")), Column("before", _("Before"), "number"),
        Column("after", _("You said") if found.own else _("They said"), "number"),
        Column("actual", _("Came true"), "number"), Column("gain", _("Error taken away"), "number"),
    ]  # fmt: skip
    half = SHOWN // 2
    shown = found.judged if len(found.judged) <= SHOWN else (
        *found.judged[:half], *found.judged[-half:]
    )  # fmt: skip
    rows = [
        Row({
            "line": Cell(label_of(Node(one.key.account_id, one.key.product_id)),  # type: ignore[attr-defined]
                         href=reverse("forecasting:grid", args=[one.cycle])),
            "month": period_words(rhythm, one.period),
            "reason": REASONS.get(Reason(one.reason), one.reason),
            "before": one.before, "after": one.after, "actual": one.actual, "gain": one.gain,
        })
        for one in shown
    ]  # fmt: skip
    return Table(columns, rows, _("Overrides by gain and loss"))
