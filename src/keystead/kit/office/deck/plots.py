"""Native charts in Excel over the cells of a sheet, in the same notation as on slides."""

from __future__ import annotations

from typing import Any, Final

from keystead.kit.office.deck.charts import ABOVE, BASE, BELOW, exact, shape_of, steps, takes_turns
from keystead.kit.office.deck.ink import LIGHT
from keystead.kit.office.sheets import clean
from keystead.kit.office.slides import Chart, Shown

_INK, _ACCENT, _GREY = "#1D1F20", "#0B5F66", f"#{LIGHT.previous}"
_COLOURS: Final = {"actual": _INK, "last_year": _GREY, "target": _INK, "forecast": _ACCENT}
_TURN: Final = (_INK, _GREY, _ACCENT, "#8F8C84", "#5A5E61")


def step_columns(chart: Chart, first: int) -> list[tuple[str, list[tuple[str, float]]]]:
    """Return the columns that draw a waterfall, as formulas over its figures; of others none.

    The figures stand in column B from row ``first`` (from 0); each formula has its value.
    """
    if chart.kind != "waterfall":
        return []
    found: dict[str, list[tuple[str, float]]] = {BASE: [], ABOVE: [], BELOW: []}
    since = 0
    for place, step in enumerate(steps(chart)):
        since = place if place in chart.totals else since
        end = f"SUM(B{first + since + 1}:B{first + place + 1})"
        begin = f"SUM(B{first + since + 1}:B{first + place})" if place > since else "0"
        low, high = f"MIN({begin},{end})", f"MAX({begin},{end})"
        found[BASE].append((f"=IF({low}>0,{low},MIN({high},0))", float(step.base)))
        found[ABOVE].append((f"=MAX({high},0)-MAX({low},0)", float(step.above)))
        found[BELOW].append((f"=MIN({low},0)-MIN({high},0)", float(step.below)))
    return list(found.items())


def insert_chart(book: Any, page: Any, chart: Chart, at: tuple[int, int]) -> None:
    """Put a chart over its table: the figures begin in that row, the chart stands right of them."""
    kind = {"bar": "bar", "line": "line"}.get(chart.kind, "column")
    stacked = chart.kind == "waterfall"
    made = book.add_chart({"type": kind, "subtype": "stacked"} if stacked else {"type": kind})
    first, last = at[0], at[0] + len(chart.categories) - 1
    name = page.get_name()
    labels = [name, first, 0, last, 0]
    if stacked:
        for column in range(3):
            where = [name, first, column + 2, last, column + 2]
            made.add_series({"categories": labels, "values": where, "gap": 45,
                             **_step_look(chart, column)})  # fmt: skip
    else:
        for place, series in enumerate(chart.series):
            made.add_series({
                "name": [name, first - 1, place + 1], "categories": labels,
                "values": [name, first, place + 1, last, place + 1],
                **_look(chart, place, series.look, shape_of(series)),
            })  # fmt: skip
    made.set_title({"none": True})
    if stacked or len(chart.series) == 1:
        made.set_legend({"none": True})
    else:
        made.set_legend({"position": "top"})
    axis: dict[str, Any] = {"major_gridlines": {"visible": True, "line": {"color": "#E6E3DC"}},
            "line": {"none": True}}  # fmt: skip
    known = [number for one in chart.series for figure in one.figures
             if (number := exact(figure)) is not None]  # fmt: skip
    if chart.kind in ("column", "bar") and known and min(known) >= 0:
        axis["min"] = 0
    shape = next((shape_of(one) for one in chart.series if shape_of(one)), "")
    if shape:
        axis["num_format"] = shape
    names = {"label_position": "low"}
    if chart.kind == "bar":  # its categories stand on the other axis, the first on top
        made.set_x_axis(axis)
        made.set_y_axis({**names, "reverse": True})
    else:
        made.set_y_axis(axis)
        made.set_x_axis(names)
    made.set_size({"width": 560, "height": 300})
    about = {"description": clean(chart.alternative), "object_position": 1}
    page.insert_chart(max(first - 1, 0), at[1], made, about)


def _look(chart: Chart, place: int, look: str, shape: str) -> dict[str, Any]:
    colour = _COLOURS.get(look) or _TURN[place % len(_TURN)]
    if chart.kind == "line":
        dash = {"target": "dash", "forecast": "square_dot"}.get(look, "solid")
        return {"line": {"color": colour, "width": 2.25, "dash_type": dash}}
    labels: dict[str, Any] = {"value": True, "font": {"size": 8}}
    if shape:
        labels["num_format"] = shape
    found: dict[str, Any] = {"gap": 60, "overlap": 100 if takes_turns(chart) else 0}
    if len(chart.categories) * len(chart.series) <= 16:
        found["data_labels"] = labels
    if look == "target":
        return {**found, "fill": {"none": True}, "border": {"color": colour, "width": 1}}
    if look == "forecast":
        pattern = {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": "#FFFFFF"}
        return {**found, "pattern": pattern, "border": {"color": colour}}
    return {**found, "fill": {"color": colour}, "border": {"none": True}}


def _step_look(chart: Chart, column: int) -> dict[str, Any]:
    nothing: dict[str, Any] = {"fill": {"none": True}, "border": {"none": True}}
    if column == 0:
        return nothing
    points = [
        {"fill": {"color": _step_colour(chart, place, figure)}, "border": {"none": True}}
        for place, figure in enumerate(chart.series[0].figures)
    ]
    return {"fill": {"color": _INK}, "border": {"none": True}, "points": points}


def _step_colour(chart: Chart, place: int, figure: Shown | None) -> str:
    tone = figure.tone if figure else ""
    if tone == "quiet":
        return _GREY
    if not tone and place in chart.totals:
        return _INK
    good = tone == "good" if tone else (exact(figure) or 0) >= 0
    return f"#{LIGHT.good if good else LIGHT.bad}"
