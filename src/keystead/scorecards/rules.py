"""Which KPI set counts for an account, and whether a set makes sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from keystead.accounts.types import Account
from keystead.kernel.errors import Invalid
from keystead.metrics.types import MetricDef
from keystead.scorecards.types import (
    Direction,
    KpiSet,
    LineDef,
    TargetPer,
    TargetSource,
    ZeroKind,
)

MAX_LINES = 12
# The imported targets speak of these metrics; the value is the metric that reads them.
DATASET_TARGETS = {
    "sell_in": "target",
    "sell_in_units": "target_units",
}


def gettext_noop(text: str) -> str:
    """Mark a sentence for the catalogues; screens translate it."""
    return text


_ = gettext_noop


def set_for(account: Account, sets: Sequence[KpiSet]) -> KpiSet | None:
    """Return the set of an account: by its segment, else by its kind, else none.

    Segments compare without case and outer blanks; only active sets count; of several the
    oldest wins.
    """
    active = sorted((found for found in sets if found.active), key=lambda found: found.id)
    segment = account.segment.strip().casefold()
    if segment:
        for found in active:
            if found.segment.strip().casefold() == segment:
                return found
    return next((found for found in active if account.kind in found.kinds), None)


def reads_resale_price(lines: Sequence[LineDef], metrics: Mapping[str, MetricDef]) -> list[str]:
    """Return the metrics among the lines that read what resellers charge (rule R-01)."""
    return [
        line.metric
        for line in lines
        if line.metric in metrics and metrics[line.metric].resale_price
    ]


def check_set(kpi_set: KpiSet, metrics: Mapping[str, MetricDef]) -> None:
    """Raise Invalid, with a sentence per field, unless the set makes sense.

    Weights of scored lines are above zero and add up to 100, those of shown lines are zero;
    one to twelve lines; each metric known and only once; thresholds in order; targets and zero
    points on the right sides of each other. Field names: ``name``, ``good_from``, ...,
    ``lines``, and ``lines.<index>.<field>``.
    """
    faults: dict[str, str] = {}
    if not kpi_set.name.strip():
        faults["name"] = _("Give the set a name.")
    if not 0 < kpi_set.watch_from < kpi_set.good_from <= 100:
        faults["good_from"] = _("The words begin at points between 0 and 100, watch below good.")
    if not 0 <= kpi_set.min_coverage_pct <= 100:
        faults["min_coverage_pct"] = _("The least coverage is a percentage from 0 to 100.")
    if not 1 <= len(kpi_set.lines) <= MAX_LINES:
        faults["lines"] = _("A scorecard has 1 to 12 lines.")
    names = [line.metric for line in kpi_set.lines]
    for index, line in enumerate(kpi_set.lines):
        for field, fault in _line_faults(line, metrics).items():
            faults[f"lines.{index}.{field}"] = fault
        if names.index(line.metric) != index:
            faults[f"lines.{index}.metric"] = _("This metric is already on the card.")
    total = sum((line.weight for line in kpi_set.lines), Decimal(0))
    if "lines" not in faults and total != 100 and any(line.weight for line in kpi_set.lines):
        faults["lines"] = _("The weights must add up to 100.")
    if faults:
        first = next(iter(faults.values()))
        raise Invalid(first, code="kpi_set", fields=faults)


def _line_faults(line: LineDef, metrics: Mapping[str, MetricDef]) -> dict[str, str]:
    faults = {}
    if line.metric not in metrics:
        faults["metric"] = _("There is no such metric.")
    if line.target_source is TargetSource.NONE:
        if line.weight != 0:
            faults["weight"] = _("A line without a target is only shown: its weight is 0.")
        return faults
    if not 0 < line.weight <= 100:
        faults["weight"] = _("The weight is a number above 0, up to 100.")
    if line.direction is Direction.BAND:
        faults.update(_band_faults(line))
    elif line.target_source is TargetSource.TYPED and line.target is not None:
        faults.update(_zero_faults(line, line.target))
    if line.target_source is TargetSource.DATASET and line.metric not in DATASET_TARGETS:
        faults["target_source"] = _("Imported targets do not speak of this metric.")
    if line.target_source is not TargetSource.TYPED and line.target_per is not TargetPer.AS_IS:
        faults["target_per"] = _("Only a typed target counts per month or year.")
    if not -100 <= line.uplift_pct <= 1000:
        faults["uplift_pct"] = _("The rise on last year is between -100 and 1000 percent.")
    return faults


def _band_faults(line: LineDef) -> dict[str, str]:
    if line.target_source is not TargetSource.TYPED:
        return {"target_source": _("A band is typed in.")}
    if (line.target is None) != (line.target_high is None):
        return {"target_high": _("A band has two edges.")}
    if line.target is not None and line.target_high is not None and line.target > line.target_high:
        return {"target_high": _("The upper edge is below the lower one.")}
    if line.zero_at <= 0:
        return {"zero_at": _("Points must end somewhere outside the band.")}
    return {}


def _zero_faults(line: LineDef, target: Decimal) -> dict[str, str]:
    zero = line.zero_at if line.zero_kind is ZeroKind.VALUE else target * line.zero_at / 100
    higher = line.direction is Direction.HIGHER
    if target == zero or (target > zero) != higher:
        if higher:
            return {"zero_at": _("The value that is worth no points must lie below the target.")}
        return {"zero_at": _("The value that is worth no points must lie above the target.")}
    return {}
