"""The rules for transfers of value, as compliance keeps them."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from keystead.campaigns import models
from keystead.campaigns.rules.transfers import TransferRule
from keystead.kernel.money import Money
from keystead.kit.access import Actor


@dataclasses.dataclass(frozen=True)
class KeptRule:
    """A rule with who set it, when and why; nobody: it was shipped."""

    rule: TransferRule
    note: str
    by_name: str
    at: datetime


def transfer_rules() -> tuple[TransferRule, ...]:
    """Return the rules that count: the latest word for each country and day. No rights checked."""
    return tuple(one.rule for one in _kept())


def kept_rules(actor: Actor) -> tuple[KeptRule, ...]:
    """Return them with who set them, by country, the latest day first; needs campaigns.view."""
    actor.require("campaigns.view")
    return tuple(sorted(_kept(), key=lambda one: (one.rule.country, -one.rule.starts.toordinal())))


def _kept() -> list[KeptRule]:
    rows = models.TransferRuleRow.objects.select_related("by").order_by("id")
    latest = {(row.country, row.starts): row for row in rows}
    return [
        KeptRule(
            TransferRule(
                row.country, row.starts, row.discloses,
                None if row.hospitality is None else Money(row.hospitality, row.currency),
            ),
            row.note, str(row.by or ""), row.at,
        )
        for row in latest.values()
    ]  # fmt: skip
