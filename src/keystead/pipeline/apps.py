from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "keystead.pipeline"
    label = "pipeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.pipeline import handlers, tasks  # noqa: F401 - they register themselves
