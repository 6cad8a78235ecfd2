from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "keystead.planning"
    label = "planning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.planning import handlers, types  # noqa: F401 - they register themselves
