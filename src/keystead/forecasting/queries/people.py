"""Records of people: one's own always, another's only while its owner shares it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from keystead.forecasting import models
from keystead.forecasting.calc.value_added import ranked, track_record, track_records
from keystead.forecasting.queries.value_added import judgements
from keystead.forecasting.types.cycle import DemandKind
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.value_added import Judgement, TrackRecord
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.models import User


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose record may be opened."""

    user_id: int
    name: str


@dataclass(frozen=True)
class Record:
    """A person's record with every override of theirs that came true, the best first."""

    person: Person
    own: bool
    shared: bool
    track: TrackRecord
    judged: tuple[Judgement, ...]


def record_of(actor: Actor, user_id: int | None = None, *, rhythm: Rhythm = Rhythm.MONTH) -> Record:
    """Return a record of one rhythm, on accounts one may see; NotFound unless own or shared."""
    actor.require("forecasting.view")
    wanted = actor.user_id if user_id is None else user_id
    own = wanted is not None and wanted == actor.user_id
    row = models.RecordShare.objects.filter(owner_id=wanted).first()
    shared = bool(row and row.shared)
    user = User.objects.filter(pk=wanted or 0).first()
    if user is None or not (own or shared):
        raise NotFound(_("There is no such record, or it is private."), code="record_not_found")
    judged = judgements(actor, author=user.pk, rhythm=rhythm)
    return Record(
        Person(user.pk, str(user)), own, shared, track_record(user.pk, judged),
        tuple(ranked(judged)),
    )  # fmt: skip


def shared_by(actor: Actor) -> tuple[Person, ...]:
    """Return the others who share their record, by name."""
    rows = models.RecordShare.objects.filter(shared=True, owner__is_active=True)
    rows = rows.exclude(owner_id=actor.user_id).select_related("owner")
    return tuple(sorted((Person(r.owner_id, str(r.owner)) for r in rows), key=lambda p: p.name))


def records(
    actor: Actor, *, kind: DemandKind = DemandKind.SELL_IN, rhythm: Rhythm = Rhythm.MONTH
) -> tuple[tuple[Person, TrackRecord], ...]:
    """Return one's own record and those that are shared, by name; without overrides, none."""
    actor.require("forecasting.view")
    people = {one.user_id: one for one in shared_by(actor)}
    own = User.objects.filter(pk=actor.user_id or 0).first()
    if own is not None:
        people[own.pk] = Person(own.pk, str(own))
    judged = [one for one in judgements(actor, kind=kind, rhythm=rhythm) if one.author in people]
    found = [(people[int(str(one.author))], one) for one in track_records(judged)]
    return tuple(sorted(found, key=lambda one: one[0].name))
