"""JSON endpoints: the customer's volumes beside ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from keystead.agreements import services
from keystead.agreements.queries.volumes import Compared, volumes_beside
from keystead.agreements.types import PartnerVolume
from keystead.kit.access import actor_of, policy

router = Router()


class VolumeBody(Schema):
    """A product in a month; amounts are decimal texts, null: not stated."""

    month: date
    product_id: int
    sku: str
    our_units: str
    our_value: str
    their_units: str | None
    their_value: str | None
    difference_units: str | None
    difference_value: str | None
    state: str
    agreed_by: str
    note: str
    document_id: int | None


class VolumesBody(Schema):
    items: list[VolumeBody]


class Stated(Schema):
    """What the customer counted; neither units nor value takes back what was said."""

    month: date
    product_id: int
    units: Decimal | None = None
    value: Decimal | None = None


class StatedVolumes(Schema):
    volumes: list[Stated]
    note: str = ""


class Place(Schema):
    month: date
    product_id: int


class Agreed(Schema):
    places: list[Place]
    agreed_by: str
    on: date | None = None


class Disputed(Schema):
    """``document_id``: a document of the agreement that shows it."""

    places: list[Place]
    reason: str
    document_id: int


@router.get("/agreements/{agreement_id}/volumes", response=VolumesBody)
@policy("agreements.view")
def volumes(request: HttpRequest, agreement_id: int, stated: bool = True) -> dict[str, Any]:
    """The customer's volumes beside ours by product and month; stated=false: all of ours too."""
    return _told(volumes_beside(actor_of(request), agreement_id, stated=stated))


@router.post("/agreements/{agreement_id}/volumes", response=VolumesBody)
@policy("settlements.edit")
def state_volumes(request: HttpRequest, agreement_id: int, body: StatedVolumes) -> dict[str, Any]:
    """Keep what the customer counted; it counts for nothing before both sides agree."""
    said = [
        PartnerVolume("", one.month, one.value, one.units, product=one.product_id)
        for one in body.volumes
    ]
    actor = actor_of(request)
    services.state_volumes(actor=actor, agreement_id=agreement_id, volumes=said, note=body.note)
    return _told(volumes_beside(actor, agreement_id, stated=True))


@router.post("/agreements/{agreement_id}/volumes/agree", response=VolumesBody)
@policy("settlements.edit")
def agree_volumes(request: HttpRequest, agreement_id: int, body: Agreed) -> dict[str, Any]:
    """Agree to them: they take the place of ours in every later calculation."""
    actor = actor_of(request)
    services.agree_places(
        actor=actor, agreement_id=agreement_id, places=_places(body.places),
        agreed_by=body.agreed_by, on=body.on or timezone.localdate(),
    )  # fmt: skip
    return _told(volumes_beside(actor, agreement_id, stated=True))


@router.post("/agreements/{agreement_id}/volumes/dispute", response=VolumesBody)
@policy("settlements.edit")
def dispute_volumes(request: HttpRequest, agreement_id: int, body: Disputed) -> dict[str, Any]:
    """Hold against them, with the reason and the document that shows it; ours count."""
    actor = actor_of(request)
    services.dispute_places(
        actor=actor, agreement_id=agreement_id, places=_places(body.places), reason=body.reason,
        document_id=body.document_id,
    )  # fmt: skip
    return _told(volumes_beside(actor, agreement_id, stated=True))


def _places(places: list[Place]) -> list[tuple[date, int]]:
    return [(one.month, one.product_id) for one in places]


def _told(rows: tuple[Compared, ...]) -> dict[str, Any]:
    return {"items": [_body(one) for one in rows]}


def _body(one: Compared) -> dict[str, Any]:
    said = one.theirs
    return {
        "month": one.month,
        "product_id": one.product,
        "sku": one.sku,
        "our_units": f"{one.ours.quantity:f}",
        "our_value": f"{one.ours.value:f}",
        "their_units": _text(said.quantity if said else None),
        "their_value": _text(said.value if said else None),
        "difference_units": _text(one.units),
        "difference_value": _text(one.money),
        "state": said.state.value if said else "",
        "agreed_by": said.agreed_by if said else "",
        "note": said.note if said else "",
        "document_id": said.document_id if said else None,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
