"""The front of a case: what both get, with floors, zone and named points."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from keystead.kit.ui.charts import Chart
from keystead.kit.ui.charts.base import Measure as Scale
from keystead.kit.ui.tables import Column, Row, Table
from keystead.negotiation.queries.picture import Choice, Picture
from keystead.negotiation.queries.words import POINTS
from keystead.negotiation.types.cases import Measure
from keystead.negotiation.types.room import SentOffer, Who

MOST = 300


def front(seen: Picture, sent: Sequence[SentOffer], currency: str) -> Chart:
    """Return the front: our value along, theirs upward; both floors cut out the zone."""
    step = len(seen.front) // MOST + 1
    shown = [one for at, one in enumerate(seen.front) if at % step == 0]
    on_x = _scale(seen.measures[0], [*(c.worth.ours for c in shown), seen.our_floor], currency)
    on_y = _scale(seen.measures[1], [*(c.worth.theirs for c in shown), seen.their_floor], currency)
    marks = [
        {"x": float(one.worth.ours), "y": float(one.worth.theirs), "label": str(POINTS[name]),
         "kind": "point"}
        for name, one in seen.named.items()
    ]  # fmt: skip
    marks += [
        {"x": float(one.worth.ours), "y": float(one.worth.theirs),
         "label": f"{one.number}", "kind": "ours" if one.side is Who.US else "theirs"}
        for one in sent if one.worth is not None
    ]  # fmt: skip
    data = {
        "categories": [_words(one, on_x, on_y) for one in shown],
        "x": [float(one.worth.ours) for one in shown],
        "y": [float(one.worth.theirs) for one in shown],
        "floors": [float(seen.our_floor), float(seen.their_floor)],
        "marks": _joined(marks),
        "name_x": _axis(_("Worth to us"), on_x),
        "name_y": _axis(_("Worth to them"), on_y),
        "floor_labels": [on_x.text(seen.our_floor), on_y.text(seen.their_floor)],
    }
    rows = [
        Row({"ours": one.worth.ours, "theirs": one.worth.theirs,
             "zone": _("yes") if one.in_zone else ""})
        for one in shown
    ]  # fmt: skip
    table = Table(
        [on_x.column("ours", _("Worth to us")), on_y.column("theirs", _("Worth to them")),
         Column("zone", _("Both would take it"))],
        rows, _("Packages that no other beats for both"),
    )  # fmt: skip
    return Chart("front", _("Packages that no other beats for both"), data, table, "", 380)


def _joined(marks: list[dict[str, object]]) -> list[dict[str, object]]:
    """Points that fall together share one label."""
    found: dict[tuple[object, object], dict[str, object]] = {}
    for one in marks:
        place = (one["x"], one["y"])
        if place in found:
            found[place]["label"] = f"{found[place]['label']}, {one['label']}"
        else:
            found[place] = dict(one)
    return list(found.values())


def _scale(measure: Measure, values: Sequence[Decimal], currency: str) -> Scale:
    if measure is Measure.MONEY:
        return Scale.of([values], "money", currency)
    return Scale("", "", 1, 3)


def _axis(name: str, scale: Scale) -> str:
    return f"{name} ({scale.words})" if scale.words else name


def _words(one: Choice, on_x: Scale, on_y: Scale) -> str:
    options = "\n".join(f"{issue}: {option}" for issue, option in one.package.items())
    return f"{options}\n{on_x.text(one.worth.ours)} / {on_y.text(one.worth.theirs)}"
