"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.negotiation import views

app_name = "negotiation"
CASE = "negotiations/<int:negotiation_id>/"
VALUE = "accounts/<int:account_id>/value/"
FEES = "fees/<int:plan_id>/"
urlpatterns: list[URLPattern] = [
    path("negotiations/", views.cases, name="cases"),
    path("accounts/<int:account_id>/panels/negotiations/", views.panel, name="panel"),
    path("accounts/<int:account_id>/negotiations/start/", views.start, name="start"),
    path("accounts/<int:account_id>/fees/", views.fee_plans, name="fee_plans"),
    path("accounts/<int:account_id>/fees/start/", views.start_fees, name="start_fees"),
    path("fees/templates/", views.fee_templates, name="fee_templates"),
    path("fees/templates/<int:template_id>/", views.fee_template_file, name="fee_template_file"),
    path(
        "fees/templates/<int:template_id>/withdraw/",
        views.withdraw_fee_template,
        name="withdraw_fee_template",
    ),
    path("accounts/<int:account_id>/votes/", views.votes, name="votes"),
    path(VALUE, views.value, name="value"),
    path(f"{VALUE}settings/", views.value_settings, name="value_settings"),
    path(f"{VALUE}articles/", views.value_articles, name="value_articles"),
    path(f"{VALUE}lines/new/", views.value_line, name="new_value_line"),
    path(f"{VALUE}lines/<slug:key>/", views.value_line, name="value_line"),
    path(f"{VALUE}lines/<slug:key>/drop/", views.value_drop, name="value_drop"),
    path(f"{VALUE}lines/<slug:key>/confirm/", views.value_confirm, name="value_confirm"),
    path(FEES, views.fee_plan, name="fee_plan"),
    path(f"{FEES}preview/", views.preview_fees, name="preview_fees"),
    path(f"{FEES}save/", views.save_fees, name="save_fees"),
    path(f"{FEES}edit/", views.edit_fees, name="edit_fees"),
    path(f"{FEES}members/", views.fee_members, name="fee_members"),
    path(f"{FEES}schedule/", views.fee_schedule, name="fee_schedule"),
    path(f"{FEES}letters/", views.fee_letters, name="fee_letters"),
    path(f"{FEES}steps/<slug:step>/", views.fee_step, name="fee_step"),
    path(CASE, views.case, name="case"),
    path(f"{CASE}edit/", views.edit, name="edit"),
    path(f"{CASE}issues/", views.issues, name="issues"),
    path(f"{CASE}sides/", views.sides, name="sides"),
    path(f"{CASE}offers/new/", views.offer, name="offer"),
    path(f"{CASE}offers/received/", views.received, name="received"),
    path(f"{CASE}drafts/<slug:draft>/<slug:step>/", views.draft_step, name="draft_step"),
    path(f"{CASE}offers/<int:offer_id>/sign/", views.sign, name="sign"),
    path(f"{CASE}buyer/", views.buyer, name="buyer"),
    path(f"{CASE}buyer/preview/", views.preview_buyer, name="preview_buyer"),
    path(f"{CASE}concessions/new/", views.concession, name="concession"),
    path(f"{CASE}objections/new/", views.objection, name="new_objection"),
    path(f"{CASE}objections/<int:objection_id>/", views.objection, name="objection"),
]
