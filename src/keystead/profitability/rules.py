"""Where an expense stands in the P&L: by the words of its category; where an accrual does."""

from __future__ import annotations

from typing import Final

from keystead.metrics.calc.rebates import REBATE_WORDS

# The first line that has one of its words in the category takes it; all others are marketing.
WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("cash_discount", ("现金折扣", "cash discount", "early payment", "escompte")),
    ("retro", REBATE_WORDS),
    ("free_goods", ("赠品", "买赠", "free goods", "unités gratuites", "gratuits")),
    ("price_protection", ("保价", "价保", "price protection", "protection de prix")),
    ("funds", ("陈列", "上架", "进场", "display", "listing", "shelf", "référencement", "linéaire")),
    (
        "platform_fees",
        ("佣金", "扣点", "commission", "platform fee", "平台服务费", "frais de plateforme"),
    ),
)
OTHERS: Final = "account_marketing"
SERVICE: Final = "service"  # how the accrual ledger marks what buys a service


def line_of_category(category: str) -> str:
    """Return the P&L line an expense category counts into.

    >>> line_of_category("返利预提"), line_of_category("Congrès")
    ('retro', 'account_marketing')
    """
    said = category.casefold()
    for line, words in WORDS:
        if any(word in said for word in words):
            return line
    return OTHERS


def line_of_treatment(treatment: str | None) -> str:
    """Return the P&L line an accrual counts into; what says nothing takes revenue down.

    >>> line_of_treatment("service"), line_of_treatment("revenue"), line_of_treatment(None)
    ('services', 'retro', 'retro')
    """
    return "services" if treatment == SERVICE else "retro"
