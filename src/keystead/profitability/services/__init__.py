"""Writes of the profitability room: cases of offers."""

from keystead.profitability.services.offers import (
    add_offer,
    discard_case,
    drop_offer,
    duplicate_case,
    save_offer,
    save_setting,
    start_case,
)
from keystead.profitability.services.offers_sent import (
    ask_compliance,
    make_contract,
    submit_offer,
)

__all__ = [
    "add_offer",
    "ask_compliance",
    "discard_case",
    "drop_offer",
    "duplicate_case",
    "make_contract",
    "save_offer",
    "save_setting",
    "start_case",
    "submit_offer",
]
