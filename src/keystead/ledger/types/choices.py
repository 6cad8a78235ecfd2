"""Allowed values of choice fields, with the words senders use for them."""

from __future__ import annotations

from keystead.ledger.types.fields import Choice


def gettext_noop(message: str) -> str:
    """Mark a label for translation without importing a framework; screens translate it."""
    return message


BASIS = (
    Choice("paid", gettext_noop("Paid"), ("paid", "payment", "已付款", "支付", "付款", "payé")),
    Choice("ordered", gettext_noop("Ordered"), ("ordered", "order", "下单", "commandé")),
    Choice(
        "shipped",
        gettext_noop("Shipped"),
        ("shipped", "delivered", "dispatched", "发货", "已发货", "出库", "expédié", "livré"),
    ),
)
LISTING_STATUS = (
    Choice(
        "listed",
        gettext_noop("Listed"),
        ("listed", "active", "on", "yes", "y", "1", "live", "在售", "上架", "已上架", "référencé"),
    ),
    Choice(
        "delisted",
        gettext_noop("Delisted"),
        ("delisted", "inactive", "removed", "off", "no", "n", "0", "下架", "已下架", "停售",
         "déréférencé", "retiré"),
    ),
    Choice(
        "paused",
        gettext_noop("Paused"),
        ("paused", "suspended", "on hold", "out of stock", "暂停", "暂停销售", "缺货", "suspendu"),
    ),
)  # fmt: skip
EXPENSE_STATUS = (
    Choice(
        "actual",
        gettext_noop("Actual"),
        ("actual", "paid", "spent", "posted", "booked", "实际", "已核销", "已支付", "核销", "réel",
         "réalisé", "payé", "comptabilisé"),
    ),
    Choice(
        "committed",
        gettext_noop("Committed"),
        ("committed", "approved", "ordered", "signed", "po", "承诺", "已批准", "已审批", "engagé",
         "approuvé"),
    ),
    Choice(
        "planned",
        gettext_noop("Planned"),
        ("planned", "plan", "budget", "forecast", "计划", "预算", "planifié", "prévu", "budgété"),
    ),
)  # fmt: skip
COST_KIND = (
    Choice(
        "cogs",
        gettext_noop("Cost of goods"),
        ("cogs", "cost of goods", "cost of goods sold", "standard cost", "production", "成本",
         "销售成本", "产品成本", "coût des ventes", "coût de revient", "production"),
    ),
    Choice(
        "logistics",
        gettext_noop("Logistics"),
        ("logistics", "freight", "transport", "warehousing", "物流", "运费", "仓储", "配送费",
         "logistique", "transport", "fret"),
    ),
    Choice("other", gettext_noop("Other"), ("other", "misc", "其他", "autre", "divers")),
)  # fmt: skip
ACCRUAL_KIND = (
    Choice("accrue", gettext_noop("Accrued")),
    Choice("true_up", gettext_noop("Caught up")),
    Choice("release", gettext_noop("Released")),
    Choice("settle", gettext_noop("Settled")),
    Choice("write_off", gettext_noop("Written off")),
)
ACCRUAL_BASIS = (
    Choice("forecast", gettext_noop("Forecast")),
    Choice("run_rate", gettext_noop("Run rate")),
    Choice("straight_line", gettext_noop("Straight line")),
    Choice("actual", gettext_noop("Actual")),
)
ACCRUAL_TREATMENT = (
    Choice("revenue", gettext_noop("Less revenue")),
    Choice("service", gettext_noop("A service bought")),
)
TARGET_METRIC = (
    Choice(
        "sell_in",
        gettext_noop("Sell-in"),
        ("sell_in", "sell-in", "sales", "revenue", "invoiced", "销售额", "进货", "发货额",
         "chiffre d'affaires", "ca", "ventes"),
    ),
    Choice(
        "sell_in_units",
        gettext_noop("Sell-in units"),
        ("sell_in_units", "units", "volume", "销量", "数量", "unités"),
    ),
    Choice(
        "off_take",
        gettext_noop("Off-take"),
        ("off_take", "off-take", "sell-out", "sell out", "终端销售额", "纯销", "sorties caisse"),
    ),
    Choice("off_take_units", gettext_noop("Off-take units"), ("off_take_units", "终端销量")),
    Choice("net_sales", gettext_noop("Net sales"), ("net_sales", "净销售额", "ca net")),
)  # fmt: skip
