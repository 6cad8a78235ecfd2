from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "keystead.doors.api"
    label = "api"
