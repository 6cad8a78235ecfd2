from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "keystead.scorecards"
    label = "scorecards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.scorecards import handlers, tasks  # noqa: F401 - they register themselves
