"""Which recipe a segment uses changes only by a decision on pooled evidence, kept for good."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from keystead.forecasting import models
from keystead.forecasting.calc.champion import decide
from keystead.forecasting.queries.champions import evidence
from keystead.forecasting.types.champion import ChampionRecord, CycleEvidence
from keystead.forecasting.types.cycle import DemandKind
from keystead.kit import audit
from keystead.kit.access import Actor

BETTER_IS_TAKEN = "another_is_better"
NUMBERS = (
    "gain_pct", "champion_wape_pct", "challenger_wape_pct", "champion_bias_pct",
    "challenger_bias_pct",
)  # fmt: skip


def decide_champions(
    *, actor: Actor, kind: DemandKind = DemandKind.SELL_IN
) -> tuple[ChampionRecord, ...]:
    """Hold every recipe that was tried against the one in force; return the new decisions.

    Needs ``forecasting.run``. Of several that would win a segment the one with the largest gain
    does. Writes a row per pair that has new evidence (the same evidence twice writes nothing) and
    one audit row each; runs that start later freeze the recipes then in force.
    """
    actor.require("forecasting.run")
    with transaction.atomic():
        known = set(
            models.ChampionRow.objects.select_for_update()
            .filter(kind=kind.value)
            .values_list("segment", "evidence_hash")
        )
        now = timezone.now()
        made = [
            decide(segment, (champion, challenger), cycles, decided_by=actor.username,
                   decided_on=now.date())
            for (segment, champion, challenger), cycles in sorted(evidence(kind).items())
            if (segment, _hash(champion, challenger, cycles)) not in known
        ]  # fmt: skip
        found = _one_winner(made)
        for record in found:
            row = models.ChampionRow(
                kind=kind.value, segment=record.segment, champion=record.champion,
                challenger=record.challenger, changed=record.changed, reason=record.reason,
                numbers=_numbers(record),
                evidence_hash=_hash(record.champion, record.challenger, record.evidence),
                by_id=actor.user_id, at=now,
            )  # fmt: skip
            row.save(force_insert=True)
            audit.record(
                actor=actor, action="forecast.champion", subject=("forecast_champion", row.pk),
                old={"recipe": record.champion},
                new={"segment": record.segment, "recipe": record.recipe, "against":
                     record.challenger, "why": record.reason},
            )  # fmt: skip
    return tuple(found)


def _one_winner(made: list[ChampionRecord]) -> list[ChampionRecord]:
    """Of the challengers that would win a segment only the best does."""
    best: dict[str, ChampionRecord] = {}
    for one in made:
        held = best.get(one.segment)
        if one.changed and (held is None or one.gain_pct > held.gain_pct):
            best[one.segment] = one
    return [
        one
        if not one.changed or best[one.segment] is one
        else dataclasses.replace(one, changed=False, reason=BETTER_IS_TAKEN)
        for one in made
    ]


def _numbers(record: ChampionRecord) -> dict[str, object]:
    return {
        **{name: getattr(record, name) for name in NUMBERS},
        "evidence": [dataclasses.asdict(one) for one in record.evidence],
    }


def _hash(champion: str, challenger: str, cycles: Iterable[CycleEvidence]) -> str:
    """The hash of what two recipes did, whichever of them was in force."""
    told = [
        [one.cycle, one.series, one.actual,
         sorted([(champion, one.champion_error, one.champion_bias),
                 (challenger, one.challenger_error, one.challenger_bias)])]
        for one in cycles
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
