"""What a person's own record says to them while they type; kept until new figures come."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django.db import connection
from django.utils.translation import gettext as _

from keystead.forecasting import models
from keystead.forecasting.queries.value_added import own_record
from keystead.forecasting.types.cycle import CycleState
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.value_added import TrackRecord
from keystead.kit.access import Actor
from keystead.ledger.queries import current_commit

KEPT = 200
_kept: OrderedDict[tuple[object, ...], TrackRecord] = OrderedDict()
_lock = Lock()


def record_known(actor: Actor, rhythm: Rhythm = Rhythm.MONTH) -> TrackRecord:
    """Return one's own record, calculated again only after a lock or new figures."""
    locked = models.CycleRow.objects.filter(state=CycleState.LOCKED.value).count()
    name = str(connection.settings_dict["NAME"])
    commit = current_commit() if locked else 0
    key = (name, actor.user_id, actor.roles, rhythm, locked, commit)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = own_record(actor, rhythm)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def words_of_record(actor: Actor, code: str, rhythm: Rhythm = Rhythm.MONTH) -> str:
    """Return what the reader's own record says about such a change; empty without one."""
    track = record_known(actor, rhythm)
    rises = dict.fromkeys(("large_rise", "scale_jump"), track.upward)
    share = {"small_change": track.small, **rises}.get(code)
    if share is None or not share.all:
        return ""
    words = {"helped": share.helped, "all": share.all}
    if code == "small_change":
        return _("Of your own changes below 5 %%, %(helped)s of %(all)s helped.") % words
    return _("Of your own rises, %(helped)s of %(all)s helped.") % words
