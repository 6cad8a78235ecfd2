from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "keystead.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.health import handlers, tasks  # noqa: F401 - they register themselves
        from keystead.health.queries.personal import survey_answers
        from keystead.kit import personal

        personal.register("surveys", survey_answers)
