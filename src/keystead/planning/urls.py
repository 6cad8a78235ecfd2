"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.planning import views

app_name = "planning"
ONE = "plans/<int:account_plan_id>/"
GRID = "accounts/<int:account_id>/whitespace/"
LINE = "plans/lines/<str:line>/<int:line_id>/"
urlpatterns: list[URLPattern] = [
    path("plans/", views.portfolio, name="portfolio"),
    path("plans/new/", views.create, name="create"),
    path(ONE, views.plan, name="plan"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}copy/", views.copy, name="copy"),
    path(f"{ONE}submit/", views.submit, name="submit"),
    path(f"{ONE}withdraw/", views.withdraw, name="withdraw"),
    path(f"{ONE}revise/", views.revise, name="revise"),
    path(f"{ONE}versions/", views.versions, name="versions"),
    path(f"{ONE}years/", views.years, name="years"),
    path(f"{ONE}word/", views.word, name="word"),
    path(f"{ONE}add/<str:line>/", views.add_line, name="add_line"),
    path(LINE, views.edit_line, name="edit_line"),
    path(f"{LINE}confirm/", views.confirm_line, name="confirm_line"),
    path(f"{LINE}remove/", views.remove_line, name="remove_line"),
    path(f"{ONE}actions/", views.actions, name="actions"),
    path(f"{ONE}actions/new/", views.add_action, name="add_action"),
    path("plans/actions/<int:action_id>/", views.edit_action, name="edit_action"),
    path("plans/actions/<int:action_id>/move/", views.move_action, name="move_action"),
    path("plans/actions/<int:action_id>/days/", views.move_days, name="move_days"),
    path(f"{ONE}inputs/new/", views.ask, name="ask"),
    path("plans/inputs/<int:input_id>/", views.edit_input, name="edit_input"),
    path("plans/inputs/<int:input_id>/answer/", views.answer, name="answer"),
    path("plans/inputs/<int:input_id>/withdraw/", views.withdraw_input, name="withdraw_input"),
    path(GRID, views.whitespace, name="whitespace"),
    path(f"{GRID}cell/", views.cell, name="cell"),
    path(f"{GRID}excel/", views.whitespace_excel, name="whitespace_excel"),
    path(f"{GRID}import/", views.whitespace_import, name="whitespace_import"),
    path("segments/", views.segments, name="segments"),
    path("segments/run/", views.run_segments, name="run_segments"),
    path("segments/cuts/", views.cuts, name="cuts"),
    path("accounts/<int:account_id>/panels/plan/", views.panel, name="panel"),
]
