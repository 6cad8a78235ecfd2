"""Account plans of the world: one approved, one a draft; whitespace and segments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from keystead.accounts.queries import account_by_code
from keystead.doors.cli.demo.deals import approve
from keystead.governance.types.approvals import SubjectKind
from keystead.kit.access import local_actor
from keystead.planning import services
from keystead.planning.types.plans import (
    ActionEntry,
    ActionState,
    ClaimEntry,
    ClaimKind,
    InitiativeEntry,
    InitiativeState,
    InputEntry,
    ObjectiveEntry,
    PlanHead,
    Standing,
)
from keystead.planning.types.whitespace import CellEntry, CellState

Say = Callable[[str], None]
K = ClaimKind
HEAD = "anna"
# Kind, words, what shows it, amount, likelihood in per cent, as of.
CLAIMS: Final[dict[str, tuple[tuple[Any, ...], ...]]] = {
    "JH-01": (
        (K.GOAL, "2026 年慢病用户增长 30%", "年度供应商大会", None, None, date(2026, 1, 15)),
        (K.STRATEGY, "从价格战转向会员与服务", "采购总监会谈", None, None, date(2026, 1, 15)),
        (K.VALUE, "稳安系列带来稳定复购，降低其获客成本", "复购分析", None, None, date(2026, 6, 3)),
        (K.STRENGTH, "血糖类目占有率领先", "类目月报", None, None, date(2026, 6, 3)),
        (K.WEAKNESS, "血压计评价数量不足", "页面巡检", None, None, date(2026, 9, 8)),
        (K.OPPORTUNITY, "慢病专区即将改版", "产品经理来函", None, None, date(2026, 9, 8)),
        (K.THREAT, "平台自有品牌进入试纸类目", "行业新闻", None, None, date(2026, 10, 12)),
        (K.COMPETITOR, "竞品甲：以套装抢占首页资源", "价格巡检", None, None, date(2026, 4, 9)),
        (K.RISK, "大促期间缺货", "2025 年双十一复盘", 2_600_000, 25, date(2026, 10, 12)),
        (K.BUDGET, "年度联合营销", "预算批复", 4_800_000, None, date(2026, 9, 8)),
    ),
    "CHV": (
        (K.GOAL, "Une aide à la décision dans chaque service", "Projet d'établissement",
         None, None, date(2026, 2, 10)),
        (K.STRATEGY, "Regrouper les achats documentaires", "Comité de mars", None, None,
         date(2026, 3, 18)),
        (K.VALUE, "Moins de temps de recherche aux urgences", "Étude pilote", None, None,
         date(2026, 6, 24)),
        (K.STRENGTH, "Équipe des urgences convaincue", "Réunion de juin", None, None,
         date(2026, 6, 24)),
        (K.RISK, "Gel des budgets au premier semestre", "Direction financière", 38_000, 40,
         date(2026, 10, 20)),
        (K.RESEARCH, "Usage réel par service, avant la négociation", "", None, None,
         date(2026, 9, 30)),
    ),
}  # fmt: skip
# Site, brand, state, potential, competitor, owner.
CELLS: Final = (
    ("JH-02", "Qingmai", CellState.OPEN, 1_850_000, "", "lin"),
    ("JH-02", "Kangyuan", CellState.COMPETITOR, 2_400_000, "竞品乙", ""),
    ("JH-03", "Lanyin", CellState.OPEN, 900_000, "", ""),
    ("JH-03", "Lanping", CellState.UNSUITED, None, "", ""),
)


def fill_plans(say: Say) -> None:
    """Write the plans as their people, approve one, say what is open, work the segments out."""
    _jinghe()
    _hospital()
    for code, brand, state, potential, rival, who in CELLS:
        actor = local_actor("lin")
        entry = CellEntry(
            account_id=account_by_code(actor, code).id, brand=brand, state=state,
            potential=None if potential is None else Decimal(potential), competitor=rival,
            owner_id=local_actor(who).user_id if who else None, stated_on=date(2026, 10, 12),
        )  # fmt: skip
        services.set_cell(actor=actor, entry=entry, currency="CNY")
    services.run_segments(actor=local_actor(HEAD), currency="CNY")
    say("2 account plans, 1 approved; whitespace and segments")


def _jinghe() -> None:
    plan = _begin("lin", "JH-01", "与京禾共建慢病管理，稳住价格，做大会员")
    actor = local_actor("lin")
    growth = services.add_line(actor=actor, plan_id=plan.id, entry=ObjectiveEntry(
        title="销售入货达到两千万", metric="sell_in", target=Decimal(20_000_000),
    ))  # fmt: skip
    services.add_line(actor=actor, plan_id=plan.id, entry=ObjectiveEntry(
        title="血压计入货三百万", metric="sell_in", filters={"brand": ("Qingmai",)},
        target=Decimal(3_000_000),
    ))  # fmt: skip
    services.add_line(actor=actor, plan_id=plan.id, entry=ObjectiveEntry(
        title="费用率不超过 12%", metric="trade_rate", target=Decimal(12),
    ))  # fmt: skip
    services.add_line(actor=actor, plan_id=plan.id, entry=ObjectiveEntry(
        title="成为慢病专区的首选伙伴", standing=Standing.ON_TRACK,
    ))  # fmt: skip
    work = services.add_line(actor=actor, plan_id=plan.id, entry=InitiativeEntry(
        title="慢病会员共建", objective_id=growth.id, starts=date(2026, 3, 1),
        ends=date(2026, 12, 31), cost=Decimal(1_600_000), effect=Decimal(8_000_000),
        exit_test="三个月内新增会员不足一万", exit_on=date(2026, 12, 15),
        state=InitiativeState.RUNNING, stated_on=date(2026, 10, 12),
    ))  # fmt: skip
    for title, due, state, starts in (
        ("确认双十二资源位", date(2026, 11, 27), ActionState.DOING, date(2026, 11, 9)),
        ("补齐血压计评价", date(2026, 11, 16), ActionState.OPEN, None),
        ("会员数据对接", date(2026, 10, 30), ActionState.DONE, date(2026, 9, 21)),
        ("准备年度谈判材料", date(2026, 12, 18), ActionState.OPEN, date(2026, 12, 1)),
    ):
        entry = ActionEntry(title=title, due_on=due, state=state, starts=starts,
                            owner_id=actor.user_id, initiative_id=work.id)  # fmt: skip
        services.add_action(actor=actor, account_id=plan.account_id, plan_id=plan.id, entry=entry)
    asked = InputEntry(
        question="双十二可用的联合营销预算是多少？", function="财务", due_on=date(2026, 11, 30),
        asked_id=local_actor(HEAD).user_id or 0,
    )  # fmt: skip
    services.ask_input(actor=actor, plan_id=plan.id, entry=asked)
    services.submit_plan(actor=actor, plan_id=plan.id)
    approve(SubjectKind.ACCOUNT_PLAN, str(plan.id))


def _hospital() -> None:
    plan = _begin("claire", "CHV", "Faire de l'aide à la décision un réflexe des urgences")
    actor = local_actor("claire")
    goal = services.add_line(actor=actor, plan_id=plan.id, entry=ObjectiveEntry(
        title="Deux sites de plus pour Clinalis", metric="sell_in",
        filters={"brand": ("Clinalis",)}, target=Decimal(60_000),
    ))  # fmt: skip
    services.add_line(actor=actor, plan_id=plan.id, entry=InitiativeEntry(
        title="Ateliers aux urgences", objective_id=goal.id, starts=date(2026, 9, 14),
        ends=date(2027, 2, 26), cost=Decimal(4_500), effect=Decimal(42_000),
        exit_test="Moins de 20 participants en trois ateliers", exit_on=date(2026, 12, 11),
        state=InitiativeState.RUNNING, stated_on=date(2026, 9, 30),
    ))  # fmt: skip
    entry = ActionEntry(title="Inviter les chefs de service", due_on=date(2026, 12, 4),
                        owner_id=actor.user_id)  # fmt: skip
    services.add_action(actor=actor, account_id=plan.account_id, plan_id=plan.id, entry=entry)


def _begin(who: str, code: str, headline: str) -> PlanHead:
    actor = local_actor(who)
    account = account_by_code(actor, code)
    plan = services.create_plan(
        actor=actor, account_id=account.id, year=2026, headline=headline,
        currency=account.currency or ("CNY" if who == "lin" else "EUR"),
    )  # fmt: skip
    for kind, words, evidence, amount, likelihood, on in CLAIMS[code]:
        services.add_line(actor=actor, plan_id=plan.id, entry=ClaimEntry(
            kind=kind, text=words, evidence=evidence, stated_on=on,
            amount=None if amount is None else Decimal(amount),
            likelihood_pct=None if likelihood is None else Decimal(likelihood),
        ))  # fmt: skip
    return plan
