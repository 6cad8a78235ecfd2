"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.campaigns import views

app_name = "campaigns"
ONE = "campaigns/expenses/<int:expense_id>/"
urlpatterns: list[URLPattern] = [
    path("campaigns/", views.index, name="index"),
    path("campaigns/expenses/new/", views.plan, name="plan"),
    path(ONE, views.expense, name="expense"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}commit/", views.commit, name="commit"),
    path(f"{ONE}proof/", views.add_proof, name="add_proof"),
    path(f"{ONE}proof/<int:shown_id>/", views.proof_file, name="proof_file"),
    path(f"{ONE}post/", views.post, name="post"),
    path(f"{ONE}pay/", views.pay, name="pay"),
    path(f"{ONE}correct/", views.correct, name="correct"),
    path(f"{ONE}cancel/", views.cancel, name="cancel"),
    path(f"{ONE}step/<slug:step>/", views.step, name="step"),
    path("campaigns/named/", views.named, name="named"),
    path("campaigns/named/new/", views.create_campaign, name="create_campaign"),
    path("campaigns/named/<int:campaign_id>/", views.edit_campaign, name="edit_campaign"),
    path("campaigns/budget/", views.budget, name="budget"),
    path("campaigns/budget/<int:account_id>/", views.set_budget, name="set_budget"),
    path("campaigns/funds/", views.funds, name="funds"),
    path("campaigns/funds/new/", views.create_fund, name="create_fund"),
    path("campaigns/funds/<int:fund_id>/", views.fund, name="fund"),
    path("campaigns/funds/<int:fund_id>/edit/", views.edit_fund, name="edit_fund"),
    path("campaigns/funds/<int:fund_id>/grow/", views.grow_fund, name="grow_fund"),
    path("campaigns/transfers/", views.transfer_rules, name="transfer_rules"),
    path("campaigns/transfers/set/", views.set_transfer_rule, name="set_transfer_rule"),
    path("accounts/<int:account_id>/panels/expenses/", views.panel, name="panel"),
]
