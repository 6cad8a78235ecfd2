"""Whether others see one's own record: only its owner says so."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.forecasting import models
from keystead.kernel.errors import NotAllowed
from keystead.kit import audit
from keystead.kit.access import Actor


def share_record(*, actor: Actor, shared: bool) -> bool:
    """Open one's own record to those who read the forecast, or close it again.

    Needs ``forecasting.view`` and a person. Writes the choice and one audit row; the same choice
    twice writes nothing.
    """
    actor.require("forecasting.view")
    if actor.user_id is None:
        raise NotAllowed(_("Only a person has a record."), code="no_person")
    with transaction.atomic():
        row = models.RecordShare.objects.select_for_update().filter(owner_id=actor.user_id).first()
        if row is None:
            row = models.RecordShare(owner_id=actor.user_id)
        elif row.shared == shared:
            return shared
        if row.pk is None and not shared:
            return False
        old = row.shared
        row.shared = shared
        row.save_checked(actor)
        audit.record(
            actor=actor, action="forecast.share_record", subject=("forecast_record", row.pk),
            old={"shared": old}, new={"shared": shared},
        )  # fmt: skip
    return shared
