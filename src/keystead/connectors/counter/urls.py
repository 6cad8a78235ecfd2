"""Paths of the connector."""

from django.urls import URLPattern, path

from keystead.connectors.counter import views

app_name = "counter"
_ONE = "usage/sources/<int:source_id>/"
urlpatterns: list[URLPattern] = [
    path("usage/", views.index, name="index"),
    path("usage/sources/new/", views.add_source, name="add_source"),
    path(_ONE, views.source, name="source"),
    path(f"{_ONE}body/", views.source_body, name="source_body"),
    path(f"{_ONE}edit/", views.change_source, name="change_source"),
    path(f"{_ONE}fetch/", views.fetch, name="fetch"),
    path("usage/reports/<int:run_id>/", views.report, name="report"),
    path("usage/reports/<int:run_id>/body/", views.report_body, name="report_body"),
    path("usage/institutions/<int:institution_id>/match/", views.match, name="match"),
    path("usage/titles/", views.title_lists, name="title_lists"),
    path("usage/titles/new/", views.add_titles, name="add_titles"),
    path("usage/titles/<int:list_id>/", views.titles, name="titles"),
    path("usage/titles/<int:list_id>/file/", views.titles_file, name="titles_file"),
    path("accounts/<int:account_id>/panels/usage/", views.usage, name="panel"),
]
