"""The contracts of the synthetic world: what was agreed for 2026, and a draft for 2027."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from keystead.agreements.types import (
    AgreementKind,
    Cap,
    ClaimKind,
    ClaimReason,
    Condition,
    Every,
    Example,
    Family,
    Gate,
    Measure,
    Method,
    RateKind,
    Scope,
    Selection,
    Service,
    StackMode,
    Terms,
    Tier,
    Timing,
)
from keystead.kernel.periods import Period


@dataclasses.dataclass(frozen=True)
class Deal:
    """A contract with an account of the world; ``signed`` is empty for a draft."""

    account: str
    owner: str
    title: str
    year: int
    kind: AgreementKind
    maker: str
    law: str
    terms: Terms
    signed: date | None = None
    customer: str = ""
    notice_days: int = 60


def _tiers(*steps: tuple[int | str, int | str]) -> tuple[Tier, ...]:
    return tuple(Tier(Decimal(lower), Decimal(rate)) for lower, rate in steps)


def _fee(
    key: str, family: Family, label: str, amount: int, service: Service, code: str
) -> Condition:
    return Condition(
        key, family, label=label, timing=Timing.LUMP, tier_measure=Measure.NONE,
        benefit_measure=Measure.NONE, rate_kind=RateKind.FIXED, tiers=_tiers((0, amount)),
        service=service, gl_code=code,
    )  # fmt: skip


DATA_ON_TIME = Gate("data_on_time")
NO_DEBT = Gate("no_overdue_debt")

PLATFORM = (
    Condition(
        "invoice", Family.INVOICE_DISCOUNT, label="发票折扣", timing=Timing.ON_INVOICE,
        tiers=_tiers((0, 2)), gl_code="6001.01",
    ),
    Condition(
        "growth", Family.GROWTH_REBATE, label="季度增长返利", tier_measure=Measure.GROWTH_PCT,
        baseline="last-year", tier_period=Every.QUARTER, gates=(NO_DEBT,),
        tiers=_tiers((5, "0.5"), (10, 1), (18, "1.5")), cap=Cap(Decimal(120_000)),
        gl_code="6001.11",
        examples=(
            Example(
                "增长一成二", Decimal(4_480_000), Decimal("44800.00"), baseline=Decimal(4_000_000)
            ),
        ),
    ),
    Condition(
        "year-end", Family.VOLUME_REBATE, label="年度规模返利",
        tiers=_tiers((0, 1), (18_000_000, 2), (21_000_000, "2.8")), gl_code="6001.12",
        examples=(
            Example("未到第二档", Decimal(17_999_999), Decimal("179999.99")),
            Example("恰到第二档", Decimal(18_000_000), Decimal("360000.00")),
        ),
    ),
    Condition(
        "data", Family.DATA_FEE, label="数据服务费", tier_period=Every.QUARTER,
        tiers=_tiers((0, "0.3")), gates=(DATA_ON_TIME,), gl_code="6601.21",
        service=Service(
            "每周销售与库存数据", "每季度数据接收清单", "比照两家数据公司报价", Period.parse("2026")
        ),
    ),
    _fee(
        "listing", Family.LISTING_FEE, "首页陈列费", 240_000,
        Service("四个档期首页陈列", "每档期页面截图", "比照三家平台报价", Period.parse("2026")),
        "6601.22",
    ),
)  # fmt: skip

SUPERMARKET = (
    Condition(
        "step", Family.VOLUME_REBATE, label="阶梯返利", method=Method.INCREMENTAL,
        tiers=_tiers((0, "0.8"), (6_000_000, "1.6"), (9_000_000, "2.4")), gl_code="6001.12",
        examples=(Example("八百万", Decimal(8_000_000), Decimal("80000.00")),),
    ),
    Condition(
        "early", Family.EARLY_PAYMENT, label="提前付款折扣", timing=Timing.ON_INVOICE,
        tiers=_tiers((0, 1)), payment_terms="1/10 net 60", gl_code="6603.01",
    ),
)  # fmt: skip

DISTRIBUTOR = (
    Condition(
        "volume", Family.VOLUME_REBATE, label="季度规模返利", method=Method.INCREMENTAL,
        tier_period=Every.QUARTER, tiers=_tiers((0, "0.5"), (1_000_000, 1)), gl_code="6001.12",
        stack_group="rebates", stack_mode=StackMode.ADDITIVE, sequence=1,
        examples=(Example("一百二十万", Decimal(1_200_000), Decimal("7000.00")),),
    ),
    Condition(
        "logistics", Family.LOGISTICS_FEE, label="配送服务费", tier_period=Every.QUARTER,
        tiers=_tiers((0, "0.4")), gates=(DATA_ON_TIME,), gl_code="6601.31",
        service=Service(
            "四十八小时内配送到店", "每季度配送报告", "比照两家物流报价", Period.parse("2026")
        ),
    ),
)  # fmt: skip

UNIVERSITY = (
    Condition(
        "licence", Family.INVOICE_DISCOUNT, label="Remise pluriannuelle", timing=Timing.ON_INVOICE,
        tiers=_tiers((0, 4)), gl_code="7091",
    ),
    Condition(
        "spend", Family.VOLUME_REBATE, label="Ristourne de fin d’année", method=Method.INCREMENTAL,
        tiers=_tiers((0, 0), (550_000, 2), (650_000, 3)), gl_code="7097",
        examples=(Example("600 000 €", Decimal(600_000), Decimal("1000.00")),),
    ),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoClaim:
    """What a customer asked for."""

    account: str
    owner: str
    number: str
    kind: ClaimKind
    reason: ClaimReason
    amount: Decimal
    on: date
    first: date | None = None
    last: date | None = None
    due_on: date | None = None
    note: str = ""


CLAIMS = (
    DemoClaim(
        account="TM-01", owner="lin", number="TM-KK-2610", kind=ClaimKind.DEDUCTION,
        reason=ClaimReason.REBATE, amount=Decimal(18_500), on=date(2026, 10, 28),
        first=date(2026, 7, 1), last=date(2026, 9, 30), due_on=date(2026, 11, 30),
        note="从十月货款中扣除第三季度返利",
    ),
    DemoClaim(
        account="JH-01", owner="lin", number="JH-DN-0931", kind=ClaimKind.DEBIT_NOTE,
        reason=ClaimReason.SERVICE, amount=Decimal(60_000), on=date(2026, 9, 22),
        due_on=date(2026, 10, 22), note="第三档期首页陈列费",
    ),
    DemoClaim(
        account="GS-E", owner="lin", number="GS-2026-077", kind=ClaimKind.DEDUCTION,
        reason=ClaimReason.LOGISTICS, amount=Decimal(5_200), on=date(2026, 8, 11),
        first=date(2026, 4, 1), last=date(2026, 6, 30), due_on=date(2026, 9, 10),
        note="二季度配送费",
    ),
)  # fmt: skip
# what an expense is for, how much, how far it came, and whether a fund pays it
EXPENSES = (
    ("首焦广告位", Decimal(86_000), "committed", True),
    ("直播坑位费", Decimal(42_000), "asked", True),
    ("赠品包材", Decimal(9_600), "planned", False),
)
# code, name, and the products, or the category, that it holds
GROUPS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("STRIPS", "试纸", ("WA-S25", "WA-S50", "WA-S100", "WA-S2X50"), ""),
    ("HEART", "心血管用药", (), "Cardiovascular"),
)
FUNDS = {2026: ("2026 市场基金", Decimal(300_000)), 2027: ("2027 市场基金", Decimal(320_000))}
LANYU, PUBLISHER = "澜屿医药有限公司", "Éditions Clinalis SAS"
NEXT = (
    PLATFORM[0],
    dataclasses.replace(PLATFORM[1], tiers=_tiers((6, "0.5"), (12, 1), (20, "1.5")), examples=()),
    dataclasses.replace(
        PLATFORM[2],
        tiers=_tiers((0, 1), (21_000_000, 2), (24_000_000, "2.8")),
        examples=(Example("恰到第二档", Decimal(21_000_000), Decimal("420000.00")),),
    ),
    Condition(
        "strips",
        Family.FUND,
        label="试纸陈列支持",
        tier_period=Every.QUARTER,
        tiers=_tiers((0, "0.5")),
        scope=Scope(Selection(groups=("STRIPS",))),
        gl_code="6601.23",
        fund=FUNDS[2027][0],
        service=Service("试纸专区陈列", "每季度陈列照片", "比照三家平台报价", Period.parse("2027")),
    ),
)

DEALS = (
    Deal(
        "JH-01", "lin", "2026 年度合作协议", 2026, AgreementKind.ANNUAL, LANYU, "中国法律",
        Terms(PLATFORM), date(2026, 1, 12), "京禾健康",
    ),
    Deal(
        "TM-01", "lin", "2026 年度采购协议", 2026, AgreementKind.ANNUAL, LANYU, "中国法律",
        Terms(SUPERMARKET), date(2026, 1, 20), "天麦超市",
    ),
    Deal(
        "GS-E", "lin", "2026 经销协议", 2026, AgreementKind.ANNUAL, LANYU, "中国法律",
        Terms(DISTRIBUTOR), date(2026, 1, 8), "国晟华东",
    ),
    Deal(
        "UVL", "claire", "Contrat de licence 2026", 2026, AgreementKind.ANNUAL, PUBLISHER,
        "Droit français", Terms(UNIVERSITY), date(2026, 1, 15), "Université de Valmont", 90,
    ),
    Deal(
        "JH-01", "lin", "2027 年度合作协议（草案）", 2027, AgreementKind.ANNUAL, LANYU, "中国法律",
        Terms(NEXT), None, "京禾健康",
    ),
)  # fmt: skip
