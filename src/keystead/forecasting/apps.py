from django.apps import AppConfig


class ForecastingConfig(AppConfig):
    name = "keystead.forecasting"
    label = "forecasting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.forecasting import handlers, tasks  # noqa: F401 - they register themselves
