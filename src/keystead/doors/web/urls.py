"""Paths of the web door."""

from django.urls import URLPattern, path

from keystead.doors.web.views import (
    account,
    entry,
    handover,
    home,
    inspection,
    living,
    outbound,
    people,
    people_data,
    portfolio,
    profile,
    search,
)

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("accounts/", portfolio.portfolio, name="portfolio"),
    path("accounts/portfolio.xlsx", portfolio.export, name="export"),
    path("accounts/views/", portfolio.keep, name="keep_view"),
    path("accounts/views/<int:view_id>/forget/", portfolio.forget, name="forget_view"),
    path("accounts/<int:account_id>/hand-over/", handover.hand_over, name="hand_over"),
    path("handovers/", handover.handovers, name="handovers"),
    path("handovers/<int:handover_id>/cancel/", handover.cancel, name="cancel_handover"),
    path("accounts/<int:account_id>/", account.account, name="account"),
    path("accounts/<int:account_id>/panels/log/", account.log_panel, name="log_panel"),
    path("accounts/<int:account_id>/outbound/", outbound.look, name="outbound"),
    path("outbound/<int:release_id>/", outbound.release, name="release"),
    path("outbound/<int:release_id>/file/", outbound.release_file, name="release_file"),
    path("search/", search.search, name="search"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("language/", entry.language, name="language"),
    path("theme/", entry.theme, name="theme"),
    path("health/live", entry.live, name="live"),
    path("health/ready", entry.ready, name="ready"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.password, name="password"),
    path("profile/tokens/", profile.make_token, name="make_token"),
    path("profile/tokens/<int:token_id>/end/", profile.end_token, name="end_token"),
    path("profile/sessions/<int:visit_id>/end/", profile.end_session, name="end_session"),
    path("profile/sessions/end-others/", profile.end_other_sessions, name="end_other_sessions"),
    path("profile/notices/<int:notice_id>/read/", profile.read_notice, name="read_notice"),
    path("users/", people.index, name="people"),
    path("users/add/", people.add, name="add_person"),
    path("users/<int:person_id>/", people.edit, name="edit_person"),
    path("users/<int:person_id>/sessions/end/", people.end_sessions, name="end_sessions"),
    path("users/<int:person_id>/two-steps/off/", people.remove_second_step, name="end_two_steps"),
    path("governance/trail/", inspection.trail, name="trail"),
    path("governance/trail/export/<slug:kind>/", inspection.export, name="trail_export"),
    path("governance/personal-data/", people_data.register, name="people_data"),
    path("governance/personal-data/<int:person_id>/", people_data.one, name="person_data"),
    path(
        "governance/personal-data/<int:person_id>/export/", people_data.export, name="person_export"
    ),
    path("governance/personal-data/<int:person_id>/erase/", people_data.erase, name="erase_person"),
    path("design/", living.design, name="design"),
]
