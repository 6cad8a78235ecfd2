"""What all chart kinds share: the value inside a figure, one scale, labels in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Kind, Table, scale_for

RATIOS = frozenset({"ratio", "share"})  # 0.971
PERCENTS = frozenset({"percent", "%"})  # 97.1


@dataclasses.dataclass(frozen=True)
class Chart:
    """What ``{% chart %}`` draws. ``unit`` is in words ("¥ million"), for the line above it."""

    kind: str
    label: str
    data: dict[str, Any]
    table: Table
    unit: str = ""
    height: int = 232

    @property
    def empty(self) -> bool:
        return not self.data.get("categories")


@dataclasses.dataclass(frozen=True)
class Measure:
    """Unit, currency, scale and decimals that all numbers of one chart share."""

    unit: str = ""
    currency: str = ""
    scale: int = 1
    digits: int = 0

    @classmethod
    def of(cls, groups: Iterable[Sequence[Any] | None], unit: str, currency: str) -> Measure:
        """Choose the scale from every number that will be drawn."""
        values = [value_of(item) for group in groups if group for item in group]
        known = [value for value in values if value is not None]
        if unit in RATIOS | PERCENTS:
            return cls(unit, "", 1, 1)
        scale = scale_for(known, language=get_language() or "en", drawn=True)
        most = max((abs(value) / scale for value in known), default=Decimal(0))
        whole = all(value == value.to_integral_value() for value in known)
        digits = 0 if most >= 1000 or (scale == 1 and whole) else 1
        return cls(unit, currency, scale, digits)

    def text(self, value: Any) -> str:
        """Return a label: the scaled number without its unit."""
        found = value_of(value)
        locale = get_language() or "en"
        if found is None:
            return ""
        if self.unit in RATIOS | PERCENTS:
            ratio = found if self.unit in RATIOS else found / 100
            return formats.percent(ratio, locale=locale, digits=self.digits)
        return formats.number(found / self.scale, locale=locale, digits=self.digits)

    @property
    def words(self) -> str:
        """Return the unit in words for the line above the chart."""
        unit = "%" if self.unit in RATIOS | PERCENTS else self.unit
        return formats.scale_words(unit, self.currency, self.scale, locale=get_language() or "en")

    def column(self, key: str, label: str, **more: Any) -> Column:
        """Return a table column in the chart's own unit and scale."""
        if self.unit in RATIOS | PERCENTS:
            kind: Kind = "percent" if self.unit in RATIOS else "pct"
            return Column(key, label, kind, digits=self.digits, **more)
        return Column(
            key, label, "number", unit=self.words, scale=self.scale, digits=self.digits, **more
        )


def value_of(item: Any) -> Decimal | None:
    """Return the number inside a value or a figure."""
    return formats.decimal_of(getattr(item, "value", item))


def plain(item: Any) -> float | None:
    """Return a number for drawing only; the words and the table keep the exact one."""
    found = value_of(item)
    return None if found is None else float(found)


def proof_of(item: Any) -> str:
    """Return the proof id a figure carries."""
    return str(getattr(item, "proof_id", "") or "")


def cell(item: Any) -> Cell:
    """Return a table cell with the value and its proof."""
    return Cell(value_of(item), proof=proof_of(item))


def series(role: str, name: str, items: Sequence[Any], measure: Measure) -> dict[str, Any]:
    """Return one drawn series: numbers, labels, proofs."""
    return {
        "role": role,
        "name": name,
        "values": [plain(item) for item in items],
        "labels": [measure.text(item) for item in items],
        "proofs": [proof_of(item) for item in items],
    }
