"""Paths of the API."""

from django.urls import path

from keystead.doors.api.mount import api

urlpatterns = [path("", api.urls)]
