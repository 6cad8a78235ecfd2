"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.agreements import views

app_name = "agreements"
ONE = "agreements/<int:agreement_id>/"
CLAIM = "claims/<int:claim_id>/"
SETTLEMENT = "settlements/<int:settlement_id>/"
urlpatterns: list[URLPattern] = [
    path("agreements/", views.index, name="index"),
    path("agreements/new/", views.create, name="create"),
    path(ONE, views.detail, name="agreement"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}copy/", views.copy, name="copy"),
    path(f"{ONE}conditions/new/", views.add_condition, name="add_condition"),
    path(f"{ONE}conditions/shape/", views.shape_condition, name="shape_condition"),
    path(f"{ONE}conditions/preview/", views.preview_condition, name="preview_condition"),
    path(f"{ONE}conditions/<slug:condition>/", views.edit_condition, name="edit_condition"),
    path(
        f"{ONE}conditions/<slug:condition>/remove/",
        views.remove_condition,
        name="remove_condition",
    ),
    path("agreements/library/", views.library, name="library"),
    path(
        "agreements/library/<int:template_id>/remove/",
        views.remove_terms_template,
        name="remove_terms_template",
    ),
    path(f"{ONE}template/", views.save_terms_template, name="save_terms_template"),
    path(f"{ONE}compare/", views.compare, name="compare"),
    path(f"{ONE}prices/", views.prices, name="prices"),
    path(f"{ONE}whole/", views.whole, name="whole"),
    path(f"{ONE}clauses/", views.add_clauses, name="add_clauses"),
    path(f"{ONE}clauses/new/", views.add_clause, name="add_clause"),
    path(f"{ONE}clauses/<slug:clause>/", views.edit_clause, name="edit_clause"),
    path(f"{ONE}clauses/<slug:clause>/remove/", views.remove_clause, name="remove_clause"),
    path(f"{ONE}step/<slug:step>/", views.step, name="step"),
    path(f"{ONE}sign/", views.sign, name="sign"),
    path(f"{ONE}amend/", views.amend, name="amend"),
    path(f"{ONE}terminate/", views.terminate, name="terminate"),
    path("accounts/<int:account_id>/panels/agreements/", views.panel, name="panel"),
    # Earned, accrued, settled
    path(f"{ONE}entitlement/", views.entitlement, name="entitlement"),
    path(f"{ONE}gates/", views.record_gate, name="record_gate"),
    path(f"{ONE}accruals/", views.accruals, name="accruals"),
    path(f"{ONE}accruals/accrue/", views.accrue, name="accrue"),
    path(f"{ONE}settlements/", views.settlements, name="settlements"),
    path(f"{ONE}settlements/new/", views.open_settlement, name="open_settlement"),
    path(f"{ONE}volumes/", views.volumes, name="volumes"),
    path(f"{ONE}volumes/new/", views.state_volumes, name="state_volumes"),
    path(f"{ONE}volumes/agree/", views.agree_volumes, name="agree_volumes"),
    path(f"{ONE}volumes/dispute/", views.dispute_volumes, name="dispute_volumes"),
    path(SETTLEMENT, views.settlement, name="settlement"),
    path(f"{SETTLEMENT}statement/", views.settlement_statement, name="settlement_statement"),
    path(f"{SETTLEMENT}step/<slug:step>/", views.settlement_step, name="settlement_step"),
    path(f"{SETTLEMENT}<slug:step>/", views.settlement_asked, name="settlement_asked"),
    # Claims
    path(f"{ONE}claims/", views.claims_tab, name="claims_of"),
    path("claims/", views.claims, name="claims"),
    path("claims/new/", views.receive_claim, name="receive_claim"),
    path("claims/export/", views.export_claims, name="export_claims"),
    path("claims/list/", views.claim_list, name="claim_list"),
    path("claims/list/template/", views.claim_template, name="claim_template"),
    path("claims/list/import/", views.import_claims, name="import_claims"),
    path(CLAIM, views.claim, name="claim"),
    path(f"{CLAIM}edit/", views.edit_claim, name="edit_claim"),
    path(f"{CLAIM}match/", views.match_claim, name="match_claim"),
    path(f"{CLAIM}check/", views.check_claim, name="check_claim"),
    path(f"{CLAIM}decide/", views.decide_claim, name="decide_claim"),
    path(f"{CLAIM}settle/", views.settle_claim, name="settle_claim"),
    path(f"{CLAIM}write-off/", views.write_off_claim, name="write_off_claim"),
    path(f"{CLAIM}evidence/", views.add_evidence, name="add_evidence"),
    path(f"{CLAIM}evidence/<int:evidence_id>/", views.evidence_file, name="evidence_file"),
    path(f"{CLAIM}step/<slug:step>/", views.claim_step, name="claim_step"),
    path("accounts/<int:account_id>/panels/claims/", views.claims_panel, name="claims_panel"),
    # Papers
    path(f"{ONE}papers/", views.papers, name="papers"),
    path(f"{ONE}contract/", views.contract, name="contract"),
    path(f"{ONE}statement/", views.statement, name="statement"),
    path(f"{ONE}documents/new/", views.attach, name="attach"),
    path("agreements/documents/<int:document_id>/", views.document, name="document"),
    path("agreements/documents/<int:document_id>/withdraw/", views.withdraw, name="withdraw"),
    path("agreements/templates/", views.templates, name="templates"),
    path("agreements/templates/<int:template_id>/", views.template_file, name="template_file"),
    path(
        "agreements/templates/<int:template_id>/withdraw/",
        views.withdraw_template,
        name="withdraw_template",
    ),
]
