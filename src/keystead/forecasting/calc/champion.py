"""A recipe is changed on pooled evidence over cycles, never on one series or one month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np

from keystead.forecasting.types.champion import ChampionRecord, CycleEvidence
from keystead.forecasting.types.panel import Floats, Segment

LEAST_CYCLES: Final = 3
LEAST_GAIN_PCT: Final = 2.0
BIAS_SLACK_PCT: Final = 0.5


def evidence_of(
    cycle: str,
    segments: Sequence[Segment],
    actual: Floats,
    champion: Floats,
    challenger: Floats,
) -> dict[str, CycleEvidence]:
    """Return per segment how two recipes did in one cycle, over the cells that all three know.

    The arrays are anything x series x steps: the backtest of one run (its windows), or what two
    runs said for months that have come true since.
    """
    found = {}
    there = np.isfinite(actual) & np.isfinite(champion) & np.isfinite(challenger)
    kinds = np.array([kind.value for kind in segments])
    for name in sorted(set(kinds.tolist())):
        rows = np.flatnonzero(kinds == name)
        part = there[..., rows, :]
        truth = actual[..., rows, :][part]
        if not truth.size:
            continue
        errors = [lines[..., rows, :][part] - truth for lines in (champion, challenger)]
        known = part.any(axis=tuple(place for place in range(part.ndim) if place != part.ndim - 2))
        found[name] = CycleEvidence(
            cycle,
            int(known.sum()),
            float(np.abs(errors[0]).sum()),
            float(np.abs(errors[1]).sum()),
            float(np.abs(truth).sum()),
            float(errors[0].sum()),
            float(errors[1].sum()),
        )
    return found


def in_force(records: Iterable[ChampionRecord]) -> dict[str, str]:
    """Return the champion recipe of each segment after the records, the oldest first.

    It is what a run takes as ``RunSettings.champions``.
    """
    return {record.segment: record.recipe for record in records}


def decide(
    segment: str,
    recipes: tuple[str, str],
    evidence: Sequence[CycleEvidence],
    *,
    decided_by: str,
    decided_on: date,
) -> ChampionRecord:
    """Return whether the challenger (second) takes over from the champion (first).

    It must win the pooled WAPE by at least 2 % of it over at least three cycles, in most of them,
    and its bias must not be further from zero (by more than half a point).
    """
    champion, challenger = recipes
    actual = sum(one.actual for one in evidence)
    if actual <= 0:
        wapes, biases = (0.0, 0.0), (0.0, 0.0)
    else:
        wapes = (
            sum(one.champion_error for one in evidence) * 100 / actual,
            sum(one.challenger_error for one in evidence) * 100 / actual,
        )
        biases = (
            sum(one.champion_bias for one in evidence) * 100 / actual,
            sum(one.challenger_bias for one in evidence) * 100 / actual,
        )
    gain = (1 - wapes[1] / wapes[0]) * 100 if wapes[0] > 0 else 0.0
    reason = _reason(evidence, gain, biases, actual)
    return ChampionRecord(
        segment,
        champion,
        challenger,
        reason == "better",
        reason,
        gain,
        *wapes,
        *biases,
        tuple(evidence),
        decided_by,
        decided_on,
    )


def _reason(
    evidence: Sequence[CycleEvidence], gain: float, biases: tuple[float, float], actual: float
) -> str:
    """Return ``better``, or why the champion stays."""
    if len({one.cycle for one in evidence}) < LEAST_CYCLES:
        return "too_few_cycles"
    if actual <= 0:
        return "nothing_sold"
    if gain < LEAST_GAIN_PCT:
        return "gain_too_small"
    won = sum(one.challenger_error < one.champion_error for one in evidence)
    if 2 * won <= len(evidence):
        return "not_in_most_cycles"
    if abs(biases[1]) > abs(biases[0]) + BIAS_SLACK_PCT:
        return "bias_worse"
    return "better"
