"""The price waterfall: list > invoice > net-net > contribution, each step naming its base."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, round_half_up
from keystead.profitability.types import Base, Level, Step, StepResult, Waterfall

ORDER = tuple(Level)


def waterfall(list_amount: Decimal, steps: Sequence[Step], *, places: int = 2) -> Waterfall:
    """Return what each step takes and what is left after it.

    ``list_amount``: list price or gross sales. Every amount is rounded half-up to ``places``
    where it arises, so that the steps foot. The invoice level is what is left before the first
    step that leads further; a percentage of it asked earlier is refused, as is a step that leads
    back up. Raises Invalid (``step_form``, ``step_order``).

    >>> found = waterfall(Decimal(1000), [
    ...     Step("discount", rate_pct=Decimal(5), base=Base.LIST, leads_to=Level.INVOICE),
    ...     Step("rebate", rate_pct=Decimal(3), base=Base.INVOICE)])
    >>> [str(step.amount) for step in found.steps], str(found.levels[Level.NET_NET])
    (['50.00', '28.50'], '921.50')
    """
    start = round_half_up(exact(list_amount), places)
    running, reached = start, Level.LIST
    levels = {Level.LIST: start}
    results: list[StepResult] = []
    for step in steps:
        if ORDER.index(step.leads_to) < ORDER.index(reached) or step.leads_to is Level.LIST:
            raise Invalid(
                f"{step.name} leads to {step.leads_to}, but {reached} was reached before it.",
                code="step_order",
                hint="Put the steps in the order invoice, net-net, contribution.",
            )
        _close(levels, running, up_to=step.leads_to)
        reached = step.leads_to
        result = _taken(step, levels, running, places)
        running = result.after
        results.append(result)
    _close(levels, running, up_to=None)
    return Waterfall(start, tuple(results), levels)


def _close(levels: dict[Level, Decimal], running: Decimal, *, up_to: Level | None) -> None:
    """Note what is left for every level above the one the next step leads to."""
    end = len(ORDER) if up_to is None else ORDER.index(up_to)
    for level in ORDER[1:end]:
        levels.setdefault(level, running)


def _taken(step: Step, levels: dict[Level, Decimal], running: Decimal, places: int) -> StepResult:
    if (step.amount is None) == (step.rate_pct is None):
        raise Invalid(
            f"{step.name} needs an amount or a percentage, one of them.", code="step_form"
        )
    if step.amount is not None:
        amount = round_half_up(exact(step.amount), places)
        return StepResult(step.name, None, None, None, amount, running - amount, step.leads_to)
    if step.base is Base.INVOICE and Level.INVOICE not in levels:
        raise Invalid(
            f"{step.name} takes a share of the invoice before there is one.", code="step_order"
        )
    base = {Base.LIST: levels[Level.LIST], Base.RUNNING: running}.get(
        step.base, levels.get(Level.INVOICE, running)
    )
    rate = exact(step.rate_pct or 0)
    amount = round_half_up(base * rate / 100, places)
    return StepResult(step.name, step.base, base, rate, amount, running - amount, step.leads_to)
