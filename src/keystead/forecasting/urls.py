"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.forecasting import views

app_name = "forecasting"
urlpatterns: list[URLPattern] = [
    # The cycles and their desk.
    path("forecasts/", views.cycles, name="cycles"),
    path("forecasts/open/", views.open_cycle, name="open"),
    path("forecasts/<int:cycle_id>/cycle/", views.cycle, name="cycle"),
    path("forecasts/<int:cycle_id>/cycle/problems/", views.problems, name="problems"),
    path("forecasts/<int:cycle_id>/cycle/<slug:step>/", views.cycle_step, name="cycle_step"),
    path(
        "forecasts/<int:cycle_id>/assumptions/<int:assumption_id>/", views.verdict, name="verdict"
    ),
    # The grid.
    path("forecasts/<int:cycle_id>/", views.grid, name="grid"),
    path("forecasts/<int:cycle_id>/rows/", views.rows, name="grid_rows"),
    path("forecasts/<int:cycle_id>/node/", views.node, name="grid_node"),
    path("forecasts/<int:cycle_id>/edit/", views.edit, name="grid_edit"),
    path("forecasts/<int:cycle_id>/undo/", views.undo, name="grid_undo"),
    path("forecasts/<int:cycle_id>/own-bias/", views.own_bias, name="grid_own_bias"),
    path("forecasts/<int:cycle_id>/comment/", views.comment, name="grid_comment"),
    path("forecasts/<int:cycle_id>/workbook.xlsx", views.book, name="book"),
    path("forecasts/<int:cycle_id>/workbook/", views.book_return, name="book_return"),
    path("forecasts/recipes/", views.champions, name="champions"),
    path("forecasts/recipes/decide/", views.decide_champions, name="decide_champions"),
    path("forecasts/value-added/", views.value_added, name="value_added"),
    path("forecasts/record/", views.record, name="record"),
    path("forecasts/record/<int:person_id>/", views.record, name="person"),
    path("forecasts/record/share/", views.share_record, name="share_record"),
]
