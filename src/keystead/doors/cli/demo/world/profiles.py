"""What the profiles of the accounts say, in the language of those who keep them."""

from __future__ import annotations

from datetime import date, timedelta

from keystead.doors.cli.demo.world.types import LAST_DAY, DemoAccount, stream

# (kind of account, profile field) -> answers to choose from
_ANSWERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("platform", "strategy"): (
        "三年内健康品类翻倍，重点是慢病复购和会员。",
        "以即时零售带动药品，自营占比提高到六成。",
    ),
    ("platform", "decision_process"): (
        "采销经理提案，品类总监每周三评审，年框由事业部总经理签字。",
        "采销与运营双签，大促资源提前八周锁定。",
    ),
    ("platform", "payment_terms"): ("月结45天，返利按季度对账。", "月结60天，平台推广费当月扣。"),
    ("platform", "data_feeds"): ("每月5日前发销售月报（下单口径），库存每周一。",),
    ("platform", "competitors"): ("血糖品类前三：贝岚、澜屿、奥凡，份额差在三个点以内。",),
    ("platform", "risks"): ("平台自有品牌试纸计划在明年上线。", "流量费用逐季上涨，毛利受压。"),
    ("shop", "strategy"): ("旗舰店承接新品首发和会员服务。", "以直播带货拉新，复购转到货架。"),
    ("shop", "logistics"): ("官方仓发货，偏远地区三日达。",),
    ("shop", "digital"): ("店铺后台每日可下载订单，接口已开通。",),
    ("pharmacy_chain", "strategy"): (
        "门店专业化：慢病专区今年新开八十家。",
        "并购同省小连锁，统一采购目录。",
    ),
    ("pharmacy_chain", "decision_process"): (
        "品类经理初审，商品委员会每月第二个周四定目录。",
        "总部统采，区域只可增补十个品规。",
    ),
    ("pharmacy_chain", "payment_terms"): ("月结60天，陈列费按季核销。",),
    ("pharmacy_chain", "licences"): ("药品经营许可证有效至2028-06。",),
    ("pharmacy_chain", "risks"): ("医保统筹门店调整影响处方药客流。",),
    ("distributor", "business_model"): ("分销为主，加价率八到十二个点，覆盖二级以上医院。",),
    ("distributor", "logistics"): ("常温库为主，每周二、周五到货，最小起订一箱。",),
    ("distributor", "data_feeds"): ("流向每月8日前提供，含下游名称，不含个人信息。",),
    ("university", "strategy"): (
        "Plan de science ouverte 2025-2028 : 80 % de publications en accès ouvert.",
        "Regrouper les abonnements au niveau du site et réduire les doublons.",
    ),
    ("university", "decision_process"): (
        "Le SCD instruit, la commission documentaire propose en mai, le CA vote en juin.",
    ),
    ("university", "budget_cycle"): (
        "Lettre de cadrage en avril, vote du budget en décembre, bons de commande en janvier.",
    ),
    ("university", "needs"): ("Fouille de textes et accès distant pour les internes.",),
    ("university", "risks"): ("Départ du directeur du SCD prévu à l'été.",),
    ("hospital", "strategy"): ("Réduire les événements indésirables liés aux médicaments.",),
    ("hospital", "decision_process"): (
        "Pharmacie et COMEDIMS pour les bases médicament, DSI pour l'intégration au DPI.",
    ),
    ("hospital", "budget_cycle"): ("EPRD arrêté en mars ; achats mutualisés par le GHT.",),
    ("hospital", "digital"): (
        "DPI ouvert aux liens contextuels ; authentification par carte CPS.",
    ),
    ("hospital", "competitors"): ("Une base concurrente est en test aux urgences.",),
    ("consortium", "decision_process"): (
        "Le bureau négocie, chaque membre confirme avant le 15 octobre.",
    ),
    ("consortium", "budget_cycle"): ("Appel de fonds en novembre, facturation en janvier.",),
    ("consortium", "needs"): ("Une clé de répartition que tous les membres comprennent.",),
}


def profile_of(account: DemoAccount) -> list[tuple[str, str, date]]:
    """Return (field, answer, day of the last review); some reviews are long ago."""
    found = []
    for (kind, field), answers in _ANSWERS.items():
        if kind != account.kind:
            continue
        chance = stream("profile", account.code, field)
        if chance.random() < 0.15:
            continue  # never asked
        age = chance.choice((9, 30, 55, 80, 120, 210, 400))
        found.append((field, chance.choice(answers), LAST_DAY - timedelta(days=age)))
    return found
