"""The approval matrix that Keystead ships; a company's own lines of a kind replace it."""

from __future__ import annotations

from decimal import Decimal

from keystead.governance.types.approvals import Band, PolicyRow, Step, StepMode, SubjectKind

_DIRECTOR, _FINANCE = Step(("director",)), Step(("finance",))
_COMPLIANCE = Step(("compliance",))
_BOTH = Step(("finance", "compliance"), StepMode.ALL)
_K = SubjectKind

SHIPPED: tuple[PolicyRow, ...] = (
    PolicyRow(-1, _K.AGREEMENT, "Every agreement", (_DIRECTOR,)),
    PolicyRow(-2, _K.AGREEMENT, "Long agreement", (_FINANCE,), term_months=Band(Decimal(25))),
    PolicyRow(
        -3, _K.AGREEMENT, "Deep discount", (_FINANCE,), discount_pct=Band(Decimal(20))
    ),
    PolicyRow(-4, _K.AGREEMENT, "Back-dated", (_BOTH,), flags=frozenset({"back_dated"})),
    PolicyRow(-5, _K.AGREEMENT, "Below cost", (_BOTH,), flags=frozenset({"below_cost"})),
    PolicyRow(-6, _K.OFFER, "Every offer", (_DIRECTOR,)),
    PolicyRow(-7, _K.FORECAST_LOCK, "Forecast of a cycle", (Step(("director", "finance")),)),
    PolicyRow(-8, _K.BUDGET, "Every budget", (_DIRECTOR, _FINANCE)),
    PolicyRow(-9, _K.SETTLEMENT, "Every settlement", (_FINANCE,)),
    PolicyRow(-10, _K.CAMPAIGN, "Every campaign", (_DIRECTOR, _COMPLIANCE)),
    PolicyRow(-11, _K.DECK, "Deck that leaves the company", (_COMPLIANCE,)),
    PolicyRow(-12, _K.CLAIM, "Every claim", (_FINANCE,)),
    PolicyRow(-13, _K.WRITE_OFF, "Every write-off", (_DIRECTOR, _FINANCE)),
    PolicyRow(-14, _K.PERIOD_REOPENING, "Reopening a closed period", (_BOTH,)),
    PolicyRow(-15, _K.EXPENSE, "Every expense", (_DIRECTOR,)),
    PolicyRow(
        -16, _K.EXPENSE, "Transfer of value", (_COMPLIANCE,), flags=frozenset({"transfer_of_value"})
    ),
    PolicyRow(-17, _K.ACCOUNT_PLAN, "Every account plan", (_DIRECTOR,)),
)  # fmt: skip
