"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.reference import views

app_name = "reference"
urlpatterns: list[URLPattern] = [
    path("reference/rates/", views.rates, name="rates"),
    path("reference/rates/add/", views.add_rate, name="add_rate"),
    path("reference/rates/import/", views.import_rates, name="import_rates"),
]
