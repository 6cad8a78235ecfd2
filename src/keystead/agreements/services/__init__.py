"""Writes of the agreements room."""

from keystead.agreements.services.accruing import (
    accrue,
    catch_up,
    months_to_follow,
    reverse_entry,
    running_on,
    settle_claim,
    write_off,
)
from keystead.agreements.services.approving import offer, submit, take_decision
from keystead.agreements.services.claim_deciding import (
    propose_decision,
    take_claim_decision,
    withdraw_proposal,
)
from keystead.agreements.services.claim_matching import (
    match_as_proposed,
    match_claim,
    undo_match,
    validate_claim,
)
from keystead.agreements.services.claim_paying import (
    pay_claim,
    propose_write_off,
    take_claim_write_off,
)
from keystead.agreements.services.claim_sheets import import_claims
from keystead.agreements.services.claims import (
    add_evidence,
    edit_claim,
    receive_claim,
)
from keystead.agreements.services.closing import catch_up_each
from keystead.agreements.services.copying import copy_agreement
from keystead.agreements.services.documents import (
    attach_document,
    hand_out_document,
    withdraw_document,
)
from keystead.agreements.services.funds import (
    accrue_fund,
    commit_fund,
    create_fund,
    edit_fund,
    release_fund,
    spend_fund,
    unspend_fund,
)
from keystead.agreements.services.gates import record_gate
from keystead.agreements.services.library import (
    remove_template,
    save_template,
    start_from_template,
)
from keystead.agreements.services.partner import (
    agree_places,
    agree_volumes,
    dispute_places,
    state_volumes,
)
from keystead.agreements.services.paying import (
    ask_write_off,
    dispute,
    issue_credit_note,
    pay,
    resolve,
    reverse_settlement,
    take_write_off_decision,
)
from keystead.agreements.services.settling import (
    calculate,
    edit_settlement,
    open_settlement,
    partner_agrees,
    submit_settlement,
    take_settlement_decision,
)
from keystead.agreements.services.signing import activate, follow_calendar, sign, terminate
from keystead.agreements.services.terms import remove_condition, save_condition, save_terms
from keystead.agreements.services.writing import (
    amend,
    create_agreement,
    discard_draft,
    edit_draft,
)

__all__ = [
    "accrue",
    "accrue_fund",
    "activate",
    "add_evidence",
    "agree_places",
    "agree_volumes",
    "amend",
    "ask_write_off",
    "attach_document",
    "calculate",
    "catch_up",
    "catch_up_each",
    "commit_fund",
    "copy_agreement",
    "create_agreement",
    "create_fund",
    "discard_draft",
    "dispute",
    "dispute_places",
    "edit_claim",
    "edit_draft",
    "edit_fund",
    "edit_settlement",
    "follow_calendar",
    "hand_out_document",
    "import_claims",
    "issue_credit_note",
    "match_as_proposed",
    "match_claim",
    "months_to_follow",
    "offer",
    "open_settlement",
    "partner_agrees",
    "pay",
    "pay_claim",
    "propose_decision",
    "propose_write_off",
    "receive_claim",
    "record_gate",
    "release_fund",
    "remove_condition",
    "remove_template",
    "resolve",
    "reverse_entry",
    "reverse_settlement",
    "running_on",
    "save_condition",
    "save_template",
    "save_terms",
    "settle_claim",
    "sign",
    "spend_fund",
    "start_from_template",
    "state_volumes",
    "submit",
    "submit_settlement",
    "take_claim_decision",
    "take_claim_write_off",
    "take_decision",
    "take_settlement_decision",
    "take_write_off_decision",
    "terminate",
    "undo_match",
    "unspend_fund",
    "validate_claim",
    "withdraw_document",
    "withdraw_proposal",
    "write_off",
]
