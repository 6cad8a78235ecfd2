"""Paths of this room. ``/health/`` is the house's own: these say whose health it is."""

from django.urls import URLPattern, path

from keystead.health import views

app_name = "health"
SURVEY = "surveys/<int:survey_id>/"
ACCOUNT = "account-health/accounts/<int:account_id>/"
urlpatterns: list[URLPattern] = [
    path("account-health/", views.index, name="index"),
    path(ACCOUNT, views.account, name="account"),
    path(f"{ACCOUNT}observe/", views.observe, name="observe"),
    path("account-health/back-test/", views.back_test, name="back_test"),
    path("account-health/rules/", views.rules, name="rules"),
    path("account-health/rules/new/", views.new_rules, name="new_rules"),
    path("surveys/", views.surveys, name="surveys"),
    path("surveys/new/", views.create, name="create"),
    path("surveys/links/<int:invitation_id>/", views.link, name="link"),
    path(SURVEY, views.survey, name="survey"),
    path(f"{SURVEY}edit/", views.edit, name="edit"),
    path(f"{SURVEY}ask/", views.ask, name="ask"),
    path(f"{SURVEY}import/", views.import_file, name="import"),
    path(f"{SURVEY}close/", views.close, name="close"),
    path("follow-ups/<int:follow_up_id>/", views.follow_up, name="follow_up"),
    path("answer/<str:secret>/", views.answer, name="answer"),
    path("accounts/<int:account_id>/panels/health/", views.panel, name="panel"),
]
