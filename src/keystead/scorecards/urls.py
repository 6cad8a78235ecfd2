"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.scorecards import views

app_name = "scorecards"
urlpatterns: list[URLPattern] = [
    path("scorecards/", views.index, name="index"),
    path("scorecards/new/", views.new_set, name="new_set"),
    path("scorecards/<int:set_id>/", views.edit_set, name="edit_set"),
    path("scorecards/snapshots/", views.snapshots, name="snapshots"),
    path("scorecards/snapshots/<int:snapshot_id>/", views.snapshot, name="snapshot"),
    path("accounts/<int:account_id>/panels/scorecard/", views.panel, name="panel"),
    path("accounts/<int:account_id>/scorecard/freeze/", views.freeze, name="freeze"),
    path("accounts/<int:account_id>/scorecard/<slug:metric>/", views.line_note, name="line_note"),
]
