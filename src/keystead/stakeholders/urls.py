"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.stakeholders import views

app_name = "stakeholders"
AT = "accounts/<int:account_id>/people/"
ONE = "people/<int:contact_id>/"
urlpatterns: list[URLPattern] = [
    path("people/", views.plan, name="plan"),
    path(AT, views.people, name="people"),
    path(f"{AT}map/", views.relations, name="map"),
    path(f"{AT}map/data/", views.relations_data, name="map_data"),
    path(f"{AT}new/", views.add, name="add"),
    path(f"{AT}tie/", views.add_tie, name="add_tie"),
    path(f"{AT}talk/", views.log, name="log"),
    path(f"{AT}talk/read/", views.read_letter, name="read_letter"),
    path(f"{AT}import/", views.import_file, name="import_file"),
    path(ONE, views.person, name="person"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}works/", views.affiliation, name="affiliation"),
    path(f"{ONE}works/<int:affiliation_id>/", views.affiliation, name="edit_affiliation"),
    path(f"{ONE}role/", views.hold_role, name="hold_role"),
    path(f"{ONE}opinion/", views.opinion, name="opinion"),
    path(f"{ONE}rhythm/", views.cadence, name="cadence"),
    path(f"{ONE}merge/", views.merge, name="merge"),
    path(f"{ONE}data/", views.data, name="data"),
    path(f"{ONE}data/file/", views.data_file, name="data_file"),
    path(f"{ONE}data/erase/", views.erase, name="erase"),
    path("people/roles/<int:role_id>/", views.edit_role, name="edit_role"),
    path("people/ties/<int:tie_id>/", views.edit_tie, name="edit_tie"),
    path("people/ties/<int:tie_id>/remove/", views.untie, name="untie"),
    path("people/talks/<int:interaction_id>/", views.talk, name="talk"),
    path("people/talks/<int:interaction_id>/done/", views.done, name="done"),
    path("people/rhythms/<int:cadence_id>/end/", views.end_cadence, name="end_cadence"),
    path("accounts/<int:account_id>/panels/people/", views.panel, name="panel"),
]
