"""The demand that a cycle looks back on, kept in memory: as it was when its run began."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django.db import connection

from keystead.forecasting import models
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.known import plans_of
from keystead.forecasting.types.demand import Demand, Floats
from keystead.forecasting.types.table import CycleTable
from keystead.kit.access import Actor

KEPT = 6
_kept: OrderedDict[tuple[object, ...], Demand] = OrderedDict()
_plans: OrderedDict[int, tuple[Demand, dict[str, Floats]]] = OrderedDict()
_lock = Lock()


def history_of(actor: Actor, table: CycleTable) -> Demand:
    """Return the demand up to the cut-off, on the accounts of the table the reader may see."""
    cycle = table.cycle
    run = models.RunRow.objects.filter(pk=cycle.run_id or 0)
    commit = run.values_list("commit", flat=True).first()
    accounts = frozenset(one.key.account_id for one in table.series)
    key = (
        str(connection.settings_dict["NAME"]), cycle.id, cycle.run_id, commit, actor.user_id,
        actor.roles, accounts,
    )  # fmt: skip
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = demand_history(
        actor, kind=cycle.head.kind, cut_off=cycle.cut_off, accounts=accounts, commit=commit
    )
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def plans_known(actor: Actor, table: CycleTable, demand: Demand) -> dict[str, Floats]:
    """Return what was and is planned for the series of a history that is kept, by name."""
    if not demand.keys:
        return {}
    with _lock:
        held = _plans.get(id(demand))
        if held is not None and held[0] is demand:
            _plans.move_to_end(id(demand))
            return held[1]
    found = plans_of(actor, demand, len(table.periods))
    with _lock:
        _plans[id(demand)] = demand, found
        while len(_plans) > KEPT:
            _plans.popitem(last=False)
    return found
