"""Paths of the hand-over pack and of reports by mail."""

from django.urls import URLPattern, path

from keystead.reviews.views import pack, reports

app_name = "handover"
ONE = "accounts/<int:account_id>/hand-over/"
urlpatterns: list[URLPattern] = [
    path(f"{ONE}pack/", pack.pack, name="pack"),
    path(f"{ONE}prepare/", pack.prepare, name="prepare"),
    path(f"{ONE}hand/", pack.hand, name="hand"),
    path(f"{ONE}accept/", pack.accept, name="accept"),
    path(f"{ONE}tick/", pack.tick, name="tick"),
    path(f"{ONE}pack/<slug:kind>/", pack.document, name="document"),
    path("my-reports/", reports.reports, name="reports"),
    path("my-reports/new/", reports.subscribe, name="subscribe"),
    path("my-reports/end/", reports.end, name="end_report"),
]
