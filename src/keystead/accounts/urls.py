"""Paths of this room. The list of accounts and the account page are the web door's."""

from django.urls import URLPattern, path

from keystead.accounts.views import account, details, links, profile, sharing, sheets, territories

app_name = "accounts"
ONE = "accounts/<int:account_id>"
urlpatterns: list[URLPattern] = [
    path("accounts/new/", account.create, name="create"),
    path("accounts/search/", account.search, name="search"),
    path("accounts/sheets/", sheets.sheets, name="sheets"),
    path("accounts/sheets/template/", sheets.template, name="template"),
    path("accounts/sheets/export/", sheets.export, name="export"),
    path("accounts/sheets/import/", sheets.import_file, name="import"),
    path("accounts/profile-fields/", profile.fields, name="profile_fields"),
    path("accounts/profile-fields/add/", profile.add_field, name="add_profile_field"),
    path("accounts/profile-fields/<slug:key>/", profile.edit_field, name="profile_field"),
    path("territories/", territories.index, name="territories"),
    path("territories/add/", territories.add, name="add_territory"),
    path("territories/<int:territory_id>/", territories.edit, name="territory"),
    path(f"{ONE}/panels/access/", sharing.panel, name="access_panel"),
    path(f"{ONE}/why/", sharing.why, name="why"),
    path(f"{ONE}/share/", sharing.share, name="share"),
    path(f"{ONE}/shares/<int:share_id>/end/", sharing.end_share, name="end_share"),
    path(f"{ONE}/private-notes/", sharing.inspect, name="inspect"),
    path(f"{ONE}/edit/", account.edit, name="edit"),
    path(f"{ONE}/panels/profile/", profile.panel, name="profile_panel"),
    path(f"{ONE}/profile/<slug:key>/", profile.answer, name="answer"),
    path(f"{ONE}/profile/<slug:key>/review/", profile.review, name="review"),
    path(f"{ONE}/identifiers/add/", details.add_identifier, name="add_identifier"),
    path(
        f"{ONE}/identifiers/<int:identifier_id>/", details.edit_identifier, name="edit_identifier"
    ),
    path(
        f"{ONE}/identifiers/<int:identifier_id>/remove/",
        details.remove_identifier,
        name="remove_identifier",
    ),
    path(f"{ONE}/measures/add/", details.add_measure, name="add_measure"),
    path(f"{ONE}/measures/<int:measure_id>/", details.edit_measure, name="edit_measure"),
    path(f"{ONE}/measures/<int:measure_id>/remove/", details.remove_measure, name="remove_measure"),
    path(f"{ONE}/memberships/add/", links.add_membership, name="add_membership"),
    path(f"{ONE}/memberships/<int:membership_id>/", links.end_membership, name="end_membership"),
    path(
        f"{ONE}/memberships/<int:membership_id>/remove/",
        links.remove_membership,
        name="remove_membership",
    ),
    path(f"{ONE}/team/add/", links.add_team, name="add_team"),
    path(f"{ONE}/team/<int:team_id>/", links.end_team, name="end_team"),
    path(f"{ONE}/merge/", links.merge, name="merge"),
    path(f"{ONE}/merges/<int:merge_id>/undo/", links.undo_merge, name="undo_merge"),
]
