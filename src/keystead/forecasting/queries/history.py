"""The demand that a cycle looks back on, kept in memory: as it was when its run began."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from django.db import connection
from django.utils import timezone

from keystead.agreements.queries.price_plan import prices_stamp
from keystead.forecasting import models
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.known import PRICE, PROMOTION, prices, promotions
from keystead.forecasting.types.demand import Demand, Floats
from keystead.forecasting.types.table import CycleTable
from keystead.kit.access import Actor

KEPT = 6
Lines = dict[str, Floats]
_kept: OrderedDict[tuple[object, ...], Demand] = OrderedDict()
_plans: OrderedDict[tuple[object, ...], tuple[Demand, Lines]] = OrderedDict()
_lock = Lock()


def history_of(actor: Actor, table: CycleTable) -> Demand:
    """Return the demand up to the cut-off, on the accounts of the table the reader may see."""
    cycle = table.cycle
    run = models.RunRow.objects.filter(pk=cycle.run_id or 0)
    commit, began = run.values_list("commit", "created_at").first() or (None, None)
    accounts = frozenset(one.key.account_id for one in table.series)
    key = (
        str(connection.settings_dict["NAME"]), cycle.id, cycle.run_id, commit, began, actor.user_id,
        actor.roles, accounts,
    )  # fmt: skip
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = demand_history(
        actor, kind=cycle.head.kind, cut_off=cycle.cut_off, accounts=accounts, commit=commit,
        rhythm=cycle.rhythm, today=timezone.localdate(began) if began else None,
    )  # fmt: skip
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def plans_known(actor: Actor, demand: Demand, places: Sequence[int], ahead: int) -> Lines:
    """Return what was and is planned for some series of a history, by name: past, then ahead.

    The plans of all series are read once, and again when a price or an agreement changes.
    """
    key = (id(demand), actor.user_id, actor.roles, ahead, prices_stamp())
    with _lock:
        held = _plans.get(key)
    if held is None or held[0] is not demand:
        held = demand, {PROMOTION: promotions(actor, demand, ahead), PRICE: prices(demand, ahead)}
        with _lock:
            _plans[key] = held
            while len(_plans) > KEPT:
                _plans.popitem(last=False)
    lines = {name: plan[list(places)] for name, plan in held[1].items()}
    return {name: plan.mean(axis=0) for name, plan in lines.items() if plan.any()}
