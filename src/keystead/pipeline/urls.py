"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.pipeline import views

app_name = "pipeline"
ONE = "renewals/<int:renewal_id>/"
DEAL = "opportunities/<int:opportunity_id>/"
urlpatterns: list[URLPattern] = [
    path("renewals/", views.renewals, name="renewals"),
    path("renewals/new/", views.create, name="create"),
    path(ONE, views.renewal, name="renewal"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}evidence/", views.evidence, name="evidence"),
    path(f"{ONE}postpone/", views.postpone, name="postpone"),
    path(f"{ONE}close/<slug:outcome>/", views.close, name="close"),
    path(f"{ONE}step/<slug:state>/", views.step, name="step"),
    path("accounts/<int:account_id>/panels/renewals/", views.panel, name="panel"),
    path("opportunities/", views.opportunities, name="opportunities"),
    path("opportunities/new/", views.create_deal, name="create_deal"),
    path("opportunities/signals/", views.signals, name="signals"),
    path("opportunities/signals/take/", views.take, name="take"),
    path("opportunities/signals/dismiss/", views.dismiss, name="dismiss"),
    path("opportunities/signals/competitor/", views.tell_loss, name="tell_loss"),
    path("opportunities/roll-up/", views.rollup, name="rollup"),
    path("opportunities/stages/", views.stages, name="stages"),
    path("opportunities/stages/new/", views.new_stage, name="new_stage"),
    path("opportunities/stages/<slug:stage>/", views.stage, name="stage"),
    path("opportunities/lots/<int:lot_id>/", views.lot, name="lot"),
    path(DEAL, views.opportunity, name="opportunity"),
    path(f"{DEAL}edit/", views.edit_deal, name="edit_deal"),
    path(f"{DEAL}move/", views.move_deal, name="move_deal"),
    path(f"{DEAL}check/", views.check_deal, name="check_deal"),
    path(f"{DEAL}lots/", views.add_lot, name="add_lot"),
    path(f"{DEAL}close/<slug:outcome>/", views.close_deal, name="close_deal"),
    path("accounts/<int:account_id>/panels/opportunities/", views.deals_panel, name="deals_panel"),
]
