"""Root urls: each room mounts its own paths; the doors come last."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("keystead.reference.urls")),
    path("", include("keystead.accounts.urls")),
    path("", include("keystead.catalog.urls")),
    path("", include("keystead.ledger.urls")),
    path("", include("keystead.stakeholders.urls")),
    path("", include("keystead.metrics.urls")),
    path("", include("keystead.agreements.urls")),
    path("", include("keystead.pipeline.urls")),
    path("", include("keystead.profitability.urls")),
    path("", include("keystead.campaigns.urls")),
    path("", include("keystead.forecasting.urls")),
    path("", include("keystead.health.urls")),
    path("", include("keystead.negotiation.urls")),
    path("", include("keystead.planning.urls")),
    path("", include("keystead.scorecards.urls")),
    path("", include("keystead.reviews.urls")),
    path("", include("keystead.reviews.views.paths")),
    path("", include("keystead.connectors.counter.urls")),
    path("", include("keystead.governance.urls")),
    path("api/", include("keystead.doors.api.urls")),
    path("", include("keystead.doors.api.pages")),
    path("", include("keystead.doors.web.sign_in.urls")),
    path("", include("keystead.doors.web.urls")),
]

handler400 = "keystead.doors.web.views.problems.bad_request"
handler403 = "keystead.doors.web.views.problems.forbidden"
handler404 = "keystead.doors.web.views.problems.not_found"
handler429 = "keystead.doors.web.views.problems.too_many"
handler500 = "keystead.doors.web.views.problems.broken"
