"""Paths of the import desk."""

from django.urls import URLPattern, path

from keystead.ledger.views import answers, desk

app_name = "ledger"
_ONE = "imports/<int:batch_id>/"
urlpatterns: list[URLPattern] = [
    path("imports/", desk.index, name="imports"),
    path(_ONE, desk.one, name="import"),
    path(f"{_ONE}body/", desk.body, name="import_body"),
    path(f"{_ONE}problems/", desk.problem_rows, name="problem_rows"),
    path(f"{_ONE}place/", answers.place, name="place"),
    path(f"{_ONE}question/", answers.question, name="question"),
    path(f"{_ONE}column/", answers.column, name="column"),
    path(f"{_ONE}rows/", answers.rows, name="rows"),
    path(f"{_ONE}total/", answers.total, name="total"),
    path(f"{_ONE}match/", answers.match, name="match"),
    path(f"{_ONE}match-best/", answers.match_best, name="match_best"),
    path(f"{_ONE}create/", answers.create, name="create"),
    path(f"{_ONE}fix/", answers.fix, name="fix"),
    path(f"{_ONE}reject/", answers.reject, name="reject"),
    path(f"{_ONE}rejects.<str:ending>", answers.rejects, name="rejects"),
    path(f"{_ONE}return/", answers.give_back, name="give_back"),
    path(f"{_ONE}drop/", answers.drop, name="drop"),
    path(f"{_ONE}post/", answers.post, name="post"),
    path(f"{_ONE}undo/", answers.undo, name="undo"),
    path(f"{_ONE}cancel/", answers.cancel, name="cancel"),
    path("accounts/<int:account_id>/panels/files/", desk.panel, name="panel_files"),
]
