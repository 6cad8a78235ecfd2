"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.negotiation import views

app_name = "negotiation"
CASE = "negotiations/<int:negotiation_id>/"
urlpatterns: list[URLPattern] = [
    path("negotiations/", views.cases, name="cases"),
    path("accounts/<int:account_id>/panels/negotiations/", views.panel, name="panel"),
    path("accounts/<int:account_id>/negotiations/start/", views.start, name="start"),
    path(CASE, views.case, name="case"),
    path(f"{CASE}edit/", views.edit, name="edit"),
    path(f"{CASE}issues/", views.issues, name="issues"),
    path(f"{CASE}sides/", views.sides, name="sides"),
    path(f"{CASE}offers/new/", views.offer, name="offer"),
    path(f"{CASE}offers/received/", views.received, name="received"),
    path(f"{CASE}drafts/<slug:draft>/<slug:step>/", views.draft_step, name="draft_step"),
    path(f"{CASE}concessions/new/", views.concession, name="concession"),
    path(f"{CASE}objections/new/", views.objection, name="new_objection"),
    path(f"{CASE}objections/<int:objection_id>/", views.objection, name="objection"),
]
