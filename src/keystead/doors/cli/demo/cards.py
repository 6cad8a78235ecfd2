"""Comments and owners on a few scorecards, and one card frozen for the last whole quarter."""

from __future__ import annotations

from collections.abc import Callable

from keystead.accounts.queries import account_by_code
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import local_actor
from keystead.scorecards.services.freeze import freeze_card
from keystead.scorecards.services.notes import note_line
from keystead.scorecards.services.refresh import refresh_scores

Say = Callable[[str], None]
QUARTER = "2026-Q3"

# account, metric, whose line it is, what they say
_NOTES = (
    ("JH-01", "sell_in_growth", "lin", "八月缺货拖累，九月已补；双11备货按计划。"),
    ("JH-01", "stock_days", "lin", "试纸库存偏高，十二月前降到三十天。"),
    ("TM-01", "sell_in", "lin", "差额主要来自试纸五十片装，缺货六周。"),
    ("KZ-01", "sell_in_growth", "anna", "四月下架后需重谈目录，Anna 约采购总监。"),
    ("FM-01", "stock_days", "lin", "回款逾期，十月十二日起停止发货，门店即将断货。"),
    ("TM-02", "stock_days", "lin", "双11前压货偏多，库存约七十天，先消化再补。"),
    ("MD-01", "target_attainment", "lin", "血压计卡在清关，预计十二月初恢复供货。"),
    ("GS-N", "stock_days", "lin", "华北仓断货六周，已与供应链确认恢复。"),
    (
        "UPR",
        "sell_in_growth",
        "claire",
        "Renouvelé à la baisse en janvier ; revoir l'usage en mars.",
    ),
    ("CHR", "sell_in", "claire", "Clinalis résilié ; relance de la pharmacie au printemps."),
)
_FROZEN = (("JH-01", "lin", "季度复盘已与客户确认。"), ("UVL", "claire", "Revue du 3e trimestre."))


def fill_cards(people: dict[str, int], say: Say) -> None:
    """Write the notes as the people who would, freeze two cards, and keep all totals."""
    noted = 0
    for code, metric, username, comment in _NOTES:
        actor = local_actor(username)
        account = account_by_code(actor, code)
        try:
            note_line(
                actor=actor,
                account_id=account.id,
                metric=metric,
                expected_version=0,
                owner_id=people[username],
                comment=comment,
            )
        except NotFound:
            continue  # the account's set has no such line
        noted += 1
    for code, username, comment in _FROZEN:
        actor = local_actor(username)
        account = account_by_code(actor, code)
        freeze_card(
            actor=actor, account_id=account.id, period=Period.parse(QUARTER), comment=comment
        )
    say(f"{noted} scorecard notes, {len(_FROZEN)} frozen cards, {refresh_scores()} totals kept")
