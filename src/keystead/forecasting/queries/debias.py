"""Own bias: what a person's record suggests for what they typed into the open cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.calc.value_added import track_record
from keystead.forecasting.queries.cycles import as_cycle, cycle_row
from keystead.forecasting.queries.people import Person
from keystead.forecasting.queries.records import record_known
from keystead.forecasting.queries.table import live_lines
from keystead.forecasting.queries.value_added import judgements
from keystead.forecasting.rules.cycles import layers_of
from keystead.forecasting.types.cycle import Key, Layer, Reason
from keystead.forecasting.types.value_added import Debias
from keystead.kit.access import Actor
from keystead.kit.models import User

PLACES = Decimal("0.01")


@dataclass(frozen=True)
class OwnBias:
    """A correction for what one person typed: which cells of which line, and by how much."""

    person: Person
    own: bool
    layer: Layer
    debias: Debias
    cells: tuple[tuple[Key, date], ...]

    @property
    def percent(self) -> Decimal:
        """Return the change of each cell in percent, at two decimals."""
        return Decimal(f"{(self.debias.factor - 1) * 100:.2f}").quantize(PLACES)


def own_biases(actor: Actor, cycle_id: int) -> tuple[OwnBias, ...]:
    """Return what the reader may take out: of their own cells, and of those who share their record.

    Of others only where the reader writes their line. A cell is left out once it was taken out,
    until its author types it anew, and in a frozen month. The reader's own comes first.
    """
    row = cycle_row(actor, cycle_id)
    if not as_cycle(row).editable or not actor.can("forecasting.edit"):
        return ()
    cells, rhythm = _typed(actor, row), as_cycle(row).rhythm
    shared = models.RecordShare.objects.filter(shared=True).values_list("owner_id", flat=True)
    people = set(shared) | {actor.user_id}
    found = []
    for (author, layer), held in cells.items():
        if author not in people:
            continue
        own = author == actor.user_id
        track = (
            record_known(actor, rhythm)
            if own
            else track_record(author, judgements(actor, author=author, rhythm=rhythm))
        )
        if track.debias is not None:
            user = User.objects.get(pk=author)
            found.append(OwnBias(Person(author, str(user)), own, layer, track.debias, held))
    return tuple(sorted(found, key=lambda one: (not one.own, one.person.name, one.layer.value)))


def _typed(
    actor: Actor, row: models.CycleRow
) -> dict[tuple[int, Layer], tuple[tuple[Key, date], ...]]:
    """The cells of each author in the lines the reader writes, where theirs is the last word."""
    writes = [layer.value for layer in layers_of(actor.roles)]
    scope = scope_for(actor, name="forecast")
    lines = live_lines(row.pk).filter(override__layer__in=writes).order_by("override_id", "pk")
    if not scope.everything:
        lines = lines.filter(account_id__in=scope.account_ids)
    last: dict[tuple[str, Key, date], tuple[int | None, str]] = {}
    for layer, account, product, period, author, reason in lines.values_list(
        "override__layer", "account_id", "product_id", "period", "override__by_id",
        "override__reason",
    ):  # fmt: skip
        last[layer, Key(account, product), period] = author, reason
    frozen = as_cycle(row).frozen
    found: dict[tuple[int, Layer], list[tuple[Key, date]]] = {}
    for (layer, key, period), (author, reason) in last.items():
        if author is not None and reason != Reason.OWN_BIAS and period not in frozen:
            found.setdefault((author, Layer(layer)), []).append((key, period))
    return {at: tuple(sorted(held)) for at, held in found.items()}
