"""Set what holds for transfers of value in a country."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.campaigns import models
from keystead.kernel.errors import Invalid
from keystead.kernel.money import currency_code
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.reference.queries import countries


def set_transfer_rule(
    *,
    actor: Actor,
    country: str,
    starts: date,
    discloses: bool,
    hospitality: Decimal | None,
    currency: str,
    note: str,
) -> None:
    """Say what holds in a country from a day on (rules R-15 and R-16); needs compliance.decide.

    The latest word for a country and day counts; earlier ones stay. ``hospitality``: the limit
    per person and meal, None for none. The reason is kept. One audit row; Invalid with fields.
    """
    actor.require("compliance.decide")
    code, wrong = country.strip().upper(), dict[str, str]()
    if code not in {one.code for one in countries()}:
        wrong["country"] = _("There is no such country: two letters, such as FR.")
    if hospitality is not None and hospitality < 0:
        wrong["hospitality"] = _("A limit is not below zero.")
    if hospitality is not None and not currency.strip():
        wrong["currency"] = _("A limit has a currency.")
    if not note.strip():
        wrong["note"] = _("Say what it rests on: the code or the law, and its date.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="transfer_rule", fields=wrong)
    new = {
        "country": code, "starts": starts.isoformat(), "discloses": discloses,
        "hospitality": None if hospitality is None else f"{hospitality:f}",
        "currency": currency_code(currency) if hospitality is not None else "",
    }  # fmt: skip
    with transaction.atomic():
        same = models.TransferRuleRow.objects.filter(country=code, starts=starts)
        before = same.order_by("-id").first()
        row = models.TransferRuleRow(
            country=code, starts=starts, discloses=discloses, hospitality=hospitality,
            currency=str(new["currency"]), note=note.strip()[:400], by_id=actor.user_id,
        )  # fmt: skip
        row.save(force_insert=True)
        audit.record(
            actor=actor, action="transfer_rule.set", subject=("transfer_rule", row.pk),
            old=_told(before) if before else None, new=new, why=note.strip(),
        )  # fmt: skip


def _told(row: models.TransferRuleRow) -> dict[str, object]:
    return {
        "country": row.country, "starts": row.starts.isoformat(), "discloses": row.discloses,
        "hospitality": None if row.hospitality is None else f"{row.hospitality:f}",
        "currency": row.currency,
    }  # fmt: skip
