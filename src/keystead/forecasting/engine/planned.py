"""The global models of a panel with a plan: what prices and promotions do is known first.

Four lines and their mean: a regression in logs (``calc.elasticity``) with the level its rest ends
at; two boosted models of that rest, one for the middle and one for the mean; and a boosted model
of demand as it was. All see what is planned for the other series of the same account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from keystead.forecasting.calc.elasticity import (
    Elasticity,
    effects,
    learned,
    of_others,
    settled,
)
from keystead.forecasting.calc.smoothing import shrunk_seasons
from keystead.forecasting.engine import boosting
from keystead.forecasting.types.panel import CALENDAR, Floats

LEVEL: Final = 0.1
ROUNDS: Final = 200
MOST: Final = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The series of a panel and which of them are one item, and which stand in one account."""

    given: boosting.Global
    items: np.ndarray
    accounts: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """Return the inputs that somebody planned; the calendar is not among them."""
        return tuple(name for name in self.given.inputs if not name.startswith(CALENDAR))


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The models of a plan, and what they look ahead from."""

    plan: Plan
    found: Elasticity
    logs: Floats
    size: Floats
    trained: Mapping[str, boosting.Trained]


def train(plan: Plan) -> Learned | None:
    """Return the models, or None where there is nothing to learn from."""
    if not plan.items.size:
        return None
    ready = boosting.prepared(plan.given)
    found = learned(ready.logs, _only(plan, plan.given.inputs), plan.items)
    made = {}
    for name, given in _aims(plan, found, plan.given.inputs).items():
        one = boosting.train(given)
        if one is None:
            return None
        made[name] = one
    return Learned(plan, found, ready.logs, ready.size, made)


def look(before: Learned, plan: Plan) -> Learned:
    """Return the same boosted models from other histories; the regression is made anew."""
    if plan is before.plan:
        return before
    ready = boosting.prepared(plan.given)
    found = learned(ready.logs, _only(plan, plan.given.inputs), plan.items)
    made = {
        name: boosting.look(before.trained[name], given)
        for name, given in _aims(plan, found, plan.given.inputs).items()
    }
    return Learned(plan, found, ready.logs, ready.size, made)


def predict(models: Learned, inputs: Mapping[str, Floats] | None = None) -> Floats:
    """Return series x steps; with other ``inputs`` than those trained on: what if."""
    given = models.plan.given
    asked = given.inputs if inputs is None else inputs
    lines = [_regressed(models, asked)]
    for name, wanted in _aims(models.plan, models.found, asked).items():
        lines.append(boosting.predict(replace(models.trained[name], given=wanted)))
    return np.asarray(np.mean(lines, axis=0), dtype=float)


def lifts(models: Learned) -> dict[str, Floats]:
    """Return the effect of each planned input against its usual value, one after the other."""
    given = models.plan.given
    neutral = dict(given.inputs)
    width = models.logs.shape[1]
    for name in models.plan.names:
        matrix = given.inputs[name].copy()
        matrix[:, width:] = np.median(matrix[:, max(width - 26, 0) : width], axis=1)[:, None]
        neutral[name] = matrix
    found = {}
    before = predict(models, neutral)
    for name in models.plan.names:
        neutral[name] = given.inputs[name]
        after = predict(models, neutral)
        found[name] = after - before
        before = after
    return found


def _only(plan: Plan, inputs: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name: inputs[name] for name in plan.names}


def _aims(
    plan: Plan, found: Elasticity, inputs: Mapping[str, Floats]
) -> dict[str, boosting.Global]:
    """Return what each boosted model is given."""
    wide = dict(inputs)
    several = np.bincount(plan.accounts).max(initial=0) > 1
    if several:
        wide |= {f"{name}_others": of_others(inputs[name], plan.accounts) for name in plan.names}
    moved = effects(found, _only(plan, inputs))
    more = wide | _told(moved, plan.accounts if several else None)
    plain = replace(plan.given, inputs=wide)
    rest = replace(plan.given, inputs=more, effect=moved, rounds=ROUNDS)
    return {"plain": plain, "rest": rest, "mean": replace(rest, mean=True)}


def _told(moved: Floats, accounts: np.ndarray | None) -> dict[str, Floats]:
    """Return the effect as an input: now, in the two periods before, and of the neighbours."""
    told = {"effect": moved}
    for back in (1, 2):
        held = np.hstack([np.repeat(moved[:, :1], back, axis=1), moved[:, :-back]])
        told[f"effect_{back}_before"] = held
    if accounts is not None:
        told["effect_others"] = of_others(moved, accounts)
    return told


def _regressed(models: Learned, inputs: Mapping[str, Floats]) -> Floats:
    """Return what the regression says: the level of the rest, its season, and the effects."""
    given, logs = models.plan.given, models.logs
    width, season = logs.shape[1], max(given.season, 1)
    rest = logs - effects(models.found, _only(models.plan, given.inputs))[:, :width]
    index = np.log(shrunk_seasons(np.exp(np.minimum(rest, MOST)), season))
    level = settled(rest - index[:, np.arange(width) % season], LEVEL)
    ahead = np.arange(width, width + given.horizon)
    moved = effects(models.found, _only(models.plan, inputs))[:, ahead]
    logged = level[:, None] + index[:, ahead % season] + moved
    plain = (np.exp(np.minimum(logged, MOST)) - boosting.SHIFT) * models.size[:, None]
    return np.asarray(np.maximum(plain, 0.0), dtype=float)
