"""The drawing of a chart as XML: native, editable, in the notation of IBCS.

Last year grey, target an outline, forecast hatched, actual solid; labels at the marks in place
of an axis as long as there is room for them; bars from zero; a legend only where labels at the
marks cannot say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx.opc.constants import CONTENT_TYPE
from pptx.parts.chart import ChartPart

from keystead.kit.office.deck.chart_xml import (
    NOTHING,
    SHOW,
    SMALL,
    SPACES,
    letter_of,
    name_of,
    solid,
    text_look,
)
from keystead.kit.office.deck.charts import (
    ABOVE,
    BASE,
    BELOW,
    TOP,
    exact,
    shape_of,
    steps,
    takes_turns,
    workbook,
)
from keystead.kit.office.deck.flow import Box
from keystead.kit.office.deck.ink import EAST, Palette, paint, plain
from keystead.kit.office.deck.measure import width
from keystead.kit.office.slides import Chart, Series, Shown

_CATEGORY, _VALUES = 111111111, 222222222


def chart_part(chart: Chart, box: Box, palette: Palette, package: Any, made_on: date) -> Any:
    """Return the part of a chart with its workbook, drawn for a box of that size."""
    part = ChartPart.load(
        package.next_partname(ChartPart.partname_template),
        CONTENT_TYPE.DML_CHART, package, Plot(chart, box, palette).xml().encode(),
    )  # fmt: skip
    part.chart_workbook.update_from_xlsx_blob(workbook(chart, made_on))
    return part


class Plot:
    """The XML of one chart."""

    def __init__(self, chart: Chart, box: Box, palette: Palette) -> None:
        self.chart, self.box, self.palette = chart, box, palette
        self.labelled = self._labelled()

    def xml(self) -> str:
        legend = ""
        if len(self.chart.series) > 1 and self.chart.kind != "line":
            legend = (
                '<c:legend><c:legendPos val="t"/><c:overlay val="0"/>'
                f"<c:txPr>{text_look(self.palette.ink)}</c:txPr></c:legend>"
            )
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<c:chartSpace {SPACES}><c:date1904 val="0"/><c:roundedCorners val="0"/>'
            f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea>{self._layout()}{self._marks()}'
            f"{self._axes()}{NOTHING}</c:plotArea>{legend}"
            '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
            f"{NOTHING}<c:txPr>{text_look(self.palette.ink)}</c:txPr></c:chartSpace>"
        )

    def _layout(self) -> str:
        """Lines leave room at the right for what their ends are called."""
        if self.chart.kind != "line":
            return "<c:layout/>"
        right, scale = self._beside(), 52 / self.box.w
        return (
            '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/><c:x val="{scale:.4f}"/><c:y val="0.04"/>'
            f'<c:w val="{1 - right - scale:.4f}"/>'
            f'<c:h val="{0.92 - min(26 / self.box.h, 0.4):.4f}"/></c:manualLayout></c:layout>'
        )

    def _beside(self) -> float:
        """The share of the width that the names at the ends of lines take."""
        if self.chart.kind != "line":
            return 0.0
        need = max((width(self._end(series)[1], SMALL) for series in self.chart.series), default=0)
        return min((need + 10) / self.box.w, 0.4)

    def _marks(self) -> str:
        axes = f'<c:axId val="{_CATEGORY}"/><c:axId val="{_VALUES}"/>'
        if self.chart.kind == "waterfall":
            return self._waterfall(axes)
        if self.chart.kind == "line":
            series = "".join(self._line(at, one) for at, one in enumerate(self.chart.series))
            return (
                f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}'
                f'<c:marker val="1"/>{axes}</c:lineChart>'
            )
        series = "".join(self._bars(at, one) for at, one in enumerate(self.chart.series))
        side = "bar" if self.chart.kind == "bar" else "col"
        turns = takes_turns(self.chart)
        gap, over = 55 if turns or len(self.chart.series) == 1 else 70, 100 if turns else 0
        return (
            f'<c:barChart><c:barDir val="{side}"/><c:grouping val="clustered"/>'
            f'<c:varyColors val="0"/>{series}<c:gapWidth val="{gap}"/><c:overlap val="{over}"/>'
            f"{axes}</c:barChart>"
        )

    def _bars(self, at: int, series: Series) -> str:
        labels = self._labels(series) if at in self.labelled else ""
        values = [exact(figure) for figure in series.figures]
        return (
            f"<c:ser>{name_of(at, series.name)}{self._fill(series.look, at)}"
            f'<c:invertIfNegative val="0"/>{labels}'
            f"{self._data(at, values, shape_of(series))}</c:ser>"
        )

    def _line(self, at: int, series: Series) -> str:
        last, text = self._end(series)
        moved = self._moves().get(at, 0.0)
        labels = self._label_set([self._written(last, text, "r", moved)]) if last >= 0 else ""
        colour = paint(self._colour(series.look, at))
        dash = {"target": '<a:prstDash val="dash"/>', "forecast": '<a:prstDash val="sysDash"/>'}
        values = [exact(figure) for figure in series.figures]
        return (
            f'<c:ser>{name_of(at, series.name)}<c:spPr><a:ln w="28575" cap="rnd"><a:solidFill>'
            f"{colour}</a:solidFill>{dash.get(series.look, '')}<a:round/></a:ln></c:spPr>"
            f'<c:marker><c:symbol val="none"/></c:marker>{labels}'
            f'{self._data(at, values, shape_of(series))}<c:smooth val="0"/></c:ser>'
        )

    def _end(self, series: Series) -> tuple[int, str]:
        """Return where a line ends and what is written there."""
        known = [at for at, one in enumerate(series.figures) if exact(one) is not None]
        figure = series.figures[known[-1]] if known else None
        if figure is None:
            return -1, ""
        many = len(self.chart.series) > 1
        return known[-1], f"{series.name} {figure.text}" if many else figure.text

    def _moves(self) -> dict[int, float]:
        """How far down (in shares of the chart) each line's name moves, clear of the others."""
        known = [
            float(number) for one in self.chart.series for figure in one.figures
            if (number := exact(figure)) is not None
        ]  # fmt: skip
        top, bottom = max(known, default=0.0), min(min(known, default=0.0), 0.0)
        scale = self.box.h * 0.85 / ((top - bottom) or 1.0)
        ends: dict[int, list[tuple[float, int]]] = {}
        for at, series in enumerate(self.chart.series):
            last, _words = self._end(series)
            value = exact(series.figures[last]) if last >= 0 else None
            if value is not None:
                ends.setdefault(last, []).append(((top - float(value)) * scale, at))
        found = {}
        for group in ends.values():
            place = -SMALL * 2
            placed = []
            for want, at in sorted(group):
                place = max(want, place + SMALL * 1.35)
                placed.append((want, place, at))
            back = sum(now - want for want, now, _at in placed) / len(placed)
            for want, now, at in placed:
                crowded = len(group) > 1 and placed[-1][1] - placed[-1][0] + back > 0.5
                found[at] = (now - want - back) / self.box.h if crowded else 0.0
        return found

    def _waterfall(self, axes: str) -> str:
        found, figures = steps(self.chart), self.chart.series[0].figures
        points = "".join(
            f'<c:dPt><c:idx val="{at}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
            f"{solid(self._step_colour(at, figure))}</c:dPt>"
            for at, figure in enumerate(figures)
        )
        parts = (
            (BASE, [one.base for one in found], NOTHING, ""),
            (ABOVE, [one.above for one in found], solid(self.palette.ink), points),
            (BELOW, [one.below for one in found], solid(self.palette.ink), points),
        )
        bars = "".join(
            f'<c:ser>{name_of(at, name)}{look}<c:invertIfNegative val="0"/>{dots}'
            f"{self._data(at, list(values), '')}</c:ser>"
            for at, (name, values, look, dots) in enumerate(parts)
        )
        labels = self._label_set(
            [self._written(at, one.text, "t") for at, one in enumerate(figures) if one and one.text]
        )  # stacked columns have no place above them: the labels hang on a line nobody sees
        return (
            f'<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
            f'{bars}<c:gapWidth val="45"/><c:overlap val="100"/>{axes}</c:barChart>'
            '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
            f"<c:ser>{name_of(3, TOP)}<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
            f'<c:marker><c:symbol val="none"/></c:marker>{labels}'
            f"{self._data(3, [one.top for one in found], '')}"
            f'<c:smooth val="0"/></c:ser><c:marker val="1"/>{axes}</c:lineChart>'
        )

    def _step_colour(self, place: int, figure: Shown | None) -> str:
        tone = figure.tone if figure else ""
        if tone == "quiet":
            return self.palette.previous
        if not tone and place in self.chart.totals:
            return self.palette.ink
        good = tone == "good" if tone else (exact(figure) or 0) >= 0
        return self.palette.good if good else self.palette.bad

    def _colour(self, look: str, place: int) -> str:
        ink, before = self.palette.ink, self.palette.previous
        known = {"actual": ink, "last_year": before, "target": ink, "forecast": "accent1"}
        turn = (
            self.palette.ink,
            self.palette.previous,
            "accent1",
            self.palette.rule,
            self.palette.muted,
        )
        return known.get(look) or turn[place % 5]

    def _fill(self, look: str, place: int) -> str:
        colour = paint(self._colour(look, place))
        line = f'<a:ln w="12700"><a:solidFill>{colour}</a:solidFill></a:ln>'
        if look == "target":
            return f"<c:spPr><a:noFill/>{line}</c:spPr>"
        if look == "forecast":
            return (
                f'<c:spPr><a:pattFill prst="wdUpDiag"><a:fgClr>{colour}</a:fgClr><a:bgClr>'
                f"{paint(self.palette.ground)}</a:bgClr></a:pattFill>{line}</c:spPr>"
            )
        return solid(self._colour(look, place))

    def _labelled(self) -> frozenset[int]:
        """Which series have room for labels at their marks: all, the main one, or none."""
        many = len(self.chart.series)
        every = frozenset(range(many))
        if self.chart.kind in ("line", "waterfall"):
            return every
        count = max(len(self.chart.categories), 1)
        if self.chart.kind == "bar":
            return every if self.box.h / count / max(many, 1) > SMALL * 1.2 else frozenset()
        room = self.box.w / count * 0.9
        widest = [
            max((width(one.text, SMALL) for one in series.figures if one), default=0.0)
            for series in self.chart.series
        ]
        beside = 1 if takes_turns(self.chart) else many
        if all(need * beside <= room for need in widest):
            return every
        looks = [series.look for series in self.chart.series]
        main = next((at for at, look in enumerate(looks) if look in ("actual", "plain")), 0)
        return frozenset({main}) if widest and widest[main] <= room else frozenset()

    def _labels(self, series: Series) -> str:
        shape = self.chart.shape or shape_of(series)
        if shape:
            return self._label_set([], shape=shape, position="outEnd")
        return self._label_set([
            self._written(at, one.text, "outEnd")
            for at, one in enumerate(series.figures) if one and exact(one) is not None
        ])  # fmt: skip

    def _written(self, place: int, text: str, position: str, down: float = 0.0) -> str:
        """Return the label of one mark with its own words, moved down by a share of the chart."""
        moved = (
            f'<c:layout><c:manualLayout><c:x val="0"/><c:y val="{down:.4f}"/></c:manualLayout>'
            "</c:layout>" if down else ""
        )  # fmt: skip
        return (
            f'<c:dLbl><c:idx val="{place}"/>{moved}<c:tx><c:rich><a:bodyPr wrap="none"/>'
            "<a:lstStyle/><a:p>"
            f'<a:r><a:rPr lang="en-GB" sz="{round(SMALL * 100)}"><a:solidFill>'
            f'{paint(self.palette.ink)}</a:solidFill><a:ea typeface="{EAST}"/></a:rPr>'
            f"<a:t>{escape(plain(text))}</a:t></a:r></a:p></c:rich></c:tx>"
            f'<c:dLblPos val="{position}"/>'
            f"{SHOW.format(value=1)}</c:dLbl>"
        )

    def _label_set(self, labels: Sequence[str], *, shape: str = "", position: str = "") -> str:
        """Return the labels of a series: those given, or the value of each mark in a format."""
        if not shape:
            return f"<c:dLbls>{''.join(labels)}{SHOW.format(value=0)}</c:dLbls>"
        return (
            f'<c:dLbls><c:numFmt formatCode={quoteattr(shape)} sourceLinked="0"/>'
            f"{NOTHING}<c:txPr>{text_look(self.palette.ink)}</c:txPr>"
            f'<c:dLblPos val="{position}"/>{SHOW.format(value=1)}</c:dLbls>'
        )

    def _data(self, at: int, values: Sequence[Decimal | None], shape: str) -> str:
        last, letter = len(self.chart.categories) + 1, letter_of(at + 1)
        names = "".join(
            f'<c:pt idx="{place}"><c:v>{escape(plain(name))}</c:v></c:pt>'
            for place, name in enumerate(self.chart.categories)
        )
        numbers = "".join(
            f'<c:pt idx="{place}"><c:v>{float(value)!r}</c:v></c:pt>'
            for place, value in enumerate(values)
            if value is not None
        )
        count = f'<c:ptCount val="{len(self.chart.categories)}"/>'
        return (
            f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache>{count}{names}"
            f"</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!${letter}$2:${letter}"
            f"${last}</c:f><c:numCache><c:formatCode>{escape(shape or 'General')}</c:formatCode>"
            f"{count}{numbers}</c:numCache></c:numRef></c:val>"
        )

    def _axes(self) -> str:
        bar = self.chart.kind == "bar"
        hidden = self.chart.kind == "waterfall" or (
            self.chart.kind != "line" and len(self.labelled) == len(self.chart.series)
        )
        grid = "" if hidden else (
            f'<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill>{paint(self.palette.line)}'
            "</a:solidFill></a:ln></c:spPr></c:majorGridlines>"
        )  # fmt: skip
        shapes = (self.chart.shape, *map(shape_of, self.chart.series))
        shape = next((one for one in shapes if one), "General")
        rule = f'<a:ln w="9525"><a:solidFill>{paint(self.palette.rule)}</a:solidFill></a:ln>'
        ticks = (
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        )
        return (
            f'<c:catAx><c:axId val="{_CATEGORY}"/><c:scaling><c:orientation '
            f'val="{"maxMin" if bar else "minMax"}"/></c:scaling><c:delete val="0"/>'
            f'<c:axPos val="{"l" if bar else "b"}"/><c:numFmt formatCode="General" '
            f'sourceLinked="0"/>{ticks}<c:spPr>{rule}</c:spPr>'
            f"<c:txPr>{text_look(self.palette.ink, self._turn())}</c:txPr>"
            f'<c:crossAx val="{_VALUES}"/>'
            '<c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
            '<c:lblOffset val="50"/><c:noMultiLvlLbl val="1"/></c:catAx>'
            f'<c:valAx><c:axId val="{_VALUES}"/><c:scaling><c:orientation val="minMax"/>'
            f'{self._least()}</c:scaling><c:delete val="{int(hidden)}"/>'
            f'<c:axPos val="{"b" if bar else "l"}"/>{grid}'
            f'<c:numFmt formatCode={quoteattr(shape)} sourceLinked="0"/>{ticks}'
            "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
            f'<c:txPr>{text_look(self.palette.muted)}</c:txPr><c:crossAx val="{_CATEGORY}"/>'
            '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
        )

    def _turn(self) -> int:
        """Names of categories stand upright where they would run into each other."""
        if self.chart.kind == "bar":
            return 0
        wide = self.box.w * (1 - self._beside()) - 56
        room = wide / max(len(self.chart.categories), 1) * 0.95
        words = (word for name in self.chart.categories for word in name.split())
        return -5400000 if max((width(word, SMALL) for word in words), default=0) > room else 0

    def _least(self) -> str:
        known = [
            number
            for series in self.chart.series
            for figure in series.figures
            if (number := exact(figure)) is not None
        ]
        bars = self.chart.kind in ("column", "bar")
        return '<c:min val="0"/>' if bars and known and min(known) >= 0 else ""
