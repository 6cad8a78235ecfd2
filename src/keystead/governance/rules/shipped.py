"""The rules that Keystead ships: a starting set for counsel to own, not legal advice.

Sources: the public texts named in the field reference of each rule (resale price: EU 2022/720
art. 4, China's amended vertical-agreement rules in force 2026-02-01; bribery: SAMR guidelines
for the pharmaceutical sector 2025; transfer of value: EFPIA code; personal data: GDPR, PIPL).
"""

from __future__ import annotations

from typing import Any

from keystead.governance.types.compliance import ComplianceRule, Level

PRICE_CONTROL_PHRASES = (
    # English
    "minimum price", "min price", "minimum resale", "hold the price", "hold price",
    "price floor", "keep the price above", "do not sell below", "not sell below",
    "minimum advertised price", "punish discount", "stop supply if price",
    "minimum retail price", "fixed resale price", "must not undercut", "respect the list price",
    # Chinese
    "控价", "最低零售价", "最低价", "限价", "不得低于",
    "乱价处罚", "乱价", "破价", "维价", "价格管控",
    "统一零售价", "固定转售价", "不准低价", "保价处罚",
    # French
    "prix minimum", "prix minimal", "prix plancher", "prix de revente imposé",
    "ne pas vendre en dessous", "tenir les prix", "maintenir le prix",
    "prix de vente imposé", "interdit de casser les prix", "respecter le prix conseillé",
)  # fmt: skip


def _is(field: str) -> dict[str, Any]:
    return {"field": field, "op": "is", "value": True}


def _missing(*fields: str) -> dict[str, Any]:
    return {"any": [{"field": field, "op": "missing"} for field in fields]}


def _over(field: str, limit: str) -> dict[str, Any]:
    return {"field": field, "op": "gt", "value": limit}


BLOCK, REVIEW, WARN, LOG = Level.BLOCK, Level.REVIEW, Level.WARN, Level.LOG

# id, context, level, jurisdiction, trigger, message
_ROWS: tuple[tuple[str, str, Level, str, dict[str, Any], str], ...] = (
    ("R-01", "condition", BLOCK, "*", _is("reads_resale_price"),
     "A benefit or target may not depend on the customer's resale price."),
    ("R-02", "text", REVIEW, "*", {"field": "text", "phrases": list(PRICE_CONTROL_PHRASES)},
     "“{phrase}”: wording may fix or lower-bound resale prices. Ask Legal before use."),
    ("R-03", "task", REVIEW, "*",
     {"field": "days_since_low_price_reading", "op": "lte", "value": 14},
     "Acting on a customer because of its resale price can be price maintenance."),
    ("R-04", "price", BLOCK, "*", _is("is_minimum_resale_price"),
     "There is no minimum resale price here: only a recommended one, or a legal maximum."),
    ("R-05", "share", BLOCK, "*", {"all": [_is("names_resellers"), _is("leaves_company")]},
     "Named resale prices are for internal analysis only."),
    ("R-06", "agreement", REVIEW, "CN",
     {"all": [_is("restricts_resale_price"), _is("claims_safe_harbour")]},
     "Needs share < 5 % for each party and turnover < RMB 100m. Attach proof."),
    ("R-07", "agreement", REVIEW, "EU",
     {"any": [_over("own_share_pct", "30"), _over("customer_share_pct", "30")]},
     "Outside the block exemption; individual assessment needed."),
    ("R-08", "share", BLOCK, "*", _is("holds_other_account_data"),
     "Contains another customer's confidential data."),
    ("R-09", "payment", BLOCK, "*",
     {"all": [_is("is_service"), _missing("deliverable", "dates", "proof", "fair_value_note")]},
     "No proof of service. Payment stopped."),
    ("R-10", "condition", REVIEW, "*",
     {"any": [_is("exclusive"), _over("share_of_wallet_pct", "80"),
              {"all": [_is("dominant_product"), _over("year_end_jump_pct", "5")]}]},
     "Loyalty-type rebate by a strong supplier. Legal effects check needed."),
    ("R-11", "condition", REVIEW, "*", _is("below_cost"), "Price below cost at tier {tier}."),
    ("R-12", "payment", BLOCK, "*",
     {"any": [_is("payee_is_person"), _is("payee_is_not_party")]},
     "Pay the contracting entity only."),
    ("R-13", "payment", BLOCK, "*",
     {"any": [_is("off_the_books"), {"field": "ledger_code", "op": "missing"}]},
     "Discounts must be open and booked."),
    ("R-14", "condition", BLOCK, "*",
     {"any": [_is("per_prescription"), _is("payee_is_hcp")]},
     "No benefit may follow prescriptions."),
    ("R-15", "expense", BLOCK, "*",
     {"all": [_is("recipient_is_hcp"),
              _missing("recipient_id", "transfer_category", "consent")]},
     "Transfer of value fields missing."),
    ("R-16", "expense", BLOCK, "*", _is("over_hospitality_limit"), "Over the limit of {limit}."),
    ("R-17", "campaign", BLOCK, "*", {"all": [_is("prescription_product"), _is("is_public")]},
     "Prescription product cannot be in a public promotion."),
    ("R-18", "import", BLOCK, "*", _is("has_personal_data"),
     "Patient data found in column {column}. Drop or pseudonymise at source."),
    ("R-19", "contact", WARN, "*", _missing("lawful_basis", "notice_date", "source"),
     "Record a lawful basis."),
    ("R-20", "export", REVIEW, "CN", _is("over_year_band"),
     "Cross-border count {count}; procedure {procedure} needed."),
    ("R-21", "contact", LOG, "*", _is("past_retention"), "Erase or renew basis."),
    ("R-22", "agreement", REVIEW, "*",
     {"all": [_over("terms_differ_pct", "10"), {"field": "objective_reason", "op": "missing"}]},
     "State the objective reason (volume, service, payment)."),
    ("R-23", "agreement", REVIEW, "*", _is("back_dated"), "Back-dated term; needs two approvals."),
    ("R-24", "approval", BLOCK, "*", _is("own_request"), "Second person needed."),
    ("R-25", "claim", REVIEW, "*", {"any": [_is("duplicate"), _is("over_accrual")]},
     "Possible duplicate / over accrual."),
    ("R-26", "order_terms", BLOCK, "*", _is("licence_ends_before_delivery"),
     "Licence ends {licence_ends}."),
    ("R-27", "ledger", LOG, "*", {"any": [_is("sell_out_over_supply"), _is("outside_territory")]},
     "Data gap or cross-channel flow. Check data first."),
    ("R-28", "campaign", BLOCK, "*", _missing("approval_code", "approval_expires"),
     "Material not approved."),
)  # fmt: skip

RULES: tuple[ComplianceRule, ...] = tuple(
    ComplianceRule(
        id=rule_id,
        context=context,
        level=level,
        trigger=trigger,
        message=message,
        jurisdiction=jurisdiction,
    )
    for rule_id, context, level, jurisdiction, trigger, message in _ROWS
)
