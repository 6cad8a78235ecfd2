"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.pipeline import views

app_name = "pipeline"
ONE = "renewals/<int:renewal_id>/"
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
]
