"""How the gates of an agreement stand: what people recorded, period by period."""

from __future__ import annotations

import dataclasses

from keystead.agreements.calc.gates import judge
from keystead.agreements.queries.agreements import in_force
from keystead.agreements.queries.readings import METRICS, recorded
from keystead.agreements.types import Agreement, Gate, GateKind, GateResult
from keystead.agreements.types.results import EntitlementRun
from keystead.kernel.periods import Period


@dataclasses.dataclass(frozen=True)
class GateStand:
    """A gate in one period of a condition, and how it stands; ``key`` names both."""

    gate: Gate
    period: Period
    conditions: tuple[str, ...]
    result: GateResult

    @property
    def key(self) -> str:
        return f"{self.gate.name}@{self.period}"


def recordable(agreement: Agreement) -> dict[str, Gate]:
    """Return the gates that people record by name: no shares and no metrics, they are measured."""
    versions = in_force(agreement).versions or agreement.versions
    return {
        gate.name: gate
        for version in versions
        for gates in (version.gates, *(one.gates for one in version.conditions))
        for gate in gates
        if gate.kind is not GateKind.SHARE and gate.name not in METRICS
    }


def gates_of(agreement: Agreement, run: EntitlementRun) -> tuple[GateStand, ...]:
    """Return how each recorded gate stands in each period of a run, in order of time."""
    known, readings = recordable(agreement), recorded(agreement.id)
    versions = {one.number: one for one in agreement.versions}
    shown = versions.get(run.version, agreement.versions[-1])
    found: dict[tuple[Period, str], list[str]] = {}
    for line in run.lines:
        condition = shown.condition(line.condition)
        for gate in (*shown.gates, *(condition.gates if condition else ())):
            if gate.name in known:
                found.setdefault((line.period, gate.name), []).append(line.condition)
    return tuple(
        GateStand(
            known[name],
            period,
            tuple(conditions),
            judge(known[name], readings.get(f"{name}@{period}", readings.get(name))),
        )
        for (period, name), conditions in sorted(
            found.items(), key=lambda one: (one[0][0].start, one[0][1])
        )
    )
