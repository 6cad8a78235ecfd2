"""Opportunities of the world: some on their way, a tender with lots, one won and one lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from keystead.accounts.queries import account_by_code
from keystead.kit.access import local_actor
from keystead.pipeline import services
from keystead.pipeline.types.opportunities import (
    DealClosing,
    Ending,
    LotEntry,
    OpportunityEntry,
    OpportunityKind,
)
from keystead.pipeline.types.renewals import Reason

Say = Callable[[str], None]
K = OpportunityKind
# The way to a stage: every step is kept.
PATH: Final = ("qualified", "proposal", "negotiation", "agreed")
# Account, who, kind, words, need, amount, currency, close, steps taken, checks, competitors, next.
OPEN: Final = (
    ("CHV", "claire", K.EXPANSION, "Clinalis, deux sites de plus", "Accès pour deux sites",
     42_000, "EUR", date(2027, 3, 31), 2, ("metrics", "pain", "champion"), ("Medisource",),
     ("Démonstration aux urgences", date(2026, 12, 3))),
    ("UPR", "claire", K.CROSS, "Collection Lumen, archives", "Archives des revues",
     96_000, "EUR", date(2027, 1, 29), 3,
     ("metrics", "economic_buyer", "decision_criteria", "decision_process", "pain", "champion"),
     (), ("Appeler la directrice de la bibliothèque", date(2026, 11, 20))),
    ("HPT", "claire", K.NEW, "Dosalis, pédiatrie", "Aide à la prescription en pédiatrie",
     28_500, "EUR", date(2027, 6, 30), 0, (), ("Pharmabase",), None),
    ("UVL", "claire", K.CROSS, "Outil d'analyse pour la recherche", "Analyse des publications",
     61_000, "EUR", date(2026, 12, 18), 4,
     ("metrics", "economic_buyer", "decision_criteria", "decision_process", "paper_process",
      "pain", "champion", "competition"), (), ("Envoyer le contrat", date(2026, 11, 27))),
    ("JH-01", "lin", K.EXPANSION, "血糖试纸一百片装上架", "新增规格", 3_200_000, "CNY",
     date(2026, 12, 31), 3, ("metrics", "decision_criteria", "champion"), ("竞品甲",),
     ("与采购核对条款", date(2026, 11, 26))),
    ("TM-01", "lin", K.CROSS, "血压计进入慢病专区", "血压计与袖带", 1_850_000, "CNY",
     date(2027, 2, 28), 1, ("pain",), ("竞品乙", "竞品甲"), None),
    ("KZ-01", "", K.NEW, "连锁门店血糖监测项目", "门店检测服务", 960_000, "CNY",
     date(2027, 5, 31), 0, (), (), None),
)  # fmt: skip
LOTS: Final = (
    ("1", "Revues cliniques", 74_000),
    ("2", "Aide à la décision", 52_000),
    ("3", "Livres numériques", 18_500),
)
SHOWN: Final = {"lin": "客户会议纪要", "claire": "Compte rendu de réunion"}


def fill_opportunities(say: Say) -> None:
    """Enter the opportunities as their people, take them as far as they are, close two."""
    for (
        code,
        who,
        kind,
        title,
        wanted,
        amount,
        currency,
        close,
        steps,
        checks,
        rivals,
        step,
    ) in OPEN:
        actor = local_actor(who or "lin")
        entry = OpportunityEntry(
            account_id=account_by_code(actor, code).id, title=title, kind=kind, wanted=wanted,
            currency=currency, expected_close=close, amount=Decimal(amount), competitors=rivals,
            owner_id=actor.user_id if who else None, next_step=step[0] if step else "",
            next_on=step[1] if step else None,
        )  # fmt: skip
        found = services.create_opportunity(actor=actor, entry=entry)
        _walk(who or "lin", found.id, steps, checks)
    _tender()
    _end(
        "EBR", "Base clinique, troisième site", 19_800, Ending.WON, Reason.VALUE, "Essai concluant"
    )
    _end("CLB", "Clinalis", 68_000, Ending.LOST, Reason.COMPETITOR, "Offre groupée moins chère")
    say(f"{len(OPEN) + 1} opportunities open, 2 closed")


def _walk(who: str, opportunity_id: int, steps: int, checks: tuple[str, ...]) -> None:
    actor = local_actor(who)
    for stage in PATH[:steps]:
        services.move_opportunity(actor=actor, opportunity_id=opportunity_id, stage=stage)
    for item in checks:
        services.show_qualification(
            actor=actor, opportunity_id=opportunity_id, item=item, text=SHOWN[who]
        )


def _tender() -> None:
    """A public tender in three lots; its days come near."""
    actor = local_actor("claire")
    entry = OpportunityEntry(
        account_id=account_by_code(actor, "SDO").id, title="Marché documentation clinique",
        kind=K.TENDER, wanted="Accord-cadre de quatre ans en trois lots", currency="EUR",
        expected_close=date(2027, 2, 26), competitors=("Medisource", "Pharmabase"),
        owner_id=actor.user_id, reference="26-DOC-114", questions_until=date(2026, 12, 4),
        submit_until=date(2026, 12, 18), next_step="Répondre aux critères du lot 2",
        next_on=date(2026, 12, 1), own_pct=Decimal(35),
        pct_reason="Titulaire sortant pour un lot seulement", stage="qualified",
    )  # fmt: skip
    found = services.create_opportunity(actor=actor, entry=entry)
    for number, title, amount in LOTS:
        lot = LotEntry(number=number, title=title, amount=Decimal(amount))
        services.add_lot(actor=actor, opportunity_id=found.id, entry=lot)
    _walk("claire", found.id, 0, ("decision_criteria", "paper_process", "competition"))


def _end(code: str, title: str, amount: int, ending: Ending, reason: Reason, words: str) -> None:
    actor, today = local_actor("claire"), timezone.localdate()
    entry = OpportunityEntry(
        account_id=account_by_code(actor, code).id, title=title, kind=K.NEW, wanted=title,
        currency="EUR", expected_close=today, amount=Decimal(amount), owner_id=actor.user_id,
    )  # fmt: skip
    found = services.create_opportunity(actor=actor, entry=entry)
    _walk("claire", found.id, 3, ("metrics", "pain"))
    lost = ending is Ending.LOST
    closing = DealClosing(
        ending=ending, on=today, reason=reason, note=words,
        final=Decimal(0) if lost else Decimal(amount), document="" if lost else f"BC-{code}-26",
        winner="Medisource" if lost else "",
        winner_until=today + timedelta(days=240) if lost else None,
    )  # fmt: skip
    services.close_opportunity(actor=actor, opportunity_id=found.id, closing=closing)
