"""The customer's own volumes: said, agreed by both sides, or disputed with evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.queries.agreements import stored
from keystead.agreements.queries.readings import stated_volumes
from keystead.agreements.services.settling import own_agreement
from keystead.agreements.types import Agreement, PartnerVolume, VolumeState
from keystead.catalog.queries import product_dimension
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, month_start
from keystead.kit import audit
from keystead.kit.access import Actor

Place = tuple[date, int]  # month, product
WORDS = {
    VolumeState.STATED: "volumes_state",
    VolumeState.AGREED: "volumes_agree",
    VolumeState.DISPUTED: "volumes_dispute",
}


def state_volumes(
    *, actor: Actor, agreement_id: int, volumes: Iterable[PartnerVolume], note: str = ""
) -> None:
    """Keep what the customer counted, by product and month, to be compared with ours.

    Needs ``settlements.edit``. It counts for nothing before both sides agree; an empty volume
    takes back what was said. All of them or none; one audit row.
    """
    said = [dataclasses.replace(one, state=VolumeState.STATED) for one in volumes]
    _keep(actor, agreement_id, said, note)


def agree_volumes(
    *, actor: Actor, agreement_id: int, volumes: Iterable[PartnerVolume], note: str = ""
) -> None:
    """Keep volumes both sides agreed on: they take the place of ours in every later calculation.

    Needs ``settlements.edit`` and the name of who agreed for the customer. An empty volume
    (neither value nor quantity) takes an earlier one back. One audit row.
    """
    listed = [dataclasses.replace(one, state=VolumeState.AGREED) for one in volumes]
    if any(not one.agreed_by.strip() for one in listed):
        text = _("Say who agreed for the customer.")
        raise Invalid(text, code="agreed_by", fields={"agreed_by": text})
    _keep(actor, agreement_id, listed, note)


def agree_places(
    *, actor: Actor, agreement_id: int, places: Iterable[Place], agreed_by: str, on: date
) -> None:
    """Agree to what the customer said of these months and products; as ``agree_volumes``."""
    found = [
        dataclasses.replace(one, agreed_by=agreed_by, agreed_on=on)
        for one in _said(actor, agreement_id, places)
    ]
    agree_volumes(actor=actor, agreement_id=agreement_id, volumes=found)


def dispute_places(
    *,
    actor: Actor,
    agreement_id: int,
    places: Iterable[Place],
    reason: str,
    document_id: int | None,
) -> None:
    """Hold against what the customer said of these months and products; ours counts.

    Needs ``settlements.edit``, the reason, and a document of the agreement that shows it.
    """
    why = reason.strip()
    if not why:
        text = _("Say why.")
        raise Invalid(text, code="reason", fields={"reason": text})
    rows = models.AgreementDocument.objects.filter(agreement_id=agreement_id, withdrawn_at=None)
    if document_id is None or not rows.filter(pk=document_id).exists():
        text = _("Attach what shows it, or choose a document of this agreement.")
        raise Invalid(text, code="no_evidence", fields={"document": text})
    found = [
        dataclasses.replace(one, state=VolumeState.DISPUTED, agreed_by="", document_id=document_id)
        for one in _said(actor, agreement_id, places)
    ]
    _keep(actor, agreement_id, found, why)


def _said(actor: Actor, agreement_id: int, places: Iterable[Place]) -> list[PartnerVolume]:
    actor.require("settlements.edit")
    own_agreement(actor, agreement_id)
    held = {(one.month, one.product): one for one in stated_volumes(agreement_id)}
    wanted = list(dict.fromkeys(places))
    if not wanted or any(place not in held for place in wanted):
        text = _("Choose among the volumes that the customer stated.")
        raise Invalid(text, code="volume_place", fields={"places": text})
    return [held[place] for place in wanted]


def _keep(actor: Actor, agreement_id: int, listed: list[PartnerVolume], note: str) -> None:
    actor.require("settlements.edit")
    with transaction.atomic():
        agreement = stored(own_agreement(actor, agreement_id))
        _check(agreement, listed)
        for one in listed:
            _row(actor, agreement, one, note).save(force_insert=True)
        if listed:
            audit.record(
                actor=actor, action=f"agreement.{WORDS[listed[0].state]}",
                subject=("agreement", agreement.id),
                new={"volumes": [_told(one) for one in listed]},
                why=note, account_id=agreement.account_id,
            )  # fmt: skip


def _check(agreement: Agreement, listed: list[PartnerVolume]) -> None:
    keys = {c.key for version in agreement.versions for c in version.conditions}
    months = Period(month_start(agreement.valid.start), agreement.valid.end)
    products = set(product_dimension()["product_id"].to_pylist())
    for one in listed:
        known = one.product in products if one.product is not None else one.condition in keys
        first_day = one.month == month_start(one.month)
        if not known or one.month not in months or not first_day:
            text = _("There is no such product, condition or month in this agreement.")
            raise Invalid(text, code="volume_place", fields={"month": text})


def _row(
    actor: Actor, agreement: Agreement, one: PartnerVolume, note: str
) -> models.PartnerVolumeRow:
    today = timezone.localdate()
    return models.PartnerVolumeRow(
        agreement_id=agreement.id, condition="" if one.product is not None else one.condition,
        product_id=one.product, month=one.month, value=one.value, quantity=one.quantity,
        state=one.state.value, agreed_by=one.agreed_by.strip()[:160],
        agreed_on=one.agreed_on or today, note=(note or one.note)[:400],
        document_id=one.document_id, at=timezone.now(), by_id=actor.user_id,
    )  # fmt: skip


def _told(one: PartnerVolume) -> str:
    place = f"product {one.product}" if one.product is not None else one.condition
    by = f", {one.agreed_by}" if one.agreed_by else ""
    return f"{place} {one.month:%Y-%m}: {one.value} / {one.quantity}{by}"
