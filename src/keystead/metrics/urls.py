"""Paths of metrics."""

from django.urls import URLPattern, path

from keystead.metrics.views import catalogue, check, proof
from keystead.metrics.views.panels.urls import panel_paths

app_name = "metrics"
urlpatterns: list[URLPattern] = [
    path("metrics/", catalogue.catalogue, name="catalogue"),
    path("metrics/<slug:metric_id>/", catalogue.metric, name="metric"),
    path("proof/check/", check.check, name="check"),
    path("proof/<str:proof_id>/", proof.proof, name="proof"),
    path("proof/<str:proof_id>/changes/", proof.changes, name="proof_changes"),
    path("proof/<str:proof_id>/cells/", proof.cells, name="proof_cells"),
    *panel_paths,
]
