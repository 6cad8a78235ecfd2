"""Paths of governance."""

from django.urls import URLPattern, path

from keystead.governance.views import (
    acknowledgements,
    approvals,
    compliance,
    glass,
    periods,
    roles,
    statements,
)

app_name = "governance"
urlpatterns: list[URLPattern] = [
    path("approvals/", approvals.inbox, name="approvals"),
    path("approvals/matrix/", approvals.matrix, name="matrix"),
    path("break-glass/", glass.own, name="glass"),
    path("break-glass/close/", glass.close, name="close_glass"),
    path("compliance/glass/", glass.review, name="glass_review"),
    path("compliance/glass/<int:glass_id>/end/", glass.end, name="end_glass"),
    path("governance/matrix/roles/", roles.roles, name="roles"),
    path("approvals/delegate/", approvals.delegate, name="delegate"),
    path("approvals/delegate/<int:delegation_id>/end/", approvals.end_delegation, name="end"),
    path("approvals/<int:request_id>/", approvals.one, name="approval"),
    path("approvals/<int:request_id>/decide/", approvals.decide, name="decide"),
    path("approvals/<int:request_id>/withdraw/", approvals.withdraw, name="withdraw"),
    path("acknowledgements/", acknowledgements.index, name="acknowledgements"),
    path("acknowledgements/report/", acknowledgements.report, name="acknowledged"),
    path("acknowledgements/<slug:topic>/", acknowledgements.one, name="acknowledge"),
    path("acknowledgements/<slug:topic>/edit/", statements.edit, name="edit_statement"),
    path("acknowledgements/<slug:topic>/rule/", acknowledgements.rule, name="enforce"),
    path("compliance/", compliance.index, name="compliance"),
    path("compliance/<int:hit_id>/decide/", compliance.decide, name="decide_hit"),
    path("periods/", periods.index, name="periods"),
    path("periods/close/", periods.close, name="close_period"),
    path("periods/<int:lock_id>/reopen/", periods.reopen, name="reopen_period"),
]
